#include "snapshot/table.h"

#include "base/text.h"
#include "config/config.h"
#include "snapshot/format.h"

#include <algorithm>
#include <span>
#include <utility>

namespace mogura::snapshot {
namespace {

constexpr int64_t kNanosecondsMax = 999'999'999;

Error damaged(const std::string& place, const std::string& what) {
    return {Code::kInvalid, place + ": the snapshot is damaged: " + what + " (build it again)"};
}

// Each section inside the file, at the boundary that it needs; places where rows have heads.
bool sections_fit(const Header& header) {
    auto fits = [&](uint64_t offset, uint64_t count, uint64_t size, uint64_t boundary) {
        return offset % boundary == 0 && offset <= header.file_bytes &&
               count <= (header.file_bytes - offset) / size;
    };
    const bool has_heads = header.row_head_bytes != 0;
    return fits(header.schema_offset, header.schema_bytes, 1, 1) && header.groups > 0 &&
           fits(header.groups_offset, header.groups, sizeof(Group), alignof(Group)) &&
           (header.places_offset != 0) == has_heads &&
           fits(header.places_offset, has_heads ? header.rows : 0, 4, kCacheLine) &&
           header.rows_bytes < kRowsBytesMax && fits(header.rows_offset, header.rows_bytes, 1, 8);
}

}  // namespace

Result<std::shared_ptr<const Table>> Table::open(const std::string& path) {
    std::shared_ptr<Table> table(new Table());
    table->file_ = TRY(base::MappedFile::open(path));
    table->bytes_ = table->file_->bytes();
    TRY(table->read(path));
    return std::shared_ptr<const Table>(std::move(table));
}

Result<std::shared_ptr<const Table>> Table::load(const std::string& path) {
    std::shared_ptr<Table> table(new Table());
    table->memory_ = TRY(Memory::read(path));
    table->bytes_ = table->memory_->bytes();
    TRY(table->read(path));
    return std::shared_ptr<const Table>(std::move(table));
}

Result<std::shared_ptr<const Table>> Table::from_bytes(std::string_view bytes,
                                                       const std::string& place) {
    std::shared_ptr<Table> table(new Table());
    table->memory_ = TRY(Memory::copy(bytes));
    table->bytes_ = table->memory_->bytes();
    TRY(table->read(place));
    return std::shared_ptr<const Table>(std::move(table));
}

Result<> Table::read(const std::string& place) {
    if (bytes_.size() < sizeof(Header) || !bytes_.starts_with(kMagic)) {
        return Error(Code::kInvalid, place + ": this is not a Mogura snapshot");
    }
    auto header = fetch<Header>(bytes_.data());
    if (header.version != kVersion || header.header_bytes != sizeof(Header)) {
        return Error(Code::kUnsupported, place + ": snapshot version " +
                                             std::to_string(header.version) + " is not known here");
    }
    if (header.header_checksum != checksum_of(bytes_.substr(0, sizeof(Header) - 8))) {
        return damaged(place, "the header's checksum differs");
    }
    if (header.file_bytes != bytes_.size()) return damaged(place, "the file was cut or extended");
    if (header.body_checksum != checksum_of(bytes_.substr(sizeof(Header)))) {
        return damaged(place, "the checksum differs");
    }
    if (!sections_fit(header)) return damaged(place, "a section lies outside the file");
    rows_ = header.rows;
    group_count_ = header.groups;
    key_column_ = header.key_column;
    head_bytes_ = header.row_head_bytes;
    created_at_ = base::Instant(std::chrono::microseconds(header.created_at_micros));
    checksum_ = header.body_checksum;
    groups_ = reinterpret_cast<const Group*>(bytes_.data() + header.groups_offset);
    places_ = reinterpret_cast<const uint32_t*>(bytes_.data() + header.places_offset);
    TRY(read_schema(bytes_.substr(header.schema_offset, header.schema_bytes), place));
    keys_ = bytes_.data() + header.rows_offset + key_slot_;
    TRY(check_groups(place));
    return check_rows(header.rows_bytes, place);
}

Result<> Table::read_schema(std::string_view json, const std::string& place) {
    auto root = TRY(config::parse_json(json, place));
    const config::Value* name = root.find("table");
    const config::Value* columns = root.find("columns");
    if (!name || !name->is_string() || !columns || !columns->is_list()) {
        return damaged(place, "the schema is not complete");
    }
    name_ = name->string();
    std::vector<page::Column> list;
    for (const config::Value& entry : columns->list()) {
        const config::Value* column = entry.find("name");
        const config::Value* type = entry.find("type");
        bool known = column && column->is_string() && type && type->is_string() &&
                     page::find_type(type->string());
        if (!known) return damaged(place, "a column is not complete");
        list.push_back({.name = column->string(), .type = *page::find_type(type->string())});
    }
    if (list.size() > kColumnsMax || key_column_ >= list.size()) {
        return damaged(place, "the key is not a column");
    }
    page::Type key_type = list[key_column_].type;
    if (key_type != page::Type::kLong && key_type != page::Type::kString) {
        return damaged(place, "the key has a type that keys cannot have");
    }
    const bool has_texts = std::any_of(
        list.begin(), list.end(), [](const page::Column& column) { return is_text(column.type); });
    has_heads_ = head_bytes_ != 0;
    if (head_bytes_ != (has_heads_ || has_texts ? row_head_bytes(list.size()) : 0)) {
        return damaged(place, "the rows' heads have the wrong size");
    }
    fixed_bytes_ = head_bytes_;
    for (const page::Column& column : list) {
        slots_.push_back(static_cast<int32_t>(fixed_bytes_));
        fixed_bytes_ += static_cast<uint32_t>(slot_bytes(column.type));
    }
    has_long_key_ = key_type == page::Type::kLong;
    key_slot_ = static_cast<uint32_t>(slots_[key_column_]);
    for (int32_t& slot : slots_) slot -= static_cast<int32_t>(key_slot_);
    schema_ = page::Schema(std::move(list));
    return {};
}

bool Table::row_is_sound(const char* row, uint64_t left) const {
    if (left < fixed_bytes_) return false;
    uint32_t size = size_of(row);
    if (size < fixed_bytes_ || size > left || size % 8 != 0) return false;
    const char* key = row + key_slot_;
    for (size_t column = 0; column < schema_.size(); ++column) {
        if (schema_[column].type == page::Type::kTimestamp) {
            const auto nanoseconds = fetch<int64_t>(key + slots_[column] + 8);
            if (nanoseconds < 0 || nanoseconds > kNanosecondsMax) return false;
        }
        if (!is_text(schema_[column].type)) continue;
        uint64_t offset = fetch<uint32_t>(key + slots_[column]);
        uint64_t length = fetch<uint32_t>(key + slots_[column] + 4);
        if (offset + length > size) return false;
    }
    return true;
}

// Slots are taken from the first on, every one is a row, and some group has a free one, where
// searches end.
Result<> Table::check_groups(const std::string& place) const {
    uint64_t rows = 0;
    bool has_end = false;
    for (const Group& group : std::span(groups_, group_count_)) {
        const uint32_t taken = group.taken();
        const bool rest_is_free = std::all_of(group.tags + taken, group.tags + kSlots,
                                              [](uint8_t tag) { return tag == 0; });
        if (!rest_is_free) return damaged(place, "a group has a slot behind a free one");
        if (group.first != rows) return damaged(place, "a group does not begin behind the last");
        rows += taken;
        has_end |= !group.is_full();
    }
    if (rows != rows_) return damaged(place, "the groups have another number of rows");
    if (!has_end) return damaged(place, "every group is full");
    return {};
}

// Rows follow one another without a gap, and the places say where they begin.
Result<> Table::check_rows(uint64_t rows_bytes, const std::string& place) const {
    uint64_t counted = 0;
    for (uint64_t offset = 0; offset < rows_bytes; ++counted) {
        const char* row = keys_ - key_slot_ + offset;
        if (!row_is_sound(row, rows_bytes - offset)) {
            return damaged(place, "a row lies outside its place");
        }
        if (counted == rows_) return damaged(place, "the number of rows differs");
        if (offset_of(counted) != offset) return damaged(place, "a row is not where it should be");
        offset += size_of(row);
    }
    if (counted != rows_) return damaged(place, "the number of rows differs");
    return {};
}

// Of all rows that may have the hash, the one whose key `same` says yes to.
template <typename Same>
std::optional<Row> Table::look_up(uint64_t hash, Same same) const {
    uint64_t index = group_of(hash, group_count_);
    while (true) {
        const Group& group = groups_[index];
        for (uint32_t slots = slots_with(group, hash); slots != 0; slots &= slots - 1) {
            const Row row(*this, key_at(ordinal_of(group, slots)));
            if (same(row)) return row;
        }
        if (!group.is_full()) return std::nullopt;
        if (++index == group_count_) index = 0;
    }
}

std::optional<Row> Table::find(std::string_view key) const {
    if (has_long_key_) {
        auto number = base::parse_integer(key);
        return number ? find(*number) : std::nullopt;
    }
    return look_up(hash_of(key), [&](const Row& row) { return row.text_at(key_column_) == key; });
}

std::optional<Row> Table::find_otherwise(int64_t key) const {
    if (!has_long_key_) return find(std::string_view(std::to_string(key)));
    return look_up(hash_of(key), [&](const Row& row) { return row.long_at(key_column_) == key; });
}

void Table::each(const std::function<bool(const Row&)>& visit) const {
    const char* key = keys_;
    for (uint64_t index = 0; index < rows_; ++index) {
        if (!visit(Row(*this, key))) return;
        key += size_of(key - key_slot_);
    }
}

std::string Table::checksum() const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text(16, '0');
    for (size_t index = 0; index < 16; ++index) {
        text[index] = kDigits[(checksum_ >> (60 - 4 * index)) & 15];
    }
    return text;
}

}  // namespace mogura::snapshot
