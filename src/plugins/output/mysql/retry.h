// Trying a step again, with waits that double.

#pragma once

#include "base/log.h"
#include "base/result.h"
#include "database/database.h"
#include "plugins/output/table/options.h"

#include <algorithm>
#include <memory>
#include <thread>

namespace mogura::plugins::mysql {

// Runs `step` until it succeeds, fails with a code that `is_worth` does not take, or the retries
// are used up.
template <typename Step, typename IsWorth>
auto retry(const table::Options& options, int retries_max, IsWorth is_worth, Step step) {
    auto wait = options.retry_wait;
    auto result = step();
    for (int retries = 0; !result.ok() && is_worth(result.error().code()) && retries < retries_max;
         ++retries) {
        log::warn("mysql: trying again",
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
inline Result<std::unique_ptr<database::Mysql>> connect(const database::MysqlOptions& server,
                                                        const table::Options& options) {
    constexpr int kRetriesMax = 3;
    return retry(
        options, std::min(options.retry_limit, kRetriesMax),
        [](Code code) { return code == Code::kUnavailable; },
        [&] { return database::Mysql::connect(server); });
}

}  // namespace mogura::plugins::mysql
