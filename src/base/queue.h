// A bounded queue between threads: a full queue is the back-pressure.
//
// push() waits while the queue is full and answers false once it is closed; pop() waits while it
// is empty and answers nothing once it is closed and drained. Any number of threads on each side.

#pragma once

#include "base/mutex.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace mogura::base {

template <typename T>
class Queue {
  public:
    explicit Queue(size_t items_max) : items_max_(items_max) {}

    bool push(T item) {
        Lock lock(mutex_);
        while (items_.size() >= items_max_ && !closed_) not_full_.wait(mutex_);
        if (closed_) return false;
        items_.push_back(std::move(item));
        not_empty_.notify_one();
        return true;
    }

    std::optional<T> pop() {
        Lock lock(mutex_);
        while (items_.empty() && !closed_) not_empty_.wait(mutex_);
        if (items_.empty()) return std::nullopt;
        T item = std::move(items_.front());
        items_.pop_front();
        not_full_.notify_one();
        return item;
    }

    // No further push succeeds; what is inside can still be popped.
    void close() {
        Lock lock(mutex_);
        closed_ = true;
        not_full_.notify_all();
        not_empty_.notify_all();
    }

    // Closes and drops what is inside: for stopping early.
    void abandon() {
        Lock lock(mutex_);
        closed_ = true;
        items_.clear();
        not_full_.notify_all();
        not_empty_.notify_all();
    }

  private:
    const size_t items_max_;
    Mutex mutex_;
    Condition not_full_;
    Condition not_empty_;
    std::deque<T> items_ GUARDED_BY(mutex_);
    bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace mogura::base
