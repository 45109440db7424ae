// weekly>: DDD,HH:MM:SS, with blanks around both as people like. A session for each such weekday at
// 00:00; what cron takes as a day of the week passes, except that a number must not be negative.

#include "base/text.h"
#include "schedule/types.h"

namespace mogura::schedule {

Result<Made> make_weekly(const config::Value& command, const base::TimeZone& zone) {
    std::string text = TRY(command_text(command, "weekly"));
    size_t comma = text.find(',');
    auto delay = comma == std::string::npos
                     ? std::nullopt
                     : parse_clock(base::trim(std::string_view(text).substr(comma + 1)), 3);
    if (!delay) {
        return Error(Code::kInvalid, "weekly>: scheduler requires day,hh:mm:ss format: " + text);
    }
    std::string day(base::trim(std::string_view(text).substr(0, comma)));
    auto number = base::parse_integer(day);
    if (number && *number < 0) return Error(Code::kInvalid, "weekly>: invalid day: " + day);
    return cron_made("0 0 * * " + day, *delay, zone);
}

}  // namespace mogura::schedule
