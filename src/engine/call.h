// One call of an operator: evaluate the task's parameters, find the operator, run it, and turn a
// failure into another try if `_retry` says so (spec digdag 2.5, 4.0).
//
// Runs on a worker thread; everything it uses is copied, shared and immutable, or thread-safe.

#pragma once

#include "base/time_zone.h"
#include "engine/compatibility.h"
#include "engine/inheritance.h"
#include "engine/observer.h"
#include "engine/operator.h"
#include "store/store.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace mogura::engine {

// Stands between the tasks and their operators in local mode: saved results, dry runs.
class Gatekeeper {
  public:
    virtual ~Gatekeeper() = default;
    // A result to take instead of running the task at all. `is_repeat`: a retry made the task
    // again, so that what an earlier row of its name returned is no answer.
    virtual std::optional<Done> instead_of(const std::string& /*full_name*/, bool /*is_repeat*/) {
        return {};
    }
    // The same, when the parameters are evaluated and the operator is known.
    virtual std::optional<Done> instead_of_operator(const TaskStart&,
                                                    const config::Map& /*parameters*/) {
        return {};
    }
};

struct Folders {
    std::string project;    // absolute
    std::string temporary;  // absolute
};

// What all calls of an engine share.
struct CallParts {
    const Operators& operators;
    script::Evaluator& evaluator;
    executor::Executor& executor;
    const base::Clock& clock;
    Observer& observer;
    Gatekeeper& gatekeeper;
    Folders folders;
    Compatibility compatibility = Compatibility::kFixed;
    int64_t tasks_max = 0;
    const Secrets& secrets = no_secrets();
    const Surroundings& surroundings = no_surroundings();
};

// What all calls of an attempt share.
struct AttemptFacts {
    store::AttemptId id{};
    base::TimeZone zone;
    config::Map variables;   // 2.11, without task_name
    bool is_beside = false;  // started by a task: no gatekeeper stands before its tasks
};

struct CallRequest {
    store::TaskId task{};
    std::string full_name;
    const config::Map* config = nullptr;  // the task's own, which never changes
    SharedMap inherited;                  // 2.8.1 to 2.8.4
    config::Map state;
    bool is_first = true;
    bool is_repeat = false;
    bool is_told_failure = false;  // `error` is what `_error` exports
    bool is_cancel = false;        // call the operator's cancel(), the task is not wanted any more
    std::shared_ptr<const AttemptFacts> attempt;
    std::shared_ptr<TaskProgress> progress;
    std::shared_ptr<int64_t> printed_bytes;
    std::stop_token stop;
};

struct CallResult {
    Outcome outcome;
    // Set when a failure became another try: what had failed.
    std::optional<std::string> retried_failure = {};
};

CallResult call_operator(CallRequest& request, const CallParts& parts);

}  // namespace mogura::engine
