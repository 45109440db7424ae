// minutes_interval>: M. Sessions at minute 0, M, 2 M, ... of each hour.

#include "schedule/types.h"

namespace mogura::schedule {

Result<Made> make_minutes_interval(const config::Value& command, const base::TimeZone& zone) {
    int64_t minutes = TRY(command_number(command, "minutes_interval"));
    return cron_made("*/" + std::to_string(minutes) + " * * * *", std::chrono::seconds(0), zone);
}

}  // namespace mogura::schedule
