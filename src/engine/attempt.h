// The engine: attempts in memory, moved on by a step that a loop or a test calls.
//
//     Engine engine(parts, options);
//     auto id = TRY(engine.start(attempt, workflow));
//     TRY(engine.run());                        // until every attempt is done
//     bool success = engine.tree(id).is_success();
//
// step() takes what operators returned, fires what is due, follows the consequences, writes all of
// it to the store in one transaction for each attempt, and only then calls operators. If the store
// fails, step() fails and the process should end: the store holds the truth, resume() goes on.
//
// One thread calls start(), resume(), step() and run(); start_beside() and resume_beside() may come
// from any, request_cancel() also from a signal handler.

#pragma once

#include "engine/call.h"
#include "engine/tree.h"
#include "engine/watch.h"
#include "engine/workers.h"

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace mogura::engine {

struct EngineParts {
    store::Store& store;
    const Operators& operators;
    script::Evaluator& evaluator;
    executor::Executor& executor;
    const base::Clock& clock;
    Observer& observer;
    Gatekeeper& gatekeeper;
    const Secrets& secrets = no_secrets();
    const Surroundings& surroundings = no_surroundings();
};

struct EngineOptions {
    Folders folders;
    Compatibility compatibility = Compatibility::kFixed;
    int64_t tasks_max = 1'000'000;
    // Attempts that are not done, at most (2.10.5).
    int64_t attempts_max = 100;
    // Attempts that are older, and those with a task that works or waits for longer, are asked to
    // end (2.10.11). 0: no limit.
    std::chrono::microseconds attempt_time_max{0};
    std::chrono::microseconds task_time_max{0};
    std::chrono::microseconds time_check_interval = std::chrono::seconds(5);
    // Operators that run at once. 0: none by themselves, call_here() does it.
    int threads = 4;
    // Tasks that work at once, commands included. 0: no limit.
    int64_t running_max = 0;
    // Whether tasks see retry_attempt_name: in local mode it is ours, not the user's.
    bool shows_retry_name = false;
};

class Engine {
  public:
    Engine(const EngineParts& parts, EngineOptions options);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // Creates the attempt with its tasks in the store; tasks that `resumed` names begin as
    // successes (resumption.h). kLimit when there are too many tasks, or too many attempts already;
    // kInvalid when its `sla:` is wrong. `run_time`: when its schedule meant it to run.
    Result<store::AttemptId> start(const store::Attempt& wanted,
                                   const std::vector<workflow::TaskDefinition>& tasks,
                                   const base::TimeZone& zone,
                                   std::vector<store::ResumedTask> resumed = {},
                                   std::optional<base::Instant> run_time = {});
    // Goes on with an attempt that a process left unfinished.
    Result<> resume(const store::Attempt& attempt, const base::TimeZone& zone);

    // Attempts that a task of this engine wants (require>): in the store when this returns, run
    // from the next step on. Their tasks pass no gatekeeper, and run() waits for them as well.
    Result<store::Attempt> start_beside(const store::Attempt& wanted,
                                        const std::vector<workflow::TaskDefinition>& tasks,
                                        const base::TimeZone& zone);
    // One that the engine has already is left as it is.
    void resume_beside(const store::Attempt& attempt, const base::TimeZone& zone);

    // Does everything that is due; returns when it next wants to be called.
    Result<base::Instant> step(base::Instant now);
    // Steps and sleeps until every attempt is done.
    Result<> run();
    // One step, then a sleep: until something happens, at most until that time. For those who
    // start attempts now and then.
    Result<> turn(base::Instant until);
    // Drops an attempt that is done from memory. False while something still needs it.
    bool forget(store::AttemptId id);
    // Without threads: makes one waiting call. False when there is none.
    bool call_here() { return workers_.work_here(); }
    bool is_done();
    bool is_done(store::AttemptId id) const { return attempts_.at(id)->is_finished; }

    // Asks all attempts to end as canceled. Commands get SIGTERM, then SIGKILL.
    void request_cancel();
    TaskTree& tree(store::AttemptId id) { return attempts_.at(id)->tree; }

  private:
    // What a task has while it is not done, and that no restart needs.
    struct Live {
        std::shared_ptr<TaskProgress> progress = std::make_shared<TaskProgress>();
        std::shared_ptr<int64_t> printed_bytes = std::make_shared<int64_t>(0);
        int watched = -1;  // descriptor
        uint64_t watch_key = 0;
        bool holds_place = false;  // counts in places_taken_
    };
    struct Running {
        store::Attempt row;
        std::shared_ptr<const AttemptFacts> facts;
        SharedMap parameters;
        TaskTree tree;
        std::unordered_map<const Node*, Live> live = {};
        std::deque<Node*> ready = {};  // that wait for a place
        std::vector<Node*> to_call = {};
        std::stop_source stop = {};
        int64_t calls_out = 0;
        bool is_canceling = false;
        bool is_finished = false;
    };
    struct Timer {
        base::Instant at;
        store::AttemptId attempt;
        std::optional<store::TaskId> task;  // nothing: the attempt as a whole is late
        bool operator>(const Timer& other) const { return at > other.at; }
    };
    struct Returned {
        store::AttemptId attempt;
        store::TaskId task;
        CallResult result;
    };

    struct Planted {
        store::Attempt row;
        TaskTree tree;
    };
    struct Joining {
        store::Attempt row;
        base::TimeZone zone;
    };

    Result<Planted> plant(const store::Attempt& wanted,
                          const std::vector<workflow::TaskDefinition>& tasks,
                          std::vector<store::ResumedTask> resumed,
                          std::optional<base::Instant> late_at);
    Running& adopt(store::Attempt row, const base::TimeZone& zone, bool is_beside);
    Result<> take_in(const store::Attempt& row, const base::TimeZone& zone, bool is_beside);
    Result<> take_joining(base::Instant now);
    void forget_beside();
    void take_returned(base::Instant now);
    void take(Running& attempt, Node& node, CallResult result, base::Instant now);
    void fire_timers(base::Instant now);
    void be_late(store::AttemptId id, base::Instant now);
    void end_overdue(base::Instant now);
    std::optional<std::string> overdue(Running& attempt, base::Instant now) const;
    void start_cancel(Running& attempt, base::Instant now);
    Result<> move_on(Running& attempt, base::Instant now);
    void choose_calls(Running& attempt, base::Instant now);
    void choose(Running& attempt, Node& node, base::Instant now);
    bool has_place() const;
    bool has_time_limit() const {
        return options_.attempt_time_max.count() > 0 || options_.task_time_max.count() > 0;
    }
    void arm_waiting(Running& attempt);
    void arm_late(Running& attempt);
    void call(Running& attempt, Node& node);
    void release(Running& attempt, Node& node);
    Result<> finish(Running& attempt, base::Instant now);
    void unwatch(Live& live);
    Result<> sleep_until(base::Instant time);

    EngineParts parts_;
    EngineOptions options_;
    CallParts call_parts_;
    std::map<store::AttemptId, std::unique_ptr<Running>> attempts_;
    std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
    std::unordered_map<uint64_t, std::pair<store::AttemptId, store::TaskId>> watched_;
    std::vector<std::pair<store::AttemptId, store::TaskId>> woken_;
    int64_t places_taken_ = 0;
    int64_t calls_out_ = 0;
    uint64_t watch_key_ = 0;
    std::unique_ptr<Watch> watch_;
    std::atomic<bool> cancel_requested_ = false;
    bool is_canceling_ = false;  // what joins now is cancelled as well
    base::Instant next_time_check_{};
    base::Mutex start_mutex_;  // one attempt is made after the other
    base::Mutex mutex_;
    std::set<store::AttemptId> not_done_ GUARDED_BY(mutex_);
    std::vector<Returned> returned_ GUARDED_BY(mutex_);
    std::vector<Joining> joining_ GUARDED_BY(mutex_);
    Workers workers_;  // last: its threads use all of the above
};

}  // namespace mogura::engine
