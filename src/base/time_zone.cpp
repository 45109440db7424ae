#include "base/time_zone.h"

#include "base/text.h"

#define USE_OS_TZDB 1  // as the packaged library was built: its types depend on it
#include <date/tz.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <vector>

namespace mogura::base {
namespace {

using std::chrono::seconds;

const date::time_zone& region_of(const void* region) {
    return *static_cast<const date::time_zone*>(region);
}

// "+9", "+09", "+0900", "+09:00", "+09:00:30"; at most 18 hours.
std::optional<seconds> parse_offset(std::string_view text) {
    if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    int sign = text[0] == '-' ? -1 : 1;
    std::string digits;
    bool colons = text.find(':') != std::string_view::npos;
    for (size_t index = 1; index < text.size(); ++index) {
        bool colon_place = colons && (index == 3 || index == 6);
        if (colon_place != (text[index] == ':')) return std::nullopt;
        if (colon_place) continue;
        if (text[index] < '0' || text[index] > '9') return std::nullopt;
        digits += text[index];
    }
    if (digits.size() == 1) digits.insert(0, "0");
    if (digits.size() != 2 && digits.size() != 4 && digits.size() != 6) return std::nullopt;
    digits.resize(6, '0');
    int hours = std::atoi(digits.substr(0, 2).c_str());
    int minutes = std::atoi(digits.substr(2, 2).c_str());
    int rest = std::atoi(digits.substr(4, 2).c_str());
    int total = hours * 3600 + minutes * 60 + rest;
    if (minutes > 59 || rest > 59 || total > 18 * 3600) return std::nullopt;
    return seconds(sign * total);
}

// Everything that needs no tz database.
std::optional<seconds> parse_fixed(std::string_view name) {
    constexpr std::array<std::string_view, 4> kZero = {"Z", "UTC", "GMT", "UT"};
    for (std::string_view zero : kZero) {
        if (name == zero) return seconds(0);
    }
    for (std::string_view prefix : {"UTC", "GMT", "UT"}) {
        if (name.starts_with(prefix)) {
            if (auto offset = parse_offset(name.substr(prefix.size()))) return offset;
        }
    }
    return parse_offset(name);
}

std::vector<std::string> known_regions() {
    std::vector<std::string> names;
    for (const auto& zone : date::get_tzdb().zones) names.push_back(zone.name());
    return names;
}

// From 0000-03-01, with which the years of these formulas begin.
constexpr int64_t kDaysBefore1970 = 719468;

// Without a division that depends on another: C. Neri, L. Schneider, "Euclidean affine functions
// and their application to calendar algorithms" (2023), where the numbers are derived.
LocalTime civil_of_usual_years(uint32_t days) {
    const uint32_t quarters = 4 * days + 3;
    const uint32_t century = quarters / 146097;
    const uint32_t day_of_century = quarters % 146097 / 4;
    const uint64_t years = uint64_t{2939745} * (4 * day_of_century + 3);
    const auto year_of_century = static_cast<uint32_t>(years >> 32);
    const uint32_t day_of_year = static_cast<uint32_t>(years) / 2939745 / 4;
    const uint32_t month_and_day = 2141 * day_of_year + 197913;
    const bool is_next_year = day_of_year >= 306;
    LocalTime local;
    local.year = 100 * century + year_of_century + (is_next_year ? 1 : 0);
    local.month = static_cast<int>((month_and_day >> 16) - (is_next_year ? 12 : 0));
    local.day = static_cast<int>((month_and_day & 0xffff) / 2141 + 1);
    return local;
}

}  // namespace

int64_t days_from_civil(int64_t year, int month, int day) {
    year -= month <= 2 ? 1 : 0;
    if (year >= 0 && year < 100'000) {  // no eras, and half the bits
        const auto short_year = static_cast<uint32_t>(year);
        const uint32_t century = short_year / 100;
        const auto shifted = static_cast<uint32_t>(month + (month > 2 ? -3 : 9));
        const uint32_t before = short_year * 365 + short_year / 4 - century + century / 4;
        return int64_t{before} + (153 * shifted + 2) / 5 + day - 1 - kDaysBefore1970;
    }
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - kDaysBefore1970;
}

LocalTime civil_from_days(int64_t days) {
    days += kDaysBefore1970;
    if (days >= 0 && days < 36'000'000) return civil_of_usual_years(static_cast<uint32_t>(days));
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    LocalTime local;
    local.day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    local.month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    local.year = year_of_era + era * 400 + (local.month <= 2 ? 1 : 0);
    return local;
}

int64_t seconds_of(const LocalTime& local) {
    return days_from_civil(local.year, local.month, local.day) * 86400 + local.hour * 3600 +
           local.minute * 60 + local.second;
}

LocalTime local_of_seconds(int64_t total) {
    int64_t days = total >= 0 ? total / 86400 : -((-total + 86399) / 86400);
    int rest = static_cast<int>(total - days * 86400);
    LocalTime local = civil_from_days(days);
    local.hour = rest / 3600;
    local.minute = rest / 60 % 60;
    local.second = rest % 60;
    return local;
}

int days_in_month(int64_t year, int month) {
    constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : kDays[static_cast<size_t>(month - 1)];
}

int weekday_of(int64_t days) {
    return static_cast<int>(((days + 4) % 7 + 7) % 7);
}

Result<TimeZone> TimeZone::find(std::string_view name) {
    TimeZone zone;
    zone.name_ = name;
    if (auto offset = parse_fixed(name)) {
        zone.offset_ = *offset;
        return zone;
    }
    try {
        zone.region_ = date::locate_zone(zone.name_);
        return zone;
    } catch (const std::exception&) {
        return Error(Code::kInvalid, "unknown time zone: " + zone.name_ +
                                         did_you_mean(zone.name_, known_regions()));
    }
}

TimeZone TimeZone::fixed(seconds offset) {
    TimeZone zone;
    zone.offset_ = offset;
    zone.name_ = offset == seconds(0) ? "UTC" : format_offset(offset, /*with_colon=*/true);
    return zone;
}

seconds TimeZone::offset_at(int64_t unix_seconds) const {
    if (!region_) return offset_;
    return region_of(region_).get_info(date::sys_seconds(seconds(unix_seconds))).offset;
}

LocalTime TimeZone::to_local(Instant instant) const {
    auto whole = std::chrono::floor<seconds>(instant);
    int64_t unix_seconds = whole.time_since_epoch().count();
    LocalTime local = local_of_seconds(unix_seconds + offset_at(unix_seconds).count());
    local.nanosecond = static_cast<int>(std::chrono::nanoseconds(instant - whole).count());
    return local;
}

int64_t TimeZone::to_unix_seconds(const LocalTime& local) const {
    int64_t as_utc = seconds_of(local);
    if (!region_) return as_utc - offset_.count();
    auto info = region_of(region_).get_info(date::local_seconds(seconds(as_utc)));
    return as_utc - info.first.offset.count();
}

Instant TimeZone::to_instant(const LocalTime& local) const {
    return Instant(seconds(to_unix_seconds(local)) +
                   std::chrono::microseconds(local.nanosecond / 1000));
}

std::string TimeZone::abbreviation_at(int64_t unix_seconds) const {
    if (region_)
        return region_of(region_).get_info(date::sys_seconds(seconds(unix_seconds))).abbrev;
    return offset_ == seconds(0) ? "UTC" : format_offset(offset_, /*with_colon=*/true);
}

std::string format_offset(seconds offset, bool with_colon) {
    int64_t total = std::abs(offset.count());
    return fmt::format("{}{:02}{}{:02}", offset < seconds(0) ? '-' : '+', total / 3600,
                       with_colon ? ":" : "", total / 60 % 60);
}

std::string format_iso(Instant instant, const TimeZone& zone) {
    LocalTime local = zone.to_local(instant);
    int64_t unix_seconds = std::chrono::floor<seconds>(instant).time_since_epoch().count();
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}", local.year, local.month, local.day,
                       local.hour, local.minute, local.second,
                       format_offset(zone.offset_at(unix_seconds), /*with_colon=*/true));
}

std::optional<Instant> parse_iso(std::string_view text) {
    LocalTime local;
    int year = 0;
    int length = 0;
    std::string copy(text);
    if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &local.month, &local.day,
                    &local.hour, &local.minute, &local.second, &length) != 6) {
        return std::nullopt;
    }
    local.year = year;
    auto zone = TimeZone::find(copy.substr(static_cast<size_t>(length)));
    if (!zone.ok()) return std::nullopt;
    return zone->to_instant(local);
}

}  // namespace mogura::base
