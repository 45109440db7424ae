// `_retry` (spec digdag 2.5, 2.6): how often, and how long to wait between.

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace mogura::engine {

struct RetryPolicy {
    int64_t limit = 0;  // re-executions after the first run
    std::chrono::seconds interval{0};
    bool is_exponential = false;
    std::optional<std::chrono::seconds> interval_max = {};  // of exponential ones

    // The wait before the next run when `done` retries were made, or nothing when it was the last.
    std::optional<std::chrono::seconds> wait_after(int64_t done) const;
};

// Reads `_retry` of a task; no such key is a limit of 0.
Result<RetryPolicy> read_retry(const config::Map& config);

// Digdag keeps the number of retries made in the task's state under this name.
inline constexpr const char* kRetryCount = "retry_count";
int64_t retry_count(const config::Map& state);

}  // namespace mogura::engine
