#include "cli/timetable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

base::Instant at(int hour, int minute = 0, int second = 0, int day = 1) {
    return base::TimeZone().to_instant({2026, 3, day, hour, minute, second, 0});
}

workflow::Project project_of(const std::string& name, const std::string& schedule) {
    workflow::Project project;
    auto workflow = workflow::load_workflow(
        name, (schedule.empty() ? "" : "schedule: {" + schedule + "}\n") + "+a: {echo>: x}\n",
        name + ".dig", ".");
    EXPECT_TRUE(workflow.ok()) << workflow.error().message();
    project.workflows.push_back(*std::move(workflow));
    return project;
}

class TimetableTest : public testing::Test {
  protected:
    void update(const std::string& schedule, base::Instant now) {
        auto done = table_.update(project_of("w", schedule), now,
                                  [this](const std::string&) { return earlier_; });
        ASSERT_TRUE(done.ok()) << done.error().message();
    }
    std::vector<base::Instant> due(base::Instant now) {
        std::vector<base::Instant> sessions;
        for (const Slot& slot : table_.due(now, [this](const std::string&) { return active_; })) {
            EXPECT_EQ(slot.workflow, "w");
            last_ = slot;
            sessions.push_back(slot.time.session);
        }
        return sessions;
    }

    Timetable table_;
    Slot last_;
    bool active_ = false;
    std::optional<base::Instant> earlier_;
};

// 5.3.1
TEST_F(TimetableTest, EachSlotOnceAndMissedOnesOneByOne) {
    update("hourly>: '10:00'", at(3, 30));
    EXPECT_EQ(table_.next_run(), at(4, 10));
    EXPECT_THAT(due(at(4, 9, 59)), IsEmpty());
    EXPECT_THAT(due(at(4, 10)), ElementsAre(at(4)));
    EXPECT_EQ(last_.last.session, at(3));
    EXPECT_EQ(last_.next.session, at(5));
    EXPECT_THAT(due(at(4, 10, 1)), IsEmpty());
    EXPECT_THAT(due(at(7, 30)), ElementsAre(at(5), at(6), at(7)));
    EXPECT_EQ(table_.next_run(), at(8, 10));
}

// 5.3.2
TEST_F(TimetableTest, LateSlotsAreSkipped) {
    update("hourly>: '00:00', skip_delayed_by: 30m", at(3, 30));
    EXPECT_THAT(due(at(6, 10)), ElementsAre(at(6)));
    EXPECT_THAT(due(at(7, 30)), ElementsAre(at(7)));
    EXPECT_THAT(due(at(8, 30, 1)), IsEmpty());
    EXPECT_EQ(table_.next_run(), at(9));
}

// 5.3.3
TEST_F(TimetableTest, OvertimeIsSkipped) {
    update("hourly>: '00:00', skip_on_overtime: true", at(3, 30));
    active_ = true;
    EXPECT_THAT(due(at(4)), IsEmpty());
    active_ = false;
    EXPECT_THAT(due(at(6)), ElementsAre(at(5)));  // and 6 while 5 runs is not
    EXPECT_EQ(table_.next_run(), at(7));
}

// digdag 5.3.6, 2.10.5
TEST_F(TimetableTest, WhatFailedIsTriedAgain) {
    update("hourly>: '00:00'", at(3, 30));
    EXPECT_THAT(due(at(4)), ElementsAre(at(4)));
    table_.failed(last_, at(4, 10));
    EXPECT_THAT(due(at(4, 9, 59)), IsEmpty());
    EXPECT_EQ(table_.next_run(), at(4, 10));
    EXPECT_THAT(due(at(4, 10)), ElementsAre(at(4)));
    table_.failed(last_, at(5));
    EXPECT_THAT(due(at(4, 59, 59)), IsEmpty());
    EXPECT_THAT(due(at(5)), ElementsAre(at(4), at(5)));
}

// 5.4.2, 5.4.4
TEST_F(TimetableTest, ChangedSchedules) {
    update("hourly>: '00:00'", at(3, 30));
    update("hourly>: '30:00'", at(3, 30));  // it has never run
    EXPECT_EQ(table_.next_run(), at(3, 30));
    EXPECT_THAT(due(at(3, 30)), ElementsAre(at(3)));
    update("minutes_interval>: 20", at(3, 45));  // goes on behind 3:00
    EXPECT_THAT(due(at(3, 45)), ElementsAre(at(3, 20), at(3, 40)));
    update("", at(3, 50));
    EXPECT_EQ(table_.size(), 0);
    EXPECT_EQ(table_.next_run(), schedule::never().run);
}

TEST_F(TimetableTest, GoesOnBehindEarlierSessions) {
    earlier_ = at(1);
    update("hourly>: '00:00'", at(3, 30));
    EXPECT_THAT(due(at(3, 30)), ElementsAre(at(2), at(3)));
}

TEST_F(TimetableTest, ABrokenScheduleChangesNothing) {
    update("hourly>: '00:00'", at(3, 30));
    auto none = [](const std::string&) { return std::optional<base::Instant>(); };
    EXPECT_FALSE(table_.update(project_of("w", "yearly>: 1"), at(3, 30), none).ok());
    EXPECT_EQ(table_.next_run(), at(4));
}

}  // namespace
}  // namespace mogura::cli
