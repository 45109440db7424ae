// Operators and directives, and what `plugin:` brings.

#include "base/text.h"
#include "cli/check/near_miss.h"
#include "cli/check/rules.h"

#include <algorithm>
#include <array>

namespace mogura::cli::check {
namespace {

constexpr std::array<std::string_view, 16> kDirectives = {
    "_type",     "_command",    "_export", "_retry", "_error",   "_check",   "_env",     "_secrets",
    "_parallel", "_background", "_after",  "_do",    "_else_do", "_disable", "_workdir", "_params"};
constexpr std::array<std::string_view, 6> kNeedDo = {"loop", "for_each", "for_range",
                                                     "lock", "pg_lock",  "td_for_each"};

void check_directive_names(const Place& place, const TaskView& task) {
    for (const auto& entry : task.mapping) {
        if (!entry.key.starts_with('_') ||
            std::find(kDirectives.begin(), kDirectives.end(), entry.key) != kDirectives.end()) {
            continue;
        }
        const std::vector<std::string> known(kDirectives.begin(), kDirectives.end());
        auto near = near_miss(entry.key, known);
        place.add(entry.mark, near ? Severity::kError : Severity::kWarning,
                  "unknown directive: " + entry.key +
                      (near ? hint(near) : " (names that begin with _ are Digdag's own)"));
    }
}

// Misspelt keys of `plugin:`; a parameter of that name may be something else.
void check_plugin_keys(const Place& place, const config::Map& plugin) {
    const std::vector<std::string> known = {"dependencies", "operators", "repositories"};
    auto is_known = [&](const config::Map::Entry& entry) {
        return std::find(known.begin(), known.end(), entry.key) != known.end();
    };
    bool is_ours = std::any_of(plugin.begin(), plugin.end(), is_known);
    for (const auto& entry : plugin) {
        auto near = base::nearest(entry.key, known);
        if (is_known(entry) || (!near && !is_ours)) continue;
        place.add(entry.mark, Severity::kWarning,
                  "plugin: unknown key: " + entry.key +
                      (near ? hint(near) : " (it has " + base::join(known, ", ") + ")"));
    }
}

// A program of the project must be there. Others are found on the PATH of the machine that runs
// the task.
void check_programs(const Place& place, const config::Map& operators) {
    for (const auto& entry : operators) {
        const config::Value* first = &entry.value;
        if (first->is_list() && !first->list().empty()) first = &first->list().front();
        if (!first->is_string()) continue;
        const std::string& program = first->string();
        bool is_file = program.find('/') != std::string::npos && program[0] != '/';
        if (is_file && program.find("${") == std::string::npos && !place.files.exists(program)) {
            place.add(
                entry.value.mark(), Severity::kError,
                entry.key + ">: no such program: " + program + place.files.hint_for("", program));
        }
    }
}

// What `plugin:` brings must be there: Java libraries that are built in, programs that run.
void check_plugin(const Place& place, const TaskView& task) {
    const config::Value* exported = task.mapping.find("_export");
    const config::Value* plugin = exported ? exported->find("plugin") : nullptr;
    if (!plugin) return;
    auto checked = place.operators.check(exported->map());
    if (!checked.ok()) place.add(plugin->mark(), Severity::kError, checked.error().message());
    if (!plugin->is_map()) return;
    check_plugin_keys(place, plugin->map());
    const config::Value* own = plugin->find("operators");
    if (own && own->is_map()) check_programs(place, own->map());
}

// Which is told where it stands, and not for each task once more.
bool has_wrong_plugin(const Place& place, const TaskView& task) {
    const config::Map::Entry* plugin = task.exported("plugin");
    if (!plugin) return false;
    config::Map parameters;
    parameters.append("plugin", plugin->value);
    return !place.operators.check(parameters).ok();
}

// The operator of that name, or one that the task's `plugin:` brings.
void check_operator(const Place& place, const TaskView& task, const std::string& name,
                    config::Mark mark) {
    std::string message;
    if (operator_of(place, task, name, message) || has_wrong_plugin(place, task)) return;
    bool callers_may_bring_it = !task.exported("plugin") && place.incoming.contains("plugin");
    if (!callers_may_bring_it) place.add(mark, Severity::kError, std::move(message));
}

void check_do(const Place& place, const TaskView& task, const std::string& name,
              config::Mark mark) {
    bool has_do = task.mapping.find("_do") != nullptr;
    bool needs = std::find(kNeedDo.begin(), kNeedDo.end(), name) != kNeedDo.end();
    if (name == "if") {
        needs = true;
        has_do = has_do || task.mapping.find("_else_do");
    }
    if (!needs || has_do) return;
    place.add(mark, Severity::kError, name + "> needs the tasks that it runs: _do");
}

}  // namespace

std::unique_ptr<engine::Operator> operator_of(const Place& place, const TaskView& task,
                                              const std::string& name, std::string& message) {
    config::Map parameters;
    if (const config::Map::Entry* plugin = task.exported("plugin")) {
        parameters.append("plugin", plugin->value);
    }
    return place.operators.make(name, parameters, message);
}

void check_words(const Place& place, const TaskView& task) {
    check_plugin(place, task);
    const config::Map::Entry* entry = operator_entry(task.mapping);
    if (!entry) return;  // of groups, the loader knows every key
    check_directive_names(place, task);
    std::string name = operator_name(*entry);
    if (name.find('$') != std::string::npos) return;
    check_operator(place, task, name, entry->mark);
    check_do(place, task, name, entry->mark);
}

}  // namespace mogura::cli::check
