#include "plugins/column_options.h"

#include "base/text.h"

#include <utility>

namespace mogura::plugins {
namespace {

Result<page::Type> type_of(const config::Map& column, const std::string& place) {
    auto text = column_option(column, "type");
    if (!text) return Error(Code::kInvalid, place + ": the type is missing");
    auto found = page::find_type(*text);
    if (found) return *found;
    std::vector<std::string> known = {"boolean", "string", "double", "json", "long", "timestamp"};
    return Error(Code::kInvalid, place + ": Unknown type name '" + *text +
                                     "'. Supported types are: " + base::join(known, ", ") +
                                     base::did_you_mean(*text, known));
}

Result<std::unique_ptr<load::TimestampParser>> timestamp_parser(const config::Map& column,
                                                                const ColumnOptions& options) {
    auto parser = TRY(load::TimestampParser::compile(
        {.format = column_option(column, "format").value_or(options.timestamp_format),
         .time_zone = column_option(column, "timezone").value_or(options.time_zone),
         .date = column_option(column, "date").value_or(options.date)}));
    return std::make_unique<load::TimestampParser>(std::move(parser));
}

}  // namespace

ColumnOptions read_columns(config::Reader& reader, bool is_required) {
    ColumnOptions options;
    options.place = reader.place_of("columns");
    constexpr std::string_view kHelp = "List of {name, type, format}.";
    std::vector<config::Value> columns;
    if (is_required) {
        columns = reader.required<std::vector<config::Value>>("columns", kHelp);
    } else {
        columns = reader.maybe<std::vector<config::Value>>("columns", kHelp).value_or(columns);
    }
    for (const config::Value& column : columns) {
        if (column.is_map()) {
            options.columns.push_back(column.map());
        } else {
            reader.problem("columns", "expected mappings of name and type");
        }
    }
    options.time_zone = reader.optional("default_timezone", "UTC", "Zone of times without one.");
    options.timestamp_format = reader.optional(
        "default_timestamp_format", "%Y-%m-%d %H:%M:%S.%N %z", "Format of timestamp columns.");
    options.date = reader.optional("default_date", "1970-01-01", "Date of times without one.");
    return options;
}

std::optional<std::string> column_option(const config::Map& column, std::string_view key) {
    const config::Value* value = column.find(key);
    return value ? value->scalar_text() : std::nullopt;
}

Result<ColumnTable> make_columns(const ColumnOptions& options) {
    std::vector<page::Column> columns;
    ColumnTable table;
    for (const config::Map& map : options.columns) {
        auto name = column_option(map, "name");
        if (!name) return Error(Code::kInvalid, options.place + ": a column has no name");
        std::string place = options.place + ": column " + *name;
        page::Type type = TRY(type_of(map, place));
        columns.push_back({*name, type, column_option(map, "format").value_or("")});
        std::unique_ptr<load::TimestampParser> parser;
        if (type == page::Type::kTimestamp) {
            auto made = timestamp_parser(map, options);
            if (!made.ok()) return made.error().at(place);
            parser = *std::move(made);
        }
        table.timestamps.push_back(std::move(parser));
    }
    table.schema = page::Schema(std::move(columns));
    return table;
}

}  // namespace mogura::plugins
