#include "plugins/json_change.h"

namespace mogura::plugins {

Result<bool> change_at(load::Json& value, std::span<const PathStep> steps,
                       const std::function<Result<>(load::Json&)>& change) {
    if (steps.empty()) {
        TRY(change(value));
        return true;
    }
    const PathStep& step = steps.front();
    if (step.kind == PathStep::Kind::kKey) {
        if (value.type != load::Json::Type::kObject) return false;
        for (size_t index = 0; index < value.keys.size(); ++index) {
            if (value.keys[index] != step.key) continue;
            return change_at(value.items[index], steps.subspan(1), change);
        }
        return false;
    }
    if (value.type != load::Json::Type::kArray) return false;
    if (step.kind == PathStep::Kind::kIndex) {
        if (step.index >= value.items.size()) return false;
        return change_at(value.items[step.index], steps.subspan(1), change);
    }
    bool is_found = false;
    for (load::Json& item : value.items) {
        bool found = TRY(change_at(item, steps.subspan(1), change));
        is_found = is_found || found;
    }
    return is_found;
}

}  // namespace mogura::plugins
