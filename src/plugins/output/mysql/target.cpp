#include "plugins/output/mysql/target.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

namespace mogura::plugins::mysql {
namespace {

using database::mysql_literal;
using table::ColumnKind;
using table::TargetColumn;
using table::ValueKind;

struct IntegerType {
    std::string_view name;
    int bits;
};
constexpr std::array kIntegerTypes = {
    IntegerType{"tinyint", 8}, IntegerType{"smallint", 16}, IntegerType{"mediumint", 24},
    IntegerType{"int", 32},    IntegerType{"integer", 32},  IntegerType{"bigint", 64},
    IntegerType{"year", 16},
};

// "int(10) unsigned": the letters in front.
std::string first_word(std::string_view type) {
    type = base::trim(type);
    const auto end = std::ranges::find_if_not(
        type, [](unsigned char letter) { return std::isalnum(letter) || letter == '_'; });
    return base::lower(type.substr(0, static_cast<size_t>(end - type.begin())));
}

// "datetime(3)": 3.
int fraction_digits(std::string_view lower_type) {
    const size_t open = lower_type.find('(');
    if (open == lower_type.npos || open + 1 >= lower_type.size()) return 0;
    const int digits = lower_type[open + 1] - '0';
    return digits >= 0 && digits <= 6 ? digits : 6;
}

const std::map<std::string, ValueKind, std::less<>>& kinds_by_type() {
    static const std::map<std::string, ValueKind, std::less<>> kinds = {
        {"bool", ValueKind::kBoolean},       {"boolean", ValueKind::kBoolean},
        {"bit", ValueKind::kBoolean},        {"double", ValueKind::kDouble},
        {"real", ValueKind::kDouble},        {"float", ValueKind::kFloat},
        {"decimal", ValueKind::kDecimal},    {"numeric", ValueKind::kDecimal},
        {"dec", ValueKind::kDecimal},        {"fixed", ValueKind::kDecimal},
        {"char", ValueKind::kString},        {"character", ValueKind::kString},
        {"varchar", ValueKind::kString},     {"nchar", ValueKind::kString},
        {"nvarchar", ValueKind::kString},    {"national", ValueKind::kString},
        {"tinytext", ValueKind::kString},    {"text", ValueKind::kString},
        {"mediumtext", ValueKind::kString},  {"longtext", ValueKind::kString},
        {"long", ValueKind::kString},        {"clob", ValueKind::kString},
        {"enum", ValueKind::kString},        {"set", ValueKind::kString},
        {"json", ValueKind::kString},        {"uuid", ValueKind::kString},
        {"inet4", ValueKind::kString},       {"inet6", ValueKind::kString},
        {"binary", ValueKind::kString},      {"varbinary", ValueKind::kString},
        {"tinyblob", ValueKind::kString},    {"blob", ValueKind::kString},
        {"mediumblob", ValueKind::kString},  {"longblob", ValueKind::kString},
        {"date", ValueKind::kDate},          {"time", ValueKind::kTime},
        {"datetime", ValueKind::kTimestamp}, {"timestamp", ValueKind::kTimestamp},
    };
    return kinds;
}

}  // namespace

Result<ColumnKind> kind_of_type(std::string_view type) {
    const std::string lower = base::lower(base::trim(type));
    const std::string word = first_word(type);
    if (lower.starts_with("tinyint(1)") || lower == "bit" || lower.starts_with("bit(1)")) {
        return ColumnKind{.value = ValueKind::kBoolean, .is_bit = word == "bit"};
    }
    if (word == "bit") return ColumnKind{.value = ValueKind::kInteger, .least = 0, .is_bit = true};
    for (const IntegerType& integer : kIntegerTypes) {
        if (word == integer.name) {
            return table::integer_kind(integer.bits, lower.find("unsigned") != lower.npos);
        }
    }
    const auto found = kinds_by_type().find(word);
    if (found == kinds_by_type().end()) {
        return Error(Code::kInvalid, "Unsupported type " + std::string(type) +
                                         " (value_type: pass sends values as they are)");
    }
    const bool has_time =
        found->second == ValueKind::kTime || found->second == ValueKind::kTimestamp;
    return ColumnKind{.value = found->second,
                      .fraction_digits = has_time ? fraction_digits(lower) : 6,
                      .is_instant = word == "timestamp",
                      .takes_digits = found->second == ValueKind::kTimestamp};
}

std::string default_type(page::Type type, const std::string& text_attributes) {
    switch (type) {
        case page::Type::kBoolean:
            return "BOOLEAN";
        case page::Type::kLong:
            return "BIGINT";
        case page::Type::kDouble:
            return "DOUBLE PRECISION";
        case page::Type::kString:
        case page::Type::kJson:
            return "TEXT" + text_attributes;
        // Without NULL, older servers make the first such column NOT NULL and fill in the time.
        case page::Type::kTimestamp:
            return "TIMESTAMP NULL";
    }
    return "TEXT" + text_attributes;
}

Result<std::string> text_attributes(database::Mysql& connection) {
    const std::string collation = TRY(connection.value("SELECT @@collation_database"));
    const std::string attributes = " CHARACTER SET utf8mb4";
    if (!collation.starts_with("utf8mb4")) return attributes;
    return attributes + " COLLATE " + collation;
}

Result<std::vector<TargetColumn>> read_columns(database::Mysql& connection,
                                               const std::string& table) {
    auto rows = TRY(connection.query(
        "SELECT COLUMN_NAME, COLUMN_TYPE, CHARACTER_SET_NAME, COLLATION_NAME FROM "
        "information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = " +
        mysql_literal(table) + " ORDER BY ORDINAL_POSITION"));
    std::vector<TargetColumn> columns;
    while (true) {
        const bool found = TRY(rows.next());
        if (!found) return columns;
        TargetColumn column{.name = std::string(rows.text(0)), .type = std::string(rows.text(1))};
        if (!rows.is_null(2)) {
            column.type.append(" CHARACTER SET ").append(rows.text(2));
            column.type.append(" COLLATE ").append(rows.text(3));
        }
        if (base::lower(column.type).starts_with("timestamp")) column.type += " NULL";
        columns.push_back(std::move(column));
    }
}

Result<std::vector<std::string>> read_list(database::Mysql& connection, const std::string& sql) {
    auto rows = TRY(connection.query(sql));
    std::vector<std::string> list;
    while (true) {
        const bool found = TRY(rows.next());
        if (!found) return list;
        list.emplace_back(rows.text(0));
    }
}

Result<std::vector<std::string>> read_primary_key(database::Mysql& connection,
                                                  const std::string& table) {
    return read_list(connection,
                     "SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = "
                     "DATABASE() AND INDEX_NAME = 'PRIMARY' AND TABLE_NAME = " +
                         mysql_literal(table) + " ORDER BY SEQ_IN_INDEX");
}

Result<std::vector<std::string>> find_names(database::Mysql& connection, const std::string& table) {
    return read_list(
        connection,
        "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND "
        "BINARY TABLE_NAME IN (" +
            mysql_literal(table) + ", " + mysql_literal(table::upper(table)) + ", " +
            mysql_literal(base::lower(table)) + ")");
}

}  // namespace mogura::plugins::mysql
