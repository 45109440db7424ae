// Physical lines of a text: where they end, how many there are, and whether bytes are UTF-8.

#pragma once

#include "plugins/parser/csv/dialect.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::plugins::csv {

struct Line {
    size_t end = 0;            // of its content
    size_t next = 0;           // where the next line begins
    bool is_complete = false;  // its end was seen, and cannot change with more bytes
};

// The line that begins at `begin`. At the end of the last piece the line is complete without a
// line end.
Line line_at(std::string_view text, size_t begin, LineEnd line_end, bool is_last);

// The size of the line end at `at`; 0 when none is there.
size_t line_end_at(std::string_view text, size_t at, LineEnd line_end);

// How many line ends there are.
int64_t count_lines(std::string_view text, LineEnd line_end);

// What Java's decoder takes for one character: a well-formed sequence, or the bytes that one U+FFFD
// replaces.
struct Character {
    size_t size = 0;
    bool is_valid = false;
};
Character character_at(std::string_view text, size_t at);

bool is_ascii(std::string_view text);
bool is_utf8(std::string_view text);
// Where the first byte is that is no UTF-8; the size of the text when there is none.
size_t first_not_utf8(std::string_view text);
// Appends the text with U+FFFD for what is not UTF-8, as Java's decoder replaces it.
void append_repaired(std::string_view text, std::string& repaired);

// The end of the last line at which the number of quotes so far is even, or else of the last line
// at all; 0 when there is no line end.
size_t last_record_end(std::string_view text, const Dialect& dialect);

}  // namespace mogura::plugins::csv
