// daily>: HH:MM:SS. A session for each day at 00:00.

#include "schedule/types.h"

namespace mogura::schedule {

Result<Made> make_daily(const config::Value& command, const base::TimeZone& zone) {
    std::string text = TRY(command_text(command, "daily"));
    auto delay = parse_clock(text, 3);
    if (!delay) {
        return Error(Code::kInvalid, "daily> scheduler requires hh:mm:ss format: " + text);
    }
    return cron_made("0 0 * * *", *delay, zone);
}

}  // namespace mogura::schedule
