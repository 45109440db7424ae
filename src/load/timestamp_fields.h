// What a timestamp text said, field by field, and the instant that follows from it.

#pragma once

#include "base/time_zone.h"
#include "load/timestamp_zone.h"
#include "page/page.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mogura::load {

struct TimestampFields {
    enum Field : uint32_t {
        kYear = 1U << 0,
        kCentury = 1U << 1,
        kShortYear = 1U << 2,
        kMonth = 1U << 3,
        kDay = 1U << 4,
        kDayOfYear = 1U << 5,
        kEpochSeconds = 1U << 6,
        kEpochMilliseconds = 1U << 7,
        kZone = 1U << 8,
        kHalfDay = 1U << 9,
    };
    bool has(uint32_t field) const { return (present & field) != 0; }

    uint32_t present = 0;
    int64_t year = 0;
    int century = 0;
    int short_year = 0;
    int month = 0;
    int day = 0;
    int day_of_year = 0;
    int hour = 0;
    int half_day_hours = 0;  // 0: before noon, 12: after
    int minute = 0;
    int second = 0;
    int64_t nanoseconds = 0;  // the fraction; negative when it had a sign
    int64_t epoch = 0;
    bool is_epoch_negative = false;
    ZoneText zone;
};

// What holds where the text is silent.
struct TimestampDefaults {
    base::TimeZone zone;
    base::LocalTime date;    // only year, month and day count
    bool is_strict = false;  // "ruby:" and "java:": no 31 April; second 60 is the next second
};

// Spec embulk 6.3. False when there is no such date.
bool resolve_timestamp(const TimestampFields& fields, const TimestampDefaults& defaults,
                       page::Timestamp& timestamp);

// "2021-5-6".
std::optional<base::LocalTime> parse_default_date(std::string_view text);

}  // namespace mogura::load
