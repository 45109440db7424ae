#include "schedule/schedule.h"

#include "schedule/cron.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::schedule {
namespace {

using testing::HasSubstr;

base::TimeZone zone_of(const char* name) {
    auto zone = base::TimeZone::find(name);
    EXPECT_TRUE(zone.ok()) << name;
    return *zone;
}

// "2016-03-13T03:00:00-07:00"
base::Instant at(const std::string& text) {
    base::LocalTime local;
    int year = 0;
    int length = 0;
    EXPECT_EQ(std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &local.month,
                          &local.day, &local.hour, &local.minute, &local.second, &length),
              6)
        << text;
    local.year = year;
    return zone_of(text.c_str() + length).to_instant(local);
}

config::Map mapping_of(const std::string& yaml) {
    auto value = config::parse_yaml(yaml, {});
    EXPECT_TRUE(value.ok() && value->is_map()) << yaml;
    return value->map();
}

Schedule make(const std::string& yaml, const base::TimeZone& zone) {
    auto schedule = Schedule::create(mapping_of(yaml), zone);
    EXPECT_TRUE(schedule.ok()) << schedule.error().message();
    return *schedule;
}

struct Neighbours {
    const char* zone;
    const char* yaml;
    const char* session;
    const char* last;
    const char* next;
};

void expect_neighbours(const Neighbours& one) {
    base::TimeZone zone = zone_of(one.zone);
    Schedule schedule = make(one.yaml, zone);
    EXPECT_EQ(base::format_iso(schedule.last(at(one.session)).session, zone), one.last)
        << one.yaml << " before " << one.session;
    EXPECT_EQ(base::format_iso(schedule.next(at(one.session)).session, zone), one.next)
        << one.yaml << " after " << one.session;
}

