// The threads that call operators.
//
// Threads are started when work waits and none is idle, up to a limit. With a limit of 0 there are
// none: work_here() does it, so that tests turn the crank by hand. Any thread may submit; the
// destructor finishes what was submitted and joins.

#pragma once

#include "base/mutex.h"

#include <deque>
#include <functional>
#include <thread>
#include <vector>

namespace mogura::engine {

class Workers {
  public:
    explicit Workers(int threads_max) : threads_max_(threads_max) {}
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    void submit(std::function<void()> work);
    // Only without threads: does the oldest piece of work; false when there is none.
    bool work_here();

  private:
    void loop();

    const int threads_max_;
    base::Mutex mutex_;
    base::Condition not_empty_;
    std::deque<std::function<void()>> waiting_ GUARDED_BY(mutex_);
    int idle_ GUARDED_BY(mutex_) = 0;
    bool stopping_ GUARDED_BY(mutex_) = false;
    std::vector<std::jthread> threads_ GUARDED_BY(mutex_);
};

}  // namespace mogura::engine
