// The helpers that run, and those that wait for work. Any thread.

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
    HelperPool(HelperCommand command, int helpers_max)
        : command_(std::move(command)), helpers_max_(helpers_max < 1 ? 1 : helpers_max) {}

    // Waits while all helpers are at work: a moment when there are as many as are kept, since
    // most scripts take a millisecond, and until one is back when there are `helpers_max`. A
    // helper that served the time zone last is preferred: a change costs a few milliseconds.
    Result<std::unique_ptr<Helper>> acquire(const std::string& time_zone);
    // Every acquired helper comes back: to be used again, or, when it `is_spent`, to be ended.
    void release(std::unique_ptr<Helper> helper, bool is_spent);

  private:
    // One wait; whether a helper may be taken after it.
    bool wait_for_turn() REQUIRES(mutex_);
    std::unique_ptr<Helper> take_idle(const std::string& time_zone) REQUIRES(mutex_);
    void leave();

    const HelperCommand command_;
    const int helpers_max_;
    base::Mutex mutex_;
    base::Condition changed_;
    std::vector<std::unique_ptr<Helper>> idle_ GUARDED_BY(mutex_);
    int at_work_ GUARDED_BY(mutex_) = 0;
};

}  // namespace mogura::script
