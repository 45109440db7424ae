#include "script/template.h"

#include "base/text.h"
#include "script/script.h"

#include <optional>

namespace mogura::script {
namespace {

// "secret:" and the like at the start: an expression of operators, not ours (3.3.3).
bool is_left_to_operators(std::string_view text) {
    size_t length = 0;
    while (length < text.size() && text[length] >= 'a' && text[length] <= 'z') ++length;
    return length > 0 && length < text.size() && text[length] == ':';
}

// The next "${" of ours at or behind `from`.
size_t find_start(std::string_view text, size_t from) {
    while (true) {
        const size_t start = text.find("${", from);
        if (start == text.npos || start + 2 == text.size()) return text.npos;
        if (!is_left_to_operators(text.substr(start + 2))) return start;
        from = start + 2;
    }
}

// The brace that closes an expression, counting pairs; strings and comments are not looked at
// (3.3.4).
size_t find_end(std::string_view text, size_t from) {
    size_t depth = 0;
    for (size_t index = from; index < text.size(); ++index) {
        if (text[index] == '{') ++depth;
        if (text[index] == '}' && depth-- == 0) return index;
    }
    return text.npos;
}

void add_literal(std::vector<Part>& parts, std::string_view text) {
    if (text.empty()) return;
    std::string literal = base::replace_all(text, "$$", "$");
    if (!parts.empty() && !parts.back().is_expression) {
        parts.back().text += literal;
    } else {
        parts.push_back({.is_expression = false, .text = std::move(literal)});
    }
}

}  // namespace

bool has_template(std::string_view text) {
    return text.find('$') != std::string_view::npos;
}

std::vector<Part> parse_template(std::string_view text) {
    std::vector<Part> parts;
    size_t position = 0;
    while (position < text.size()) {
        const size_t start = find_start(text, position);
        if (start == text.npos) {
            add_literal(parts, text.substr(position));
            break;
        }
        add_literal(parts, text.substr(position, start - position));
        const size_t end = find_end(text, start + 2);
        if (end == text.npos) {  // all the rest is literal (3.3.5)
            add_literal(parts, text.substr(start));
            break;
        }
        if (end > start + 2) {
            parts.push_back({.is_expression = true,
                             .text = std::string(text.substr(start + 2, end - start - 2))});
        }
        position = end + 1;
    }
    return parts;
}

}  // namespace mogura::script
