// A mutex whose rules the compiler checks: clang's thread-safety analysis knows which member is
// guarded by which mutex (GUARDED_BY) and which function wants it held (REQUIRES).

#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define MOGURA_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define MOGURA_THREAD_ATTRIBUTE(x)
#endif

#define GUARDED_BY(x) MOGURA_THREAD_ATTRIBUTE(guarded_by(x))
#define REQUIRES(...) MOGURA_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) MOGURA_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))

namespace mogura::base {

class MOGURA_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
  public:
    void lock() MOGURA_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
    void unlock() MOGURA_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

  private:
    std::mutex mutex_;
};

// Holds the mutex for the scope.
class MOGURA_THREAD_ATTRIBUTE(scoped_lockable) Lock {
  public:
    explicit Lock(Mutex& mutex) MOGURA_THREAD_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) {
        mutex_.lock();
    }
    ~Lock() MOGURA_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

  private:
    Mutex& mutex_;
};

// Waits with the mutex held: always in a loop that tests the condition.
class Condition {
  public:
    void wait(Mutex& mutex) REQUIRES(mutex) { condition_.wait(mutex); }
    // False when the time passed without a call.
    bool wait_for(Mutex& mutex, std::chrono::nanoseconds time) REQUIRES(mutex) {
        return condition_.wait_for(mutex, time) == std::cv_status::no_timeout;
    }
    void notify_one() { condition_.notify_one(); }
    void notify_all() { condition_.notify_all(); }

  private:
    std::condition_variable_any condition_;
};

}  // namespace mogura::base
