// Operators and directives, and what `plugin:` brings.

#include "base/program.h"
#include "base/text.h"
#include "cli/check/near_miss.h"
#include "cli/check/rules.h"

#include <algorithm>
#include <array>
#include <optional>

namespace mogura::cli::check {
namespace {

constexpr std::array<std::string_view, 16> kDirectives = {
    "_type",     "_command",    "_export", "_retry", "_error",   "_check",   "_env",     "_secrets",
    "_parallel", "_background", "_after",  "_do",    "_else_do", "_disable", "_workdir", "_params"};
constexpr std::array<std::string_view, 7> kNeedDo = {"loop", "for_each", "for_range",  "if",
                                                     "lock", "pg_lock",  "td_for_each"};

// What may have been meant by a name that is further away than a slip of the hand: _retrie. A run
// takes no notice of it, and it may be a parameter of somebody's own.
std::string directive_hint(const std::string& key, const std::vector<std::string>& known) {
    constexpr size_t kShort = 6;
    auto nearest = base::nearest(key, known);
    if (!nearest || key.size() < kShort) return " (names that begin with _ are Digdag's own)";
    size_t distance = base::edit_distance(key, *nearest);
    bool is_likely = distance <= std::max<size_t>(2, key.size() * 3 / 8);
    return is_likely ? hint(nearest) : " (names that begin with _ are Digdag's own)";
}

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
                      (near ? hint(near) : directive_hint(entry.key, known)));
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

// Why it cannot be started here: a file of the project, or with a "/" before it of the machine;
// other names are looked for on the PATH. Nothing when it can.
std::optional<std::string> problem_of(const Place& place, const std::string& program) {
    if (program.find('/') == std::string::npos) {
        if (base::find_program(program, place.search_path)) return std::nullopt;
        return "no such program on the PATH: " + program +
               " (install it; a file of the project is written with a slash: ./" + program + ")";
    }
    bool is_absolute = program[0] == '/';
    const std::string path = is_absolute ? program : place.files.folder() + "/" + program;
    auto problem = base::program_problem(path, program);
    if (!problem || problem->ends_with(')')) return problem;
    if (is_absolute) return *problem + " (install it)";
    std::string near = place.files.hint_for("", program);
    return *problem + (near.empty() ? " (its path begins at the project's folder)" : near);
}

// The programs must be there and run.
void check_programs(const Place& place, const config::Map& operators) {
    for (const auto& entry : operators) {
        const config::Value* first = &entry.value;
        if (first->is_list() && !first->list().empty()) first = &first->list().front();
        if (!first->is_string() || first->string().empty()) continue;
        if (first->string().find("${") != std::string::npos) continue;
        auto problem = problem_of(place, first->string());
        if (!problem) continue;
        config::Mark mark = first->mark().line > 0 ? first->mark() : entry.mark;
        place.add(mark, Severity::kError, entry.key + ">: " + *problem);
    }
}

// Of the library that the message is about, if it is about one.
config::Mark mark_of(const config::Value& plugin, const std::string& message) {
    const config::Value* libraries = plugin.is_map() ? plugin.find("dependencies") : nullptr;
    if (!libraries || !message.starts_with("plugin.dependencies")) return plugin.mark();
    if (!libraries->is_list()) return libraries->mark();
    for (const config::Value& library : libraries->list()) {
        const auto name = library.scalar_text();
        if (name && message.find(*name) != std::string::npos) return library.mark();
    }
    return libraries->mark();
}

// What `plugin:` brings must be there: Java libraries that are built in, programs that run.
void check_plugin(const Place& place, const TaskView& task) {
    const config::Value* exported = task.mapping.find("_export");
    const config::Value* plugin = exported ? exported->find("plugin") : nullptr;
    if (!plugin) return;
    auto checked = place.operators.check(exported->map());
    if (!checked.ok()) {
        const std::string& message = checked.error().message();
        place.add(mark_of(*plugin, message), Severity::kError, message);
    }
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
    if (name == "if") has_do = has_do || task.mapping.find("_else_do");
    if (!needs_tasks(name) || has_do) return;
    place.add(mark, Severity::kError, name + "> needs the tasks that it runs: _do");
}

}  // namespace

bool needs_tasks(const std::string& name) {
    return std::find(kNeedDo.begin(), kNeedDo.end(), name) != kNeedDo.end();
}

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
