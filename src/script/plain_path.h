// Expressions that are only a way into the parameters (`a`, `a.b[0].c`), answered without
// JavaScript and exactly as JavaScript would. What needs more, errors included, is left to it.

#pragma once

#include "config/config.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::script {

struct PlainPath {
    struct Step {
        std::string name;       // a property...
        bool is_index = false;  // ...or the digits between brackets
    };
    std::string name;
    std::vector<Step> steps;
};

// Nothing when the expression is anything else than a plain path.
std::optional<PlainPath> parse_plain_path(std::string_view expression);

// The text that the path gives, starting from the value of its first name. Nothing when only
// JavaScript knows (an inherited property, an error).
std::optional<std::string> follow(const PlainPath& path, const config::Value& value);

bool is_name_start(char character);
bool is_name_part(char character);

}  // namespace mogura::script
