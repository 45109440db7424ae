#include "script/error_text.h"

#include <string_view>

namespace mogura::script {
namespace {

// "o.a.b" and "o.a['b']" give "b".
std::string_view last_property(std::string_view expression) {
    if (expression.ends_with("']") || expression.ends_with("\"]")) {
        const size_t start = expression.find_last_of("'\"", expression.size() - 3);
        if (start == expression.npos) return {};
        return expression.substr(start + 1, expression.size() - start - 3);
    }
    const size_t point = expression.rfind('.');
    if (point == expression.npos) return {};
    const std::string_view name = expression.substr(point + 1);
    return name.find_first_of("()[]{} \"'") == name.npos ? name : std::string_view();
}

// "undefined is not an object (evaluating 'o.a.b = 1')".
std::string property_of_nothing(std::string_view message, std::string_view nothing) {
    constexpr std::string_view kEvaluating = "(evaluating '";
    bool is_write = false;
    std::string_view property;
    const size_t start = message.find(kEvaluating);
    if (start != message.npos && message.ends_with("')")) {
        std::string_view expression = message.substr(start + kEvaluating.size());
        expression.remove_suffix(2);
        if (const size_t equals = expression.find(" = "); equals != expression.npos) {
            is_write = true;
            expression = expression.substr(0, equals);
        }
        // A call: `o.a.b()` fails at reading b.
        if (const size_t call = expression.rfind('(');
            call != expression.npos && expression.ends_with(')')) {
            expression = expression.substr(0, call);
        }
        property = last_property(expression);
    }
    std::string text = is_write ? "Cannot set property " : "Cannot read property ";
    if (!property.empty()) text.append("'").append(property).append("' ");
    return text.append("of ").append(nothing);
}

}  // namespace

std::string translate_error(const std::string& message) {
    constexpr std::string_view kNoVariable = "ReferenceError: Can't find variable: ";
    constexpr std::string_view kTypeError = "TypeError: ";
    if (message.starts_with(kNoVariable)) {
        return "ReferenceError: " + message.substr(kNoVariable.size()) + " is not defined";
    }
    if (!message.starts_with(kTypeError)) return message;
    const std::string_view text = std::string_view(message).substr(kTypeError.size());
    for (std::string_view nothing : {"undefined", "null"}) {
        if (text.starts_with(std::string(nothing) + " is not an object")) {
            return std::string(kTypeError) + property_of_nothing(text, nothing);
        }
    }
    // "x.y is not a function. (In 'x.y()', 'x.y' is undefined)"
    if (const size_t detail = message.find(". (In '"); detail != message.npos) {
        return message.substr(0, detail);
    }
    return message;
}

}  // namespace mogura::script
