// cron4j's patterns and what it predicts from them (spec digdag 5.2.3 to 5.2.8).
//
// Five fields: minute, hour, day of month, month, day of week; all must match. Lists, ranges that
// may wrap around, steps, names, L for the last day; several patterns joined by '|'. A match in a
// spring gap moves forward; of two equal local times in autumn the later is meant.

#pragma once

#include "base/result.h"
#include "base/time_zone.h"
#include "schedule/schedule.h"

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::schedule {

struct CronPattern {
    std::bitset<60> minutes;
    std::bitset<24> hours;
    std::bitset<32> days;  // of the month, from 1
    bool last_day = false;
    std::bitset<13> months;   // from 1
    std::bitset<7> weekdays;  // 0 is Sunday

    bool has_day(int64_t year, int month, int day) const;
};

// "0 5 * * *|30 8 * * mon". Fails with kInvalid and the part that is wrong.
Result<std::vector<CronPattern>> parse_cron(std::string_view text);

class CronRhythm final : public Rhythm {
  public:
    CronRhythm(std::vector<CronPattern> patterns, base::TimeZone zone)
        : patterns_(std::move(patterns)), zone_(std::move(zone)) {}

    base::Instant after(base::Instant time) const override;
    base::Instant before(base::Instant time) const override;

  private:
    bool matches(int64_t unix_seconds) const;

    const std::vector<CronPattern> patterns_;
    const base::TimeZone zone_;
};

}  // namespace mogura::schedule
