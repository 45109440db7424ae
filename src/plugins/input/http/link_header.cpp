#include "plugins/input/http/link_header.h"

#include "base/text.h"

#include <algorithm>
#include <vector>

namespace mogura::plugins::web {
namespace {

// Cuts at a separator that stands outside of quotes and angle brackets.
std::vector<std::string_view> cut(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    size_t begin = 0;
    bool is_quoted = false;
    bool is_target = false;
    for (size_t at = 0; at < text.size(); ++at) {
        char letter = text[at];
        if (is_quoted) {
            if (letter == '\\') ++at;
            is_quoted = letter != '"';
        } else if (is_target) {
            is_target = letter != '>';
        } else if (letter == '"') {
            is_quoted = true;
        } else if (letter == '<') {
            is_target = true;
        } else if (letter == separator) {
            parts.push_back(text.substr(begin, at - begin));
            begin = at + 1;
        }
    }
    parts.push_back(text.substr(begin));
    return parts;
}

// Whether a parameter such as rel="prev next" names the relation.
bool names(std::string_view parameter, std::string_view relation) {
    size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) return false;
    if (base::lower(base::trim(parameter.substr(0, equals))) != "rel") return false;
    std::string_view value = base::trim(parameter.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
    }
    std::vector<std::string> words = base::split(base::lower(value), ' ');
    return std::ranges::find(words, relation) != words.end();
}

}  // namespace

std::optional<std::string> find_link(std::string_view header, std::string_view relation) {
    for (std::string_view link : cut(header, ',')) {
        std::vector<std::string_view> parts = cut(link, ';');
        std::string_view target = base::trim(parts[0]);
        if (target.size() < 2 || target.front() != '<' || target.back() != '>') continue;
        for (size_t index = 1; index < parts.size(); ++index) {
            if (names(parts[index], relation)) {
                return std::string(base::trim(target.substr(1, target.size() - 2)));
            }
        }
    }
    return std::nullopt;
}

}  // namespace mogura::plugins::web
