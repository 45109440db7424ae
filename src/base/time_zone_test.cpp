#include "base/time_zone.h"

#include <gtest/gtest.h>

namespace mogura::base {
namespace {

Instant at(int64_t unix_seconds) {
    return Instant(std::chrono::seconds(unix_seconds));
}

TEST(TimeZone, ReadsEverySpellingOfAFixedOffset) {
    for (const char* name : {"+09:00", "+0900", "+9", "+09", "UTC+9", "GMT+09:00", "UT+0900"}) {
        auto zone = TimeZone::find(name);
        ASSERT_TRUE(zone.ok()) << name;
        EXPECT_EQ(zone->offset_at(0), std::chrono::hours(9)) << name;
    }
}

TEST(TimeZone, FindsRegionsAndTheirDaylightSaving) {
    auto zone = TimeZone::find("America/Los_Angeles");
    ASSERT_TRUE(zone.ok());
    EXPECT_EQ(zone->offset_at(1425800000), std::chrono::hours(-8));
    EXPECT_EQ(zone->offset_at(1436000000), std::chrono::hours(-7));
    EXPECT_EQ(zone->abbreviation_at(1436000000), "PDT");
}

TEST(TimeZone, MovesAGapForwardAndTakesTheEarlierOfTwo) {
    auto zone = TimeZone::find("America/Los_Angeles");
    ASSERT_TRUE(zone.ok());
    LocalTime gap{.year = 2015, .month = 3, .day = 8, .hour = 2, .minute = 30};
    EXPECT_EQ(format_iso(zone->to_instant(gap), TimeZone()), "2015-03-08T10:30:00+00:00");
    LocalTime twice{.year = 2015, .month = 11, .day = 1, .hour = 1, .minute = 30};
    EXPECT_EQ(format_iso(zone->to_instant(twice), TimeZone()), "2015-11-01T08:30:00+00:00");
}

TEST(TimeZone, SuggestsTheNearestName) {
    auto zone = TimeZone::find("Asia/Tokio");
    ASSERT_FALSE(zone.ok());
    EXPECT_NE(zone.error().message().find("did you mean Asia/Tokyo?"), std::string::npos);
}

TEST(TimeZone, GoesToLocalAndBackBeforeTheEpoch) {
    LocalTime local = TimeZone().to_local(at(-1));
    EXPECT_EQ(
        local,
        (LocalTime{.year = 1969, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 59}));
    EXPECT_EQ(TimeZone().to_instant(local), at(-1));
}

// Every day of the usual years, and some where the formulas change.
TEST(Days, FollowEachOtherInTheCalendar) {
    auto follow = [](int64_t first, int64_t last) {
        LocalTime day = civil_from_days(first);
        for (int64_t days = first + 1; days <= last; ++days) {
            bool is_last = day.day == days_in_month(day.year, day.month);
            day.day = is_last ? 1 : day.day + 1;
            if (is_last) day.month = day.month == 12 ? 1 : day.month + 1;
            if (is_last && day.month == 1) ++day.year;
            ASSERT_EQ(civil_from_days(days), day) << days;
            ASSERT_EQ(days_from_civil(day.year, day.month, day.day), days);
        }
    };
    EXPECT_EQ(civil_from_days(0), (LocalTime{.year = 1970, .month = 1, .day = 1}));
    follow(-720'000, 300'000);       // from before the year 0 to the year 2791
    follow(2'930'000, 2'940'000);    // the year 9999
    follow(35'275'000, 35'285'000);  // where the short formulas end
    follow(35'800'000, 35'810'000);
}

TEST(ParseIso, ReadsBackWhatFormatIsoWrites) {
    auto tokyo = TimeZone::find("Asia/Tokyo");
    ASSERT_TRUE(tokyo.ok());
    for (int64_t seconds : {int64_t{1'710'028'800}, int64_t{-1}, int64_t{0}}) {
        EXPECT_EQ(parse_iso(format_iso(at(seconds), *tokyo)), at(seconds));
        EXPECT_EQ(parse_iso(format_iso(at(seconds), TimeZone())), at(seconds));
    }
    EXPECT_EQ(parse_iso("1970-01-01T09:00:00+0900"), at(0));
    EXPECT_EQ(parse_iso("1970-01-01T00:00:01Z"), at(1));
    for (const char* text : {"", "1970-01-01", "1970-01-01 00:00:00Z", "1970-01-01T00:00:00",
                             "1970-01-01T00:00:00 nowhere"}) {
        EXPECT_EQ(parse_iso(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace mogura::base
