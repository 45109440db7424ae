#include "engine/sla.h"

#include <gtest/gtest.h>

namespace mogura::engine {
namespace {

base::TimeZone tokyo() {
    return *base::TimeZone::find("Asia/Tokyo");
}

config::Map root(const std::string& sla) {
    return config::parse_yaml("sla: " + sla, {})->map();
}

// When an attempt is late that began at that time in Tokyo.
std::string late_at(const std::string& sla, const std::string& run_time) {
    auto at =
        sla_time(root(sla), *base::parse_iso(run_time + "+09:00"), tokyo(), Compatibility::kFixed);
    if (!at.ok()) return at.error().message();
    return at->has_value() ? base::format_iso(**at, tokyo()).substr(0, 19) : "never";
}

std::string refusal(const std::string& sla, Compatibility compatibility) {
    auto at = sla_time(root(sla), base::Instant{}, base::TimeZone(), compatibility);
    return at.ok() ? "" : at.error().message();
}

// digdag 5.6.2
TEST(SlaTime, TimeIsThatOfTheDayOrADayLater) {
    EXPECT_EQ(late_at("{time: 08:00}", "2026-03-10T02:00:00"), "2026-03-10T08:00:00");
    EXPECT_EQ(late_at("{time: 08:00:30}", "2026-03-10T08:00:30"), "2026-03-10T08:00:30");
    EXPECT_EQ(late_at("{time: 08:00}", "2026-03-10T08:00:01"), "2026-03-11T08:00:00");
    EXPECT_EQ(late_at("{time: 25:00}", "2026-03-10T02:00:00"), "2026-03-11T01:00:00");
    EXPECT_EQ(late_at("{time: 00:00}", "2026-12-31T23:59:59"), "2027-01-01T00:00:00");
}

// digdag 5.6.2
TEST(SlaTime, DurationBeginsWithTheRun) {
    EXPECT_EQ(late_at("{duration: 00:30}", "2026-03-10T23:45:00"), "2026-03-11T00:15:00");
    EXPECT_EQ(late_at("{duration: 100:00:05}", "2026-03-10T00:00:00"), "2026-03-14T04:00:05");
    base::Instant start{std::chrono::microseconds(1'700'000'000'250'000)};
    auto at = sla_time(root("{duration: 00:00:01}"), start, tokyo(), Compatibility::kFixed);
    EXPECT_EQ(**at, start + std::chrono::seconds(1));
}

TEST(SlaTime, IsNeverWithoutSla) {
    auto at = sla_time({}, base::Instant{}, base::TimeZone(), Compatibility::kFixed);
    EXPECT_FALSE(at->has_value());
}

// digdag 5.6.1, 5.6.5
TEST(SlaTime, RefusesWhatItCannotRead) {
    const std::string needs_one =
        "SLA must be specified using either the 'time' or 'duration' option";
    const std::string form = " option needs to be HH:MM or HH:MM:SS format: ";
    for (auto compatibility : {Compatibility::kFixed, Compatibility::kStrict}) {
        EXPECT_EQ(refusal("{+late: {echo>: x}}", compatibility), needs_one);
        EXPECT_EQ(refusal("{time: 01:00, duration: 01:00}", compatibility), needs_one);
        EXPECT_EQ(refusal("", compatibility), needs_one);
        EXPECT_EQ(refusal("soon", compatibility), "Parameter 'sla' must be an object");
    }
    for (const char* text : {"xx", "1", "'1:2:3:4'", "'1:'", "'1:x'", "'1:99999999999'"}) {
        EXPECT_NE(refusal("{time: " + std::string(text) + "}", Compatibility::kFixed), "") << text;
    }
    EXPECT_EQ(refusal("{time: xx}", Compatibility::kFixed), "SLA time" + form + "xx");
    EXPECT_EQ(refusal("{duration: xx}", Compatibility::kFixed), "SLA duration" + form + "xx");
    EXPECT_EQ(refusal("{time: xx}", Compatibility::kStrict), "SLA time" + form + "Optional.of(xx)");
    EXPECT_EQ(refusal("{duration: xx}", Compatibility::kStrict),
              "SLA duration" + form + "Optional.absent()");
}

// digdag 5.6.3
TEST(LateTasks, AreTheKeysThatAreLeft) {
    LateTasks late =
        late_tasks(root("{time: 01:00, fail: 'true', +late: {echo>: x}}").find("sla")->map());
    EXPECT_TRUE(late.is_told);
    EXPECT_TRUE(late.is_failed);
    EXPECT_EQ(config::to_json(late.tasks), R"({"+late":{"echo>":"x"}})");
    late = late_tasks(root("{duration: 01:00, alert: false, fail: x}").find("sla")->map());
    EXPECT_FALSE(late.is_told);
    EXPECT_FALSE(late.is_failed);
    EXPECT_TRUE(late.tasks.empty());
}

}  // namespace
}  // namespace mogura::engine
