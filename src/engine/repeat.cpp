#include "engine/repeat.h"

#include "engine/parameters.h"

#include <utility>

namespace mogura::engine {

Result<config::Map> task_block(const config::Map& parameters, std::string_view name) {
    const config::Value* block = parameters.find(name);
    if (!block) return config::Map{};
    if (block->is_null()) {
        return Error(Code::kInvalid, "Parameter '" + std::string(name) + "' must be an object");
    }
    return required_map(parameters, name);
}

Result<Repeated> Repeated::read(const config::Map& parameters) {
    Repeated repeated;
    repeated.body_ = TRY(task_block(parameters, "_do"));
    if (!parameters.find("_do")) TRY(required(parameters, "_do"));
    const config::Value* parallel = present(parameters, "_parallel");
    if (!parallel) return repeated;
    repeated.group_.set("_parallel", *parallel);
    if (parallel->is_string()) {
        // An evaluated template leaves text behind: a boolean or JSON.
        auto parsed = config::parse_json(parallel->string(), "_parallel");
        if (parsed.ok() && parsed->is_map()) repeated.group_.set("_parallel", std::move(*parsed));
    }
    return repeated;
}

void Repeated::add(std::string name, const config::Map& exports) {
    config::Map task = body_;
    config::Map merged;
    if (const config::Value* own = body_.find("_export"); own && own->is_map()) merged = own->map();
    for (const auto& entry : exports) merged.set(entry.key, entry.value);
    task.set("_export", std::move(merged));
    group_.append(std::move(name), std::move(task));
    any_ = true;
}

config::Map Repeated::take() && {
    if (!any_) return {};
    return std::move(group_);
}

}  // namespace mogura::engine
