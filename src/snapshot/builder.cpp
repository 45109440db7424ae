#include "snapshot/builder.h"

#include "base/file.h"
#include "base/text.h"
#include "config/config.h"
#include "snapshot/format.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mogura::snapshot {
namespace {

template <typename T>
void store(char* place, T value) {
    std::memcpy(place, &value, sizeof value);
}

std::string schema_json(const page::Schema& schema, const BuilderOptions& options) {
    config::List columns;
    for (const page::Column& column : schema.columns()) {
        config::Map entry;
        entry.append("name", column.name);
        entry.append("type", page::type_name(column.type));
        columns.push_back(std::move(entry));
    }
    config::Map root;
    root.append("table", options.table);
    root.append("key", options.key);
    root.append("columns", std::move(columns));
    return config::to_json(std::move(root));
}

void pad_to(std::string& bytes, size_t unit) {
    bytes.resize((bytes.size() + unit - 1) / unit * unit);
}

}  // namespace

Result<Builder> Builder::create(page::Schema schema, BuilderOptions options) {
    auto key = schema.find(options.key);
    if (!key) {
        return Error(Code::kInvalid, "key: the table has no such column: " + options.key +
                                         base::did_you_mean(options.key, schema.names()));
    }
    page::Type type = schema[*key].type;
    if (type != page::Type::kLong && type != page::Type::kString) {
        return Error(Code::kInvalid, "key: column " + options.key + " is of type " +
                                         std::string(page::type_name(type)) +
                                         "; a key is a long or a string");
    }
    if (schema.size() > kColumnsMax) {
        return Error(Code::kLimit,
                     "a snapshot has at most " + std::to_string(kColumnsMax) + " columns");
    }
    return Builder(std::move(schema), std::move(options), *key);
}

Builder::Builder(page::Schema schema, BuilderOptions options, size_t key_column)
    : schema_(std::move(schema)), options_(std::move(options)), key_column_(key_column) {
    fixed_bytes_ = row_head_bytes(schema_.size());
    for (const page::Column& column : schema_.columns()) {
        slots_.push_back(fixed_bytes_);
        fixed_bytes_ += slot_bytes(column.type);
        needs_heads_ |= is_text(column.type);
    }
}

Result<> Builder::add(const page::Page& page) {
    const page::ColumnData& keys = page.column(key_column_);
    bool is_long = schema_[key_column_].type == page::Type::kLong;
    for (size_t row = 0; row < page.rows(); ++row) {
        if (keys.is_null(row)) {
            return Error(Code::kInvalid, "row " + std::to_string(entries_.size() + 1) +
                                             ": the key " + options_.key + " is null");
        }
        uint64_t hash = is_long ? hash_of(keys.longs()[row]) : hash_of(keys.texts()[row]);
        entries_.push_back({hash, rows_.size()});
        append_row(page, row);
        if (rows_.size() >= kRowsBytesMax) {
            return Error(Code::kLimit, "a snapshot holds at most 32 GiB of rows");
        }
    }
    return {};
}

void Builder::append_row(const page::Page& page, size_t row) {
    size_t begin = rows_.size();
    rows_.resize(begin + fixed_bytes_);
    for (size_t column = 0; column < schema_.size(); ++column) {
        const page::ColumnData& data = page.column(column);
        char* head = rows_.data() + begin;
        if (data.is_null(row)) {
            char* word = head + 4 + column / 32 * 4;
            store(word, fetch<uint32_t>(word) | uint32_t{1} << (column % 32));
            needs_heads_ = true;
            continue;
        }
        char* slot = head + slots_[column];
        switch (schema_[column].type) {
            case page::Type::kBoolean:
                store(slot, int64_t{data.booleans()[row]});
                break;
            case page::Type::kLong:
                store(slot, data.longs()[row]);
                break;
            case page::Type::kDouble:
                store(slot, data.doubles()[row]);
                break;
            case page::Type::kTimestamp:
                store(slot, data.timestamps()[row].seconds);
                store(slot + 8, int64_t{data.timestamps()[row].nanoseconds});
                break;
            case page::Type::kString:
            case page::Type::kJson: {
                std::string_view text = data.texts()[row];
                store(slot, static_cast<uint32_t>(rows_.size() - begin));
                store(slot + 4, static_cast<uint32_t>(text.size()));
                rows_.append(text);
                break;
            }
        }
    }
    pad_to(rows_, 8);
    store(rows_.data() + begin, static_cast<uint32_t>(rows_.size() - begin));
}

