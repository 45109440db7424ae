#include "workflow/names.h"

#include <cctype>

namespace mogura::workflow {
namespace {

std::string problem(std::string_view reason, std::string_view name) {
    return "name " + std::string(reason) + ": \"" + std::string(name.substr(0, kNameBytesMax)) +
           "\"";
}

// The whole UTF-8 character at the start of `text`, for messages.
std::string_view first_character(std::string_view text) {
    size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) {
        ++length;
    }
    return text.substr(0, length);
}

bool may_stand_in_task_name(char character) {
    constexpr std::string_view kSymbols = "_-=[]{}%&@`,.^";
    return (static_cast<unsigned char>(character) < 0x80 &&
            std::isalnum(static_cast<unsigned char>(character))) ||
           kSymbols.find(character) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> free_name_problem(std::string_view name) {
    if (name.empty()) return problem("must not be blank", name);
    if (name.size() > kNameBytesMax) return problem("must not be longer than 255 characters", name);
    return std::nullopt;
}

// The original's message speaks of names that include these symbols, but only the first character
// is looked at (1.2.1).
std::optional<std::string> project_name_problem(std::string_view name) {
    constexpr std::string_view kForbiddenFirst = "+^@/\\:*?\"<>|";
    if (auto found = free_name_problem(name)) return found;
    if (std::isdigit(static_cast<unsigned char>(name[0]))) {
        return problem("must not start with a digit", name);
    }
    if (name.ends_with(".dig")) return problem("must not end with .dig", name);
    if (kForbiddenFirst.find(name[0]) != std::string_view::npos) {
        return problem("must not start with one of + ^ @ / \\ : * ? \" < > |", name);
    }
    return std::nullopt;
}

std::optional<std::string> workflow_name_problem(std::string_view name) {
    if (auto found = project_name_problem(name)) return found;
    return task_name_problem("+" + std::string(name), /*top_level=*/true);
}

std::optional<std::string> task_name_problem(std::string_view name, bool top_level) {
    if (auto found = free_name_problem(name)) return found;
    if (name[0] != '+' && name[0] != '^') return problem("must start with '+'", name);
    for (size_t index = 1; index < name.size(); ++index) {
        if (may_stand_in_task_name(name[index]) && !(top_level && name[index] == '^')) continue;
        return problem(
            "must not contain character '" + std::string(first_character(name.substr(index))) + "'",
            name);
    }
    return std::nullopt;
}

}  // namespace mogura::workflow
