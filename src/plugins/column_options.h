// The `columns` of a parser: names, types, and how timestamps are written (embulk 3.1.1, 4.1.1).

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "load/load.h"
#include "page/page.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins {

struct ColumnOptions {
    std::vector<config::Map> columns;
    std::string time_zone;
    std::string timestamp_format;
    std::string date;
    std::string place;  // of `columns`, for messages
};

// Reads `columns`, default_timezone, default_timestamp_format and default_date.
ColumnOptions read_columns(config::Reader& reader, bool is_required);

// The text of a column's own option.
std::optional<std::string> column_option(const config::Map& column, std::string_view key);

struct ColumnTable {
    page::Schema schema;
    // One for each column; only those of timestamp columns are set.
    std::vector<std::unique_ptr<load::TimestampParser>> timestamps;
};
// Fails with kInvalid: names, types and formats that cannot be.
Result<ColumnTable> make_columns(const ColumnOptions& options);

}  // namespace mogura::plugins
