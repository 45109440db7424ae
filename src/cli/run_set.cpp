#include "cli/run_set.h"

#include "base/log.h"
#include "base/text.h"
#include "cli/quoted_yaml.h"

#include <cstdio>
#include <utility>

namespace mogura::cli {
namespace {

using Tasks = std::vector<workflow::TaskDefinition>;

Result<size_t> find_task(const Tasks& tasks, const std::string& pattern) {
    std::vector<std::string> names;
    names.reserve(tasks.size());
    for (const workflow::TaskDefinition& task : tasks) names.push_back(task.full_name);
    return workflow::match_task(names, pattern);
}

bool is_below(const Tasks& tasks, size_t task, size_t above) {
    std::optional<size_t> place = task;
    while (place && *place != above) place = tasks[*place].parent;
    return place.has_value();
}

}  // namespace

Result<Tasks> tasks_to_run(const workflow::Workflow& workflow, const std::string& task) {
    if (task.empty()) return workflow.tasks;
    size_t top = TRY(find_task(workflow.tasks, task));
    if (top == 0) return workflow.tasks;
    Tasks chosen = {workflow.tasks[0]};
    std::map<size_t, size_t> place_of = {{*workflow.tasks[top].parent, 0}};
    for (size_t index = 0; index < workflow.tasks.size(); ++index) {
        if (!is_below(workflow.tasks, index, top)) continue;
        workflow::TaskDefinition definition = workflow.tasks[index];
        definition.parent = place_of.at(*definition.parent);
        if (index == top) definition.upstreams.clear();
        for (size_t& upstream : definition.upstreams) upstream = place_of.at(upstream);
        place_of[index] = chosen.size();
        chosen.push_back(std::move(definition));
    }
    return chosen;
}

Result<std::unique_ptr<RunSet>> RunSet::create(const Tasks& tasks, const RunOptions& options,
                                               engine::Compatibility compatibility,
                                               const StatusFiles* status,
                                               std::function<void(std::string_view)> print) {
    std::unique_ptr<RunSet> set(new RunSet(options, compatibility, status, std::move(print)));
    auto find = [&](const std::string& name) -> Result<std::optional<size_t>> {
        if (name.empty()) return std::optional<size_t>();
        size_t index = TRY(find_task(tasks, name));
        return std::optional<size_t>(index);
    };
    auto start = TRY(find(options.start));
    auto goal = TRY(find(options.goal));
    auto end = TRY(find(options.end));
    for (size_t index = 0; index < tasks.size(); ++index) {
        Mode mode = options.rerun ? Mode::kRun : Mode::kResume;
        if (start && index >= *start) mode = Mode::kRun;
        if (goal && index >= *goal) {
            mode = is_below(tasks, index, *goal) ? Mode::kRun : Mode::kSkip;
        }
        if (end && index >= *end) mode = Mode::kSkip;
        set->modes_[tasks[index].full_name] = mode;
    }
    return set;
}

RunSet::Mode RunSet::mode_of(const std::string& full_name) const {
    if (auto found = modes_.find(full_name); found != modes_.end()) return found->second;
    // A generated task. The original never counts it among the tasks to run (9.3.8).
    bool chosen = !options_.start.empty() || !options_.goal.empty();
    bool only_static = !options_.goal.empty() || !options_.end.empty();
    if (compatibility_ == engine::Compatibility::kStrict) {
        if (only_static) return Mode::kSkip;
        return chosen || options_.rerun ? Mode::kRun : Mode::kResume;
    }
    if (!engine::keeps_reactions(compatibility_) && engine::is_reaction(full_name))
        return Mode::kRun;
    // It does what the task in the file does that generated it.
    std::string name = full_name;
    while (!name.empty()) {
        name.resize(name.find_last_of("^+") == std::string::npos ? 0 : name.find_last_of("^+"));
        if (auto found = modes_.find(name); found != modes_.end()) return found->second;
    }
    return Mode::kRun;
}

std::optional<engine::Done> RunSet::instead_of(const std::string& full_name, bool is_repeat) {
    Mode mode = mode_of(full_name);
    if (mode == Mode::kRun) return {};
    if (mode == Mode::kSkip) {
        log::warn("Skipped", {{"task", full_name}});
        return engine::Done{};
    }
    if (is_repeat) return {};
    auto saved = status_ ? status_->find(full_name) : std::nullopt;
    if (saved) log::warn("Skipped", {{"task", full_name}});
    return saved;
}

std::optional<engine::Done> RunSet::instead_of_operator(const engine::TaskStart&,
                                                        const config::Map& parameters) {
    if (options_.show_parameters) {
        print_("\n" + quoted_yaml(parameters, 2));
    }
    if (options_.dry_run) return engine::Done{};
    return {};
}

bool RunSet::is_forced(const std::string& full_name) const {
    // The original keeps them, so a plain run after a broken one may skip with stale results.
    if (compatibility_ == engine::Compatibility::kStrict) return false;
    if (!engine::keeps_reactions(compatibility_) && engine::is_reaction(full_name)) return true;
    auto found = modes_.find(full_name);
    if (found == modes_.end()) found = modes_.find(full_name.substr(0, full_name.find('^')));
    return found != modes_.end() && found->second == Mode::kRun;
}

bool RunSet::may_save(const std::string& full_name) const {
    return compatibility_ == engine::Compatibility::kStrict || mode_of(full_name) != Mode::kSkip;
}

}  // namespace mogura::cli
