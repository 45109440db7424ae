#include "engine/resumption.h"

#include "workflow/workflow.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

namespace mogura::engine {
namespace {

using store::TaskState;
using Rows = std::vector<const store::Task*>;

// The newest row of each name, in the order of the rows.
Rows newest_rows(const std::vector<store::Task>& earlier) {
    std::unordered_map<std::string_view, const store::Task*> newest;
    for (const store::Task& task : earlier) newest[task.full_name] = &task;
    Rows rows;
    for (const store::Task& task : earlier) {
        if (newest.at(task.full_name) == &task) rows.push_back(&task);
    }
    return rows;
}

store::ResumedTask taken_from(const store::Task& task) {
    return {.full_name = task.full_name,
            .export_parameters = task.export_parameters,
            .store_parameters = task.store_parameters,
            .updated_at = task.updated_at};
}

class Tree {
  public:
    explicit Tree(const Rows& rows) : rows_(rows) {
        for (const store::Task* task : rows) by_id_[task->id] = task;
    }

    const store::Task* above(const store::Task& task) const {
        if (!task.parent) return nullptr;
        auto found = by_id_.find(*task.parent);
        return found == by_id_.end() ? nullptr : found->second;
    }

    // The siblings that it waited for, directly or not, on its own level and on those above.
    std::set<store::TaskId> in_front_of(const store::Task& task) const {
        std::set<store::TaskId> front;
        for (const store::Task* level = &task; level; level = above(*level)) {
            std::vector<store::TaskId> open(level->upstreams);
            while (!open.empty()) {
                store::TaskId id = open.back();
                open.pop_back();
                auto found = by_id_.find(id);
                if (found == by_id_.end() || !front.insert(id).second) continue;
                const auto& more = found->second->upstreams;
                open.insert(open.end(), more.begin(), more.end());
            }
        }
        return front;
    }

    // Those and everything below them. Parents stand before their children.
    Rows with_descendants(std::set<store::TaskId> chosen) const {
        Rows result;
        for (const store::Task* task : rows_) {
            bool is_below = task->parent && chosen.contains(*task->parent);
            if (is_below) chosen.insert(task->id);
            if (chosen.contains(task->id)) result.push_back(task);
        }
        return result;
    }

  private:
    const Rows& rows_;
    std::map<store::TaskId, const store::Task*> by_id_;
};

}  // namespace

bool is_reaction(std::string_view full_name) {
    for (size_t mark = full_name.find('^'); mark != std::string_view::npos;
         mark = full_name.find('^', mark + 1)) {
        std::string_view segment = full_name.substr(mark + 1);
        segment = segment.substr(0, segment.find_first_of("+^"));
        if (segment == "error" || segment == "failure-alert" || segment == "sla") return true;
    }
    return false;
}

Result<std::vector<store::ResumedTask>> resume_failed(const std::vector<store::Task>& earlier) {
    std::vector<store::ResumedTask> taken;
    for (const store::Task* task : newest_rows(earlier)) {
        if (task->state != TaskState::kSuccess || is_reaction(task->full_name)) continue;
        if (!task->parent) {
            return Error(Code::kInvalid,
                         "Resuming successfully completed attempts is not supported");
        }
        taken.push_back(taken_from(*task));
    }
    return taken;
}

Result<std::vector<store::ResumedTask>> resume_from(const std::vector<store::Task>& earlier,
                                                    std::string_view pattern) {
    Rows rows = newest_rows(earlier);
    std::vector<std::string> names;
    for (const store::Task* task : rows) names.push_back(task->full_name);
    size_t place = TRY(workflow::match_task(names, pattern));
    Tree tree(rows);
    std::vector<store::ResumedTask> taken;
    for (const store::Task* task : tree.with_descendants(tree.in_front_of(*rows[place]))) {
        if (is_reaction(task->full_name)) continue;
        if (task->state != TaskState::kSuccess) {
            return Error(Code::kInvalid, "Resuming non-successful tasks is not allowed: task_id=" +
                                             std::to_string(static_cast<int64_t>(task->id)) + " (" +
                                             task->full_name + ")");
        }
        taken.push_back(taken_from(*task));
    }
    return taken;
}

}  // namespace mogura::engine
