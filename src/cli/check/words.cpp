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

}  // namespace

void check_words(const Place& place, const TaskView& task) {
    const config::Map::Entry* entry = operator_entry(task.mapping);
    if (!entry) return;  // of groups, the loader knows every key
    check_directives(place, task);
    std::string name = operator_name(*entry);
    if (name.find('$') != std::string::npos) return;
    std::string message;
    if (!place.operators.make(name, message)) {
        place.add(entry->mark, Severity::kError, std::move(message));
    }
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
