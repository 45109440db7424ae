#include "cli/check/overview.h"

#include "base/text.h"
#include "cli/session_time.h"
#include "cli/system_zone.h"
#include "cli/task_graph.h"

#include <utility>
#include <vector>

namespace mogura::cli::check {
namespace {

constexpr size_t kTimes = 3;

// None where there is no schedule, or one that the findings speak about.
std::vector<schedule::Time> next_times(const workflow::Workflow& workflow, base::Instant now) {
    auto schedule = schedule_of(workflow);
    std::vector<schedule::Time> times;
    if (!schedule.ok() || !*schedule) return times;
    times.push_back((*schedule)->first(now));
    while (times.size() < kTimes) times.push_back((*schedule)->next(times.back().session));
    return times;
}

void add_names(const GraphNode& node, config::List& names) {
    names.emplace_back(node.full_name);
    for (const GraphNode& child : node.children) add_names(child, names);
}

std::string indented(const std::string& text) {
    std::string result;
    for (const std::string& line : base::split(text, '\n')) {
        if (!line.empty()) result += "  " + line + "\n";
    }
    return result;
}

}  // namespace

std::string overview_text(const File& file, base::Instant now, const base::TimeZone& zone) {
    std::string text = file.path + "\n";
    const auto& workflow = file.inspection.workflow;
    if (!workflow) return text;
    auto times = next_times(*workflow, now);
    for (size_t index = 0; index < times.size(); ++index) {
        text += index == 0 ? "  next run  " : "       then  ";
        text += format_local(times[index].run, zone) + " (" +
                format_distance(now, times[index].run) + "), session " +
                base::format_iso(times[index].session, workflow->time_zone) + "\n";
    }
    auto graph = graph_of(*workflow);
    if (graph.ok()) text += indented(graph_as_text(*graph));
    return text;
}

config::Map overview_value(const File& file, base::Instant now) {
    config::Map value;
    value.append("file", file.path);
    const auto& workflow = file.inspection.workflow;
    if (!workflow) return value;
    value.append("tasks", static_cast<int64_t>(workflow->tasks.size()));
    config::List names;
    if (auto graph = graph_of(*workflow); graph.ok()) add_names(*graph, names);
    value.append("task_names", std::move(names));
    config::List times;
    for (const schedule::Time& time : next_times(*workflow, now)) {
        config::Map one;
        one.append("session_time", base::format_iso(time.session, workflow->time_zone));
        one.append("run_time", base::format_iso(time.run, workflow->time_zone));
        times.emplace_back(std::move(one));
    }
    if (!times.empty()) value.append("schedule", std::move(times));
    return value;
}

}  // namespace mogura::cli::check
