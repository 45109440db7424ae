// One row of a snapshot; valid while its table lives. Asking a null column gives 0 or "".

#pragma once

#include "page/page.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace mogura::snapshot {

class Table;

// A number of the file, wherever it stands.
template <typename T>
T fetch(const char* place) {
    T value;
    std::memcpy(&value, place, sizeof value);
    return value;
}

class Row {
  public:
    inline bool is_null(size_t column) const;  // in table.h
    bool boolean_at(size_t column) const { return long_at(column) != 0; }
    int64_t long_at(size_t column) const { return fetch<int64_t>(slot(column)); }
    double double_at(size_t column) const { return fetch<double>(slot(column)); }
    // Of kString and kJson.
    std::string_view text_at(size_t column) const {
        const char* place = slot(column);
        return {begin() + fetch<uint32_t>(place), fetch<uint32_t>(place + 4)};
    }
    page::Timestamp timestamp_at(size_t column) const {
        return {fetch<int64_t>(slot(column)),
                static_cast<int32_t>(fetch<int64_t>(slot(column) + 8))};
    }
    // Appends {"name":value,...} with all columns; timestamps as ISO text in UTC (as
    // seconds since 1970 outside the years 0 to 9999).
    void append_json(std::string& json) const;

  private:
    friend class Table;
    // The key's slot stands for the row: that is where a lookup has just been.
    Row(const Table& table, const char* key) : table_(&table), key_(key) {}
    inline const char* begin() const;
    inline const char* slot(size_t column) const;

    const Table* table_;
    const char* key_;
};

}  // namespace mogura::snapshot
