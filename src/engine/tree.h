// The tasks of one attempt and what may happen to them (spec digdag 2.1 to 2.7).
//
// Owns: the nodes, every change of state, groups, retries of groups, _error, _check, generated
// subtasks, the limit on tasks. Leaves to others: calling operators and time (attempt), rows on
// disk (store: changes() says what to write), parameters (inheritance).
//
// Events come in through succeed(), fail(), wait(), wake() and cancel(); settle() then follows all
// consequences; ready(), waiting() and done() say what came of it. Counters of unfinished
// upstreams and of active children make each event cost what it touches, never the whole tree.
// One thread.

#pragma once

#include "engine/compatibility.h"
#include "engine/operator.h"
#include "store/store.h"
#include "workflow/workflow.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mogura::engine {

struct Node {
    store::Task row;
    Node* parent = nullptr;
    std::vector<Node*> children;  // every row below it, oldest first
    std::vector<Node*> downstreams;
    int64_t upstreams_pending = 0;  // that have not succeeded
    int64_t children_active = 0;    // progressing, or about to start
    bool is_active = false;         // counted in the parent's children_active
    bool is_stored = false;
    bool is_changed = false;
    bool has_stores = false;  // it or a task below stored or reset parameters
    bool is_repeat = false;   // a retry made it again: an earlier row has its name

    // Merged parameters (inheritance.h): before its own _export, and as its children see them.
    std::shared_ptr<const config::Map> entry;
    std::shared_ptr<const config::Map> inner;
};

class TaskTree {
  public:
    struct Settings {
        Compatibility compatibility = Compatibility::kFixed;
        int64_t tasks_max = 1'000'000;  // 2.10.6
    };

    explicit TaskTree(Settings settings) : settings_(settings) {}

    // Successes of an earlier attempt (resumption.h): tasks of these names begin as successes, also
    // those that operators generate. Before plant() or restore().
    void take_over(std::vector<store::ResumedTask> resumed);
    // A new attempt's tasks. kLimit when there are too many.
    Result<> plant(const std::vector<workflow::TaskDefinition>& tasks, base::Instant now);
    // The tasks as they were when a process ended. Tasks that were running are ready again.
    Result<> restore(std::vector<store::Task> rows, base::Instant now);

    // The operator of a running task returned.
    void succeed(Node& node, Done result, base::Instant now);
    void fail(Node& node, config::Map error, base::Instant now);
    void wait(Node& node, base::Instant at, config::Map state, base::Instant now);
    void end_canceled(Node& node, base::Instant now);
    // Waiting is over.
    void wake(Node& node, base::Instant now);
    // Ready, and an operator is about to be called.
    void run(Node& node, base::Instant now);
    void cancel(base::Instant now);
    // `sla:` (5.6): when the attempt is late. The root's state keeps that time until it has come,
    // so that a restart finds it and nothing happens twice.
    void expect_end(base::Instant at);
    std::optional<base::Instant> end_expected() const;
    // It has come, and the attempt is not done: the tasks of `sla:` join it.
    void be_late(base::Instant now);
    // Follows all consequences.
    void settle(base::Instant now);

    // What happened since they were last taken.
    std::vector<Node*> take_ready() { return std::exchange(ready_, {}); }
    std::vector<Node*> take_waiting() { return std::exchange(waiting_, {}); }
    std::vector<Node*> take_done() { return std::exchange(done_, {}); }
    // Rows that the store does not know yet; valid until the next event.
    store::Changes changes();
    bool has_changes() const { return !changed_.empty(); }

    bool is_done() const { return store::is_done(nodes_.front().row.state); }
    bool is_success() const { return nodes_.front().row.state == store::TaskState::kSuccess; }
    Node& root() { return nodes_.front(); }
    Node& at(store::TaskId id) { return nodes_[static_cast<size_t>(id) - 1]; }
    std::deque<Node>& nodes() { return nodes_; }

  private:
    struct Planting {
        bool is_initial = false;
        bool is_repeat = false;
        base::Instant now{};
    };

    Node& add_node(store::Task row, Node* parent);
    void link(Node& node);
    std::vector<bool> taken_over_among(const std::vector<workflow::TaskDefinition>& tasks) const;
    void begin_as_success(Node& node);
    Node& add_tasks(Node* parent, std::vector<workflow::TaskDefinition> tasks, Planting planting);
    Result<> check_limit(size_t adding) const;

    void set_state(Node& node, store::TaskState state);
    void touch(Node& node);
    void count_active(Node& node);
    void start(Node& node);
    void resolve(Node& node);
    void on_children_failed(Node& node);
    bool retry_group(Node& node);
    bool add_error_task(Node& node, const config::Map& error, const config::Map& stores);
    void add_failure_alert(Node& node);
    void add_late(std::vector<workflow::TaskDefinition> tasks);
    Result<> add_generated(Node& node, const config::Map& subtasks);
    void recreate_children(Node& group);
    void copy_children(Node& from, Node& to);
    void mark_stores(Node& node);

    Settings settings_;
    base::Instant now_{};
    std::deque<Node> nodes_;                                       // addresses stay; [id - 1]
    std::unordered_map<std::string, store::ResumedTask> resumed_;  // by full name
    std::deque<Node*> to_start_;
    std::deque<Node*> to_resolve_;
    std::vector<Node*> ready_;
    std::vector<Node*> waiting_;
    std::vector<Node*> done_;
    std::vector<Node*> changed_;
};

// The name of the task that a failed attempt gets (2.2.10).
inline constexpr const char* kFailureAlert = "^failure-alert";

}  // namespace mogura::engine
