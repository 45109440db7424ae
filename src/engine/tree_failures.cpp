// What follows when the children of a task have ended: success, another try, _error
// (2.2.9, 2.2.10). What follows when they have not in time: sla (5.6).

#include "base/log.h"
#include "engine/inheritance.h"
#include "engine/retry.h"
#include "engine/sla.h"
#include "engine/tree.h"

#include <string_view>
#include <unordered_map>
#include <utility>

namespace mogura::engine {

using store::TaskState;

namespace {

bool is_error(TaskState state) {
    return state == TaskState::kError || state == TaskState::kGroupError;
}

// Only the newest row of each name counts: older ones were tried again (2.2.11).
bool has_failed_child(const Node& node) {
    bool any = false;
    for (const Node* child : node.children) any = any || is_error(child->row.state);
    if (!any) return false;
    std::unordered_map<std::string_view, const Node*> newest;
    for (const Node* child : node.children) newest[child->row.full_name] = child;
    for (const auto& [name, child] : newest) {
        if (is_error(child->row.state)) return true;
    }
    return false;
}

// How many rows another pass of a group adds (2.6.2).
size_t count_copies(const Node& group) {
    size_t count = 0;
    for (const Node* child : group.children) {
        if (!child->row.flags.is_initial) continue;
        count += 1 + (child->row.is_group ? count_copies(*child) : 0);
    }
    return count;
}

constexpr const char* kLateAt = "late_at_us";  // in the root's state
constexpr const char* kViolation = "SLA violation";

struct Call {
    const char* type;
    const char* command;
};

workflow::TaskDefinition internal_task(const Node& above, const char* name, const Call& call) {
    workflow::TaskDefinition task;
    task.name = name;
    task.full_name = above.row.full_name + name;
    task.config.append("_type", call.type);
    task.config.append("_command", call.command);
    return task;
}

void merge_errors(config::Map& error, const Node& node) {
    for (const Node* child : node.children) {
        config::merge(error, child->row.error);
        merge_errors(error, *child);
    }
}

}  // namespace

void TaskTree::resolve(Node& node) {
    if (node.row.state != TaskState::kPlanned || node.children_active > 0) return;
    const store::TaskFlags& flags = node.row.flags;
    if (flags.cancel_requested) return set_state(node, TaskState::kCanceled);
    if (flags.delayed_error) return set_state(node, TaskState::kError);
    if (flags.delayed_group_error) return set_state(node, TaskState::kGroupError);
    if (has_failed_child(node)) return on_children_failed(node);
    set_state(node, TaskState::kSuccess);
}

void TaskTree::on_children_failed(Node& node) {
    if (retry_group(node)) return;
    config::Map error;
    config::Map stores;
    if (node.row.config.find("_error")) {
        merge_errors(error, node);
        apply_descendant_stores(stores, node);
    }
    bool added = add_error_task(node, error, stores);
    if (!node.parent) {
        add_failure_alert(node);
        added = true;
    }
    if (!added) return set_state(node, TaskState::kGroupError);
    node.row.flags.delayed_group_error = true;
    set_state(node, TaskState::kPlanned);
}

bool TaskTree::retry_group(Node& node) {
    auto policy = read_retry(node.row.config);
    if (!policy.ok()) {
        log::warn("a group's _retry is ignored",
                  {{"task", node.row.full_name}, {"reason", policy.error().message()}});
        return false;
    }
    int64_t done = retry_count(node.row.state_parameters);
    auto wait = policy->wait_after(done);
    if (!wait) return false;
    if (auto fits = check_limit(node.row.is_group ? count_copies(node) : 0); !fits.ok()) {
        log::warn("a group is not tried again",
                  {{"task", node.row.full_name}, {"reason", fits.error().message()}});
        return false;
    }
    node.row.state_parameters.set(kRetryCount, done + 1);
    node.row.retry_at = now_ + *wait;
    ++node.row.retry_count;
    set_state(node, TaskState::kGroupRetryWaiting);
    waiting_.push_back(&node);
    return true;
}

bool TaskTree::add_error_task(Node& node, const config::Map& error, const config::Map& stores) {
    const config::Value* body = node.row.config.find("_error");
    if (!body || !body->is_map() || body->map().empty()) return false;
    config::Map config = body->map();
    config::Map exports = stores;
    if (const config::Value* own = config.find("_export"); own && own->is_map()) {
        config::merge(exports, own->map());
    }
    exports.set("error", error);
    config.set("_export", std::move(exports));
    auto tasks = workflow::compile(node.row.full_name, "^error", config);
    auto fits = tasks.ok() ? check_limit(tasks->size()) : Result<>(tasks.error());
    if (!fits.ok()) {
        log::warn("_error is left out",
                  {{"task", node.row.full_name}, {"reason", fits.error().message()}});
        return false;
    }
    // What is below it is made again by its own retries, but never by those of the group around.
    Node& top = add_tasks(&node, std::move(*tasks),
                          {.is_initial = true, .is_repeat = node.is_repeat, .now = now_});
    top.row.flags.is_initial = false;
    return true;
}

void TaskTree::add_failure_alert(Node& node) {
    add_tasks(&node,
              {internal_task(node, kFailureAlert, {"notify", "Workflow session attempt failed"})},
              {.is_initial = false, .now = now_});
}

void TaskTree::expect_end(base::Instant at) {
    root().row.state_parameters.set(kLateAt, at.time_since_epoch().count());
    touch(root());
}

std::optional<base::Instant> TaskTree::end_expected() const {
    const config::Value* at = nodes_.front().row.state_parameters.find(kLateAt);
    if (!at || !at->is_integer()) return std::nullopt;
    return base::Instant(std::chrono::microseconds(at->integer()));
}

// None of them counts for the limit on tasks (2.10.6), and no retry of the root repeats them.
void TaskTree::be_late(base::Instant now) {
    now_ = now;
    Node& top = root();
    top.row.state_parameters.erase(kLateAt);
    touch(top);
    const config::Value* sla = top.row.config.find("sla");
    if (!sla || !sla->is_map()) return;
    LateTasks late = late_tasks(sla->map());
    if (late.is_told) add_late({internal_task(top, "^sla^alert", {"notify", kViolation})});
    if (late.is_failed) add_late({internal_task(top, "^sla^fail", {"fail", kViolation})});
    auto tasks = workflow::compile(top.row.full_name, "^sla", late.tasks);
    if (tasks.ok()) return add_late(*std::move(tasks));
    log::error("the tasks of sla are left out",
               {{"task", top.row.full_name}, {"reason", tasks.error().message()}});
}

void TaskTree::add_late(std::vector<workflow::TaskDefinition> tasks) {
    Node& first = add_tasks(&root(), std::move(tasks), {.is_initial = false, .now = now_});
    to_start_.push_back(&first);
}

}  // namespace mogura::engine
