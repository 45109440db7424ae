// Where the expressions of a template text begin and end (spec digdag 3.3).

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mogura::script {

struct Part {
    bool is_expression = false;
    std::string text;  // literal text as it comes out, or an expression without "${" and "}"
};

// "a ${b} c" is a literal, an expression, a literal. An empty expression gives no part.
std::vector<Part> parse_template(std::string_view text);

}  // namespace mogura::script
