// Operators, directives and schedules.

#include "base/text.h"
#include "cli/check/rules.h"
#include "schedule/schedule.h"

#include <algorithm>
#include <array>

namespace mogura::cli::check {
namespace {

constexpr std::array<std::string_view, 16> kDirectives = {
    "_type",     "_command",    "_export", "_retry", "_error",   "_check",   "_env",     "_secrets",
    "_parallel", "_background", "_after",  "_do",    "_else_do", "_disable", "_workdir", "_params"};

void check_directives(const Place& place, const TaskView& task) {
    for (const auto& entry : task.mapping) {
        if (!entry.key.starts_with('_') ||
            std::find(kDirectives.begin(), kDirectives.end(), entry.key) != kDirectives.end()) {
            continue;
        }
        const std::vector<std::string> known(kDirectives.begin(), kDirectives.end());
        auto near = base::nearest(entry.key, known);
        place.add(entry.mark, near ? Severity::kError : Severity::kWarning,
                  "unknown directive: " + entry.key + base::did_you_mean(entry.key, known) +
                      (near ? "" : " (names that begin with _ are Digdag's own)"));
    }
}

// What `plugin:` brings must be there: Java libraries that are built in, programs that run.
void check_plugin(const Place& place, const TaskView& task) {
    const config::Value* exported = task.mapping.find("_export");
    const config::Value* plugin = exported ? exported->find("plugin") : nullptr;
    if (!plugin) return;
    auto checked = place.operators.check(exported->map());
    if (!checked.ok()) place.add(plugin->mark(), Severity::kError, checked.error().message());
    const config::Value* own = plugin->find("operators");
    if (!own || !own->is_map()) return;
    for (const auto& entry : own->map()) {
        const config::Value* first = &entry.value;
        if (first->is_list() && !first->list().empty()) first = &first->list().front();
        if (!first->is_string()) continue;
        const std::string& program = first->string();
        // Others are found on the PATH of the machine that runs the task.
        bool is_file = program.find('/') != std::string::npos && program[0] != '/';
        if (is_file && program.find("${") == std::string::npos && !place.files.exists(program)) {
            place.add(entry.value.mark(), Severity::kError,
                      entry.key + ">: no such program: " + program);
        }
    }
}

// The operator of that name, or one that the task's `plugin:` brings.
void check_operator(const Place& place, const TaskView& task, const std::string& name,
                    config::Mark mark) {
    config::Map parameters;
    if (task.plugin) parameters.append("plugin", *task.plugin);
    std::string message;
    if (place.operators.make(name, parameters, message)) return;
    bool callers_may_bring_it = !task.plugin && place.incoming.contains("plugin");
    if (!callers_may_bring_it) place.add(mark, Severity::kError, std::move(message));
}

}  // namespace

void check_words(const Place& place, const TaskView& task) {
    check_plugin(place, task);
    const config::Map::Entry* entry = operator_entry(task.mapping);
    if (!entry) return;  // of groups, the loader knows every key
    check_directives(place, task);
    std::string name = operator_name(*entry);
    if (name.find('$') != std::string::npos) return;
    check_operator(place, task, name, entry->mark);
    bool needs_do = name == "if" || name == "loop" || name == "for_each" || name == "for_range";
    if (needs_do && !task.mapping.find("_do") && !task.mapping.find("_else_do")) {
        place.add(entry->mark, Severity::kError, name + "> needs the tasks that it runs: _do");
    }
}

void check_schedule(const Place& place) {
    const config::Value* mapping = place.file.workflow->config.find("schedule");
    if (!mapping || mapping->is_null()) return;
    if (!mapping->is_map()) {
        return place.add(mapping->mark(), Severity::kError,
                         "schedule: must be a mapping (such as {daily>: 07:00:00})");
    }
    schedule::Problem problem;
    auto schedule =
        schedule::Schedule::create(mapping->map(), place.file.workflow->time_zone, problem);
    if (!schedule.ok()) {
        config::Mark mark = problem.mark.line > 0 ? problem.mark : mapping->mark();
        return place.add(mark, Severity::kError, problem.message);
    }
    for (const auto& entry : schedule->unused()) {
        place.add(entry.mark, Severity::kWarning,
                  std::string(base::trim(schedule::unused_message(entry.key))));
    }
}

}  // namespace mogura::cli::check
