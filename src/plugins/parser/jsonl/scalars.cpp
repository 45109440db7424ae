#include "plugins/parser/jsonl/scalars.h"

#include "load/load.h"
#include "plugins/parser/csv/lines.h"

#include <array>
#include <charconv>
#include <cstring>
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

constexpr std::array<int8_t, 256> kHexDigits = [] {
    std::array<int8_t, 256> digits;
    digits.fill(-1);
    for (std::string_view letters : {"0123456789abcdef", "0123456789ABCDEF"}) {
        int8_t value = 0;
        for (char letter : letters) digits[static_cast<unsigned char>(letter)] = value++;
    }
    return digits;
}();

// Four hexadecimal digits as a character. False also for halves of surrogate pairs: joining or
// replacing them is the exact parser's.
bool read_character(const char* at, uint32_t& character) {
    auto digit = [&](size_t place) {
        return int{kHexDigits[static_cast<unsigned char>(at[place])]};
    };
    int value = digit(0) * 4096 | digit(1) * 256 | digit(2) * 16 | digit(3);
    character = static_cast<uint32_t>(value);
    return value >= 0 && (value < 0xD800 || value > 0xDFFF);
}

char* write_character(uint32_t character, char* to) {
    auto byte = [](uint32_t bits) { return static_cast<char>(bits); };
    if (character < 0x80) {
        *to++ = byte(character);
    } else if (character < 0x800) {
        *to++ = byte(0xC0 | character >> 6);
        *to++ = byte(0x80 | (character & 0x3F));
    } else {
        *to++ = byte(0xE0 | character >> 12);
        *to++ = byte(0x80 | (character >> 6 & 0x3F));
        *to++ = byte(0x80 | (character & 0x3F));
    }
    return to;
}

// Reads the escape at `at`, moves it behind, and writes what it means, which is never longer. Null
// for what is no escape.
char* unescape_one(const char*& at, char* to) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    uint32_t character = 0;
    if (at[1] == 'u') {
        if (!read_character(at + 2, character)) return nullptr;
        at += 6;
        return write_character(character, to);
    }
    size_t place = kLetters.find(at[1]);
    if (place == std::string_view::npos) return nullptr;
    at += 2;
    *to++ = kMeanings[place];
    return to;
}

// Writes what the text between a string's quotes means, and returns its end.
char* unescape(std::string_view raw, char* to) {
    const char* at = raw.data();
    const char* const end = at + raw.size();
    while (at < end) {
        if (*at == '\\') {
            to = unescape_one(at, to);
            if (!to) return nullptr;
            continue;
        }
        const void* found = std::memchr(at, '\\', static_cast<size_t>(end - at));
        size_t run = static_cast<size_t>((found ? static_cast<const char*>(found) : end) - at);
        std::memcpy(to, at, run);
        at += run;
        to += run;
    }
    return at == end ? to : nullptr;
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
    if (unescaped_.size() < text.value.size()) unescaped_.resize(text.value.size());
    if (char* end = unescape(text.value, unescaped_.data())) {
        text.value = {unescaped_.data(), static_cast<size_t>(end - unescaped_.data())};
        return extent.end + 1;
    }
    size_t used = 0;
    auto json = load::parse_json_value({at, text.value.size() + 2}, used);
    if (!json.ok()) return nullptr;
    unescaped_ = std::move(json->text);
    text.value = unescaped_;
    return extent.end + 1;
}

}  // namespace mogura::plugins::jsonl
