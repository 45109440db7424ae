// The entries of a LevelDB database, in the order of keys. Its folder stays as it is.

#include "plugins/plugins.h"

#include "plugins/input/leveldb/database.h"
#include "plugins/input/leveldb/form.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using level::Form;

constexpr size_t kPageRows = 8192;
constexpr size_t kPageBytes = 1024 * 1024;

struct Options {
    std::string path;
    std::string place;  // of path in the configuration
    Form key = Form::kText;
    Form value = Form::kText;
    level::Range range;
    bool stops_on_invalid = false;
};

Form read_form(config::Reader& reader, const char* name, const char* help) {
    return static_cast<Form>(reader.choice(name, {"text", "json", "msgpack", "hex"}, help));
}

std::string read_key(config::Reader& reader, const char* name, const char* help, Form form) {
    auto text = reader.maybe<std::string>(name, help);
    if (!text) return "";
    auto key = level::key_of(form, *text);
    if (key.ok()) return *std::move(key);
    reader.problem(name, key.error().message());
    return "";
}

Options read(config::Reader& reader) {
    Options options;
    options.path = reader.required<std::string>("path", "Folder of the database.");
    options.place = reader.place_of("path");
    options.key = read_form(reader, "key", "What keys are: text, json, msgpack or hex.");
    options.value = read_form(reader, "value", "What values are: text, json, msgpack or hex.");
    std::string prefix =
        read_key(reader, "prefix", "Only keys that begin so; in hex where keys are msgpack or hex.",
                 options.key);
    options.range.from = read_key(reader, "from", "The first key, or the next.", options.key);
    std::string to = read_key(reader, "to", "The key to end before.", options.key);
    if (!to.empty()) options.range.to = std::move(to);
    options.range = level::with_prefix(prefix, std::move(options.range));
    options.stops_on_invalid =
        reader.optional("stop_on_invalid_record", false, "The first bad entry fails the run.");
    return options;
}

class LevelDbInput final : public load::Input {
  public:
    LevelDbInput(Options options, std::string folder)
        : options_(std::move(options)),
          folder_(std::move(folder)),
          schema_({{.name = "key", .type = level::type_of(options_.key)},
                   {.name = "value", .type = level::type_of(options_.value)}}) {}

    Result<> begin() override {
        auto opened = level::Database::open(folder_);
        if (!opened.ok()) return opened.error().at(options_.place);
        database_ = *std::move(opened);
        return {};
    }

    const page::Schema& schema() const override { return schema_; }
    size_t tasks() const override { return 1; }
    std::string name_of(size_t) const override { return folder_; }

    Result<> run(size_t task, const load::PageSink& sink) override {
        return run_with_rejects(task, sink, [&](const load::Reject& reject) -> Result<> {
            return Error(Code::kInvalid, folder_ + ": " + reject.reason + ": " + reject.text);
        });
    }

    Result<> run_with_rejects(size_t, const load::PageSink& sink,
                              const load::RejectSink& rejects) override {
        page::Builder builder(schema_);
        int64_t number = 0;
        auto visit = [&](std::string_view key, std::string_view value) -> Result<> {
            ++number;
            auto added = add(key, value, builder);
            if (!added.ok()) {
                return rejects({.line = number,
                                .reason = added.error().message(),
                                .text = level::shown(key, value),
                                .stops = options_.stops_on_invalid});
            }
            bool is_full = builder.rows() >= kPageRows || builder.size_bytes() > kPageBytes;
            return is_full ? sink(builder.finish()) : Result<>();
        };
        TRY(database_->each(options_.range, visit));
        return builder.rows() > 0 ? sink(builder.finish()) : Result<>();
    }

  private:
    Result<> add(std::string_view key, std::string_view value, page::Builder& builder) {
        auto has_key = level::decode(options_.key, key, key_);
        if (!has_key.ok()) return has_key.error().at("key");
        auto has_value = level::decode(options_.value, value, value_);
        if (!has_value.ok()) return has_value.error().at("value");
        if (*has_key) builder.set_text(0, key_);
        if (*has_value) builder.set_text(1, value_);
        builder.end_row();
        return {};
    }

    const Options options_;
    const std::string folder_;
    const page::Schema schema_;
    std::unique_ptr<level::Database> database_;
    std::string key_;
    std::string value_;
};

Result<std::unique_ptr<load::Input>> make(const Options& options, const load::Context& context) {
    std::string folder =
        (std::filesystem::path(context.folder) / options.path).lexically_normal().string();
    return std::make_unique<LevelDbInput>(options, std::move(folder));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(input, leveldb) {
    registry.inputs.add("leveldb", "Entries of a LevelDB database, which stays as it is.", read,
                        make);
}
