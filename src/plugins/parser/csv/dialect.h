// What one CSV file looks like: the options of the parser, checked (embulk 3.1).

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins::csv {

enum class LineEnd { kAny, kLf, kCr, kCrlf };

struct Dialect {
    std::string delimiter = ",";
    std::string quote = "\"";   // empty: quoting is off
    std::string escape = "\\";  // empty: none
    std::optional<std::string> null_string = {};
    bool trims = false;
    bool accepts_stray_quotes = false;
    int64_t quoted_units_max = 131072;  // UTF-16 units of a quoted field
    std::string comment_marker = {};
    int64_t header_lines = 0;
    bool allows_missing_columns = false;
    bool allows_extra_columns = false;
    bool stops_on_invalid = false;
    bool keeps_byte_order_mark = false;
    std::string newline = "\r\n";  // what a line end inside quotes becomes
    LineEnd line_end = LineEnd::kAny;

    // The delimiter's first character: what ends a field where quotes may stray (embulk 3.3.11).
    std::string_view delimiter_head() const {
        size_t size = 1;
        while (size < delimiter.size() &&
               (static_cast<unsigned char>(delimiter[size]) & 0xC0) == 0x80)
            ++size;
        return std::string_view(delimiter).substr(0, size);
    }

    // Whether FastTokenizer understands it.
    bool is_plain() const {
        auto is_one_byte = [](std::string_view text) {
            return text.size() == 1 && static_cast<unsigned char>(text[0]) < 0x80;
        };
        return is_one_byte(delimiter) && (quote.empty() || is_one_byte(quote)) &&
               (escape.empty() || is_one_byte(escape)) && !trims && !accepts_stray_quotes &&
               line_end == LineEnd::kAny && delimiter != quote && delimiter != escape &&
               !is_line_end(delimiter) && !is_line_end(quote) && !is_line_end(escape);
    }
    static bool is_line_end(std::string_view text) { return text == "\n" || text == "\r"; }
};

// One field of a record: its raw bytes, without the quotes around them.
struct Field {
    static constexpr uint32_t kMissing = UINT32_MAX;

    uint32_t begin = 0;
    uint32_t size : 30 = 0;
    uint32_t is_quoted : 1 = 0;
    uint32_t is_edited : 1 = 0;  // the value differs from the raw bytes: unescape it

    static Field missing() { return {.begin = kMissing}; }
};

}  // namespace mogura::plugins::csv
