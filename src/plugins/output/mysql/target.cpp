#include "plugins/output/mysql/target.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

namespace mogura::plugins::mysql {
namespace {

using database::mysql_literal;

struct IntegerType {
    std::string_view name;
    int bits;
};
constexpr std::array kIntegerTypes = {
    IntegerType{"tinyint", 8}, IntegerType{"smallint", 16}, IntegerType{"mediumint", 24},
    IntegerType{"int", 32},    IntegerType{"integer", 32},  IntegerType{"bigint", 64},
    IntegerType{"year", 16},
};

ColumnKind integer_kind(int bits, bool is_unsigned) {
    if (bits == 64) return {.value = ValueKind::kInteger, .least = is_unsigned ? 0 : INT64_MIN};
    const int64_t size = int64_t{1} << (is_unsigned ? bits : bits - 1);
    return {.value = ValueKind::kInteger, .least = is_unsigned ? 0 : -size, .most = size - 1};
}

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
            return integer_kind(integer.bits, lower.find("unsigned") != lower.npos);
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
                      .is_instant = word == "timestamp"};
}

std::optional<ColumnKind> kind_of_word(std::string_view word) {
    static const std::map<std::string_view, ColumnKind> kinds = {
        {"byte", integer_kind(8, false)},
        {"short", integer_kind(16, false)},
        {"int", integer_kind(32, false)},
        {"long", integer_kind(64, false)},
        {"double", {.value = ValueKind::kDouble}},
        {"float", {.value = ValueKind::kFloat}},
        {"boolean", {.value = ValueKind::kBoolean}},
        {"string", {.value = ValueKind::kString}},
        {"nstring", {.value = ValueKind::kString}},
        {"date", {.value = ValueKind::kDate}},
        {"time", {.value = ValueKind::kTime}},
        {"timestamp", {.value = ValueKind::kTimestamp}},
        {"decimal", {.value = ValueKind::kDecimal}},
        {"json", {.value = ValueKind::kJson}},
        {"null", {.value = ValueKind::kNull}},
        {"pass", {.value = ValueKind::kPass}},
    };
    const auto found = kinds.find(word);
    if (found == kinds.end()) return std::nullopt;
    return found->second;
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

Result<std::string> resolve_name(database::Mysql& connection, const std::string& table) {
    std::string upper = table;
    std::ranges::transform(upper, upper.begin(), [](unsigned char letter) {
        return static_cast<char>(std::toupper(letter));
    });
    const std::string lower = base::lower(table);
    auto rows = TRY(connection.query(
        "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND "
        "BINARY TABLE_NAME IN (" +
        mysql_literal(table) + ", " + mysql_literal(upper) + ", " + mysql_literal(lower) + ")"));
    std::vector<std::string> found;
    while (true) {
        const bool more = TRY(rows.next());
        if (!more) break;
        found.emplace_back(rows.text(0));
    }
    if (found.empty() || std::ranges::find(found, table) != found.end()) return table;
    if (found.size() > 1) {
        return Error(Code::kInvalid, connection.place() + ": both " + upper + " and " + lower +
                                         " exist (write the table's name as it is)");
    }
    return found.front();
}

}  // namespace mogura::plugins::mysql
