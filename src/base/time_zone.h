// Time zones, where a person wrote or reads a time.
//
// Spellings are those of Java's ZoneId, which Digdag and Embulk use: region names
// ("Asia/Tokyo"), "UTC" / "GMT" / "UT" / "Z", offsets ("+09:00", "+0900", "+9", "+09:00:30") and
// prefixed offsets ("UTC+9", "GMT-03:30"). Regions come from the system's tz database; it is read
// on the first region and never for UTC and fixed offsets. Values are cheap to copy and immutable.

#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::base {

// A date and time of day without a zone.
struct LocalTime {
    int64_t year = 1970;
    int month = 1;  // 1 to 12
    int day = 1;    // 1 to 31
    int hour = 0;
    int minute = 0;
    int second = 0;
    int nanosecond = 0;

    bool operator==(const LocalTime&) const = default;
    auto operator<=>(const LocalTime&) const = default;
};

// Days since 1970-01-01 in the proleptic Gregorian calendar, for any year; and back.
int64_t days_from_civil(int64_t year, int month, int day);
LocalTime civil_from_days(int64_t days);
// Seconds since 1970-01-01T00:00:00 as if the local time were UTC.
int64_t seconds_of(const LocalTime& local);
LocalTime local_of_seconds(int64_t seconds);
int days_in_month(int64_t year, int month);
// 0 is Sunday.
int weekday_of(int64_t days);

class TimeZone {
  public:
    // UTC.
    TimeZone() = default;
    // Fails with kInvalid: "unknown time zone: X (did you mean ...?)".
    static Result<TimeZone> find(std::string_view name);
    static TimeZone fixed(std::chrono::seconds offset);

    // As it was written.
    const std::string& name() const { return name_; }
    bool is_fixed() const { return region_ == nullptr; }

    // Local time minus UTC at that instant; seconds since 1970 UTC.
    std::chrono::seconds offset_at(int64_t unix_seconds) const;
    LocalTime to_local(Instant instant) const;
    // Seconds since 1970 UTC. A local time in a gap moves forward by the gap's length; of two
    // possible instants the earlier one is taken (Java's ZonedDateTime.of).
    int64_t to_unix_seconds(const LocalTime& local) const;
    Instant to_instant(const LocalTime& local) const;
    // The name of the zone at that instant, such as "JST", "PDT" or "+0330".
    std::string abbreviation_at(int64_t unix_seconds) const;

  private:
    std::string name_ = "UTC";
    const void* region_ = nullptr;  // a zone of the tz database, which lives for ever
    std::chrono::seconds offset_{0};
};

// "+09:00" (with_colon) or "+0900".
std::string format_offset(std::chrono::seconds offset, bool with_colon);
// "2026-03-10T00:00:00+09:00": how Digdag writes session_time; UTC is "+00:00".
std::string format_iso(Instant instant, const TimeZone& zone);
// The same text, or one with another spelling of the offset ("Z"); nothing when it is no such time.
std::optional<Instant> parse_iso(std::string_view text);

}  // namespace mogura::base
