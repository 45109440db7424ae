#include "cli/check/findings_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::cli::check {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Schedules : public Findings {
  protected:
    static std::string with(const std::string& head) { return head + "\n+a:\n  echo>: x\n"; }
};

TEST_F(Schedules, EverythingThatIsWrongAtOnce) {
    EXPECT_THAT(found(with("schedule:\n  daily>: 7 o'clock\n  start: soon\n  end: 2050-13-01\n"
                           "  skip_on_overtime: maybe\n  skip_delayed_by: late")),
                ElementsAre(HasSubstr("main.dig:2:11: error: daily> scheduler requires hh:mm:ss"),
                            HasSubstr("main.dig:3:10: error: Invalid start: soon"),
                            HasSubstr("main.dig:4:8: error: Invalid end: 2050-13-01"),
                            HasSubstr("main.dig:5:21: error: Expected boolean type for key "
                                      "'skip_on_overtime'"),
                            HasSubstr("main.dig:6:20: error: skip_delayed_by: not a duration")));
}

TEST_F(Schedules, WhatIsWrongOrOdd) {
    struct Case {
        const char* schedule;
        const char* line;
    };
    for (const Case& one : {
             Case{"hourly>: 99:99",
                  "main.dig:1:21: warning: hourly>: 99:99 is no time of the hour: runs are put off "
                  "by that much (write it like 30:00)"},
             {"daily>: 25:00:00", "main.dig:1:20: warning: daily>: 25:00:00 is no time of the day"},
             {"'weekly>': 'Mon,07:60:00'", "warning: weekly>: Mon,07:60:00 is no time of the day"},
             {"'monthly>': '1,24:00:00'", "warning: monthly>: 1,24:00:00 is no time of the day"},
             {"minutes_interval>: 90", "warning: minutes_interval>: 90 is no part of an hour"},
             {"minutes_interval>: often", "error: minutes_interval>: requires a positive number"},
             {"cron>: '61 * * * *'", "main.dig:1:19: error: "},
             {"cron>: '* * * *'", "error: invalid cron pattern"},
             {"cron>: '0 0 31 2 *'", "main.dig:1:19: warning: no day fits this pattern"},
             {"start: 2050-01-01", "error: Schedule config requires 'type>: at' parameter"},
         }) {
        EXPECT_THAT(found(with("schedule: {" + std::string(one.schedule) + "}")),
                    ElementsAre(HasSubstr(one.line)))
            << one.schedule;
    }
}

TEST_F(Schedules, Sla) {
    struct Case {
        const char* sla;
        const char* line;
    };
    for (const Case& one : {
             Case{"{time: late, +n: {echo>: x}}",
                  "main.dig:1:13: error: SLA time option needs to be HH:MM or HH:MM:SS format: "
                  "late"},
             {"{time: '25:00', +n: {echo>: x}}", "warning: sla: time: 25:00 is no time of the day"},
             {"{duration: '1', +n: {echo>: x}}", "error: SLA duration option needs to be HH:MM"},
             {"{+n: {echo>: x}}", "main.dig:1:1: error: SLA must be specified using either"},
             {"", "main.dig:1:1: error: SLA must be specified using either"},
             {"{duration: '-1:00', +n: {echo>: x}}",
              "warning: sla: duration: -1:00 is no duration in HH:MM:SS"},
             {"{time: '01:00', duration: '02:00'}", "error: SLA must be specified using either"},
             {"{time: '01:00', fail: maybe}", "error: Expected 'true' or 'false' for key 'fail'"},
             {"{time: '01:00', alret: true}",
              "main.dig:1:22: error: sla: unknown key: alret (did you mean alert?)"},
             {"{time: '01:00', +n: {ehco>: x}}", "error: Unknown task type: ehco"},
             {"{time: '01:00', +n: {echo>: '${nobody}'}}", "warning: nothing defines the"},
             {"{time: '01:00', echo>: x, sh>: y}", "A task can't have more than one operator"},
             {"nonsense", "main.dig:1:1: error: sla: must be a mapping"},
         }) {
        EXPECT_THAT(found(with("sla: " + std::string(one.sla))), ElementsAre(HasSubstr(one.line)))
            << one.sla;
    }
    for (const char* good :
         {"{time: 02:00, +notice: {mail>: {data: late}, subject: s, to: [a@b]}}",
          "{duration: 100:00:00, fail: true, alert: false}", "{time: 02:00:00, echo>: late}"}) {
        EXPECT_THAT(found(with("sla: " + std::string(good))), IsEmpty()) << good;
    }
}

}  // namespace
}  // namespace mogura::cli::check
