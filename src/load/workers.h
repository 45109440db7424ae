// The threads that do the work of a run, and a lane that hands finished work over in order.
//
// Workers is a fixed number of threads that run jobs. A Lane is one ordered stream of work: one
// thread pushes closures, the workers run them in any order, one thread pops the results in the
// order of the pushes. A full lane makes its producer wait until half of it is free (fewer turns
// of the threads than one for each item): that is the back-pressure.

#pragma once

#include "base/mutex.h"
#include "base/queue.h"
#include "base/result.h"

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mogura::load {

// Threads are walls: a bug inside becomes an error of the run.
template <typename Call>
auto guarded(Call&& call) -> decltype(call()) {
    try {
        return call();
    } catch (const std::exception& bug) {
        return Error(Code::kInternal, std::string("a bug: ") + bug.what());
    }
}

class Workers {
  public:
    explicit Workers(int threads);
    // Runs what was submitted, then ends.
    ~Workers();

    void submit(std::function<void()> job);
    int threads() const { return static_cast<int>(threads_.size()); }

  private:
    base::Queue<std::function<void()>> jobs_;
    std::vector<std::jthread> threads_;
};

template <typename T>
class Lane {
  public:
    Lane(Workers& workers, size_t items_max) : workers_(workers), items_max_(items_max) {}
    // Waits for the jobs that still run.
    ~Lane() {
        base::Lock lock(mutex_);
        closed_ = true;
        while (running_ > 0) idle_.wait(mutex_);
    }

    // False once the consumer has gone: the producer should stop.
    bool push(std::function<Result<T>()> work) {
        auto slot = std::make_shared<Slot>();
        {
            base::Lock lock(mutex_);
            is_full_ = slots_.size() >= items_max_;
            while (is_full_ && !closed_) room_.wait(mutex_);
            if (closed_) return false;
            slots_.push_back(slot);
            ++running_;
        }
        workers_.submit([this, slot, work = std::move(work)]() mutable { run(*slot, work); });
        return true;
    }

    // The producer has nothing more, or failed; the consumer sees that after all that was pushed.
    void end(Result<> result) {
        base::Lock lock(mutex_);
        ended_ = true;
        end_result_ = std::move(result);
        ready_.notify_all();
    }

    // The consumer takes nothing more.
    void abandon() {
        base::Lock lock(mutex_);
        closed_ = true;
        room_.notify_all();
    }

    // The next result in order; an error of the work or of the producer; nothing at the end.
    Result<std::optional<T>> pop() {
        std::shared_ptr<Slot> slot;
        {
            base::Lock lock(mutex_);
            while (slots_.empty() ? !ended_ : !slots_.front()->is_done) ready_.wait(mutex_);
            if (slots_.empty()) {
                if (!end_result_.ok()) return end_result_.error();
                return std::optional<T>();
            }
            slot = std::move(slots_.front());
            slots_.pop_front();
            make_room();
        }
        if (!slot->result->ok()) return slot->result->error();
        return std::optional<T>(**std::move(slot->result));
    }

  private:
    struct Slot {
        std::optional<Result<T>> result;
        bool is_done = false;
    };

    void run(Slot& slot, std::function<Result<T>()>& work) {
        slot.result = guarded([&] { return work(); });
        work = nullptr;
        base::Lock lock(mutex_);
        slot.is_done = true;
        if (!slots_.empty() && slots_.front().get() == &slot) ready_.notify_all();
        if (--running_ == 0) idle_.notify_all();
    }

    void make_room() REQUIRES(mutex_) {
        if (!is_full_ || slots_.size() > items_max_ / 2) return;
        is_full_ = false;
        room_.notify_all();
    }

    Workers& workers_;
    const size_t items_max_;
    base::Mutex mutex_;
    base::Condition room_;   // for the producer
    base::Condition ready_;  // the first one is done, or there is no more
    base::Condition idle_;   // nothing runs
    std::deque<std::shared_ptr<Slot>> slots_ GUARDED_BY(mutex_);
    size_t running_ GUARDED_BY(mutex_) = 0;
    bool is_full_ GUARDED_BY(mutex_) = false;
    bool ended_ GUARDED_BY(mutex_) = false;
    bool closed_ GUARDED_BY(mutex_) = false;
    Result<> end_result_ GUARDED_BY(mutex_);
};

}  // namespace mogura::load
