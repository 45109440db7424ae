// Options that every input from a database shares (spec embulk 8.4).

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "page/page.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mogura::plugins::source {

// How a value is read (value_type).
enum class ValueType {
    kLong,
    kFloat,
    kDouble,
    kDecimal,
    kBoolean,
    kString,
    kJson,
    kDate,
    kTime,
    kTimestamp,
    kArray,
};

struct ColumnOption {
    std::optional<ValueType> value_type = {};
    std::optional<page::Type> type = {};
    std::optional<std::string> timestamp_format = {};
    std::optional<std::string> time_zone = {};
};

struct Options {
    std::string query;  // or a table with the next three
    std::string table;
    std::string select = "*";
    std::optional<std::string> where;
    std::optional<std::string> order_by;
    bool incremental = false;
    bool use_raw_query = false;                    // a query with :column for what is already known
    std::vector<std::string> incremental_columns;  // empty: the primary key
    std::optional<config::List> last_record;
    int64_t fetch_rows = 10'000;
    std::chrono::seconds connect_timeout{300};
    std::chrono::seconds answer_timeout{1800};
    std::map<std::string, ColumnOption> columns;      // by name
    std::map<std::string, ColumnOption> by_sql_type;  // by "BIGINT", "DATE", ...
    std::string default_time_zone = "UTC";            // of timestamps that become text
    std::optional<std::string> before_setup;
    std::optional<std::string> before_select;
    std::optional<std::string> after_select;
};

Options read_options(config::Reader& reader);

// The options of one column: the exact name, else the one that differs in case only (two are an
// error), else those of its SQL type.
Result<ColumnOption> option_of(const Options& options, const std::string& column,
                               const std::string& sql_type);

}  // namespace mogura::plugins::source
