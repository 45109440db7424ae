#include "load/timestamp_fields.h"

#include "base/text.h"

#include <string>
#include <vector>

namespace mogura::load {
namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86400;

page::Timestamp normalized(int64_t seconds, int64_t nanoseconds) {
    seconds += nanoseconds / kNanosecondsPerSecond;
    nanoseconds %= kNanosecondsPerSecond;
    if (nanoseconds < 0) {
        nanoseconds += kNanosecondsPerSecond;
        --seconds;
    }
    return {seconds, static_cast<int32_t>(nanoseconds)};
}

page::Timestamp from_epoch(const TimestampFields& fields) {
    int64_t nanoseconds = fields.is_epoch_negative ? -fields.nanoseconds : fields.nanoseconds;
    if (!fields.has(TimestampFields::kEpochMilliseconds)) {
        return normalized(fields.epoch, nanoseconds);
    }
    int64_t rest = fields.epoch % 1000;
    return normalized(fields.epoch / 1000, rest * 1'000'000 + nanoseconds);
}

int64_t year_of(const TimestampFields& fields, const TimestampDefaults& defaults) {
    if (fields.has(TimestampFields::kYear)) return fields.year;
    if (!fields.has(TimestampFields::kShortYear)) return defaults.date.year;
    if (fields.has(TimestampFields::kCentury)) return fields.century * 100 + fields.short_year;
    return fields.short_year + (fields.short_year >= 69 ? 1900 : 2000);
}

// Days since 1970; a day beyond its month's end counts on into the next one.
std::optional<int64_t> days_of(const TimestampFields& fields, const TimestampDefaults& defaults) {
    int64_t year = year_of(fields, defaults);
    if (fields.has(TimestampFields::kDayOfYear)) {
        int days_in_year = 337 + base::days_in_month(year, 2);
        if (fields.day_of_year > days_in_year && defaults.is_strict) return std::nullopt;
        return base::days_from_civil(year, 1, 1) + fields.day_of_year - 1;
    }
    int month = fields.has(TimestampFields::kMonth) ? fields.month : defaults.date.month;
    int day = fields.has(TimestampFields::kDay) ? fields.day : defaults.date.day;
    if (defaults.is_strict && day > base::days_in_month(year, month)) return std::nullopt;
    return base::days_from_civil(year, month, 1) + day - 1;
}

}  // namespace

bool resolve_timestamp(const TimestampFields& fields, const TimestampDefaults& defaults,
                       page::Timestamp& timestamp) {
    if (fields.has(TimestampFields::kEpochSeconds | TimestampFields::kEpochMilliseconds)) {
        timestamp = from_epoch(fields);
        return true;
    }
    auto days = days_of(fields, defaults);
    if (!days) return false;
    int hour = fields.hour;
    if (fields.has(TimestampFields::kHalfDay)) hour = hour % 12 + fields.half_day_hours;
    int second = fields.second == 60 && !defaults.is_strict ? 59 : fields.second;
    int64_t local = *days * kSecondsPerDay + hour * 3600 + fields.minute * 60 + second;

    const base::TimeZone* region = nullptr;
    int64_t offset = fields.zone.offset_seconds;
    if (fields.has(TimestampFields::kZone)) {
        region = fields.zone.region;
    } else if (defaults.zone.is_fixed()) {
        offset = defaults.zone.offset_at(0).count();
    } else {
        region = &defaults.zone;
    }
    int64_t instant =
        region ? region->to_unix_seconds(base::local_of_seconds(local)) : local - offset;
    timestamp = normalized(instant, fields.nanoseconds);
    return true;
}

std::optional<base::LocalTime> parse_default_date(std::string_view text) {
    std::vector<std::string> parts = base::split(text, '-');
    if (parts.size() != 3) return std::nullopt;
    auto year = base::parse_integer(parts[0]);
    auto month = base::parse_integer(parts[1]);
    auto day = base::parse_integer(parts[2]);
    if (!year || !month || !day || *month < 1 || *month > 12 || *day < 1 ||
        *day > base::days_in_month(*year, static_cast<int>(*month))) {
        return std::nullopt;
    }
    return base::LocalTime{
        .year = *year, .month = static_cast<int>(*month), .day = static_cast<int>(*day)};
}

}  // namespace mogura::load