// 5.2.3, 5.2.4, 5.2.5, 5.2.6, 5.2.9
TEST(Schedule, LastAndNext) {
    const Neighbours cases[] = {
        {"UTC", "cron>: '42 4 1 * *'", "2024-03-01T04:42:00Z", "2024-02-01T04:42:00+00:00",
         "2024-04-01T04:42:00+00:00"},
        {"UTC", "cron>: '0 0 13 * 5'", "2024-09-13T00:00:00Z", "2023-10-13T00:00:00+00:00",
         "2024-12-13T00:00:00+00:00"},
        {"UTC", "cron>: '0 0 L * *'", "2024-02-29T00:00:00Z", "2024-01-31T00:00:00+00:00",
         "2024-03-31T00:00:00+00:00"},
        {"UTC", "cron>: '0 0 l * *'", "2023-12-31T00:00:00Z", "2023-11-30T00:00:00+00:00",
         "2024-01-31T00:00:00+00:00"},
        {"UTC", "cron>: '5/10 0 * * *'", "2024-03-01T00:05:00Z", "2024-02-29T00:05:00+00:00",
         "2024-03-02T00:05:00+00:00"},
        {"UTC", "cron>: '5-59/20 8-18/5 * * *'", "2024-03-01T08:45:00Z",
         "2024-03-01T08:25:00+00:00", "2024-03-01T13:05:00+00:00"},
        {"UTC", "cron>: '5-59/20 8-18/5 * * *'", "2024-03-01T18:45:00Z",
         "2024-03-01T18:25:00+00:00", "2024-03-02T08:05:00+00:00"},
        {"UTC", "cron>: '0 0 * * 7'", "2024-03-03T00:00:00Z", "2024-02-25T00:00:00+00:00",
         "2024-03-10T00:00:00+00:00"},
        {"UTC", "cron>: '0\t0 * * SUN'", "2024-03-03T00:00:00Z", "2024-02-25T00:00:00+00:00",
         "2024-03-10T00:00:00+00:00"},
        {"UTC", "cron>: '0 22-2 * * *'", "2024-03-01T02:00:00Z", "2024-03-01T01:00:00+00:00",
         "2024-03-01T22:00:00+00:00"},
        {"UTC", "cron>: '0 0 * * fri-mon'", "2024-03-04T00:00:00Z", "2024-03-03T00:00:00+00:00",
         "2024-03-08T00:00:00+00:00"},
        {"UTC", "cron>: '0 5 * * *|30 8 * * mon'", "2024-03-03T05:00:00Z",
         "2024-03-02T22:00:00+00:00", "2024-03-04T05:00:00+00:00"},
        {"UTC", "cron>: '0 0 1 jan,JUL *'", "2024-01-01T00:00:00Z", "2023-07-01T00:00:00+00:00",
         "2024-07-01T00:00:00+00:00"},
        {"UTC", "hourly>: '30:00'", "2024-03-01T00:00:00Z", "2024-02-29T23:00:00+00:00",
         "2024-03-01T01:00:00+00:00"},
        {"UTC", "hourly>: '30:00'", "2024-03-01T10:20:30Z", "2024-03-01T10:00:00+00:00",
         "2024-03-01T11:00:00+00:00"},
        {"UTC", "minutes_interval>: 15", "2024-03-01T00:15:00Z", "2024-03-01T00:00:00+00:00",
         "2024-03-01T00:30:00+00:00"},
        {"UTC", "minutes_interval>: 15", "2024-03-01T00:20:00Z", "2024-03-01T00:15:00+00:00",
         "2024-03-01T00:30:00+00:00"},
        {"UTC", "minutes_interval>: 25", "2024-03-01T00:25:00Z", "2024-03-01T00:05:00+00:00",
         "2024-03-01T00:50:00+00:00"},
        {"UTC", "minutes_interval>: 90", "2024-03-01T05:00:00Z", "2024-03-01T04:00:00+00:00",
         "2024-03-01T06:00:00+00:00"},
        {"UTC", "monthly>: 1,09:00:00", "2024-03-01T00:00:00Z", "2024-02-01T00:00:00+00:00",
         "2024-04-01T00:00:00+00:00"},
        {"UTC", "monthly>: 1,09:00:00", "2024-01-15T00:00:00Z", "2024-01-01T00:00:00+00:00",
         "2024-02-01T00:00:00+00:00"},
        {"UTC", "monthly>: 31,09:00:00", "2024-03-31T00:00:00Z", "2024-01-31T00:00:00+00:00",
         "2024-05-31T00:00:00+00:00"},
        {"UTC", "weekly>: 'Wed,01:02:03'", "2024-03-06T00:00:00Z", "2024-02-28T00:00:00+00:00",
         "2024-03-13T00:00:00+00:00"},
        {"UTC", "weekly>: ' Wed , 01:02:03 '", "2024-03-06T00:00:00Z", "2024-02-28T00:00:00+00:00",
         "2024-03-13T00:00:00+00:00"},
        {"UTC", "weekly>: '0,01:02:03'", "2024-03-06T00:00:00Z", "2024-03-03T00:00:00+00:00",
         "2024-03-10T00:00:00+00:00"},
        {"UTC", "seconds_interval>: 90", "2024-03-01T00:01:30Z", "2024-03-01T00:00:00+00:00",
         "2024-03-01T00:03:00+00:00"},
        {"UTC", "seconds_interval>: 90", "2024-03-01T00:02:00Z", "2024-03-01T00:01:30+00:00",
         "2024-03-01T00:03:00+00:00"},
        {"Asia/Tokyo", "daily>: 07:00:00", "2024-03-01T00:00:00+09:00", "2024-02-29T00:00:00+09:00",
         "2024-03-02T00:00:00+09:00"},
    };
    for (const Neighbours& one : cases) expect_neighbours(one);
}

