#include "plugins/output/table/options.h"

#include "base/text.h"
#include "plugins/database_zone.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mogura::plugins::table {
namespace {

constexpr std::array kValueTypes = {"coerce",    "byte",    "short",  "int",     "long", "double",
                                    "float",     "boolean", "string", "nstring", "date", "time",
                                    "timestamp", "decimal", "json",   "null",    "pass"};

constexpr std::array kModes = {
    std::pair{"insert", Mode::kInsert},
    std::pair{"insert_direct", Mode::kInsertDirect},
    std::pair{"merge", Mode::kMerge},
    std::pair{"merge_direct", Mode::kMergeDirect},
    std::pair{"truncate_insert", Mode::kTruncateInsert},
    std::pair{"replace", Mode::kReplace},
};

Mode read_mode(config::Reader& reader) {
    const auto word = reader.required<std::string>(
        "mode",
        "insert, truncate_insert, replace, merge: all rows become visible at once, at the end; "
        "insert_direct, merge_direct: each batch at once.");
    if (reader.is_manual() || word.empty()) return Mode::kInsert;
    std::vector<std::string> known;
    for (const auto& [name, mode] : kModes) {
        if (word == name) return mode;
        known.emplace_back(name);
    }
    reader.problem("mode", "Unknown mode '" + word + "'. Supported modes are " +
                               base::join(known, ", ") + base::did_you_mean(word, known));
    return Mode::kInsert;
}

ColumnOption read_column(config::Reader& reader, const std::string& column) {
    ColumnOption option;
    option.type = reader.maybe<std::string>("type", "Type in CREATE TABLE.");
    option.value_type =
        reader.optional("value_type", "coerce", "How the value is sent; coerce: by the column.");
    option.timestamp_format =
        reader.optional("timestamp_format", "%Y-%m-%d %H:%M:%S.%6N", "Timestamps in text columns.");
    option.time_zone = reader.maybe<std::string>("timezone", "Zone of dates and times.");
    if (option.time_zone) check_database_zone(reader, "timezone", *option.time_zone);
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

std::string_view mode_word(Mode mode) {
    return std::ranges::find(kModes, mode, &decltype(kModes)::value_type::second)->first;
}

Options read_options(config::Reader& reader) {
    Options options;
    options.table = reader.required<std::string>("table", "Table to write to.");
    if (!reader.is_manual() && reader.has("table") && options.table.empty()) {
        reader.problem("table", "the name is empty");
    }
    options.mode = read_mode(reader);
    options.merge_keys = reader.maybe<std::vector<std::string>>(
        "merge_keys", "Columns that say which row is the same; default: the primary key.");
    if (options.merge_keys && options.merge_keys->empty()) {
        reader.problem("merge_keys", "the list is empty");
    }
    options.merge_rule = reader.maybe<std::vector<std::string>>(
        "merge_rule", "Assignments for rows that are there; default: all columns.");
    options.columns = read_columns(reader);
    options.default_time_zone =
        reader.optional("default_timezone", "UTC", "Zone of dates and times.");
    check_database_zone(reader, "default_timezone", options.default_time_zone);
    options.batch_bytes =
        reader.optional("batch_size", int64_t{16} << 20, "Bytes that are sent at once, at most.");
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

std::optional<std::string> read_isolation(config::Reader& reader) {
    const auto word = reader.maybe<std::string>(
        "transaction_isolation",
        "read_uncommitted, read_committed, repeatable_read or serializable; else the server's.");
    if (!word) return std::nullopt;
    const std::vector<std::string> words = {"read_uncommitted", "read_committed", "repeatable_read",
                                            "serializable"};
    if (std::ranges::find(words, *word) == words.end()) {
        reader.problem("transaction_isolation", "must be one of " + base::join(words, ", "));
    }
    return base::replace_all(*word, "_", " ");
}

}  // namespace mogura::plugins::table
