#include "plugins/simple_date_pattern.h"

#include "load/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::plugins {
namespace {

// 2021-05-06 07:08:09.010 in the zone.
std::string shown(const std::string& pattern, const std::string& zone = "UTC") {
    auto steps = strftime_of_simple_date(pattern, zone == "UTC");
    if (!steps.ok()) return "error: " + steps.error().message();
    auto formatter = load::TimestampFormatter::compile(*steps, zone);
    if (!formatter.ok()) return "error: " + formatter.error().message();
    std::string text;
    formatter->format({.seconds = 1'620'284'889, .nanoseconds = 10'000'000}, text);
    return text;
}

TEST(SimpleDatePattern, WritesAsJava) {
    EXPECT_EQ(shown("yyyy-MM-dd'T'HH:mm:ss.SSSZ"), "2021-05-06T07:08:09.010+0000");
    EXPECT_EQ(shown("y yy yyy yyyyy|M MM MMM MMMM|d dd ddd"),
              "2021 21 2021 02021|5 05 May May|6 06 006");
    EXPECT_EQ(shown("H HH h hh m mm s ss a|D DDD|E EEEE"),
              "7 07 7 07 8 08 9 09 AM|126 126|Thu Thursday");
    EXPECT_EQ(shown("yyyy'year'''MM''%d"), "2021year'05'%6");
    EXPECT_EQ(shown("X XX XXX Z z"), "Z Z Z +0000 UTC");
    EXPECT_EQ(shown("HH XX XXX Z z", "Asia/Tokyo"), "16 +0900 +09:00 +0900 JST");
}

TEST(SimpleDatePattern, NamesWhatItCannotWrite) {
    for (const char* letters : {"YYYY", "S", "SSSSSS", "k", "K", "G", "w", "u", "zzzz", "T"}) {
        EXPECT_THAT(shown(letters),
                    testing::StartsWith("error: '" + std::string(letters) + "' in the pattern"));
    }
    EXPECT_THAT(shown("X", "Asia/Tokyo"), testing::HasSubstr("'X' in the pattern 'X'"));
    EXPECT_EQ(shown("yyyy'T"), "error: the pattern 'yyyy'T' lacks a quote (')");
}

}  // namespace
}  // namespace mogura::plugins
