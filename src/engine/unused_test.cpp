#include "engine/unused.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

config::Map map_of(const char* json) {
    return config::parse_json(json, "")->map();
}

// digdag 1.6.8
TEST(Unused, NamesWhatNobodyReadsAndWhatMayBeMeant) {
    config::Map local = map_of(
        R"({"wait>": "1s", "pol_interval": "1s", "blocking": true, "depends_on": 1, "_retry": 3})");
    EXPECT_THAT(
        unused_lines("+w+a", local, {"blocking", "poll_interval"}),
        ElementsAre(
            "Parameter 'pol_interval' is not used at task +w+a > Did you mean [poll_interval]?",
            "Parameter 'depends_on' is not used at task +w+a"));
    EXPECT_THAT(
        unused_lines("+w+a", map_of(R"({"x": 1, "y": 2, "z": 3, "echo>": "y ${a.x + xy} y"})"), {}),
        ElementsAre("Parameter 'y' is not used at task +w+a",
                    "Parameter 'z' is not used at task +w+a"));
    EXPECT_THAT(unused_lines("+w+a", map_of(R"({"_type": "echo", "_command": "x"})"), {}),
                IsEmpty());
}

// digdag 1.6.8
TEST(Unused, OnlyThreeOperatorsAreReportedByTheOriginal) {
    for (const char* word : {"echo", "if", "wait"}) {
        EXPECT_TRUE(reports_unused(Compatibility::kStrict, word)) << word;
        EXPECT_TRUE(reports_unused(Compatibility::kFixed, word)) << word;
    }
    for (const char* word : {"loop", "for_each", "for_range", "call"}) {
        EXPECT_FALSE(reports_unused(Compatibility::kStrict, word)) << word;
        EXPECT_TRUE(reports_unused(Compatibility::kFixed, word)) << word;
    }
    EXPECT_TRUE(unused_is_an_error_line(Compatibility::kStrict));
    EXPECT_FALSE(unused_is_an_error_line(Compatibility::kFixed));
}

}  // namespace
}  // namespace mogura::engine
