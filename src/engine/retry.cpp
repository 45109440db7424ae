#include "engine/retry.h"

#include "base/text.h"
#include "engine/parameters.h"

#include <algorithm>

namespace mogura::engine {
namespace {

constexpr int64_t kIntervalSecondsMax = 10LL * 365 * 86'400;

Result<RetryPolicy> read_object(const config::Map& options) {
    RetryPolicy policy;
    policy.limit = TRY(required_integer(options, "limit"));
    if (const config::Value* interval = present(options, "interval")) {
        int64_t seconds = TRY(to_integer(*interval, "interval"));
        policy.interval = std::chrono::seconds(seconds);
    }
    if (const config::Value* most = present(options, "max_interval")) {
        int64_t seconds = TRY(to_integer(*most, "max_interval"));
        policy.interval_max = std::chrono::seconds(seconds);
    }
    auto type = TRY(optional_text(options, "interval_type"));
    std::string word = base::lower(type.value_or("constant"));
    if (word != "constant" && word != "exponential") {
        return Error(Code::kInvalid, "Invalid retry_interval_type: " + *type);
    }
    policy.is_exponential = word == "exponential";
    return policy;
}

}  // namespace

std::optional<std::chrono::seconds> RetryPolicy::wait_after(int64_t done) const {
    if (done >= limit) return std::nullopt;
    int64_t seconds = std::clamp<int64_t>(interval.count(), 0, kIntervalSecondsMax);
    if (is_exponential) {
        for (int64_t k = 0; k < done && seconds < kIntervalSecondsMax && seconds > 0; ++k)
            seconds *= 2;
        seconds = std::min(seconds, kIntervalSecondsMax);
        if (interval_max) seconds = std::min(seconds, std::max<int64_t>(interval_max->count(), 0));
    }
    return std::chrono::seconds(seconds);
}

Result<RetryPolicy> read_retry(const config::Map& config) {
    const config::Value* value = config.find("_retry");
    if (!value || value->is_null()) return RetryPolicy{};
    if (value->is_map()) return read_object(value->map());
    if (value->is_integer()) return RetryPolicy{.limit = value->integer()};
    if (value->is_string()) {
        if (auto limit = base::parse_integer(value->string())) return RetryPolicy{.limit = *limit};
        // An evaluated template leaves JSON text behind (3.2.1).
        auto parsed = config::parse_json(value->string(), "_retry");
        if (parsed.ok() && parsed->is_map()) return read_object(parsed->map());
    }
    return Error(Code::kInvalid, "Invalid _retry format:" + config::to_json(*value));
}

int64_t retry_count(const config::Map& state) {
    const config::Value* count = state.find(kRetryCount);
    return count && count->is_integer() ? count->integer() : 0;
}

}  // namespace mogura::engine
