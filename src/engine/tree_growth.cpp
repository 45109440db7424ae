// How a tree of tasks grows: from the file, from operators, from retries, and from the store.

#include "base/check.h"
#include "engine/tree.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace mogura::engine {

using store::TaskState;

Node& TaskTree::add_node(store::Task row, Node* parent) {
    Node& node = nodes_.emplace_back();
    row.id = store::TaskId{static_cast<int64_t>(nodes_.size())};
    if (parent) row.parent = parent->row.id;
    node.row = std::move(row);
    node.parent = parent;
    link(node);
    touch(node);
    return node;
}

// Joins a node to its parent and upstreams, which are there already.
void TaskTree::link(Node& node) {
    if (node.parent) node.parent->children.push_back(&node);
    for (store::TaskId id : node.row.upstreams) {
        Node& upstream = at(id);
        upstream.downstreams.push_back(&node);
        if (upstream.row.state != TaskState::kSuccess) ++node.upstreams_pending;
    }
    count_active(node);
}

Result<> TaskTree::check_limit(size_t adding) const {
    auto current = static_cast<int64_t>(nodes_.size());
    auto more = static_cast<int64_t>(adding);
    if (current + more <= settings_.tasks_max) return {};
    return Error(Code::kLimit, "Too many tasks. Limit: " + std::to_string(settings_.tasks_max) +
                                   ", Current: " + std::to_string(current) +
                                   ", Adding: " + std::to_string(more));
}

Result<> TaskTree::plant(const std::vector<workflow::TaskDefinition>& tasks, base::Instant now) {
    now_ = now;
    CHECK(!tasks.empty());
    auto size = static_cast<int64_t>(tasks.size());
    int64_t current = counts_the_root_twice(settings_.compatibility) ? 1 : 0;
    if (current + size > settings_.tasks_max) {
        return Error(Code::kLimit, "Too many tasks. Limit: " + std::to_string(settings_.tasks_max) +
                                       ", Current: " + std::to_string(current) +
                                       ", Adding: " + std::to_string(size));
    }
    Node& top = add_tasks(nullptr, tasks, {.is_initial = true, .now = now});
    start(top);
    return {};
}

void TaskTree::take_over(std::vector<store::ResumedTask> resumed) {
    for (store::ResumedTask& task : resumed) {
        std::string name = task.full_name;
        resumed_.insert_or_assign(std::move(name), std::move(task));
    }
}

// A group only with all that is in it: another revision may have put more there.
std::vector<bool> TaskTree::taken_over_among(
    const std::vector<workflow::TaskDefinition>& tasks) const {
    std::vector<bool> taken(tasks.size());
    for (size_t place = 0; place < tasks.size(); ++place) {
        taken[place] = resumed_.contains(tasks[place].full_name);
    }
    for (size_t place = tasks.size(); place-- > 0;) {
        if (tasks[place].parent && !taken[place]) taken[*tasks[place].parent] = false;
    }
    return taken;
}

void TaskTree::begin_as_success(Node& node) {
    const store::ResumedTask& earlier = resumed_.at(node.row.full_name);
    node.row.export_parameters = earlier.export_parameters;
    node.row.store_parameters = earlier.store_parameters;
    node.row.updated_at = earlier.updated_at;
    if (!earlier.store_parameters.empty()) mark_stores(node);
}

Node& TaskTree::add_tasks(Node* parent, std::vector<workflow::TaskDefinition> tasks,
                          Planting planting) {
    now_ = planting.now;
    size_t first = nodes_.size();
    auto id_of = [&](size_t index) {
        return store::TaskId{static_cast<int64_t>(first + index) + 1};
    };
    std::vector<bool> taken(tasks.size());
    if (!resumed_.empty() && !planting.is_repeat) taken = taken_over_among(tasks);
    for (workflow::TaskDefinition& task : tasks) {
        const bool is_taken = taken[nodes_.size() - first];
        store::Task row;
        if (is_taken) row.state = TaskState::kSuccess;
        row.full_name = std::move(task.full_name);
        row.is_group = task.is_group;
        row.flags.is_initial = planting.is_initial;
        row.config = std::move(task.config);
        row.upstreams.reserve(task.upstreams.size());
        for (size_t upstream : task.upstreams) row.upstreams.push_back(id_of(upstream));
        std::sort(row.upstreams.begin(), row.upstreams.end());
        Node& node = add_node(std::move(row), task.parent ? &at(id_of(*task.parent)) : parent);
        node.is_repeat = planting.is_repeat;
        if (is_taken) begin_as_success(node);
    }
    return nodes_[first];
}

