#include "plugins/input/http/brace_expansion.h"

#include "base/text.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace mogura::plugins::web {
namespace {

// A pair of braces with what stands between the commas.
struct Group {
    size_t begin = 0;  // of the opening brace
    size_t end = 0;    // behind the closing one
    std::vector<std::string_view> parts;
};

// The group that begins at `begin`; nothing when its brace stays open.
std::optional<Group> group_at(std::string_view pattern, size_t begin) {
    Group group{.begin = begin, .end = 0, .parts = {}};
    size_t part = begin + 1;
    int depth = 0;
    for (size_t at = begin; at < pattern.size(); ++at) {
        char letter = pattern[at];
        if (letter == '\\') {
            ++at;
        } else if (letter == '{') {
            ++depth;
        } else if (letter == ',' && depth == 1) {
            group.parts.push_back(pattern.substr(part, at - part));
            part = at + 1;
        } else if (letter == '}' && --depth == 0) {
            group.parts.push_back(pattern.substr(part, at - part));
            group.end = at + 1;
            return group;
        }
    }
    return std::nullopt;
}

// "30..35" as its numbers.
Result<std::vector<std::string>> range_of(std::string_view text) {
    std::vector<std::string> numbers;
    size_t dots = text.find("..");
    if (dots == std::string_view::npos) return numbers;
    auto first = base::parse_integer(text.substr(0, dots));
    auto last = base::parse_integer(text.substr(dots + 2));
    if (!first || !last) return numbers;
    auto distance = static_cast<uint64_t>(*last) - static_cast<uint64_t>(*first);
    if (*last < *first) distance = 0 - distance;
    if (distance >= kExpansionsMax) {
        return Error(Code::kLimit, "{" + std::string(text) + "} stands for more than " +
                                       base::with_thousands(kExpansionsMax) + " values");
    }
    int64_t step = *last < *first ? -1 : 1;
    for (uint64_t number = 0; number <= distance; ++number) {
        numbers.push_back(std::to_string(*first + static_cast<int64_t>(number) * step));
    }
    return numbers;
}

std::string without_backslashes(std::string_view text) {
    std::string plain;
    for (size_t at = 0; at < text.size(); ++at) {
        bool escapes = text[at] == '\\' && at + 1 < text.size() &&
                       std::string_view("\\,{}").find(text[at + 1]) != std::string_view::npos;
        if (escapes) ++at;
        plain += text[at];
    }
    return plain;
}

// What the group stands for; nothing when it stands for itself.
Result<std::vector<std::string>> choices_of(const Group& group) {
    if (group.parts.size() == 1) return range_of(group.parts[0]);
    std::vector<std::string> choices;
    for (std::string_view part : group.parts) {
        auto expanded = TRY(expand_braces(part));
        choices.insert(choices.end(), expanded.begin(), expanded.end());
    }
    return choices;
}

}  // namespace

Result<std::vector<std::string>> expand_braces(std::string_view pattern) {
    std::vector<std::string> texts = {""};
    size_t plain = 0;  // where the text begins that is not in `texts` yet
    auto append = [&](size_t end) {
        std::string text = without_backslashes(pattern.substr(plain, end - plain));
        for (std::string& one : texts) one += text;
    };
    for (size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] == '\\') {
            ++at;
            continue;
        }
        if (pattern[at] != '{') continue;
        auto group = group_at(pattern, at);
        if (!group) continue;
        std::vector<std::string> choices = TRY(choices_of(*group));
        if (choices.empty()) continue;
        if (texts.size() * choices.size() > kExpansionsMax) {
            return Error(Code::kLimit, "the braces stand for more than " +
                                           base::with_thousands(kExpansionsMax) + " values");
        }
        append(at);
        std::vector<std::string> longer;
        for (const std::string& text : texts) {
            for (const std::string& choice : choices) longer.push_back(text + choice);
        }
        texts = std::move(longer);
        plain = group->end;
        at = group->end - 1;
    }
    append(pattern.size());
    return texts;
}

}  // namespace mogura::plugins::web
