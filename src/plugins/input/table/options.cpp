#include "plugins/input/table/options.h"

#include "base/text.h"
#include "plugins/database_zone.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mogura::plugins::source {
namespace {

constexpr std::array kValueTypes = {
    std::pair{"long", ValueType::kLong},       std::pair{"float", ValueType::kFloat},
    std::pair{"double", ValueType::kDouble},   std::pair{"decimal", ValueType::kDecimal},
    std::pair{"boolean", ValueType::kBoolean}, std::pair{"string", ValueType::kString},
    std::pair{"json", ValueType::kJson},       std::pair{"date", ValueType::kDate},
    std::pair{"time", ValueType::kTime},       std::pair{"timestamp", ValueType::kTimestamp},
    std::pair{"array", ValueType::kArray},
};

ColumnOption read_column(config::Reader& reader, const std::string& column) {
    ColumnOption option;
    const auto value_type = reader.maybe<std::string>("value_type", "How the value is read.");
    if (value_type) {
        for (const auto& [word, type] : kValueTypes) {
            if (*value_type == word) option.value_type = type;
        }
        if (!option.value_type) {
            reader.problem("value_type",
                           "Unknown value_type '" + *value_type + "' for column '" + column + "'");
        }
    }
    const auto type = reader.maybe<std::string>("type", "Type of the column in the loader.");
    if (type) {
        option.type = page::find_type(*type);
        if (!option.type) {
            reader.problem("type", "unknown type: " + *type +
                                       " (boolean, long, double, string, timestamp or json)");
        }
    }
    option.timestamp_format =
        reader.maybe<std::string>("timestamp_format", "Of timestamps that become text.");
    option.time_zone = reader.maybe<std::string>("timezone", "Of timestamps that become text.");
    if (option.time_zone) check_database_zone(reader, "timezone", *option.time_zone);
    return option;
}

std::map<std::string, ColumnOption> read_columns(config::Reader& reader, const char* name,
                                                 const char* help) {
    std::map<std::string, ColumnOption> columns;
    const auto map = reader.optional<config::Map>(name, {}, help);
    for (const config::Map::Entry& entry : map) {
        if (!entry.value.is_map()) {
            reader.problem(name, entry.key + " must be a mapping such as {type: string}");
            continue;
        }
        config::Reader nested(entry.value.map(), reader.file(),
                              reader.path() + "." + name + "." + entry.key);
        columns.emplace(entry.key, read_column(nested, entry.key));
        reader.absorb(std::move(nested));
    }
    return columns;
}

void read_text(config::Reader& reader, Options& options) {
    options.query = reader.maybe<std::string>("query", "The SELECT; or a table.").value_or("");
    options.table = reader.maybe<std::string>("table", "The table; or a query.").value_or("");
    const auto select = reader.maybe<std::string>("select", "Expressions to select; default: *.");
    options.where = reader.maybe<std::string>("where", "Condition on the rows of the table.");
    if (const config::Value* order = reader.raw("order_by", "string", "Order of the table's rows.");
        order && !order->is_null()) {
        options.order_by = order->scalar_text();
        if (!options.order_by) reader.problem("order_by", "must be a text such as \"id DESC\"");
    }
    options.select = select.value_or("*");
    if (reader.is_manual()) return;
    if (options.query.empty() && options.table.empty()) {
        reader.problem("query", "'table' or 'query' parameter is required");
    }
    if (!options.query.empty() &&
        (!options.table.empty() || select || options.where || options.order_by)) {
        reader.problem("query",
                       "'table', 'select', 'where' and 'order_by' parameters are unnecessary if "
                       "'query' parameter is set.");
    }
}

void read_incremental(config::Reader& reader, Options& options) {
    options.incremental =
        reader.optional("incremental", false, "Only rows behind last_record; remembers the last.");
    options.use_raw_query = reader.optional(
        "use_raw_query_with_incremental", false,
        "The query has :column where the last record's value belongs, and its own ORDER BY.");
    options.incremental_columns = reader.optional<std::vector<std::string>>(
        "incremental_columns", {}, "Columns that only grow; default: the primary key.");
    const config::Value* last =
        reader.raw("last_record", "list of any", "Values of incremental_columns to start behind.");
    if (last && !last->is_null()) {
        if (last->is_list()) {
            options.last_record = last->list();
        } else {
            reader.problem("last_record", "must be a list of values");
        }
    }
    if (reader.is_manual()) return;
    if (!options.incremental) {
        options.last_record.reset();  // a diff of the time when it was
        if (!options.incremental_columns.empty()) {
            reader.problem("incremental_columns", "has a meaning with incremental: true only");
        }
        if (options.use_raw_query) {
            reader.problem("use_raw_query_with_incremental",
                           "has a meaning with incremental: true only");
        }
        return;
    }
    if (options.order_by) {
        reader.problem("order_by", "cannot stand beside incremental: true, which orders the rows");
    }
    const bool has_query = !options.query.empty();
    if (options.use_raw_query && (!has_query || options.incremental_columns.empty())) {
        reader.problem("use_raw_query_with_incremental", "needs a query and incremental_columns");
    }
    if (has_query && !options.use_raw_query &&
        (!options.incremental_columns.empty() || options.last_record)) {
        reader.problem("query",
                       "'incremental_columns' and 'last_record' stand beside a table, or beside a "
                       "query with use_raw_query_with_incremental: true");
    }
    if (has_query && !options.use_raw_query && options.incremental_columns.empty() &&
        !options.last_record) {
        reader.problem("incremental_columns",
                       "incremental_columns option must be set if incremental is true and custom "
                       "query option is set (and use_raw_query_with_incremental: true)");
    }
    if (options.use_raw_query && !options.last_record) {
        reader.problem("last_record",
                       "is required with use_raw_query_with_incremental: true (the value to start "
                       "from)");
    }
    const size_t columns = options.incremental_columns.size();
    if (options.last_record && columns > 0 && options.last_record->size() != columns) {
        reader.problem("last_record",
                       "Number of values set at last_record must be same with "
                       "number of columns set at incremental_columns");
    }
}

}  // namespace

