#include "engine/option.h"

#include "base/text.h"
#include "engine/parameters.h"

#include <algorithm>

namespace mogura::engine {
namespace {

template <typename T>
std::string text_of(const Result<T>& result, std::string_view remedy) {
    if (result.ok()) return "";
    return result.error().message() + std::string(remedy);
}

std::string problem_with_lists(const config::Value& value, std::string_view shown) {
    auto map = parsed_map(value, shown);
    if (!map.ok()) return text_of(map, " (write it like {name: [1, 2]})");
    for (const config::Map::Entry& entry : *map) {
        if (is_templated(entry.value)) continue;
        std::string problem =
            text_of(parsed_list(entry.value, entry.key), " (write it like [1, 2])");
        if (!problem.empty()) return problem;
    }
    return "";
}

std::string problem_of_kind(OptionKind kind, const config::Value& value, std::string_view shown) {
    switch (kind) {
        case OptionKind::kAny:
            return "";
        case OptionKind::kText:
            return text_of(to_text(value, shown), "");
        case OptionKind::kInteger:
            return text_of(to_integer(value, shown), " (write a whole number)");
        case OptionKind::kBoolean:
            return text_of(to_boolean(value, shown), " (write true or false)");
        case OptionKind::kDuration: {
            auto text = to_text(value, shown);
            if (!text.ok()) return text.error().message() + " (write it like 1h 30m)";
            auto duration = parse_duration(*text);
            return duration.ok() ? "" : std::string(shown) + ": " + duration.error().message();
        }
        case OptionKind::kList:
            if (value.is_list()) return "";
            return "Expected array type for key '" + std::string(shown) + "' but got " +
                   config::to_json(value).substr(0, 100) + " (write it like [a, b])";
        case OptionKind::kMapping:
            return text_of(parsed_map(value, shown), "");
        case OptionKind::kMappingOfLists:
            return problem_with_lists(value, shown);
    }
    return "";
}

}  // namespace

bool is_templated(const config::Value& value) {
    if (value.is_string()) {
        // One that nothing closes stays as it is (3.3.5).
        const size_t start = value.string().find("${");
        return start != std::string::npos && value.string().find('}', start) != std::string::npos;
    }
    if (value.is_list()) {
        return std::any_of(value.list().begin(), value.list().end(), is_templated);
    }
    return value.is_map() &&
           std::any_of(value.map().begin(), value.map().end(),
                       [](const config::Map::Entry& entry) { return is_templated(entry.value); });
}

std::string problem_with(const OperatorOption& option, const config::Value& value,
                         std::string_view shown) {
    bool looks_inside = option.kind == OptionKind::kMappingOfLists && value.is_map();
    if (value.is_null() || (is_templated(value) && !looks_inside)) return "";
    std::string problem = problem_of_kind(option.kind, value, shown);
    auto word = value.scalar_text();
    if (!problem.empty() || option.words.empty() || !word) return problem;
    const auto& words = option.words;
    if (std::find(words.begin(), words.end(), *word) != words.end()) return "";
    return std::string(shown) + ": " + *word + " is not one of " + base::join(words, ", ") +
           base::did_you_mean(*word, words);
}

}  // namespace mogura::engine
