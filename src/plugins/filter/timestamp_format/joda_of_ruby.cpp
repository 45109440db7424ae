#include "plugins/filter/timestamp_format/joda_pattern.h"

namespace mogura::plugins {
namespace {

bool is_blank(char byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

// Each word that does not begin with a % gets quotes.
std::string quoted_words(std::string_view format) {
    std::string quoted;
    size_t at = 0;
    while (at < format.size()) {
        const bool is_word =
            (at == 0 || is_blank(format[at - 1])) && format[at] != '%' && !is_blank(format[at]);
        if (!is_word) {
            quoted += format[at++];
            continue;
        }
        quoted += '\'';
        while (at < format.size() && !is_blank(format[at])) quoted += format[at++];
        quoted += '\'';
    }
    return quoted;
}

std::string_view joda_of_directive(char letter) {
    switch (letter) {
        case 'A':
            return "EEEE";
        case 'a':
            return "EEE";
        case 'B':
            return "MMMM";
        case 'b':
        case 'h':
            return "MMM";
        case 'C':
            return "CC";
        case 'c':
            return "EEE MMM dd HH:mm:ss yyyy";
        case 'D':
        case 'x':
            return "MM/dd/yy";
        case 'd':
        case 'e':
            return "dd";
        case 'F':
            return "yyyy-MM-dd";
        case 'H':
            return "HH";
        case 'I':
            return "hh";
        case 'j':
            return "DDD";
        case 'L':
            return "SSS";
        case 'M':
            return "mm";
        case 'm':
            return "MM";
        case 'N':
            return "nnnnnnnnn";
        case 'P':
        case 'p':
            return "a";
        case 'R':
            return "HH:mm";
        case 'r':
            return "hh:mm:ss a";
        case 'S':
            return "ss";
        case 'T':
        case 'X':
            return "HH:mm:ss";
        case 'U':
        case 'V':
        case 'W':
            return "w";
        case 'u':
        case 'w':
            return "e";
        case 'v':
            return "dd-MMM-yyyy";
        case 'Y':
            return "yyyy";
        case 'y':
            return "yy";
        case 'Z':
            return "z";
        case 'z':
            return "Z";
        default:
            return {};
    }
}

}  // namespace

std::optional<std::string> joda_pattern_of(std::string_view ruby_format) {
    const std::string format = quoted_words(ruby_format);
    std::string pattern;
    size_t at = 0;
    while (at < format.size()) {
        if (format[at] != '%') {
            pattern += format[at++];
            continue;
        }
        at = format.find_first_not_of("-_^#0123456789:", at + 1);
        if (at == std::string::npos) return std::nullopt;
        const std::string_view made = joda_of_directive(format[at++]);
        if (made.empty()) return std::nullopt;
        pattern += made;
    }
    return pattern;
}

}  // namespace mogura::plugins