Result<> Builder::check_keys() const {
    bool is_long = schema_[key_column_].type == page::Type::kLong;
    auto key_at = [&](uint64_t offset) {
        const char* slot = rows_.data() + offset + slots_[key_column_];
        if (is_long) return std::string_view(slot, 8);
        return std::string_view(rows_.data() + offset + fetch<uint32_t>(slot),
                                fetch<uint32_t>(slot + 4));
    };
    // Equal keys have equal hashes, so they are neighbours, but for other keys of the same hash.
    for (size_t index = 0; index < entries_.size(); ++index) {
        for (size_t other = index + 1;
             other < entries_.size() && entries_[other].hash == entries_[index].hash; ++other) {
            std::string_view key = key_at(entries_[index].offset);
            if (key != key_at(entries_[other].offset)) continue;
            std::string shown =
                is_long ? std::to_string(fetch<int64_t>(key.data())) : std::string(key);
            return Error(Code::kInvalid,
                         "two rows have the same key: " + options_.key + " = " + shown);
        }
    }
    return {};
}

std::vector<Group> Builder::take_slots() {
    std::vector<Group> groups(groups_for(entries_.size()));
    std::vector<uint64_t> slots;  // of each entry, counted through all groups
    slots.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        uint64_t index = group_of(entry.hash, groups.size());
        while (groups[index].is_full()) index = (index + 1) % groups.size();
        const uint32_t slot = groups[index].taken();
        groups[index].tags[slot] = tag_of(entry.hash);
        slots.push_back(index * kSlots + slot);
    }
    uint32_t rows = 0;
    for (Group& group : groups) {
        group.first = rows;
        rows += group.taken();
    }
    // By hash the entries are nearly in that order; those that went from the last group to the
    // first are not.
    std::vector<Entry> ordered(entries_.size());
    for (size_t index = 0; index < entries_.size(); ++index) {
        ordered[groups[slots[index] / kSlots].first + slots[index] % kSlots] = entries_[index];
    }
    entries_ = std::move(ordered);
    return groups;
}

void Builder::append_rows(std::string& file, size_t places_offset) const {
    const size_t left_out = needs_heads_ ? 0 : row_head_bytes(schema_.size());
    const size_t begin = file.size();
    for (const Entry& entry : entries_) {
        if (needs_heads_) {
            store(file.data() + places_offset, static_cast<uint32_t>((file.size() - begin) / 8));
            places_offset += sizeof(uint32_t);
        }
        const size_t size = fetch<uint32_t>(rows_.data() + entry.offset);
        file.append(rows_, entry.offset + left_out, size - left_out);
    }
}

Result<std::string> Builder::finish() {
    std::sort(entries_.begin(), entries_.end(), [](const Entry& one, const Entry& other) {
        return one.hash != other.hash ? one.hash < other.hash : one.offset < other.offset;
    });
    TRY(check_keys());
    const std::vector<Group> groups = take_slots();
    Header header{};
    std::memcpy(header.magic, kMagic.data(), kMagic.size());
    header.version = kVersion;
    header.header_bytes = sizeof(Header);
    header.rows = entries_.size();
    header.groups = groups.size();
    header.key_column = static_cast<uint32_t>(key_column_);
    header.created_at_micros = options_.created_at.time_since_epoch().count();
    header.row_head_bytes =
        needs_heads_ ? static_cast<uint32_t>(row_head_bytes(schema_.size())) : 0;

    const std::string schema = schema_json(schema_, options_);
    const size_t groups_bytes = groups.size() * sizeof(Group);
    const size_t places_bytes = needs_heads_ ? entries_.size() * sizeof(uint32_t) : 0;
    std::string file;
    file.reserve(sizeof(Header) + schema.size() + groups_bytes + places_bytes + 3 * kCacheLine +
                 rows_.size());
    file.resize(sizeof(Header));
    header.schema_offset = file.size();
    header.schema_bytes = schema.size();
    file += schema;
    pad_to(file, kCacheLine);
    header.groups_offset = file.size();
    file.append(reinterpret_cast<const char*>(groups.data()), groups_bytes);
    pad_to(file, kCacheLine);
    if (needs_heads_) header.places_offset = file.size();
    file.resize(file.size() + places_bytes);
    pad_to(file, kCacheLine);
    header.rows_offset = file.size();
    append_rows(file, header.places_offset);
    header.rows_bytes = file.size() - header.rows_offset;

    header.file_bytes = file.size();
    header.body_checksum = checksum_of(std::string_view(file).substr(sizeof(Header)));
    std::memcpy(file.data(), &header, sizeof header);
    header.header_checksum = checksum_of(std::string_view(file).substr(0, sizeof(Header) - 8));
    std::memcpy(file.data(), &header, sizeof header);
    rows_ = {};
    entries_ = {};
    return file;
}

Result<> Builder::write(const std::string& path) {
    std::string bytes = TRY(finish());
    return base::write_file(path, bytes);
}

Result<std::shared_ptr<const Table>> Builder::build() {
    std::string place = options_.table;
    std::string bytes = TRY(finish());
    return Table::from_bytes(std::move(bytes), place);
}

}  // namespace mogura::snapshot
