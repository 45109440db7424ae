// Seconds since 1970 (UTC) as text, quickly.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ad_delivery {

constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;
constexpr int kPastHours = 72;  // three earlier days

// "2026-03-10" to the first second of that day; nothing if it is no date.
std::optional<int64_t> parse_date(std::string_view text);

std::string date_text(int64_t second);    // 2026-03-10
std::string hour_text(int64_t second);    // 2026-03-10 07:00
std::string second_text(int64_t second);  // 2026-03-10 07:05:09

// The same as `second_text`, for the hours around one day, from a table.
class FastClock {
  public:
    explicit FastClock(int64_t day);
    void append(std::string& out, int64_t second) const;

  private:
    int64_t first_;
    std::vector<std::string> hours_;  // "2026-03-10 07:"
};

}  // namespace ad_delivery
