// What a template text says before anything is evaluated, for those who check files.
//
// Finds what cannot be JavaScript (brackets, strings, two operands side by side, a missing one) and
// the names that an expression looks up. What it does not understand it takes for good: a problem
// that it names is one, but the evaluator may find more.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::script {

struct InspectedExpression {
    std::string text;                     // without "${" and "}"
    size_t offset = 0;                    // of its "${", in bytes
    std::vector<std::string> names = {};  // what it looks up, each once, JavaScript's own left out
    std::string problem = {};             // "" when none was found
};

// "${secret:key}", which operators read themselves (3.3.3).
struct InspectedForm {
    std::string word;   // "secret"
    std::string text;   // with "${" and "}"
    size_t offset = 0;  // of its "${", in bytes
};

struct Inspection {
    std::vector<InspectedExpression> expressions;
    std::vector<InspectedForm> forms = {};
    std::optional<size_t> unclosed;  // the offset of a "${" that nothing closes (3.3.5)
};

Inspection inspect_template(std::string_view text);

}  // namespace mogura::script
