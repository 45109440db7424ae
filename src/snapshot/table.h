// A snapshot that is open: lookups by key, and all its rows.

#pragma once

#include "base/clock.h"
#include "base/file.h"
#include "base/result.h"
#include "page/page.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::snapshot {

class Table;

// One row; valid while its table lives. Asking a null column gives 0 or "".
class Row {
  public:
    bool is_null(size_t column) const;
    bool boolean_at(size_t column) const { return long_at(column) != 0; }
    int64_t long_at(size_t column) const;
    double double_at(size_t column) const;
    std::string_view text_at(size_t column) const;  // kString and kJson
    page::Timestamp timestamp_at(size_t column) const;
    // Appends {"name":value,...} with all columns; timestamps as ISO text in UTC.
    void append_json(std::string& json) const;

  private:
    friend class Table;
    Row(const Table& table, const char* bytes) : table_(&table), bytes_(bytes) {}
    const Table* table_;
    const char* bytes_;
};

class Table {
  public:
    // Maps the file and checks it whole: checksums, bounds of every row and text.
    static Result<std::shared_ptr<const Table>> open(const std::string& path);
    // The same over bytes in memory; `place` stands in front of errors.
    static Result<std::shared_ptr<const Table>> from_bytes(std::string bytes,
                                                           const std::string& place);

    const std::string& name() const { return name_; }
    const page::Schema& schema() const { return schema_; }
    size_t key_column() const { return key_column_; }
    uint64_t rows() const { return rows_; }
    size_t size_bytes() const { return bytes_.size(); }
    base::Instant created_at() const { return created_at_; }
    std::string checksum() const;  // hexadecimal

    // The row with that key. Of the key column's type, or as text (what a URL carries).
    std::optional<Row> find(int64_t key) const;
    std::optional<Row> find(std::string_view key) const;

    // Every row, in the order of the file. Stops when `visit` answers false.
    void each(const std::function<bool(const Row&)>& visit) const;

  private:
    friend class Row;
    Table() = default;
    Result<> read(const std::string& place);
    Result<> read_schema(std::string_view json, const std::string& place);
    Result<> check_rows(const std::string& place) const;
    bool row_is_sound(const char* row, uint64_t left) const;
    template <typename Same>
    std::optional<Row> look_up(uint64_t hash, const Same& same) const;

    std::unique_ptr<base::MappedFile> file_;
    std::string owned_;
    std::string_view bytes_;
    page::Schema schema_;
    std::vector<uint32_t> slots_;
    std::string name_;
    size_t key_column_ = 0;
    uint32_t key_slot_ = 0;
    uint32_t fixed_bytes_ = 0;
    uint64_t rows_ = 0;
    uint64_t buckets_ = 0;
    const uint32_t* directory_ = nullptr;
    const char* row_bytes_ = nullptr;
    base::Instant created_at_{};
    uint64_t checksum_ = 0;
};

}  // namespace mogura::snapshot
