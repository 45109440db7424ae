#include "base/time_text.h"

#include <gtest/gtest.h>

namespace mogura::base {
namespace {

// digdag 4.0.6
TEST(TimeText, DurationsNeedUnitsInOrder) {
    EXPECT_EQ(*parse_duration("1h 30m"), std::chrono::seconds(5'400));
    EXPECT_EQ(*parse_duration("2D4s"), std::chrono::seconds(2 * 86'400 + 4));
    EXPECT_EQ(*parse_duration(" 1 H "), std::chrono::hours(1));
    for (const char* bad : {"", " ", "10", "1m 1h", "1h 1h", "1x", "h", "-1h", "1.5h",
                            "99999999999999999d", "1000000000d"}) {
        EXPECT_FALSE(parse_duration(bad).ok()) << bad;
    }
}

// digdag 9.3.3
TEST(TimeText, LocalTimesAreReadByPosition) {
    EXPECT_EQ(parse_local_time("2026-03-10"), (LocalTime{.year = 2026, .month = 3, .day = 10}));
    EXPECT_EQ(parse_local_time("2024-02-29 23:59:58"), (LocalTime{2024, 2, 29, 23, 59, 58, 0}));
    for (const char* bad :
         {"", "2026-3-1", "2026-03-1", "2026-03-0100:00:00", "2026-03-01 -1:-1:00",
          "2026-03-01 1:00:00", "2026-03-01 00:00", "2026-03-01T00:00:00", " 2026-03-01",
          "2026-03-01 ", "2026- 3- 1", "-026-03-01", "2026-02-29", "2026-13-01", "2026-00-01",
          "2026-03-00", "2026-03-01 24:00:00", "2026-03-01 00:60:00", "2026-03-01 00:00:60"}) {
        EXPECT_EQ(parse_local_time(bad), std::nullopt) << bad;
    }
}

}  // namespace
}  // namespace mogura::base
