#include "load_scripts.h"

namespace mogura::bench {
namespace {

std::string config_type(Kind kind) {
    switch (kind) {
        case Kind::kLong:
            return "long";
        case Kind::kDouble:
            return "double";
        case Kind::kBoolean:
            return "boolean";
        case Kind::kString:
            return "string";
        case Kind::kTime:
            return "timestamp, format: '%Y-%m-%d %H:%M:%S'";
        case Kind::kDay:
            return "timestamp, format: '%Y%m%d'";
    }
    return "";
}

const char* duckdb_type(Kind kind) {
    switch (kind) {
        case Kind::kLong:
            return "BIGINT";
        case Kind::kDouble:
            return "DOUBLE";
        case Kind::kBoolean:
            return "BOOLEAN";
        case Kind::kTime:
            return "TIMESTAMP";
        case Kind::kString:
        case Kind::kDay:
            return "VARCHAR";
    }
    return "";
}

std::string aggregate(const Column& column) {
    switch (column.kind) {
        case Kind::kLong:
        case Kind::kDouble:
            return "sum(" + column.name + ")";
        case Kind::kBoolean:
            return "bool_or(" + column.name + ")";
        case Kind::kString:
            return "sum(length(" + column.name + "))";
        case Kind::kTime:
        case Kind::kDay:
            return "max(" + column.name + ")";
    }
    return "";
}

std::string duckdb_source(const Table& table) {
    std::string types;
    for (const Column& column : table.columns) {
        types +=
            (types.empty() ? "'" : ",'") + column.name + "':'" + duckdb_type(column.kind) + "'";
    }
    std::string path = table.path;
    if (table.form == Table::Form::kPackedCsv && !path.ends_with(".gz")) path += "*.csv.gz";
    if (table.form == Table::Form::kJsonLines) {
        return "read_json('" + path + "', format='newline_delimited', columns={" + types + "})";
    }
    return "read_csv('" + path + "', header=true, columns={" + types + "})";
}

std::string duckdb_select(const Table& table) {
    std::string columns;
    for (const Column& column : table.columns) {
        if (!columns.empty()) columns += ", ";
        columns += column.kind == Kind::kDay
                       ? "strptime(" + column.name + ",'%Y%m%d') as " + column.name
                       : column.name;
    }
    return "select " + columns + " from " + duckdb_source(table);
}

}  // namespace

std::string load_config(const Table& table, const std::string& output) {
    const bool is_json = table.form == Table::Form::kJsonLines;
    std::string config = "in:\n  type: file\n  path_prefix: " + table.path + "\n";
    if (table.form == Table::Form::kPackedCsv) config += "  decoders: [{type: gzip}]\n";
    config += is_json ? "  parser:\n    type: jsonl\n"
                      : "  parser:\n    type: csv\n    skip_header_lines: 1\n    newline: LF\n";
    config += "    stop_on_invalid_record: true\n    columns:\n";
    for (const Column& column : table.columns) {
        config += "    - {name: " + column.name + ", type: " + config_type(column.kind) + "}\n";
    }
    return config + output;
}

std::string duckdb_aggregate(const Table& table) {
    std::string columns = "count(*)";
    for (const Column& column : table.columns) columns += ", " + aggregate(column);
    return "import duckdb\nrows = duckdb.sql(\"select " + columns + " from (" +
           duckdb_select(table) +
           ")\").fetchall()\nassert rows[0][0] == " + std::to_string(table.rows) + ", rows\n";
}

std::string duckdb_copy(const Table& table, const std::string& to, const std::string& form) {
    return "import duckdb\nduckdb.sql(\"copy (" + duckdb_select(table) + ") to '" + to + "' " +
           form + "\")\n";
}

std::string duckdb_parquet_check(const Table& table, const std::string& path) {
    return "import duckdb\nrow = duckdb.sql(\"select count(*), bool_and(id = file_row_number + 1) "
           "from "
           "read_parquet('" +
           path + "', file_row_number=true)\").fetchall()[0]\nassert row == (" +
           std::to_string(table.rows) + ", True), row\n";
}

}  // namespace mogura::bench
