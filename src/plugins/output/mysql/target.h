// What a table's column is in MySQL, and tables as CREATE TABLE spells them.

#pragma once

#include "base/result.h"
#include "database/database.h"
#include "page/page.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::mysql {

// What a value becomes before it is sent (value_type).
enum class ValueKind {
    kInteger,
    kDouble,
    kFloat,
    kBoolean,
    kString,
    kDate,
    kTime,
    kTimestamp,
    kDecimal,
    kJson,
    kNull,
    kPass,
};

struct ColumnKind {
    ValueKind value = ValueKind::kString;
    // Of a kInteger: what lies outside is null, as the original has it.
    int64_t least = INT64_MIN;
    int64_t most = INT64_MAX;
    bool is_bit = false;      // LOAD DATA would read "1" as the bits of the character
    int fraction_digits = 6;  // of a second, that the column holds
    bool is_instant = false;  // TIMESTAMP: kept as an instant, so it is sent in UTC
};

// From a type as CREATE TABLE spells it: "int(10) unsigned", "VARCHAR(20)". Fails with kInvalid
// for types that values cannot be sent to.
Result<ColumnKind> kind_of_type(std::string_view type);
// From value_type, which is known to be a word of the list; nothing for "coerce".
std::optional<ColumnKind> kind_of_word(std::string_view word);
// The type of a new column. `text_attributes` go behind types of text.
std::string default_type(page::Type type, const std::string& text_attributes);
// What makes a text column of the database hold every text: its own collation when that is one of
// utf8mb4, else utf8mb4.
Result<std::string> text_attributes(database::Mysql& connection);

struct TargetColumn {
    std::string name;
    std::string type;  // with character set and collation where the table has them
};

// The columns of an existing table; empty when there is none.
Result<std::vector<TargetColumn>> read_columns(database::Mysql& connection,
                                               const std::string& table);
// The table's name as the database has it: exact, else in upper or lower case (both is an error);
// `table` itself when there is none (spec embulk 8.4.4).
Result<std::string> resolve_name(database::Mysql& connection, const std::string& table);

}  // namespace mogura::plugins::mysql
