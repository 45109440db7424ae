#include "plugins/parser/jsonl/line_reader.h"

#include "base/utf8.h"
#include "load/load.h"
#include "plugins/parser/csv/lines.h"
#include "plugins/parser/jsonl/scan.h"

#include <charconv>
#include <cstring>
#include <utility>

namespace mogura::plugins::jsonl {
namespace {

constexpr int kDepthMax = 64;

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

bool is_word_at(const char* at, std::string_view word) {
    return std::memcmp(at, word.data(), word.size()) == 0;
}

const char* skip_digits(const char* at) {
    while (is_digit(*at)) ++at;
    return at;
}

// A number of any length, at its first digit's place; null also when it is out of range.
const char* read_long_number(const char* begin, Cell& cell) {
    const char* digits = begin + (*begin == '-' ? 1 : 0);
    const char* end = skip_digits(digits);
    if (end == digits || (*digits == '0' && end - digits > 1)) return nullptr;
    bool is_long = true;
    if (*end == '.') {
        const char* fraction = end + 1;
        end = skip_digits(fraction);
        if (end == fraction) return nullptr;
        is_long = false;
    }
    if (*end == 'e' || *end == 'E') {
        const char* exponent = end + 1;
        if (*exponent == '+' || *exponent == '-') ++exponent;
        end = skip_digits(exponent);
        if (end == exponent) return nullptr;
        is_long = false;
    }
    cell.kind = is_long ? Cell::Kind::kLong : Cell::Kind::kDouble;
    auto [stop, failure] = is_long ? std::from_chars(begin, end, cell.integer)
                                   : std::from_chars(begin, end, cell.number);
    return failure == std::errc() && stop == end ? end : nullptr;
}

// Apart, so that `cell` may be in registers.
inline const char* read_long_number_apart(const char* begin, Cell& cell) {
    Cell other;
    const char* end = read_long_number(begin, other);
    cell = other;
    return end;
}

// Digits that 53 bits hold, divided by a power of ten that a double holds: the result is exact.
inline const char* read_number(const char* begin, Cell& cell) {
    constexpr size_t kExactDigits = 15;
    const bool is_negative = *begin == '-';
    const char* at = begin + (is_negative ? 1 : 0);
    Digits whole = digits_at(at);
    if (whole.count == 0 || (*at == '0' && whole.count > 1)) return nullptr;
    at += whole.count;
    if (*at == '.') {
        Digits fraction = digits_at(at + 1);
        at += 1 + fraction.count;
        if (fraction.count == 0) return nullptr;
        if (whole.count + fraction.count > kExactDigits || *at == 'e' || *at == 'E') {
            return read_long_number_apart(begin, cell);
        }
        auto power = static_cast<double>(kPowersOfTen[fraction.count]);
        uint64_t digits = whole.value * kPowersOfTen[fraction.count] + fraction.value;
        double number = static_cast<double>(digits) / power;
        cell.kind = Cell::Kind::kDouble;
        cell.number = is_negative ? -number : number;
        return at;
    }
    if (whole.count == 16 || *at == 'e' || *at == 'E') return read_long_number_apart(begin, cell);
    auto integer = static_cast<int64_t>(whole.value);
    cell.kind = Cell::Kind::kLong;
    cell.integer = is_negative ? -integer : integer;
    return at;
}

const char* read_boolean(const char* at, bool& value) {
    value = is_word_at(at, "true");
    if (value) return at + 4;
    return is_word_at(at, "false") ? at + 5 : nullptr;
}

// Behind the blanks and the comma between two members; null at another byte. `closing` is the
// byte that ends the object or array: then `at_end` is set, and the result is behind it.
inline const char* to_next(const char* at, char closing, bool& at_end) {
    at = skip_blanks(at);
    if (*at == ',') return skip_blanks(at + 1);
    at_end = true;
    return *at == closing ? at + 1 : nullptr;
}

// Behind a colon with blanks around it.
inline const char* skip_colon(const char* at) {
    at = skip_blanks(at);
    return *at == ':' ? skip_blanks(at + 1) : nullptr;
}

const char* skip_line_end(const char* at) {
    at = skip_blanks(at);
    if (*at == '\n') return at + 1;
    if (*at != '\r') return nullptr;
    return at + (at[1] == '\n' ? 2 : 1);
}

// The UTF-16 unit of four hexadecimal digits. False also for halves of surrogate pairs: joining or
// replacing them is the exact parser's.
bool read_unit(std::string_view text, uint32_t& unit) {
    if (text.size() < 4) return false;
    auto [stop, failure] = std::from_chars(text.data(), text.data() + 4, unit, 16);
    return failure == std::errc() && stop == text.data() + 4 && (unit < 0xD800 || unit > 0xDFFF);
}

// Appends what the text between a string's quotes means.
bool unescape(std::string_view raw, std::string& text) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    for (size_t run; (run = raw.find('\\')) != std::string_view::npos;) {
        text.append(raw, 0, run);
        const char letter = raw[run + 1];
        raw.remove_prefix(run + 2);
        if (letter == 'u') {
            uint32_t unit = 0;
            if (!read_unit(raw, unit)) return false;
            base::append_utf8(text, unit);
            raw.remove_prefix(4);
            continue;
        }
        size_t place = kLetters.find(letter);
        if (place == std::string_view::npos) return false;
        text += kMeanings[place];
    }
    text += raw;
    return true;
}

}  // namespace