// 5.2.7, 5.2.8
TEST(Schedule, DaylightSaving) {
    const char* la = "America/Los_Angeles";
    const Neighbours cases[] = {
        {la, "daily>: 07:00:00", "2016-03-13T00:00:00-08:00", "2016-03-12T00:00:00-08:00",
         "2016-03-14T00:00:00-07:00"},
        {la, "daily>: 07:00:00", "2016-11-06T00:00:00-07:00", "2016-11-05T00:00:00-07:00",
         "2016-11-07T00:00:00-08:00"},
        {la, "cron>: '30 2 * * *'", "2016-03-12T02:30:00-08:00", "2016-03-11T02:30:00-08:00",
         "2016-03-13T03:30:00-07:00"},
        {la, "cron>: '30 2 * * *'", "2016-03-14T02:30:00-07:00", "2016-03-13T03:30:00-07:00",
         "2016-03-15T02:30:00-07:00"},
        {la, "cron>: '0 2 * * *'", "2016-03-12T02:00:00-08:00", "2016-03-11T02:00:00-08:00",
         "2016-03-13T03:00:00-07:00"},
        {la, "hourly>: '00:00'", "2016-03-13T01:00:00-08:00", "2016-03-13T00:00:00-08:00",
         "2016-03-13T03:00:00-07:00"},
        {la, "hourly>: '00:00'", "2016-03-13T03:00:00-07:00", "2016-03-13T01:00:00-08:00",
         "2016-03-13T04:00:00-07:00"},
        {la, "cron>: '*/30 * * * *'", "2016-03-13T01:30:00-08:00", "2016-03-13T01:00:00-08:00",
         "2016-03-13T03:00:00-07:00"},
        {la, "hourly>: '00:00'", "2016-11-06T00:00:00-07:00", "2016-11-05T23:00:00-07:00",
         "2016-11-06T01:00:00-08:00"},
        {la, "hourly>: '00:00'", "2016-11-06T02:00:00-08:00", "2016-11-06T01:00:00-07:00",
         "2016-11-06T03:00:00-08:00"},
        {la, "cron>: '*/30 * * * *'", "2016-11-06T00:30:00-07:00", "2016-11-06T00:00:00-07:00",
         "2016-11-06T01:00:00-08:00"},
        {la, "cron>: '30 1 * * *'", "2016-11-05T01:30:00-07:00", "2016-11-04T01:30:00-07:00",
         "2016-11-06T01:30:00-08:00"},
        {la, "cron>: '30 1 * * *'", "2016-11-07T01:30:00-08:00", "2016-11-06T01:30:00-08:00",
         "2016-11-08T01:30:00-08:00"},
        {"America/Sao_Paulo", "daily>: 00:00:00", "2017-10-14T00:00:00-03:00",
         "2017-10-13T00:00:00-03:00", "2017-10-15T01:00:00-02:00"},
    };
    for (const Neighbours& one : cases) expect_neighbours(one);
}

struct First {
    const char* zone;
    const char* yaml;
    const char* now;
    const char* session;
    const char* run;
};

// 5.2.1, 5.2.2, 5.2.10
TEST(Schedule, First) {
    const char* la = "America/Los_Angeles";
    const First cases[] = {
        {"UTC", "daily>: 07:00:00", "2024-03-01T11:43:00Z", "2024-03-02T00:00:00+00:00",
         "2024-03-02T07:00:00+00:00"},
        {"UTC", "daily>: 07:00:00", "2024-03-01T07:00:00Z", "2024-03-01T00:00:00+00:00",
         "2024-03-01T07:00:00+00:00"},
        {"UTC", "daily>: 07:00:00", "2024-03-01T07:00:01Z", "2024-03-02T00:00:00+00:00",
         "2024-03-02T07:00:00+00:00"},
        {la, "daily>: 07:00:00", "2016-03-13T00:00:00-08:00", "2016-03-13T00:00:00-08:00",
         "2016-03-13T08:00:00-07:00"},
        {la, "daily>: 07:00:00", "2016-11-06T00:00:00-07:00", "2016-11-06T00:00:00-07:00",
         "2016-11-06T06:00:00-08:00"},
        {"Asia/Tokyo", "{daily>: 07:00:00, start: 2050-01-01}", "2024-03-01T00:00:00Z",
         "2050-01-01T00:00:00+09:00", "2050-01-01T07:00:00+09:00"},
        {"UTC", "{daily>: 25:00:00, start: 2050-01-01}", "2024-03-01T00:00:00Z",
         "2050-01-01T00:00:00+00:00", "2050-01-02T01:00:00+00:00"},
        {"UTC", "{hourly>: '30:15', start: 2050-01-01}", "2024-03-01T00:00:00Z",
         "2050-01-01T00:00:00+00:00", "2050-01-01T00:30:15+00:00"},
        {"UTC", "{monthly>: '15,12:00:00', start: 2050-01-20}", "2024-03-01T00:00:00Z",
         "2050-02-15T00:00:00+00:00", "2050-02-15T12:00:00+00:00"},
        {"UTC", "{weekly>: 'Wed,01:02:03', start: 2050-01-01}", "2024-03-01T00:00:00Z",
         "2050-01-05T00:00:00+00:00", "2050-01-05T01:02:03+00:00"},
        {"UTC", "{daily>: 07:00:00, end: 2020-01-01}", "2024-03-01T00:00:00Z",
         "9999-01-01T00:00:00+00:00", "9999-01-01T00:00:00+00:00"},
        {"UTC", "{daily>: 07:00:00, end: 2024-03-01}", "2024-03-01T00:00:00Z",
         "2024-03-01T00:00:00+00:00", "2024-03-01T07:00:00+00:00"},
        {"UTC", "{cron>: '0 0 30 2 *'}", "2024-03-01T00:00:00Z", "9999-01-01T00:00:00+00:00",
         "9999-01-01T00:00:00+00:00"},
        {"UTC", "{cron>: '0 1 * * *', delay: 90}", "2024-03-01T00:00:00Z",
         "2024-03-01T01:00:00+00:00", "2024-03-01T01:01:30+00:00"},
        {"UTC", "{_type: daily, _command: 07:00:00}", "2024-03-01T00:00:00Z",
         "2024-03-01T00:00:00+00:00", "2024-03-01T07:00:00+00:00"},
    };
    for (const First& one : cases) {
        base::TimeZone zone = zone_of(one.zone);
        Time first = make(one.yaml, zone).first(at(one.now));
        EXPECT_EQ(base::format_iso(first.session, zone), one.session) << one.yaml;
        EXPECT_EQ(base::format_iso(first.run, zone), one.run) << one.yaml;
    }
}

