// Rows as text: cells for people, CSV and JSON lines files, configuration values.
//
// Times are UTC, "2026-03-10 12:34:56" and a fraction where there is one, so that the text of a
// result can stand in the next SQL statement.

#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "config/config.h"
#include "page/page.h"

#include <cstddef>
#include <string>

namespace mogura::query {

// The format of a timestamp column whose values are dates; they print without a time of day.
inline constexpr const char* kDateFormat = "%Y-%m-%d";

// Appends the cell's text; nothing for NULL.
void append_cell(std::string& text, const page::Page& page, size_t column, size_t row);
// The cell as a value; JSON becomes what it says.
config::Value value_of(const page::Page& page, size_t column, size_t row);

void append_timestamp(std::string& text, page::Timestamp timestamp);

// RFC 4180 with a header line and CRLF; quotes only where they must be. A null is empty and an
// empty text is "" (digdag 4.15.5); line ends inside of fields become LF.
void append_csv_header(std::string& text, const page::Schema& schema);
void append_csv(std::string& text, const page::Page& page);
// A row as an object, without a line end; times as texts.
void append_json_object(std::string& text, const page::Page& page, size_t row);
// An object a line.
void append_json_lines(std::string& text, const page::Page& page);

}  // namespace mogura::query
