#include "load/workers.h"

#include <pthread.h>

#include <algorithm>
#include <limits>

namespace mogura::load {

// The queue has no limit of its own: each lane limits what it pushes.
Workers::Workers(int threads) : jobs_(std::numeric_limits<size_t>::max()) {
    for (int number = 0; number < std::max(threads, 1); ++number) {
        threads_.emplace_back([this] {
            ::pthread_setname_np(::pthread_self(), "load-worker");
            while (auto job = jobs_.pop()) (*job)();
        });
    }
}

Workers::~Workers() {
    jobs_.close();
}

void Workers::submit(std::function<void()> job) {
    jobs_.push(std::move(job));
}

}  // namespace mogura::load
