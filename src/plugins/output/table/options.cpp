#include "plugins/output/table/options.h"

#include "base/time_zone.h"

#include <algorithm>
#include <array>

namespace mogura::plugins::table {
namespace {

constexpr std::array kValueTypes = {"coerce",    "byte",    "short",  "int",     "long", "double",
                                    "float",     "boolean", "string", "nstring", "date", "time",
                                    "timestamp", "decimal", "json",   "null",    "pass"};

Mode read_mode(config::Reader& reader) {
    const auto word = reader.required<std::string>("mode", "insert or replace.");
    if (reader.is_manual() || word.empty() || word == "insert") return Mode::kInsert;
    if (word == "replace") return Mode::kReplace;
    if (word == "insert_direct" || word == "truncate_insert" || word == "merge" ||
        word == "merge_direct") {
        reader.problem("mode", word + " comes with the full loader: use insert or replace");
    } else {
        reader.problem("mode", "Unknown mode '" + word +
                                   "'. Supported modes are insert, insert_direct, merge, "
                                   "merge_direct, truncate_insert, replace");
    }
    return Mode::kInsert;
}

void check_time_zone(config::Reader& reader, std::string_view option, const std::string& name) {
    if (reader.is_manual()) return;
    auto zone = base::TimeZone::find(name);
    if (!zone.ok()) reader.problem(option, zone.error().message());
}

ColumnOption read_column(config::Reader& reader, const std::string& column) {
    ColumnOption option;
    option.type = reader.maybe<std::string>("type", "Type in CREATE TABLE.");
    option.value_type =
        reader.optional("value_type", "coerce", "How the value is sent; coerce: by the column.");
    option.timestamp_format =
        reader.optional("timestamp_format", "%Y-%m-%d %H:%M:%S.%6N", "Timestamps in text columns.");
    option.time_zone = reader.maybe<std::string>("timezone", "Zone of dates and times.");
    if (option.time_zone) check_time_zone(reader, "timezone", *option.time_zone);
    if (std::ranges::find(kValueTypes, option.value_type) == kValueTypes.end()) {
        reader.problem("value_type", "Unknown value_type '" + option.value_type + "' for column '" +
                                         column + "'");
    }
    option.place = reader.place_of("type");
    return option;
}

std::map<std::string, ColumnOption> read_columns(config::Reader& reader) {
    std::map<std::string, ColumnOption> columns;
    const auto map = reader.optional<config::Map>(
        "column_options", {}, "By input column: {type, value_type, timestamp_format, timezone}.");
    for (const config::Map::Entry& entry : map) {
        if (!entry.value.is_map()) {
            reader.problem("column_options", entry.key + " must be a mapping such as {type: TEXT}");
            continue;
        }
        config::Reader nested(entry.value.map(), reader.file(),
                              reader.path() + ".column_options." + entry.key);
        columns.emplace(entry.key, read_column(nested, entry.key));
        reader.absorb(std::move(nested));
    }
    return columns;
}

}  // namespace

Options read_options(config::Reader& reader) {
    Options options;
    options.table = reader.required<std::string>("table", "Table to write to.");
    if (!reader.is_manual() && reader.has("table") && options.table.empty()) {
        reader.problem("table", "the name is empty");
    }
    options.mode = read_mode(reader);
    options.columns = read_columns(reader);
    options.default_time_zone =
        reader.optional("default_timezone", "UTC", "Zone of dates and times.");
    check_time_zone(reader, "default_timezone", options.default_time_zone);
    options.batch_bytes =
        reader.optional("batch_size", int64_t{16} << 20, "Bytes that are sent at once.");
    if (options.batch_bytes < 1) reader.problem("batch_size", "must be at least 1");
    options.create_table_constraint = reader.maybe<std::string>(
        "create_table_constraint", "Added inside the parentheses of CREATE TABLE.");
    options.create_table_option =
        reader.maybe<std::string>("create_table_option", "Added behind CREATE TABLE.");
    options.before_load = reader.maybe<std::string>(
        "before_load", "SQL to run in the same transaction, before the rows become visible.");
    options.after_load = reader.maybe<std::string>(
        "after_load", "SQL to run in the same transaction, after the rows are in the table.");
    if (options.mode == Mode::kReplace && options.before_load) {
        reader.problem("before_load", "has no meaning with mode: replace (use after_load)");
    }
    options.retry_limit = reader.optional("retry_limit", 12, "Retries of a step at most.");
    options.retry_wait = std::chrono::milliseconds(
        reader.optional("retry_wait", int64_t{1000}, "Milliseconds before the first retry."));
    options.retry_wait_max = std::chrono::milliseconds(reader.optional(
        "max_retry_wait", int64_t{1'800'000}, "Milliseconds between retries at most."));
    return options;
}

}  // namespace mogura::plugins::table