const char* LineReader::read(const char* line, bool lives_with_page) {
    lives_with_page_ = lives_with_page;
    const char* at = skip_blanks(line);
    if (*at != '{') return nullptr;
    at = skip_blanks(at + 1);
    if (*at == '}') return skip_line_end(at + 1);
    Keys::Key* key = keys_.line_begin();
    for (bool at_end = false; !at_end;) {
        if (*at++ != '"') return nullptr;
        key = keys_.take(key, at);
        if (!key) return nullptr;
        at = skip_colon(at);
        if (!at) return nullptr;
        bool is_wanted = key->column >= 0 && !rows_.is_set(static_cast<size_t>(key->column));
        at = is_wanted ? read_value(static_cast<size_t>(key->column), at) : skip_value(at, 1);
        if (!at) return nullptr;
        at = to_next(at, '}', at_end);
        if (!at) return nullptr;
    }
    return skip_line_end(at);
}

// What most values are; the rest is for read_any_value.
const char* LineReader::read_value(size_t column, const char* at) {
    using page::Type;
    switch (rows_.type(column)) {
        case Type::kString:
            if (*at == '"' && lives_with_page_) return read_string(column, at);
            break;
        case Type::kTimestamp:
            if (*at == '"') return read_timestamp(column, at);
            break;
        case Type::kLong: {
            Cell cell;
            const char* end = read_number(at, cell);
            if (!end || cell.kind != Cell::Kind::kLong) break;
            rows_.put(column, cell.integer);
            return end;
        }
        case Type::kDouble: {
            Cell cell;
            const char* end = read_number(at, cell);
            if (!end || cell.kind != Cell::Kind::kDouble) break;
            rows_.put(column, cell.number);
            return end;
        }
        default:
            break;
    }
    return read_any_value(column, at);
}

inline const char* LineReader::read_string(size_t column, const char* at) {
    const char* end = run_end<Run::kAscii>(at + 1);
    if (*end != '"') return read_any_value(column, at);
    rows_.put(column, std::string_view(at + 1, static_cast<size_t>(end - at - 1)));
    return end + 1;
}

inline const char* LineReader::read_timestamp(size_t column, const char* at) {
    std::string_view text;
    bool lives = false;
    page::Timestamp timestamp;
    const char* end = read_text(at + 1, text, lives);
    if (!end || !rows_.timestamps(column).parse(text, timestamp)) return nullptr;
    rows_.put(column, timestamp);
    return end;
}

const char* LineReader::read_any_value(size_t column, const char* at) {
    Cell cell;
    const char* end = read_cell(at, cell);
    return end && rows_.set(column, cell) ? end : nullptr;
}

inline const char* LineReader::read_cell(const char* at, Cell& cell) {
    switch (*at) {
        case '"':
            cell.kind = Cell::Kind::kString;
            return read_text(at + 1, cell.text, cell.lives_with_page);
        case 't':
        case 'f':
            cell.kind = Cell::Kind::kBoolean;
            return read_boolean(at, cell.boolean);
        case 'n':
            return is_word_at(at, "null") ? at + 4 : nullptr;
        case '{':
        case '[':
            return read_nested(at, cell);
        default:
            return read_number(at, cell);
    }
}

const char* LineReader::read_nested(const char* at, Cell& cell) {
    const char* end = skip_value(at, 1);
    if (!end) return nullptr;
    nested_.clear();
    if (!load::first_json({at, static_cast<size_t>(end - at)}, nested_).ok()) return nullptr;
    cell.kind = Cell::Kind::kNested;
    cell.text = nested_;
    return end;
}

// Looks into an object or an array that no column asks for: damage there is damage to the line.
const char* LineReader::skip_value(const char* at, int depth) {
    Cell unused;
    if (depth > kDepthMax) return nullptr;
    if (*at == '{') return skip_object(at + 1, depth);
    if (*at == '[') return skip_array(at + 1, depth);
    return read_cell(at, unused);
}

const char* LineReader::skip_object(const char* at, int depth) {
    at = skip_blanks(at);
    if (*at == '}') return at + 1;
    for (bool at_end = false; !at_end;) {
        if (*at != '"') return nullptr;
        std::string_view unused;
        bool unused_lives;
        at = read_text(at + 1, unused, unused_lives);
        if (!at) return nullptr;
        at = skip_colon(at);
        if (!at) return nullptr;
        at = skip_value(at, depth + 1);
        if (!at) return nullptr;
        at = to_next(at, '}', at_end);
        if (!at) return nullptr;
    }
    return at;
}

const char* LineReader::skip_array(const char* at, int depth) {
    at = skip_blanks(at);
    if (*at == ']') return at + 1;
    for (bool at_end = false; !at_end;) {
        at = skip_value(at, depth + 1);
        if (!at) return nullptr;
        at = to_next(at, ']', at_end);
        if (!at) return nullptr;
    }
    return at;
}

inline const char* LineReader::read_text(const char* at, std::string_view& text, bool& lives) {
    const char* end = run_end<Run::kAscii>(at);
    if (*end != '"') return read_odd_text(at, text, lives);
    text = {at, static_cast<size_t>(end - at)};
    lives = lives_with_page_;
    return end + 1;
}

// With escapes, or beyond ASCII.
const char* LineReader::read_odd_text(const char* at, std::string_view& text, bool& lives) {
    Extent extent = extent_of(at);
    if (!extent.end) return nullptr;
    text = {at, static_cast<size_t>(extent.end - at)};
    if (!extent.is_ascii && !csv::is_utf8(text)) return nullptr;
    lives = lives_with_page_ && !extent.has_escapes;
    if (!extent.has_escapes) return extent.end + 1;
    unescaped_.clear();
    if (!unescape(text, unescaped_)) {
        size_t used = 0;
        auto json = load::parse_json_value({at - 1, text.size() + 2}, used);
        if (!json.ok()) return nullptr;
        unescaped_ = std::move(json->text);
    }
    text = unescaped_;
    return extent.end + 1;
}

}  // namespace mogura::plugins::jsonl
