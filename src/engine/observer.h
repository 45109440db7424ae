// Who watches an attempt: the display, the status files.
//
// Calls about tasks come from the loop, after the change is in the store; output comes from the
// thread of the operator. References are valid during the call.

#pragma once

#include "engine/operator.h"
#include "store/store.h"

#include <memory>
#include <string>
#include <string_view>

namespace mogura::engine {

// A task that an operator is about to be called for, the first time.
struct TaskStart {
    int64_t task_id = 0;
    std::string full_name;
    std::string type;     // "sh"
    std::string command;  // the evaluated value as text, on one line or several
    std::shared_ptr<const TaskProgress> progress;
};

class Observer {
  public:
    virtual ~Observer() = default;
    // From the operator's thread.
    virtual void on_start(const TaskStart&) {}
    virtual void on_output(const std::string& /*full_name*/, std::string_view /*text*/) {}
    // A task has reached one of the done states.
    virtual void on_done(store::AttemptId, const store::Task&) {}
    // A task waits for its next try after a failure.
    virtual void on_retry(const store::Task&, const std::string& /*message*/) {}
    // The attempt runs for too long and is asked to end; the reason is for people (2.10.11).
    virtual void on_overdue(const store::Attempt&, const std::string& /*reason*/) {}
    // The tree is done; what must be kept beside the store is written before this returns, since
    // after it the attempt counts as finished.
    virtual Result<> before_finish() { return {}; }
};

}  // namespace mogura::engine