Options read_options(config::Reader& reader) {
    Options options;
    read_text(reader, options);
    read_incremental(reader, options);
    options.fetch_rows =
        reader.optional("fetch_rows", options.fetch_rows, "Rows that the server sends at once.");
    options.connect_timeout = std::chrono::seconds(
        reader.optional("connect_timeout", int64_t{300}, "Seconds until a connection stands."));
    options.answer_timeout = std::chrono::seconds(
        reader.optional("socket_timeout", int64_t{1800}, "Seconds that the server may be silent."));
    options.columns = read_columns(reader, "column_options",
                                   "By column: {value_type, type, timestamp_format, timezone}.");
    options.by_sql_type = read_columns(reader, "default_column_options",
                                       "The same by SQL type: BIGINT, VARCHAR, DATE, ...");
    options.default_time_zone =
        reader.optional("default_timezone", "UTC", "Zone of timestamps that become text.");
    check_database_zone(reader, "default_timezone", options.default_time_zone);
    options.before_setup = reader.maybe<std::string>(
        "before_setup", "SQL that commits before anything is asked, also by preview and plan.");
    options.before_select =
        reader.maybe<std::string>("before_select", "SQL of the same transaction, before the rows.");
    options.after_select =
        reader.maybe<std::string>("after_select", "SQL of the same transaction, after the rows.");
    return options;
}

Result<ColumnOption> option_of(const Options& options, const std::string& column,
                               const std::string& sql_type) {
    const auto exact = options.columns.find(column);
    if (exact != options.columns.end()) return exact->second;
    const std::pair<const std::string, ColumnOption>* found = nullptr;
    for (const auto& entry : options.columns) {
        if (base::lower(entry.first) != base::lower(column)) continue;
        if (found) {
            return Error(Code::kInvalid, "column_options: both " + found->first + " and " +
                                             entry.first + " could mean the column " + column);
        }
        found = &entry;
    }
    if (found) return found->second;
    const auto by_type = options.by_sql_type.find(sql_type);
    if (by_type != options.by_sql_type.end()) return by_type->second;
    return ColumnOption();
}

}  // namespace mogura::plugins::source
