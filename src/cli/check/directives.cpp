// _retry, _env, _parallel: what they are told; and keys that belong to the top of a file.

#include "base/text.h"
#include "cli/check/near_miss.h"
#include "cli/check/rules.h"

#include <algorithm>
#include <array>

namespace mogura::cli::check {
namespace {

constexpr std::array<std::string_view, 3> kTopLevel = {"schedule", "sla", "timezone"};

config::Mark mark_of(const config::Map::Entry& entry) {
    return entry.value.mark().line > 0 ? entry.value.mark() : entry.mark;
}

void check_retry_keys(const Place& place, const config::Map& retry) {
    const std::vector<std::string> known = {"limit", "interval", "max_interval", "interval_type"};
    for (const auto& entry : retry) {
        if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
        place.add(entry.mark, Severity::kError,
                  "_retry: unknown key: " + entry.key + base::did_you_mean(entry.key, known));
    }
}

void check_retry(const Place& place, const config::Map::Entry& entry, bool is_group) {
    if (entry.value.is_map()) check_retry_keys(place, entry.value.map());
    if (engine::is_templated(entry.value)) {
        if (!is_group) return;
        return place.add(mark_of(entry), Severity::kWarning,
                         "_retry: templates are not evaluated in a group, which is not tried "
                         "again then (write the number)");
    }
    config::Map alone;
    alone.append("_retry", entry.value);
    auto policy = engine::read_retry(alone);
    if (!policy.ok()) {
        return place.add(mark_of(entry), Severity::kError,
                         policy.error().message() +
                             " (write _retry: 3, or {limit: 3, interval: 10} with seconds)");
    }
    if (policy->limit < 0 || policy->interval.count() < 0) {
        place.add(
            mark_of(entry), Severity::kWarning,
            std::string("_retry: ") + (policy->limit < 0 ? "a negative limit means no further try"
                                                         : "a negative interval means no wait"));
    }
}

bool is_variable_name(std::string_view name) {
    auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !name.empty() && is_letter(name[0]) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

void check_env(const Place& place, const config::Map::Entry& entry) {
    if (entry.value.is_null()) return;
    if (!entry.value.is_map()) {
        return place.add(mark_of(entry), Severity::kError,
                         "Parameter '_env' must be an object (write {NAME: value})");
    }
    for (const auto& variable : entry.value.map()) {
        if (!is_variable_name(variable.key)) {
            place.add(variable.mark, Severity::kError,
                      "Invalid _env key name: " + variable.key +
                          " (letters, digits and _, not a digit first)");
        }
        auto text = engine::to_text(variable.value, variable.key);
        if (!text.ok()) place.add(mark_of(variable), Severity::kError, text.error().message());
    }
}

// Beside an operator that repeats its tasks it becomes that of the group.
void check_parallel(const Place& place, const config::Map::Entry& entry) {
    if (engine::is_templated(entry.value)) return;
    config::Map group;
    group.append("_parallel", entry.value);
    auto compiled = workflow::compile("", "+group", group);
    if (compiled.ok()) return;
    std::string message = compiled.error().message();
    place.add(mark_of(entry), Severity::kError, message.substr(0, message.find(" (task ")));
}

bool repeats(const std::string& name) {
    return name == "loop" || name == "for_each" || name == "for_range" || name == "td_for_each";
}

}  // namespace

void check_directives(const Place& place, const TaskView& task) {
    const config::Map::Entry* own = operator_entry(task.mapping);
    bool is_root = task.full_name == "+" + place.file.title;
    std::string ignored;
    auto used = own ? operator_of(place, task, operator_name(*own), ignored) : nullptr;
    for (const auto& entry : task.mapping) {
        if (entry.key == "_retry") check_retry(place, entry, !own);
        if (entry.key == "_env" && used && used->runs_program()) check_env(place, entry);
        if (entry.key == "_parallel" && own && repeats(operator_name(*own))) {
            check_parallel(place, entry);
        }
        bool is_top = std::find(kTopLevel.begin(), kTopLevel.end(), entry.key) != kTopLevel.end();
        if (is_top && !own && !is_root) {
            config::Mark mark = entry.mark;
            const bool is_included = place.file.inspection.locate(mark).file != place.file.path;
            place.add(entry.mark, Severity::kWarning,
                      entry.key + ": has no effect in a task" +
                          (is_included ? ", and a task includes this file"
                                       : " (it belongs to the top of a file)"));
        }
    }
}

}  // namespace mogura::cli::check
