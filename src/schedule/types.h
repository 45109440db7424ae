// The types of schedules, one file each: the command behind `type>:` becomes a rhythm and the delay
// of its runs (spec digdag 5.1.2, 5.1.5).

#pragma once

#include "base/result.h"
#include "base/time_zone.h"
#include "config/config.h"
#include "schedule/schedule.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::schedule {

struct Made {
    std::shared_ptr<const Rhythm> rhythm;
    std::chrono::seconds delay{0};
};

Result<Made> make_cron(const config::Value& command, const base::TimeZone& zone);
Result<Made> make_daily(const config::Value& command, const base::TimeZone& zone);
Result<Made> make_hourly(const config::Value& command, const base::TimeZone& zone);
Result<Made> make_minutes_interval(const config::Value& command, const base::TimeZone& zone);
Result<Made> make_monthly(const config::Value& command, const base::TimeZone& zone);
Result<Made> make_seconds_interval(const config::Value& command, const base::TimeZone& zone);
Result<Made> make_weekly(const config::Value& command, const base::TimeZone& zone);

// What they share: the command as text or as a positive number, "HH:MM:SS" with so many parts in
// seconds (values have no bounds: 25:00:00 is a day and an hour), and a cron pattern with a delay.
Result<std::string> command_text(const config::Value& command, const std::string& type);
Result<int64_t> command_number(const config::Value& command, const std::string& type);
std::optional<std::chrono::seconds> parse_clock(std::string_view text, size_t parts);
// A value that the type takes but that is no time of the day or hour, or no part of an hour.
std::optional<std::string> clock_doubt(const std::string& type, const std::string& text);
Result<Made> cron_made(const std::string& pattern, std::chrono::seconds delay,
                       const base::TimeZone& zone);

}  // namespace mogura::schedule