TEST(Schedule, StartAndEndAreIgnoredLookingBack) {
    Schedule schedule = make("{daily>: 07:00:00, start: 2024-03-01, end: 2024-03-02}", {});
    EXPECT_EQ(schedule.last(at("2024-03-01T00:00:00Z")).session, at("2024-02-29T00:00:00Z"));
    EXPECT_EQ(schedule.next(at("2024-03-01T00:00:00Z")).session, at("2024-03-02T00:00:00Z"));
    EXPECT_EQ(schedule.next(at("2024-03-02T00:00:00Z")), never());
    EXPECT_EQ(schedule.next(at("2024-01-01T00:00:00Z")).session, at("2024-03-01T00:00:00Z"));
}

// A year of neighbours agrees with the hours of the year, whatever the zone does.
TEST(Schedule, NextFollowsNextForever) {
    for (const char* name : {"UTC", "America/Los_Angeles", "Asia/Kathmandu", "Europe/Dublin"}) {
        Schedule schedule = make("hourly>: '00:00'", zone_of(name));
        base::Instant time = at("2016-01-01T00:00:00Z");
        for (int step = 0; step < 9000; ++step) {
            base::Instant next = schedule.next(time).session;
            ASSERT_GT(next, time) << name;
            ASSERT_LE(next - time, std::chrono::hours(2)) << name;
            time = next;
        }
    }
}

