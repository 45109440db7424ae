#include "plugins/filter/expand_json/path.h"

#include "base/text.h"

#include <algorithm>
#include <utility>

namespace mogura::plugins {
namespace {

Error unsupported(std::string_view path) {
    return {Code::kInvalid,
            "this JSON path is not supported (keys and indexes are): " + std::string(path)};
}

// 'a','b': a quote in the middle that nothing escapes.
bool is_list(std::string_view quoted) {
    for (size_t at = 1; at + 1 < quoted.size(); ++at) {
        if (quoted[at] == '\\') {
            ++at;
        } else if (quoted[at] == quoted[0]) {
            return true;
        }
    }
    return false;
}

}  // namespace

Result<std::vector<ExpandStep>> parse_expand_path(std::string_view path) {
    std::vector<ExpandStep> steps;
    if (!path.starts_with('$')) return unsupported(path);
    size_t at = 1;
    while (at < path.size()) {
        if (path[at] == '.') {
            ++at;
            size_t end = std::min(path.find_first_of(".[", at), path.size());
            std::string key(path.substr(at, end - at));
            bool is_odd = key.empty() || key == "*" || key.ends_with(')');
            if (is_odd) return unsupported(path);
            steps.emplace_back(std::move(key));
            at = end;
        } else if (path[at] == '[') {
            size_t end = path.find(']', at);
            if (end == std::string_view::npos) return unsupported(path);
            std::string_view inner = base::trim(path.substr(at + 1, end - at - 1));
            bool is_quoted = inner.size() >= 2 && (inner[0] == '\'' || inner[0] == '"') &&
                             inner.back() == inner[0];
            auto index = base::parse_integer(inner);
            if (!is_quoted && !index) return unsupported(path);
            if (is_quoted && is_list(inner)) return unsupported(path);
            if (is_quoted) {
                steps.emplace_back(std::string(inner.substr(1, inner.size() - 2)));
            } else {
                steps.emplace_back(*index);
            }
            at = end + 1;
        } else {
            return unsupported(path);
        }
    }
    return steps;
}

const load::Json* follow_expand_path(const load::Json& value,
                                     const std::vector<ExpandStep>& steps) {
    const load::Json* current = &value;
    for (const ExpandStep& step : steps) {
        if (const auto* key = std::get_if<std::string>(&step)) {
            if (current->type != load::Json::Type::kObject) return nullptr;
            current = current->find(*key);
            if (!current) return nullptr;
        } else {
            if (current->type != load::Json::Type::kArray) return nullptr;
            auto size = static_cast<int64_t>(current->items.size());
            int64_t index = std::get<int64_t>(step);
            if (index < 0) index += size;
            if (index < 0 || index >= size) return nullptr;
            current = &current->items[static_cast<size_t>(index)];
        }
    }
    return current;
}

}  // namespace mogura::plugins
