// monthly>: D,HH:MM:SS. A session for that day of each month that has it.

#include "base/text.h"
#include "schedule/types.h"

namespace mogura::schedule {

Result<Made> make_monthly(const config::Value& command, const base::TimeZone& zone) {
    std::string text = TRY(command_text(command, "monthly"));
    size_t comma = text.find(',');
    auto day = comma == std::string::npos
                   ? std::nullopt
                   : base::parse_integer(base::trim(std::string_view(text).substr(0, comma)));
    auto delay = day ? parse_clock(std::string_view(text).substr(comma + 1), 3) : std::nullopt;
    if (!delay) {
        return Error(Code::kInvalid, "monthly>: scheduler requires day,hh:mm:ss format: " + text);
    }
    return cron_made("0 0 " + std::to_string(*day) + " * *", *delay, zone);
}

}  // namespace mogura::schedule
