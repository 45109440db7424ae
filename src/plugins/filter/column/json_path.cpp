#include "plugins/filter/column/json_path.h"

#include "base/text.h"

#include <limits>
#include <optional>
#include <utility>

namespace mogura::plugins {
namespace {

Error unsupported(std::string_view what, std::string_view path) {
    return {Code::kInvalid,
            std::string(what) + " path token is not supported \"" + std::string(path) + "\""};
}

Error malformed(std::string_view path) {
    return {Code::kInvalid, "not a JSON path (write $.column.key): " + std::string(path)};
}

// Reads ['key'] from its first quote up to behind the bracket.
Result<PathStep> read_quoted_key(std::string_view path, size_t& at) {
    char quote = path[at++];
    PathStep step;
    while (at < path.size() && path[at] != quote) {
        if (path[at] == '\\' && at + 1 < path.size()) ++at;
        step.key += path[at++];
    }
    if (at + 1 >= path.size()) return malformed(path);
    ++at;
    if (path[at] == ',') return unsupported("multi properties", path);
    if (path[at] != ']') return malformed(path);
    ++at;
    return step;
}

// Reads what stands in brackets, from behind the opening one.
Result<PathStep> read_bracket(std::string_view path, size_t& at) {
    if (at < path.size() && (path[at] == '\'' || path[at] == '"')) return read_quoted_key(path, at);
    size_t end = path.find(']', at);
    if (end == std::string_view::npos) return malformed(path);
    std::string_view content = path.substr(at, end - at);
    at = end + 1;
    if (content == "*") return PathStep{.kind = PathStep::Kind::kEach};
    if (content.starts_with("?")) return unsupported("predicate", path);
    if (content.find(':') != std::string_view::npos) return unsupported("array slice", path);
    if (content.find(',') != std::string_view::npos) return unsupported("multi array index", path);
    auto index = base::parse_integer(content);
    constexpr int64_t kIndexMax = 100'000;  // an added element makes the array that long
    if (!index || *index < 0 || *index > kIndexMax) return malformed(path);
    return PathStep{.kind = PathStep::Kind::kIndex, .index = static_cast<size_t>(*index)};
}

Result<PathStep> read_key(std::string_view path, size_t& at) {
    size_t end = path.find_first_of(".[", at);
    if (end == std::string_view::npos) end = path.size();
    std::string_view key = path.substr(at, end - at);
    if (key.empty()) return malformed(path);
    if (key == "*") return unsupported("wildcard", path);
    if (key.ends_with("()")) return unsupported("function", path);
    at = end;
    return PathStep{.key = std::string(key)};
}

}  // namespace

Result<JsonPath> parse_json_path(std::string_view text) {
    std::vector<PathStep> steps;
    size_t at = 1;
    while (at < text.size()) {
        if (text.substr(at, 2) == "..") return unsupported("scan", text);
        if (text[at] != '.' && text[at] != '[') return malformed(text);
        bool is_bracket = text[at++] == '[';
        PathStep step = TRY(is_bracket ? read_bracket(text, at) : read_key(text, at));
        steps.push_back(std::move(step));
    }
    if (steps.empty() || steps.front().kind != PathStep::Kind::kKey) return malformed(text);
    JsonPath path{.column = steps.front().key, .steps = {}};
    path.steps.assign(steps.begin() + 1, steps.end());
    return path;
}

Result<> check_index_is_last(const JsonPath& path, std::string_view text) {
    for (size_t index = 0; index + 1 < path.steps.size(); ++index) {
        if (path.steps[index].kind == PathStep::Kind::kIndex) {
            return unsupported("array index in the middle of a", text);
        }
    }
    return {};
}

}  // namespace mogura::plugins
