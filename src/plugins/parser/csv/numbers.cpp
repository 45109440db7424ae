#include "plugins/parser/csv/numbers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace mogura::plugins::csv {
namespace {

// The zeros of Unicode's decimal digits in the basic plane: each begins a run of ten.
constexpr std::array<uint16_t, 36> kZeros = {
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

// Other scripts' digits as ASCII; false when there is anything else.
bool to_ascii_digits(std::string_view text, std::string& ascii) {
    for (size_t at = 0; at < text.size();) {
        auto byte = [&](size_t index) { return static_cast<unsigned char>(text[index]); };
        unsigned point = byte(at);
        if (point < 0x80) {
            ascii += text[at++];
            continue;
        }
        if ((point & 0xE0) == 0xC0 && at + 1 < text.size()) {
            point = (point & 0x1Fu) << 6 | (byte(at + 1) & 0x3Fu);
            at += 2;
        } else if ((point & 0xF0) == 0xE0 && at + 2 < text.size()) {
            point = (point & 0x0Fu) << 12 | (byte(at + 1) & 0x3Fu) << 6 | (byte(at + 2) & 0x3Fu);
            at += 3;
        } else {
            return false;
        }
        bool found = false;
        for (unsigned zero : kZeros) {
            if (point < zero || point > zero + 9) continue;
            ascii += static_cast<char>('0' + (point - zero));
            found = true;
            break;
        }
        if (!found) return false;
    }
    return true;
}

// Eight digits at once: pairs, then pairs of pairs, inside one 64-bit word (little-endian, as every
// machine that this is built for).
bool parse_eight_digits(const char* at, uint64_t& value) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    constexpr uint64_t kHigh = 0xF0F0F0F0F0F0F0F0;
    uint64_t carried = ((word + 0x0606060606060606) & kHigh) >> 4;
    if (((word & kHigh) | carried) != 0x3333333333333333) return false;
    word = (word & 0x0F0F0F0F0F0F0F0F) * 2561 >> 8;
    word = (word & 0x00FF00FF00FF00FF) * 6553601 >> 16;
    value = value * 100'000'000 + ((word & 0x0000FFFF0000FFFF) * 42949672960001 >> 32);
    return true;
}

bool parse_ascii_long(std::string_view text, int64_t& number) {
    const char* at = text.data();
    const char* end = at + text.size();
    bool is_negative = at != end && *at == '-';
    if (at != end && (*at == '-' || *at == '+')) ++at;
    if (at == end) return false;
    uint64_t value = 0;
    const char* const safe_end = end - at > 18 ? at + 18 : end;  // 18 digits always fit
    while (safe_end - at >= 8) {
        if (!parse_eight_digits(at, value)) return false;
        at += 8;
    }
    for (; at != safe_end; ++at) {
        unsigned digit = static_cast<unsigned char>(*at) - '0';
        if (digit > 9) return false;
        value = value * 10 + digit;
    }
    const uint64_t value_max = is_negative ? uint64_t{1} << 63 : (uint64_t{1} << 63) - 1;
    for (; at != end; ++at) {
        unsigned digit = static_cast<unsigned char>(*at) - '0';
        if (digit > 9 || value > (value_max - digit) / 10) return false;
        value = value * 10 + digit;
    }
    number = static_cast<int64_t>(is_negative ? 0 - value : value);
    return true;
}

constexpr std::array<double, 23> kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// Sign, digits, a fraction: exact while the digits fit into 53 bits.
bool parse_simple_double(std::string_view text, double& number) {
    const char* at = text.data();
    const char* end = at + text.size();
    bool is_negative = at != end && *at == '-';
    if (is_negative) ++at;
    if (end - at > 17 || at == end) return false;
    uint64_t digits = 0;
    int count = 0;
    for (; at != end; ++at, ++count) {
        unsigned digit = static_cast<unsigned char>(*at) - '0';
        if (digit > 9) break;
        digits = digits * 10 + digit;
    }
    int fraction = 0;
    if (at != end) {
        if (*at != '.') return false;
        for (++at; at != end; ++at, ++fraction) {
            unsigned digit = static_cast<unsigned char>(*at) - '0';
            if (digit > 9) return false;
            digits = digits * 10 + digit;
        }
    }
    if (count + fraction == 0 || digits > (uint64_t{1} << 53)) return false;
    double value = static_cast<double>(digits) / kPowersOfTen[static_cast<size_t>(fraction)];
    number = is_negative ? -value : value;
    return true;
}

bool is_java_blank(char byte) {
    return static_cast<unsigned char>(byte) <= 0x20;
}

// What from_chars accepts beyond Java ("inf", "nan") never gets here.
bool parse_digits(std::string_view text, std::chars_format format, double& number) {
    std::string_view wanted =
        format == std::chars_format::hex ? "0123456789abcdefABCDEF.pP+-" : "0123456789.eE+-";
    if (text.find_first_not_of(wanted) != std::string_view::npos) return false;
    if (text.starts_with('-') || text.starts_with('+')) return false;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, format);
    if (end != text.data() + text.size()) return false;
    if (failure == std::errc::result_out_of_range) {
        // Too large or too small for a double: Java gives infinity or zero.
        size_t mark = text.find_first_of(format == std::chars_format::hex ? "pP" : "eE");
        bool is_small = mark != std::string_view::npos && text.substr(mark + 1).starts_with('-');
        if (mark == std::string_view::npos)
            is_small = text.starts_with('0') || text.starts_with('.');
        number = is_small ? 0.0 : std::numeric_limits<double>::infinity();
        return true;
    }
    return failure == std::errc();
}

bool parse_java_double(std::string_view text, double& number) {
    while (!text.empty() && is_java_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_java_blank(text.back())) text.remove_suffix(1);
    bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) text.remove_prefix(1);
    auto signed_value = [&](double value) { return is_negative ? -value : value; };
    if (text == "NaN") {
        number = std::numeric_limits<double>::quiet_NaN();
        return true;
    }
    if (text == "Infinity") {
        number = signed_value(std::numeric_limits<double>::infinity());
        return true;
    }
    bool is_hex = text.starts_with("0x") || text.starts_with("0X");
    constexpr std::string_view kSuffixes = "dDfF";
    bool has_suffix = !text.empty() && kSuffixes.find(text.back()) != std::string_view::npos;
    if (is_hex) {
        size_t exponent = text.find_first_of("pP");
        if (exponent == std::string_view::npos) return false;
        text.remove_prefix(2);
    }
    if (has_suffix) text.remove_suffix(1);
    double value = 0;
    if (!parse_digits(text, is_hex ? std::chars_format::hex : std::chars_format::general, value)) {
        return false;
    }
    number = signed_value(value);
    return true;
}

}  // namespace

bool parse_boolean(std::string_view text) {
    switch (text.size()) {
        case 1:
            return text == "t" || text == "T" || text == "y" || text == "Y" || text == "1";
        case 2:
            return text == "on" || text == "On" || text == "ON";
        case 3:
            return text == "yes" || text == "Yes" || text == "YES";
        case 4:
            return text == "true" || text == "True" || text == "TRUE";
        default:
            return false;
    }
}

bool parse_long(std::string_view text, int64_t& number) {
    if (parse_ascii_long(text, number)) return true;
    std::string ascii;
    bool has_others = false;
    for (char byte : text) has_others = has_others || static_cast<unsigned char>(byte) >= 0x80;
    return has_others && to_ascii_digits(text, ascii) && parse_ascii_long(ascii, number);
}

bool parse_double(std::string_view text, double& number) {
    return parse_simple_double(text, number) || parse_java_double(text, number);
}

}  // namespace mogura::plugins::csv
