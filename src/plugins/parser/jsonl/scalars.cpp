#include "plugins/parser/jsonl/scalars.h"

#include "base/utf8.h"
#include "load/load.h"
#include "plugins/parser/csv/lines.h"

#include <charconv>
#include <utility>

namespace mogura::plugins::jsonl {
namespace {

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

const char* skip_digits(const char* at) {
    while (is_digit(*at)) ++at;
    return at;
}

// A number of any length.
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

// Digits that 53 bits hold, divided by a power of ten that a double holds: the result is exact.
const char* read_number(const char* begin, Cell& cell) {
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
            return read_long_number(begin, cell);
        }
        auto power = static_cast<double>(kPowersOfTen[fraction.count]);
        uint64_t digits = whole.value * kPowersOfTen[fraction.count] + fraction.value;
        double number = static_cast<double>(digits) / power;
        cell.kind = Cell::Kind::kDouble;
        cell.number = is_negative ? -number : number;
        return at;
    }
    if (whole.count == 16 || *at == 'e' || *at == 'E') return read_long_number(begin, cell);
    auto integer = static_cast<int64_t>(whole.value);
    cell.kind = Cell::Kind::kLong;
    cell.integer = is_negative ? -integer : integer;
    return at;
}

// With escapes, with control characters, or beyond ASCII.
const char* TextReader::read_odd(const char* at, Text& text) {
    Extent extent = extent_of(at + 1);
    if (!extent.end) return nullptr;
    text.value = {at + 1, static_cast<size_t>(extent.end - at - 1)};
    if (!extent.is_ascii && !csv::is_utf8(text.value)) return nullptr;
    text.is_plain = !extent.has_escapes && !extent.has_controls;
    if (!extent.has_escapes) return extent.end + 1;
    text.is_in_line = false;
    unescaped_.clear();
    if (!unescape(text.value, unescaped_)) {
        size_t used = 0;
        auto json = load::parse_json_value({at, text.value.size() + 2}, used);
        if (!json.ok()) return nullptr;
        unescaped_ = std::move(json->text);
    }
    text.value = unescaped_;
    return extent.end + 1;
}

}  // namespace mogura::plugins::jsonl
