#include "engine/workers.h"

#include <pthread.h>

#include <utility>

namespace mogura::engine {

Workers::~Workers() {
    std::vector<std::jthread> threads;
    {
        base::Lock lock(mutex_);
        stopping_ = true;
        threads.swap(threads_);
        not_empty_.notify_all();
    }
    for (std::jthread& thread : threads) thread.join();
}

void Workers::submit(std::function<void()> work) {
    base::Lock lock(mutex_);
    waiting_.push_back(std::move(work));
    bool all_busy = static_cast<int>(waiting_.size()) > idle_;
    if (all_busy && static_cast<int>(threads_.size()) < threads_max_) {
        threads_.emplace_back([this] { loop(); });
    } else {
        not_empty_.notify_one();
    }
}

bool Workers::work_here() {
    std::function<void()> work;
    {
        base::Lock lock(mutex_);
        if (waiting_.empty()) return false;
        work = std::move(waiting_.front());
        waiting_.pop_front();
    }
    work();
    return true;
}

void Workers::loop() {
    ::pthread_setname_np(::pthread_self(), "task");
    while (true) {
        std::function<void()> work;
        {
            base::Lock lock(mutex_);
            ++idle_;
            while (waiting_.empty() && !stopping_) not_empty_.wait(mutex_);
            --idle_;
            if (waiting_.empty()) return;
            work = std::move(waiting_.front());
            waiting_.pop_front();
        }
        work();
    }
}

}  // namespace mogura::engine
