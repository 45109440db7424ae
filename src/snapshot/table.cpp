#include "snapshot/table.h"

#include "base/text.h"
#include "config/config.h"
#include "snapshot/format.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mogura::snapshot {
namespace {

template <typename T>
T fetch(const char* place) {
    T value;
    std::memcpy(&value, place, sizeof value);
    return value;
}

Error damaged(const std::string& place, const std::string& what) {
    return {Code::kInvalid, place + ": the snapshot is damaged: " + what + " (build it again)"};
}

}  // namespace

Result<std::shared_ptr<const Table>> Table::open(const std::string& path) {
    std::shared_ptr<Table> table(new Table());
    table->file_ = TRY(base::MappedFile::open(path));
    table->bytes_ = table->file_->bytes();
    TRY(table->read(path));
    return std::shared_ptr<const Table>(std::move(table));
}

Result<std::shared_ptr<const Table>> Table::from_bytes(std::string bytes, const std::string& place) {
    std::shared_ptr<Table> table(new Table());
    table->owned_ = std::move(bytes);
    table->bytes_ = table->owned_;
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
    auto fits = [&](uint64_t offset, uint64_t size) {
        return offset <= bytes_.size() && size <= bytes_.size() - offset;
    };
    bool directory_fits = header.buckets > 0 && header.buckets < bytes_.size() &&
                          header.directory_offset % 8 == 0 &&
                          fits(header.directory_offset, (header.buckets + 1) * 4);
    if (!fits(header.schema_offset, header.schema_bytes) || !directory_fits ||
        header.rows_offset % 8 != 0 || !fits(header.rows_offset, header.rows_bytes)) {
        return damaged(place, "a section lies outside the file");
    }
    rows_ = header.rows;
    buckets_ = header.buckets;
    key_column_ = header.key_column;
    created_at_ = base::Instant(std::chrono::microseconds(header.created_at_micros));
    checksum_ = header.body_checksum;
    directory_ = reinterpret_cast<const uint32_t*>(bytes_.data() + header.directory_offset);
    row_bytes_ = bytes_.data() + header.rows_offset;
    TRY(read_schema(bytes_.substr(header.schema_offset, header.schema_bytes), place));
    if (uint64_t{directory_[buckets_]} * 8 != header.rows_bytes) {
        return damaged(place, "the directory does not end with the rows");
    }
    return check_rows(place);
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
    fixed_bytes_ = static_cast<uint32_t>(row_head_bytes(list.size()));
    for (const page::Column& column : list) {
        slots_.push_back(fixed_bytes_);
        fixed_bytes_ += static_cast<uint32_t>(slot_bytes(column.type));
    }
    key_slot_ = slots_[key_column_];
    schema_ = page::Schema(std::move(list));
    return {};
}

bool Table::row_is_sound(const char* row, uint64_t left) const {
    if (left < fixed_bytes_) return false;
    uint32_t size = fetch<uint32_t>(row);
    if (size < fixed_bytes_ || size > left || size % 8 != 0) return false;
    for (size_t column = 0; column < schema_.size(); ++column) {
        page::Type type = schema_[column].type;
        if (type != page::Type::kString && type != page::Type::kJson) continue;
        uint64_t offset = fetch<uint32_t>(row + slots_[column]);
        uint64_t length = fetch<uint32_t>(row + slots_[column] + 4);
        if (offset + length > size) return false;
    }
    return true;
}

Result<> Table::check_rows(const std::string& place) const {
    uint64_t counted = 0;
    if (directory_[0] != 0) return damaged(place, "the directory does not begin with the rows");
    for (uint64_t bucket = 0; bucket < buckets_; ++bucket) {
        uint64_t offset = uint64_t{directory_[bucket]} * 8;
        uint64_t end = uint64_t{directory_[bucket + 1]} * 8;
        if (end < offset || end > uint64_t{directory_[buckets_]} * 8) {
            return damaged(place, "the directory is out of order");
        }
        while (offset < end) {
            if (!row_is_sound(row_bytes_ + offset, end - offset)) {
                return damaged(place, "a row lies outside its place");
            }
            offset += fetch<uint32_t>(row_bytes_ + offset);
            ++counted;
        }
    }
    if (counted != rows_) return damaged(place, "the number of rows differs");
    return {};
}

template <typename Same>
std::optional<Row> Table::look_up(uint64_t hash, const Same& same) const {
    uint64_t bucket = bucket_of(hash, buckets_);
    const char* row = row_bytes_ + uint64_t{directory_[bucket]} * 8;
    const char* end = row_bytes_ + uint64_t{directory_[bucket + 1]} * 8;
    while (row < end) {
        if (same(row)) return Row(*this, row);
        row += fetch<uint32_t>(row);
    }
    return std::nullopt;
}

std::optional<Row> Table::find(int64_t key) const {
    if (schema_[key_column_].type != page::Type::kLong) return find(std::to_string(key));
    return look_up(hash_of(key),
                   [&](const char* row) { return fetch<int64_t>(row + key_slot_) == key; });
}

std::optional<Row> Table::find(std::string_view key) const {
    if (schema_[key_column_].type == page::Type::kLong) {
        auto number = base::parse_integer(key);
        return number ? find(*number) : std::nullopt;
    }
    return look_up(hash_of(key), [&](const char* row) {
        const char* slot = row + key_slot_;
        return fetch<uint32_t>(slot + 4) == key.size() &&
               std::memcmp(row + fetch<uint32_t>(slot), key.data(), key.size()) == 0;
    });
}

void Table::each(const std::function<bool(const Row&)>& visit) const {
    const char* row = row_bytes_;
    for (uint64_t index = 0; index < rows_; ++index) {
        if (!visit(Row(*this, row))) return;
        row += fetch<uint32_t>(row);
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
