// Replaces values by their hash (embulk 7.10).

#include "base/text.h"
#include "plugins/cell.h"
#include "plugins/entries.h"
#include "plugins/made_columns.h"
#include "plugins/plugins.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

struct Entry {
    std::string name;
    std::string algorithm;
    std::optional<std::string> secret_key;
    std::string new_name;
    std::string place;
};

struct Options {
    std::vector<Entry> columns;
};

// Java's names, in lower case, and OpenSSL's.
struct Algorithm {
    const char* name;
    const char* digest;
    bool is_keyed;
};

constexpr Algorithm kAlgorithms[] = {
    {"md5", "MD5", false},
    {"sha-1", "SHA1", false},
    {"sha1", "SHA1", false},
    {"sha", "SHA1", false},
    {"sha-224", "SHA224", false},
    {"sha-256", "SHA256", false},
    {"sha-384", "SHA384", false},
    {"sha-512", "SHA512", false},
    {"sha-512/224", "SHA512-224", false},
    {"sha-512/256", "SHA512-256", false},
    {"sha3-256", "SHA3-256", false},
    {"sha3-512", "SHA3-512", false},
    {"hmacmd5", "MD5", true},
    {"hmacsha1", "SHA1", true},
    {"hmacsha224", "SHA224", true},
    {"hmacsha256", "SHA256", true},
    {"hmacsha384", "SHA384", true},
    {"hmacsha512", "SHA512", true},
};

const Algorithm* find_algorithm(const std::string& name) {
    std::string lower = base::lower(name);
    const auto* found = std::ranges::find_if(
        kAlgorithms, [&](const Algorithm& each) { return lower == each.name; });
    return found == std::end(kAlgorithms) ? nullptr : found;
}

Entry read_entry(config::Reader& reader) {
    reader.follow_embulk();
    Entry entry;
    entry.name = reader.required<std::string>("name", "Column to hash.");
    entry.algorithm =
        reader.optional("algorithm", "SHA-256", "MD5, SHA-256, HmacSHA256 and so on.");
    entry.secret_key = reader.maybe<std::string>("secret_key", "Key of the Hmac ones.");
    entry.new_name =
        reader.maybe<std::string>("new_name", "Name of the column made.").value_or(entry.name);
    entry.place = reader.place_of("name");
    const Algorithm* algorithm = find_algorithm(entry.algorithm);
    if (!algorithm) {
        std::vector<std::string> known;
        for (const Algorithm& each : kAlgorithms) known.emplace_back(each.name);
        reader.problem("algorithm", "unknown algorithm: " + entry.algorithm +
                                        base::did_you_mean(base::lower(entry.algorithm), known));
    } else if (algorithm->is_keyed && !entry.secret_key) {
        reader.problem("secret_key", entry.algorithm + " needs a secret_key");
    }
    return entry;
}

Options read(config::Reader& reader) {
    Options options;
    auto columns = reader.required<std::vector<config::Value>>(
        "columns", "List of {name, algorithm, secret_key, new_name}.");
    options.columns =
        read_entries(reader, "columns", columns, "each entry must be a map with name", read_entry);
    return options;
}

std::string hexadecimal(const unsigned char* bytes, size_t size) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (size_t index = 0; index < size; ++index) {
        text += kDigits[bytes[index] >> 4];
        text += kDigits[bytes[index] & 15];
    }
    return text;
}

using Digest = std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)>;

struct Hashed {
    size_t column = 0;
    Digest digest{nullptr, EVP_MD_free};
    std::optional<std::string> key;  // of a keyed one
};

Result<std::string> hash(const std::string& text, const Hashed& hashed) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    const auto* data = reinterpret_cast<const unsigned char*>(text.data());
    bool done =
        hashed.key
            ? HMAC(hashed.digest.get(), hashed.key->data(), static_cast<int>(hashed.key->size()),
                   data, text.size(), bytes, &size) != nullptr
            : EVP_Digest(data, text.size(), bytes, &size, hashed.digest.get(), nullptr) == 1;
    if (!done) return Error(Code::kInternal, "a value cannot be hashed");
    return hexadecimal(bytes, size);
}

class Hash final : public load::Filter {
  public:
    Hash(page::Schema schema, page::Schema made, std::vector<Hashed> columns,
         std::vector<size_t> order)
        : schema_(std::move(schema)),
          made_(std::move(made)),
          columns_(std::move(columns)),
          order_(std::move(order)) {}

    const page::Schema& schema() const override { return schema_; }

    Result<page::Page> apply(page::Page page) override {
        page::Builder builder(made_);
        for (size_t row = 0; row < page.rows(); ++row) {
            for (size_t index = 0; index < columns_.size(); ++index) {
                Cell cell = cell_at(page, columns_[index].column, row);
                if (is_null(cell)) continue;
                std::string text = TRY(hash(cell_text(cell), columns_[index]));
                builder.set_text(index, text);
            }
            builder.end_row();
        }
        return combine(std::move(page), builder.finish(), schema_, order_);
    }

  private:
    const page::Schema schema_;
    const page::Schema made_;
    const std::vector<Hashed> columns_;
    const std::vector<size_t> order_;
};

Result<std::unique_ptr<load::Filter>> make(const Options& options, const page::Schema& input,
                                           const load::Context&) {
    std::vector<page::Column> columns(input.columns().begin(), input.columns().end());
    std::vector<page::Column> made;
    std::vector<Hashed> hashed;
    std::vector<size_t> order(input.size());
    for (size_t index = 0; index < order.size(); ++index) order[index] = index;
    for (const Entry& entry : options.columns) {
        auto column = input.find(entry.name);
        if (!column) {
            return Error(Code::kInvalid,
                         entry.place + ": Column '" + entry.name + "' is not found");
        }
        const Algorithm* algorithm = find_algorithm(entry.algorithm);
        Hashed each;
        each.column = *column;
        each.digest.reset(EVP_MD_fetch(nullptr, algorithm->digest, nullptr));
        if (!each.digest) {
            return Error(Code::kUnsupported,
                         entry.place + ": this machine's OpenSSL lacks " + entry.algorithm);
        }
        if (algorithm->is_keyed) each.key = entry.secret_key;
        page::Column output{.name = entry.new_name, .type = page::Type::kString};
        columns[*column] = output;
        order[*column] = input.size() + made.size();
        made.push_back(std::move(output));
        hashed.push_back(std::move(each));
    }
    return std::make_unique<Hash>(page::Schema(std::move(columns)), page::Schema(std::move(made)),
                                  std::move(hashed), std::move(order));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, hash) {
    registry.filters.add("hash", "Replace values by their hash.", read, make);
}
