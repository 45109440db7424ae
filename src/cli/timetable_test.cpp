#include "cli/timetable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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
    // What has been started, and is active from then on.
    std::vector<base::Instant> due(base::Instant now) {
        std::vector<base::Instant> sessions;
        auto is_active = [&](const std::string&) { return active_ || !sessions.empty(); };
        while (auto slot = table_.due(now, is_active)) {
            EXPECT_EQ(slot->workflow, "w");
            last_ = *slot;
            if (places_-- > 0) {
                table_.started(*slot);
                sessions.push_back(slot->time.session);
            } else {
                table_.failed(*slot, now + std::chrono::minutes(10));
            }
        }
        places_ = 1000;
        return sessions;
    }

    Timetable table_;
    Slot last_;
    bool active_ = false;
    int places_ = 1000;  // for sessions that start in the next round
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
    places_ = 0;
    EXPECT_THAT(due(at(4)), IsEmpty());
    EXPECT_THAT(due(at(4, 9, 59)), IsEmpty());
    EXPECT_EQ(table_.next_run(), at(4, 10));
    EXPECT_THAT(due(at(4, 10)), ElementsAre(at(4)));
    EXPECT_THAT(due(at(5)), ElementsAre(at(5)));
}

// digdag 2.10.5, 5.3.1, 5.3.6
TEST_F(TimetableTest, ABacklogLosesNothing) {
    update("minutes_interval>: 10", at(3, 30));
    places_ = 2;
    EXPECT_THAT(due(at(4, 5)), ElementsAre(at(3, 30), at(3, 40)));
    EXPECT_EQ(table_.next_run(), at(4, 15));
    places_ = 1;
    EXPECT_THAT(due(at(4, 15)), ElementsAre(at(3, 50)));
    EXPECT_THAT(due(at(4, 25)), ElementsAre(at(4), at(4, 10), at(4, 20)));
}

TEST_F(TimetableTest, TheOneThatShouldHaveRunFirstComesFirst) {
    workflow::Project project = project_of("a", "minutes_interval>: 20");
    project.workflows.push_back(project_of("b", "minutes_interval>: 30").workflows[0]);
    auto none = [](const std::string&) { return std::optional<base::Instant>(); };
    ASSERT_TRUE(table_.update(project, at(3, 1), none).ok());
    std::string order;
    while (auto slot = table_.due(at(4), [](const std::string&) { return false; })) {
        order += slot->workflow;
        table_.started(*slot);
    }
    EXPECT_EQ(order, "abaab");
}

// digdag 5.3.6, 5.4.2
TEST_F(TimetableTest, WhatWaitsSurvivesAChangeOfAnotherFile) {
    update("hourly>: '00:00'", at(3, 30));
    places_ = 0;
    EXPECT_THAT(due(at(4)), IsEmpty());
    update("hourly>: '00:00'", at(4, 1));  // it has never run
    EXPECT_EQ(table_.next_run(), at(4, 10));
    EXPECT_THAT(due(at(4, 10)), ElementsAre(at(4)));
    places_ = 0;
    EXPECT_THAT(due(at(5)), IsEmpty());
    update("hourly>: '01:00'", at(5, 1));  // its own schedule: on behind the last session
    EXPECT_THAT(due(at(5, 1)), ElementsAre(at(5)));
}

// 5.4.2 takes up what was skipped; it is told only once.
TEST_F(TimetableTest, TellsWhatItSkipsOnceAlsoAfterAChange) {
    auto lines = [&](base::Instant now) {
        testing::internal::CaptureStderr();
        EXPECT_THAT(due(now), IsEmpty());
        const std::string text = testing::internal::GetCapturedStderr();
        return std::count(text.begin(), text.end(), '\n');
    };
    update("hourly>: '00:00', skip_on_overtime: true", at(3, 30));
    EXPECT_THAT(due(at(4)), ElementsAre(at(4)));
    active_ = true;
    EXPECT_EQ(lines(at(5)), 1);
    update("hourly>: '00:00', skip_on_overtime: true", at(5, 1));
    EXPECT_EQ(lines(at(5, 2)), 0);
    EXPECT_EQ(lines(at(6)), 1);
    active_ = false;
    update("hourly>: '00:00', skip_on_overtime: true", at(6, 1));
    EXPECT_THAT(due(at(6, 2)), ElementsAre(at(5)));
}

// digdag 2.11.3, 5.3.4
TEST_F(TimetableTest, TellsWhichSessionWasStartedBefore) {
    update("hourly>: '00:00', skip_on_overtime: true", at(3, 30));
    EXPECT_THAT(due(at(4)), ElementsAre(at(4)));
    EXPECT_EQ(last_.last_started, std::nullopt);
    active_ = true;
    EXPECT_THAT(due(at(5)), IsEmpty());
    active_ = false;
    places_ = 0;
    EXPECT_THAT(due(at(6)), IsEmpty());
    EXPECT_THAT(due(at(6, 10)), ElementsAre(at(6)));
    EXPECT_EQ(last_.last.session, at(5));
    EXPECT_EQ(last_.last_started, at(4));
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
