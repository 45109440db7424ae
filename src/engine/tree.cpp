#include "engine/tree.h"

#include "engine/retry.h"

#include <utility>

namespace mogura::engine {

using store::TaskState;

namespace {

bool is_progressing(TaskState state) {
    return state >= TaskState::kReady && state <= TaskState::kPlanned;
}

bool is_runnable_parent(TaskState state) {
    return state == TaskState::kPlanned || state == TaskState::kSuccess;
}

// The operator's own state is over; only the number of retries is kept (2.5.4).
config::Map only_retry_count(const config::Map& state) {
    config::Map kept;
    if (const config::Value* count = state.find(kRetryCount)) kept.append(kRetryCount, *count);
    return kept;
}

}  // namespace

void TaskTree::succeed(Node& node, Done result, base::Instant now) {
    if (node.row.state != TaskState::kRunning) return;  // 2.2.15
    now_ = now;
    if (node.row.flags.cancel_requested) return set_state(node, TaskState::kCanceled);
    auto added = add_generated(node, result.subtask_config);
    if (!added.ok()) {
        return fail(node, failed_config(added.error().message()).error, now);
    }
    store::Task& row = node.row;
    row.subtask_config = std::move(result.subtask_config);
    row.export_parameters = std::move(result.export_parameters);
    row.store_parameters = std::move(result.store_parameters);
    row.reset_store_parameters = std::move(result.reset_store_parameters);
    row.report = std::move(result.report);
    row.state_parameters = only_retry_count(row.state_parameters);
    node.inner.reset();
    if (!row.store_parameters.empty() || !row.reset_store_parameters.empty()) mark_stores(node);
    set_state(node, node.children_active > 0 ? TaskState::kPlanned : TaskState::kSuccess);
}

void TaskTree::fail(Node& node, config::Map error, base::Instant now) {
    if (node.row.state != TaskState::kRunning) return;
    now_ = now;
    if (node.row.flags.cancel_requested) return set_state(node, TaskState::kCanceled);
    node.row.error = std::move(error);
    node.row.state_parameters = {};
    if (!add_error_task(node, node.row.error, {})) return set_state(node, TaskState::kError);
    node.row.flags.delayed_error = true;
    set_state(node, TaskState::kPlanned);
}

void TaskTree::wait(Node& node, base::Instant at, config::Map state, base::Instant now) {
    if (node.row.state != TaskState::kRunning) return;
    now_ = now;
    node.row.retry_at = at;
    ++node.row.retry_count;
    waiting_.push_back(&node);
    if (node.row.state_parameters == state && !node.is_changed) {
        // Nothing that a restart would have to know: no transaction.
        node.row.state = TaskState::kRetryWaiting;
        return;
    }
    node.row.state_parameters = std::move(state);
    set_state(node, TaskState::kRetryWaiting);
}

void TaskTree::end_canceled(Node& node, base::Instant now) {
    now_ = now;
    set_state(node, TaskState::kCanceled);
}

void TaskTree::wake(Node& node, base::Instant now) {
    now_ = now;
    if (node.row.state == TaskState::kRetryWaiting) {
        // Not stored: after a restart its time has come as well.
        node.row.state = TaskState::kReady;
        ready_.push_back(&node);
        return;
    }
    if (node.row.state != TaskState::kGroupRetryWaiting) return;
    if (node.row.flags.cancel_requested) return set_state(node, TaskState::kCanceled);
    if (!node.row.is_group) {
        set_state(node, TaskState::kReady);
        ready_.push_back(&node);
        return;
    }
    recreate_children(node);
    set_state(node, TaskState::kPlanned);
}

void TaskTree::run(Node& node, base::Instant now) {
    if (node.row.state != TaskState::kReady) return;
    now_ = now;
    bool is_first = !node.row.started_at;
    if (is_first) node.row.started_at = now;
    bool was_waiting = !is_first && !node.is_changed && !node.row.state_parameters.empty();
    node.row.state = TaskState::kRunning;
    if (!was_waiting) touch(node);
}

void TaskTree::cancel(base::Instant now) {
    now_ = now;
    for (Node& node : nodes_) {
        if (store::is_done(node.row.state)) continue;
        node.row.flags.cancel_requested = true;
        touch(node);
        bool waits = node.row.state == TaskState::kRetryWaiting ||
                     node.row.state == TaskState::kGroupRetryWaiting;
        if (waits) wake(node, now);
    }
}

void TaskTree::settle(base::Instant now) {
    now_ = now;
    while (true) {
        if (!to_start_.empty()) {
            Node& node = *to_start_.front();
            to_start_.pop_front();
            start(node);
        } else if (!to_resolve_.empty()) {
            Node& node = *to_resolve_.front();
            to_resolve_.pop_front();
            resolve(node);
        } else {
            return;
        }
    }
}

store::Changes TaskTree::changes() {
    store::Changes changes;
    for (Node* node : changed_) {
        (node->is_stored ? changes.updated : changes.inserted).push_back(&node->row);
        node->is_stored = true;
        node->is_changed = false;
    }
    changed_.clear();
    changes.at = now_;
    return changes;
}

void TaskTree::set_state(Node& node, TaskState state) {
    node.row.state = state;
    touch(node);
    count_active(node);
    if (state == TaskState::kSuccess) {
        for (Node* downstream : node.downstreams) {
            if (--downstream->upstreams_pending > 0) continue;
            count_active(*downstream);
            to_start_.push_back(downstream);
        }
    }
    if (state == TaskState::kPlanned) {
        for (Node* child : node.children) {
            if (child->row.state == TaskState::kBlocked && child->upstreams_pending == 0) {
                to_start_.push_back(child);
            }
        }
        if (node.children_active == 0) to_resolve_.push_back(&node);
    }
    if (store::is_done(state)) {
        node.inner.reset();
        done_.push_back(&node);
    }
}

void TaskTree::touch(Node& node) {
    node.row.updated_at = now_;
    if (node.is_changed) return;
    node.is_changed = true;
    changed_.push_back(&node);
}

void TaskTree::count_active(Node& node) {
    TaskState state = node.row.state;
    bool active =
        is_progressing(state) || (state == TaskState::kBlocked && node.upstreams_pending == 0);
    if (active == node.is_active) return;
    node.is_active = active;
    if (!node.parent) return;
    Node& parent = *node.parent;
    parent.children_active += active ? 1 : -1;
    if (parent.children_active == 0 && parent.row.state == TaskState::kPlanned) {
        to_resolve_.push_back(&parent);
    }
}

void TaskTree::start(Node& node) {
    bool may = node.row.state == TaskState::kBlocked && node.upstreams_pending == 0 &&
               (!node.parent || is_runnable_parent(node.parent->row.state));
    if (!may) return;
    if (node.row.is_group) return set_state(node, TaskState::kPlanned);
    if (node.row.flags.cancel_requested) return set_state(node, TaskState::kCanceled);
    set_state(node, TaskState::kReady);
    ready_.push_back(&node);
}

void TaskTree::mark_stores(Node& node) {
    for (Node* above = &node; above && !above->has_stores; above = above->parent) {
        above->has_stores = true;
    }
}

}  // namespace mogura::engine
