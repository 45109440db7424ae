#include "plugins/simple_date_pattern.h"

#include <cstddef>

namespace mogura::plugins {
namespace {

bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

// As many digits as there are letters, or more.
std::string number(char directive, size_t usual_digits, size_t letters) {
    std::string step = "%";
    if (letters == 1) {
        step += '-';
    } else if (letters != usual_digits) {
        step += std::to_string(letters);
    }
    return step + directive;
}

std::string zone(size_t letters, bool is_utc) {
    if (is_utc) return "Z";
    return letters == 2 ? "%z" : "%:z";
}

// Empty: there is no such step.
std::string step_of(char letter, size_t letters, bool is_utc) {
    switch (letter) {
        case 'y':
            return letters == 2 ? "%y" : number('Y', 4, letters);
        case 'M':
            if (letters >= 3) return letters == 3 ? "%b" : "%B";
            return number('m', 2, letters);
        case 'd':
            return number('d', 2, letters);
        case 'D':
            return number('j', 3, letters);
        case 'H':
            return number('H', 2, letters);
        case 'h':
            return number('I', 2, letters);
        case 'm':
            return number('M', 2, letters);
        case 's':
            return number('S', 2, letters);
        case 'S':
            return letters == 3 ? "%L" : "";
        case 'a':
            return "%p";
        case 'E':
            return letters < 4 ? "%a" : "%A";
        case 'Z':
            return "%z";
        case 'z':
            return letters < 4 ? "%Z" : "";
        case 'X':
            return letters <= 3 && (is_utc || letters > 1) ? zone(letters, is_utc) : "";
        default:
            return "";
    }
}

void append_literal(std::string& steps, char byte) {
    steps += byte;
    if (byte == '%') steps += '%';
}

// Of the text whose opening quote is at `begin`; returns where the pattern goes on.
Result<size_t> append_quoted(std::string_view pattern, size_t begin, std::string& steps) {
    for (size_t at = begin + 1; at < pattern.size(); ++at) {
        if (pattern[at] != '\'') {
            append_literal(steps, pattern[at]);
        } else if (at + 1 < pattern.size() && pattern[at + 1] == '\'') {
            steps += pattern[++at];
        } else {
            if (at == begin + 1) steps += '\'';  // '' is a quote
            return at + 1;
        }
    }
    return Error(Code::kInvalid, "the pattern '" + std::string(pattern) + "' lacks a quote (')");
}

}  // namespace

Result<std::string> strftime_of_simple_date(std::string_view pattern, bool is_utc) {
    std::string steps;
    for (size_t at = 0; at < pattern.size();) {
        const char byte = pattern[at];
        if (byte == '\'') {
            at = TRY(append_quoted(pattern, at, steps));
        } else if (is_letter(byte)) {
            size_t end = at;
            while (end < pattern.size() && pattern[end] == byte) ++end;
            const std::string step = step_of(byte, end - at, is_utc);
            if (step.empty()) {
                return Error(Code::kUnsupported,
                             "'" + std::string(pattern.substr(at, end - at)) +
                                 "' in the pattern '" + std::string(pattern) +
                                 "' is not supported (texts belong into single quotes; a pattern "
                                 "with a % is one of strftime)");
            }
            steps += step;
            at = end;
        } else {
            append_literal(steps, byte);
            ++at;
        }
    }
    return steps;
}

}  // namespace mogura::plugins
