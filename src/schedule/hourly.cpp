// hourly>: MM:SS. A session for each hour.

#include "schedule/types.h"

namespace mogura::schedule {

Result<Made> make_hourly(const config::Value& command, const base::TimeZone& zone) {
    std::string text = TRY(command_text(command, "hourly"));
    auto delay = parse_clock(text, 2);
    if (!delay) {
        return Error(Code::kInvalid, "hourly>: scheduler requires mm:ss format: " + text);
    }
    return cron_made("0 * * * *", *delay, zone);
}

}  // namespace mogura::schedule
