#include "calendar.h"

#include <charconv>
#include <chrono>
#include <cstdio>

namespace ad_delivery {
namespace {

constexpr int kHoursBefore = 2 * kPastHours;

std::chrono::year_month_day date_of(int64_t second) {
    const auto days = std::chrono::floor<std::chrono::days>(std::chrono::seconds(second));
    return std::chrono::year_month_day(std::chrono::sys_days(days));
}

std::string digits(int64_t value, int width) {
    std::string text = std::to_string(value);
    return std::string(static_cast<size_t>(width) - text.size(), '0') + text;
}

}  // namespace

std::optional<int64_t> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    int parts[3] = {};
    const std::string_view fields[3] = {text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)};
    for (int i = 0; i < 3; ++i) {
        const char* end = fields[i].data() + fields[i].size();
        const auto [stop, error] = std::from_chars(fields[i].data(), end, parts[i]);
        if (error != std::errc() || stop != end) return std::nullopt;
    }
    const auto date = std::chrono::year(parts[0]) / parts[1] / parts[2];
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count() * kDay;
}

std::string date_text(int64_t second) {
    const auto date = date_of(second);
    return digits(static_cast<int>(date.year()), 4) + "-" +
           digits(static_cast<unsigned>(date.month()), 2) + "-" +
           digits(static_cast<unsigned>(date.day()), 2);
}

std::string hour_text(int64_t second) {
    return date_text(second) + " " + digits(second % kDay / kHour, 2) + ":00";
}

std::string second_text(int64_t second) {
    return date_text(second) + " " + digits(second % kDay / kHour, 2) + ":" +
           digits(second % kHour / 60, 2) + ":" + digits(second % 60, 2);
}

FastClock::FastClock(int64_t day) : first_(day - kHoursBefore * kHour) {
    for (int hour = 0; hour < kHoursBefore + 48; ++hour) {
        hours_.push_back(second_text(first_ + hour * kHour).substr(0, 14));
    }
}

void FastClock::append(std::string& out, int64_t second) const {
    const int64_t since = second - first_;
    const int in_hour = static_cast<int>(since % kHour);
    out += hours_[static_cast<size_t>(since / kHour)];
    const int minute = in_hour / 60;
    const int rest = in_hour % 60;
    const char tail[5] = {static_cast<char>('0' + minute / 10),
                          static_cast<char>('0' + minute % 10), ':',
                          static_cast<char>('0' + rest / 10), static_cast<char>('0' + rest % 10)};
    out.append(tail, sizeof tail);
}

}  // namespace ad_delivery
