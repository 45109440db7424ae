#include "plugins/output/postgresql/target.h"

#include "base/text.h"

#include <charconv>
#include <map>
#include <optional>

namespace mogura::plugins::postgresql {
namespace {

using database::Postgresql;
using database::postgresql_literal;
using database::PostgresqlType;
using table::ColumnKind;
using table::ValueKind;

std::optional<ColumnKind> kind_of(PostgresqlType type) {
    switch (type) {
        case PostgresqlType::kBoolean:
        case PostgresqlType::kBit:
            return ColumnKind{.value = ValueKind::kBoolean, .is_bit = type == PostgresqlType::kBit};
        case PostgresqlType::kSmallint:
            return table::integer_kind(16);
        case PostgresqlType::kInteger:
            return table::integer_kind(32);
        case PostgresqlType::kBigint:
        case PostgresqlType::kOid:
            return table::integer_kind(64);
        case PostgresqlType::kReal:
            return ColumnKind{.value = ValueKind::kFloat};
        case PostgresqlType::kDouble:
        case PostgresqlType::kMoney:
            return ColumnKind{.value = ValueKind::kDouble};
        case PostgresqlType::kNumeric:
            return ColumnKind{.value = ValueKind::kDecimal};
        case PostgresqlType::kText:
        case PostgresqlType::kVarchar:
        case PostgresqlType::kChar:
        case PostgresqlType::kName:
            return ColumnKind{.value = ValueKind::kString};
        case PostgresqlType::kJson:
        case PostgresqlType::kJsonb:
            return ColumnKind{.value = ValueKind::kJson};
        case PostgresqlType::kDate:
            return ColumnKind{.value = ValueKind::kDate};
        case PostgresqlType::kTime:
        case PostgresqlType::kTimeWithZone:
            return ColumnKind{.value = ValueKind::kTime};
        case PostgresqlType::kTimestamp:
            return ColumnKind{.value = ValueKind::kTimestamp};
        case PostgresqlType::kTimestampWithZone:
            return ColumnKind{.value = ValueKind::kTimestamp, .is_instant = true};
        default:
            return std::nullopt;
    }
}

std::string of_table(const TableName& name) {
    return "c.relname = " + postgresql_literal(name.table) +
           " AND n.nspname = " + postgresql_literal(name.schema);
}

}  // namespace

std::string without_sequence(const std::string& type) {
    static const std::map<std::string, std::string> types = {
        {"smallserial", "smallint"}, {"serial2", "smallint"}, {"serial", "integer"},
        {"serial4", "integer"},      {"bigserial", "bigint"}, {"serial8", "bigint"},
    };
    const auto found = types.find(base::lower(base::trim(type)));
    return found == types.end() ? type : found->second;
}

Result<ColumnKind> kind_of_type(Postgresql& connection, const std::string& type) {
    // A domain holds what its base type holds; an enumeration takes texts.
    auto rows = TRY(connection.query(
        "SELECT CASE WHEN typtype = 'd' THEN typbasetype ELSE oid END, typtype FROM pg_type WHERE "
        "oid = to_regtype($1)",
        {{without_sequence(type)}}));
    if (rows.size() == 0) {
        return Error(Code::kInvalid, "there is no type " + type);
    }
    if (rows.text(0, 1) == "e") return ColumnKind{.value = ValueKind::kString};
    uint32_t number = 0;
    const std::string_view digits = rows.text(0, 0);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const auto kind = kind_of(static_cast<PostgresqlType>(number));
    if (kind) return *kind;
    return Error(Code::kInvalid,
                 "Unsupported type " + type +
                     " (value_type: string sends text, which the server reads; or null)");
}

std::string default_type(page::Type type) {
    switch (type) {
        case page::Type::kBoolean:
            return "BOOLEAN";
        case page::Type::kLong:
            return "BIGINT";
        case page::Type::kDouble:
            return "DOUBLE PRECISION";
        case page::Type::kString:
            return "TEXT";
        case page::Type::kJson:
            return "JSON";
        case page::Type::kTimestamp:
            return "TIMESTAMP WITH TIME ZONE";
    }
    return "TEXT";
}

Result<std::vector<table::TargetColumn>> read_columns(Postgresql& connection,
                                                      const TableName& name) {
    auto rows = TRY(connection.query(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_class "
        "c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.attnum > 0 "
        "AND NOT a.attisdropped AND " +
        of_table(name) + " ORDER BY a.attnum"));
    std::vector<table::TargetColumn> columns;
    for (size_t row = 0; row < rows.size(); ++row) {
        columns.push_back(
            {.name = std::string(rows.text(row, 0)), .type = std::string(rows.text(row, 1))});
    }
    return columns;
}

Result<std::vector<std::string>> read_primary_key(Postgresql& connection, const TableName& name) {
    const std::string table =
        "pg_class c ON c.oid = RELATION JOIN pg_namespace n ON n.oid = c.relnamespace";
    // "{3,1}": numbers of columns, in the key's order. Older servers cannot take them apart.
    auto key = TRY(connection.value("SELECT k.conkey FROM pg_constraint k JOIN " +
                                    base::replace_all(table, "RELATION", "k.conrelid") +
                                    " WHERE k.contype = 'p' AND " + of_table(name)));
    std::vector<std::string> columns;
    if (key.size() <= 2) return columns;
    for (const std::string& number : base::split(key.substr(1, key.size() - 2), ',')) {
        auto column =
            TRY(connection.value("SELECT a.attname FROM pg_attribute a JOIN " +
                                 base::replace_all(table, "RELATION", "a.attrelid") +
                                 " WHERE a.attnum = " + number + " AND " + of_table(name)));
        columns.push_back(std::move(column));
    }
    return columns;
}

Result<std::vector<std::string>> read_list(Postgresql& connection, const std::string& sql) {
    auto rows = TRY(connection.query(sql));
    std::vector<std::string> list;
    for (size_t row = 0; row < rows.size(); ++row) list.emplace_back(rows.text(row, 0));
    return list;
}

Result<std::vector<std::string>> find_names(Postgresql& connection, const TableName& name) {
    return read_list(
        connection,
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = "
        "c.relnamespace WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname = " +
            postgresql_literal(name.schema) + " AND c.relname IN (" +
            postgresql_literal(name.table) + ", " + postgresql_literal(table::upper(name.table)) +
            ", " + postgresql_literal(base::lower(name.table)) + ")");
}

}  // namespace mogura::plugins::postgresql