// 5.1.3, 5.1.5, 5.2.10
TEST(Schedule, NamesWhatIsWrong) {
    struct Case {
        const char* yaml;
        const char* message;
    };
    const Case cases[] = {
        {"{start: 2050-01-01}", "Schedule config requires 'type>: at' parameter"},
        {"yearly>: 1", "Unknown scheduler type: yearly"},
        {"dayly>: 07:00:00", "did you mean daily?"},
        {"daily>: '7am'", "daily> scheduler requires hh:mm:ss format: 7am"},
        {"daily>: 07:00", "daily> scheduler requires hh:mm:ss format"},
        {"{daily>: , at: 07:00:00}", "Parameter 'daily>' is required but null"},
        {"hourly>: '1:2:3'", "hourly>: scheduler requires mm:ss format: 1:2:3"},
        {"weekly>: 07:00:00", "weekly>: scheduler requires day,hh:mm:ss format"},
        {"weekly>: '-1,07:00:00'", "weekly>: invalid day: -1"},
        {"weekly>: 'xyz,07:00:00'", "\"xyz\" (0 to 6 or sun to sat)"},
        {"monthly>: 'x,07:00:00'", "monthly>: scheduler requires day,hh:mm:ss format"},
        {"monthly>: '32,07:00:00'", "invalid day of month in a cron pattern: \"32\""},
        {"minutes_interval>: 0", "minutes_interval>: requires a positive number: 0"},
        {"seconds_interval>: x", "seconds_interval>: requires a positive number: x"},
        {"cron>: '61 * * * *'", "invalid minute in a cron pattern: \"61\" (0 to 59)"},
        {"cron>: '@daily'", "invalid cron pattern: \"@daily\""},
        {"cron>: '* * * * * *'", "five fields"},
        {"cron>: '0 0 ? * *'", "\"?\""},
        {"cron>: '0 0 15W * *'", "\"15W\""},
        {"cron>: '0 0 * * 5#3'", "\"5#3\""},
        {"cron>: '*/0 * * * *'", "\"*/0\""},
        {"cron>: [1]", "Expected string type for key 'cron>'"},
        {"{daily>: 07:00:00, start: 2050-02-30}", "Invalid start: 2050-02-30"},
        {"{daily>: 07:00:00, start: 1/2/2050}", "Invalid start: 1/2/2050"},
        {"{daily>: 07:00:00, start: 2050- 1- 2}", "Invalid start: 2050- 1- 2"},
        {"{daily>: 07:00:00, start: '2050-01-02 00:00:00'}", "Invalid start: 2050-01-02 00:"},
        {"{daily>: 07:00:00, end: x}", "Invalid end: x"},
        {"{daily>: 07:00:00, start: 2050-01-02, end: 2050-01-01}",
         "The schedule of end is earlier than start"},
        {"{daily>: 07:00:00, skip_delayed_by: soon}", "skip_delayed_by: not a duration"},
        {"{daily>: 07:00:00, skip_delayed_by: 30m 1h}", "skip_delayed_by: not a duration"},
        {"{daily>: 07:00:00, skip_delayed_by: 99999999999999999d}", "not a duration"},
        {"{daily>: 07:00:00, skip_on_overtime: 3}", "Expected boolean type"},
        {"{cron>: '0 0 * * *', delay: x}", "for key 'delay'"},
    };
    for (const Case& one : cases) {
        auto schedule = Schedule::create(mapping_of(one.yaml), {});
        ASSERT_FALSE(schedule.ok()) << one.yaml;
        EXPECT_THAT(schedule.error().message(), HasSubstr(one.message)) << one.yaml;
    }
}

TEST(Schedule, KnowsThePlace) {
    Problem problem;
    auto schedule = Schedule::create(mapping_of("daily>: 07:00:00\nstart: never\n"), {}, problem);
    ASSERT_FALSE(schedule.ok());
    EXPECT_EQ(problem.mark.line, 2);
    EXPECT_EQ(problem.mark.column, 8);
}

// 5.1.1, 5.1.4
TEST(Schedule, OptionsAndUnusedKeys) {
    Schedule schedule = make(
        "{daily>: 07:00:00, skip_on_overtime: true, skip_delayed_by: 1h 30m, delay: 3, strat: 1, "
        "hourly>: '00:00'}",
        {});
    EXPECT_TRUE(schedule.skips_on_overtime());
    EXPECT_EQ(schedule.skips_delayed_by(), std::chrono::minutes(90));
    ASSERT_EQ(schedule.unused().size(), 3);
    EXPECT_EQ(schedule.unused()[0].key, "delay");
    EXPECT_EQ(unused_message("strat"),
              "Parameter 'strat' is not used at schedule. > Did you mean '[start]'?");
    EXPECT_EQ(unused_message("foo"), "Parameter 'foo' is not used at schedule. ");
    EXPECT_EQ(make("{daily>: 07:00:00, skip_delayed_by: 1H}", {}).skips_delayed_by(),
              std::chrono::hours(1));
    EXPECT_FALSE(make("daily>: 07:00:00", {}).skips_delayed_by().has_value());
}

}  // namespace
}  // namespace mogura::schedule
