#include "plugins/filter/timestamp_format/joda_elements.h"

#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool is_number(const JodaElement& element) {
    constexpr std::string_view kNumbers = "CxyYdhHmsSeDwkK";
    return kNumbers.find(element.letter) != std::string_view::npos ||
           (element.letter == 'M' && element.count <= 2);
}

// Text up to the next letter outside of quotes. A quote that is never closed reaches to the end.
JodaElement read_literal(std::string_view pattern, size_t& at) {
    JodaElement literal;
    bool is_quoted = false;
    for (; at < pattern.size() && (is_quoted || !is_letter(pattern[at])); ++at) {
        if (pattern[at] != '\'') {
            literal.text += pattern[at];
        } else if (at + 1 < pattern.size() && pattern[at + 1] == '\'') {
            literal.text += '\'';
            ++at;
        } else {
            is_quoted = !is_quoted;
        }
    }
    return literal;
}

}  // namespace

Error wrong_joda_pattern(std::string_view pattern, std::string_view what) {
    return {Code::kInvalid, "format \"" + std::string(pattern) + "\": " + std::string(what) +
                                " (a format without % is a Java pattern such as yyyy-MM-dd "
                                "HH:mm:ss; a Ruby one is such as %Y-%m-%d %H:%M:%S)"};
}

Result<std::vector<JodaElement>> read_joda_pattern(std::string_view pattern,
                                                   std::string_view known) {
    if (pattern.empty()) return wrong_joda_pattern(pattern, "it is empty");
    constexpr size_t kCountMax = 100;
    std::vector<JodaElement> elements;
    size_t at = 0;
    while (at < pattern.size()) {
        if (!is_letter(pattern[at])) {
            elements.push_back(read_literal(pattern, at));
            continue;
        }
        size_t end = pattern.find_first_not_of(pattern[at], at);
        if (end == std::string_view::npos) end = pattern.size();
        const std::string run(pattern.substr(at, end - at));
        if (known.find(pattern[at]) == std::string_view::npos || run.size() > kCountMax) {
            return wrong_joda_pattern(pattern, "not a pattern letter here: " + run);
        }
        elements.push_back({.letter = pattern[at], .count = static_cast<int>(run.size())});
        at = end;
    }
    for (size_t index = 0; index + 1 < elements.size(); ++index) {
        elements[index].is_before_number = is_number(elements[index + 1]);
    }
    return elements;
}

}  // namespace mogura::plugins
