// Trying a step again, with waits that double.

#pragma once

#include "base/log.h"
#include "base/result.h"
#include "plugins/output/table/options.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>

namespace mogura::plugins::table {

// `word` names the product in the log. Runs `step` until it succeeds, fails with a code that
// `is_worth` does not take, or the retries are used up.
template <typename Step, typename IsWorth>
auto retry(std::string_view word, const Options& options, int retries_max, IsWorth is_worth,
           Step step) {
    auto wait = options.retry_wait;
    auto result = step();
    for (int retries = 0; !result.ok() && is_worth(result.error().code()) && retries < retries_max;
         ++retries) {
        log::warn(std::string(word) + ": trying again",
                  {{"wait_ms", wait.count()}, {"because", result.error().message()}});
        std::this_thread::sleep_for(wait);
        wait = std::min(wait * 2, options.retry_wait_max);
        result = step();
    }
    return result;
}

// A statement that lost against others did nothing, and may simply run again.
inline bool is_lock_failure(Code code) {
    return code == Code::kTimeout;
}

// A server that does not answer is asked a few times only: it is rather not there than slow.
template <typename Connect>
auto connect_with_retry(std::string_view word, const Options& options, Connect connect) {
    constexpr int kRetriesMax = 3;
    return retry(
        word, options, std::min(options.retry_limit, kRetriesMax),
        [](Code code) { return code == Code::kUnavailable; }, connect);
}

}  // namespace mogura::plugins::table
