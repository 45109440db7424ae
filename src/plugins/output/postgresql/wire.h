// Cells as COPY sends them: PostgreSQL's binary form of a type, or the text form that every type
// has.

#pragma once

#include "database/database.h"
#include "plugins/output/table/coercion.h"

#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins::postgresql {

// The binary form of a column. All columns of a COPY are binary or none is.
enum class Wire {
    kNull,
    kBoolean,
    kSmallint,
    kInteger,
    kBigint,
    kReal,
    kDouble,
    kText,
    kJsonb,
    kNumeric,
    kDate,
    kTime,
    kLocalTimestamp,
    kInstant,
};

// Nothing when values of this kind have no binary form for a column of this type: the server must
// read them as text.
std::optional<Wire> binary_wire(const table::Coercion& coercion, database::PostgresqlType type);

// Appends one field with its length in front.
void append_binary(std::string& bytes, const table::Cell& cell, Wire wire);
// Appends one field of a text COPY: escaped, \N for null.
void append_text(std::string& text, const table::Cell& cell, const table::ColumnKind& kind);

// What stands around the rows of a binary COPY.
inline constexpr std::string_view kBinaryHead{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
inline constexpr std::string_view kBinaryEnd{"\377\377", 2};

// A number as text, "-12.50" or "1e-3", in the binary form of numeric, without a length in front.
std::string numeric_bytes(std::string_view digits);

}  // namespace mogura::plugins::postgresql
