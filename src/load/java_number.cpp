#include "load/java_number.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace mogura::load {
namespace {

// Significant digits and the power of ten of the first one.
struct Decimal {
    char digits[24];
    size_t size = 0;
    int exponent = 0;
};

Decimal decimal_of(double magnitude) {
    char text[40];
    auto end =
        std::to_chars(text, text + sizeof text, magnitude, std::chars_format::scientific).ptr;
    if (text[1] != '.') {  // Java prints two digits at least: the nearest two, 4.9E-324
        end = std::to_chars(text, text + sizeof text, magnitude, std::chars_format::scientific, 1)
                  .ptr;
    }
    Decimal decimal;
    const char* at = text;
    for (; at != end && *at != 'e'; ++at) {
        if (*at != '.') decimal.digits[decimal.size++] = *at;
    }
    if (at != end && *++at == '+') ++at;
    std::from_chars(at, end, decimal.exponent);
    while (decimal.size > 1 && decimal.digits[decimal.size - 1] == '0') --decimal.size;
    return decimal;
}

void append_plain(std::string& text, const Decimal& decimal) {
    std::string_view digits(decimal.digits, decimal.size);
    if (decimal.exponent < 0) {
        text += "0.";
        text.append(static_cast<size_t>(-decimal.exponent - 1), '0');
        text += digits;
        return;
    }
    size_t whole = static_cast<size_t>(decimal.exponent) + 1;
    text += digits.substr(0, whole);
    if (digits.size() < whole) text.append(whole - digits.size(), '0');
    text += '.';
    text += digits.size() > whole ? digits.substr(whole) : "0";
}

void append_scientific(std::string& text, const Decimal& decimal) {
    std::string_view digits(decimal.digits, decimal.size);
    text += digits[0];
    text += '.';
    text += digits.size() > 1 ? digits.substr(1) : "0";
    text += 'E';
    append_long(text, decimal.exponent);
}

}  // namespace

void append_long(std::string& text, int64_t number) {
    char digits[24];
    auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    text.append(digits, static_cast<size_t>(end - digits));
}

void append_double(std::string& text, double number) {
    if (std::isnan(number)) {
        text += "NaN";
        return;
    }
    if (std::signbit(number)) text += '-';
    double magnitude = std::fabs(number);
    if (std::isinf(magnitude)) {
        text += "Infinity";
    } else if (magnitude == 0) {
        text += "0.0";
    } else if (magnitude >= 1e-3 && magnitude < 1e7) {
        append_plain(text, decimal_of(magnitude));
    } else {
        append_scientific(text, decimal_of(magnitude));
    }
}

}  // namespace mogura::load
