// cron>: any cron pattern, and the rhythm behind all types but seconds_interval>.

#include "schedule/cron.h"

#include "schedule/types.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace mogura::schedule {
namespace {

constexpr int64_t kMinute = 60;
// A pattern such as "0 0 30 2 *" never matches; after so many years the search gives up.
constexpr int64_t kYearsMax = 100;
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

int64_t seconds_of(base::Instant time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

base::Instant instant_of(int64_t seconds) {
    return base::Instant(std::chrono::seconds(seconds));
}

// Of two instants with the same local time, the later (5.2.8).
int64_t resolve(const base::TimeZone& zone, const base::LocalTime& local) {
    constexpr int64_t kDay = 24 * 60 * kMinute;
    int64_t earlier = zone.to_unix_seconds(local);
    int64_t later = base::seconds_of(local) - zone.offset_at(earlier + kDay).count();
    bool is_same =
        later > earlier && base::seconds_of(local) == later + zone.offset_at(later).count();
    return is_same ? later : earlier;
}

// The first local time of day that matches, at `local` or later; nothing on this day.
bool find_time(const CronPattern& pattern, base::LocalTime& local) {
    for (; local.hour < 24; ++local.hour, local.minute = 0) {
        if (!pattern.hours[static_cast<size_t>(local.hour)]) continue;
        for (; local.minute < 60; ++local.minute) {
            if (pattern.minutes[static_cast<size_t>(local.minute)]) return true;
        }
    }
    return false;
}

int64_t first_match(const CronPattern& pattern, const base::TimeZone& zone, base::LocalTime local) {
    int64_t year_max = local.year + kYearsMax;
    local.second = local.nanosecond = 0;
    int64_t day = base::days_from_civil(local.year, local.month, local.day);
    for (bool is_first = true;; is_first = false, ++day) {
        base::LocalTime at = base::civil_from_days(day);
        if (at.year > year_max) return kNever;
        if (is_first) {
            at.hour = local.hour;
            at.minute = local.minute;
        }
        bool is_day = pattern.months[static_cast<size_t>(at.month)] &&
                      pattern.has_day(at.year, at.month, at.day) &&
                      pattern.weekdays[static_cast<size_t>(base::weekday_of(day))];
        if (!is_day || !find_time(pattern, at)) continue;
        return resolve(zone, at);
    }
}

}  // namespace

bool CronPattern::has_day(int64_t year, int month, int day) const {
    return days[static_cast<size_t>(day)] || (last_day && day == base::days_in_month(year, month));
}

bool CronRhythm::matches(int64_t unix_seconds) const {
    base::LocalTime local = zone_.to_local(instant_of(unix_seconds));
    int64_t day = base::days_from_civil(local.year, local.month, local.day);
    return std::any_of(patterns_.begin(), patterns_.end(), [&](const CronPattern& pattern) {
        return pattern.minutes[static_cast<size_t>(local.minute)] &&
               pattern.hours[static_cast<size_t>(local.hour)] &&
               pattern.months[static_cast<size_t>(local.month)] &&
               pattern.has_day(local.year, local.month, local.day) &&
               pattern.weekdays[static_cast<size_t>(base::weekday_of(day))];
    });
}

// As cron4j predicts: the next minute if it matches, else the nearest local time that does.
base::Instant CronRhythm::after(base::Instant time) const {
    int64_t minute = seconds_of(time);
    minute -= (minute % kMinute + kMinute) % kMinute;
    minute += kMinute;
    if (matches(minute)) return instant_of(minute);
    base::LocalTime local = zone_.to_local(instant_of(minute));
    int64_t nearest = kNever;
    for (const CronPattern& pattern : patterns_) {
        nearest = std::min(nearest, first_match(pattern, zone_, local));
    }
    return nearest == kNever ? never().session : instant_of(nearest);
}

// As Digdag looks back (5.2.3): two spacings, as they will be, and forward again. Where they were
// wider before, the result is no match.
base::Instant CronRhythm::before(base::Instant time) const {
    base::Instant next = after(time);
    if (next == never().session) return time;
    base::Instant at = time - 2 * (after(next) - next);
    for (base::Instant later = after(at); later < time; later = after(at)) at = later;
    return at;
}

Result<Made> make_cron(const config::Value& command, const base::TimeZone& zone) {
    std::string text = TRY(command_text(command, "cron"));
    return cron_made(text, std::chrono::seconds(0), zone);
}

Result<Made> cron_made(const std::string& pattern, std::chrono::seconds delay,
                       const base::TimeZone& zone) {
    auto patterns = TRY(parse_cron(pattern));
    return Made{std::make_shared<CronRhythm>(std::move(patterns), zone), delay};
}

}  // namespace mogura::schedule