Result<> TaskTree::add_generated(Node& node, const config::Map& subtasks) {
    const config::Value* check = node.row.config.find("_check");
    bool has_check = check && check->is_map() && !check->map().empty();
    std::vector<workflow::TaskDefinition> below;
    std::vector<workflow::TaskDefinition> checks;
    if (!subtasks.empty()) {
        below = TRY(workflow::compile(node.row.full_name, "^sub", subtasks));
    }
    if (has_check) {
        checks = TRY(workflow::compile(node.row.full_name, "^check", check->map()));
    }
    if (below.empty() && checks.empty()) return {};
    TRY(check_limit(below.size() + checks.size()));
    bool is_initial =
        node.row.flags.is_initial || !retries_copies_once(settings_.compatibility);  // 2.6.5
    Planting planting{.is_initial = is_initial,
                      .is_repeat = node.is_repeat || !node.children.empty(),
                      .now = now_};
    Node* sub = nullptr;
    if (!below.empty()) sub = &add_tasks(&node, std::move(below), planting);
    if (checks.empty()) return {};
    size_t first = nodes_.size();
    add_tasks(&node, std::move(checks), planting);
    if (sub && sub->row.state != TaskState::kSuccess) {
        Node& top = nodes_[first];
        top.row.upstreams.push_back(sub->row.id);
        sub->downstreams.push_back(&top);
        ++top.upstreams_pending;
        count_active(top);
    }
    return {};
}

// Another pass of a group: what was defined below it is inserted again (2.6.2).
void TaskTree::recreate_children(Node& group) {
    copy_children(group, group);
}

void TaskTree::copy_children(Node& from, Node& to) {
    bool once = retries_copies_once(settings_.compatibility);
    std::vector<Node*> originals;
    for (Node* child : from.children) {
        if (child->row.flags.is_initial) originals.push_back(child);
    }
    std::unordered_map<int64_t, store::TaskId> new_id;
    std::vector<std::pair<Node*, Node*>> groups;
    for (Node* original : originals) {
        store::Task row;
        row.full_name = original->row.full_name;
        row.is_group = original->row.is_group;
        row.config = original->row.config;
        row.flags.is_initial = !once;
        for (store::TaskId upstream : original->row.upstreams) {
            row.upstreams.push_back(new_id.at(static_cast<int64_t>(upstream)));
        }
        Node& copy = add_node(std::move(row), &to);
        copy.is_repeat = true;
        new_id[static_cast<int64_t>(original->row.id)] = copy.row.id;
        if (copy.row.is_group) groups.emplace_back(original, &copy);
        if (!once) {
            original->row.flags.is_initial = false;
            touch(*original);
        }
    }
    for (auto [original, copy] : groups) copy_children(*original, *copy);
}

Result<> TaskTree::restore(std::vector<store::Task> rows, base::Instant now) {
    now_ = now;
    std::unordered_set<std::string_view> names;
    for (store::Task& row : rows) {
        if (static_cast<size_t>(row.id) != nodes_.size() + 1) {
            return Error(Code::kInternal, "the stored tasks of the attempt have gaps");
        }
        Node& node = nodes_.emplace_back();
        node.row = std::move(row);
        node.is_stored = true;
        node.is_repeat = !names.insert(node.row.full_name).second;
        if (node.row.parent) node.parent = &at(*node.row.parent);
        if (node.row.state == TaskState::kRunning) node.row.state = TaskState::kReady;
        link(node);
        if (!node.row.store_parameters.empty() || !node.row.reset_store_parameters.empty()) {
            mark_stores(node);
        }
    }
    if (nodes_.empty()) return Error(Code::kInternal, "the attempt has no tasks in the store");
    for (Node& node : nodes_) {
        TaskState state = node.row.state;
        if (state == TaskState::kReady) ready_.push_back(&node);
        if (state == TaskState::kBlocked) to_start_.push_back(&node);
        if (state == TaskState::kPlanned) to_resolve_.push_back(&node);
        if (state == TaskState::kRetryWaiting || state == TaskState::kGroupRetryWaiting) {
            waiting_.push_back(&node);
        }
    }
    return {};
}

}  // namespace mogura::engine
