// The helpers that run, and those that wait for work. Any thread.
//
// A script may run away, and nobody knows which. So each begins as a quick one; when its helper has
// been silent for a while it counts as slow, and all but two of the helpers may be so. While quick
// ones wait, further slow ones are put off until there is a place among these, and begin anew: a
// usual script waits for parts of a second behind runaways, as long as its caller has a thread to
// wait with (the engine has 12 at least).

#pragma once

#include "base/mutex.h"
#include "base/result.h"
#include "script/sandbox.h"
#include "script/script.h"

#include <memory>
#include <string>
#include <vector>

namespace mogura::script {

class HelperPool {
  public:
    HelperPool(HelperCommand command, int helpers_max);

    // Waits while all helpers are at work: a moment when there are as many quick ones as are kept,
    // since most scripts take a millisecond, and until one is back when there are `helpers_max`;
    // one that was put off waits for a place among the slow ones. A helper that served the time
    // zone last is preferred: a change costs a few milliseconds.
    Result<std::unique_ptr<Helper>> acquire(const std::string& time_zone, bool was_put_off);
    // Whether a silent helper may go on, which counts it as slow; asked again from time to time.
    bool may_go_on(bool is_slow);
    struct Use {
        bool is_spent = false;  // to be ended
        bool is_slow = false;   // counted as such
    };
    // Every acquired helper comes back.
    void release(std::unique_ptr<Helper> helper, Use use);

  private:
    // One wait; whether a helper may be taken after it.
    bool wait_for_turn() REQUIRES(mutex_);
    void wait_for_slow_place() REQUIRES(mutex_);
    std::unique_ptr<Helper> take_idle(const std::string& time_zone) REQUIRES(mutex_);
    void leave(bool is_slow);

    const HelperCommand command_;
    const int helpers_max_;
    const int slow_max_;
    base::Mutex mutex_;
    base::Condition changed_;
    base::Condition slow_changed_;
    std::vector<std::unique_ptr<Helper>> idle_ GUARDED_BY(mutex_);
    int at_work_ GUARDED_BY(mutex_) = 0;
    int slow_ GUARDED_BY(mutex_) = 0;           // of these
    int quick_waiting_ GUARDED_BY(mutex_) = 0;  // for a helper
};

}  // namespace mogura::script
