// Attempts that are late (spec digdag 5.6).

#include "simulation/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mogura::simulation {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// How long after the start of the attempt the task was called; -1: never.
int64_t seconds_until(World& world, const std::string& full_name) {
    const base::Instant start = world.stored_attempt().created_at;
    for (const store::Task& task : world.stored_tasks()) {
        if (task.full_name != full_name || !task.started_at) continue;
        return std::chrono::duration_cast<std::chrono::seconds>(*task.started_at - start).count();
    }
    return -1;
}

int64_t rows_of(World& world, const std::string& full_name) {
    auto tasks = world.stored_tasks();
    return std::count_if(tasks.begin(), tasks.end(),
                         [&](const store::Task& task) { return task.full_name == full_name; });
}

// Each poll takes five seconds.
constexpr const char* kTakesFifteen = "+a: {act>: , polls: 3}\n";

// digdag 5.6.2, 5.6.3
TEST(Sla, ALateAttemptGetsItsTasks) {
    World world(std::string("sla: {duration: 00:00:07, +late: {act>: }}\n") + kTakesFifteen);
    world.run();
    EXPECT_TRUE(world.is_success());
    EXPECT_THAT(world.states(),
                UnorderedElementsAre(Pair("+w", "success"), Pair("+w+a", "success"),
                                     Pair("+w^sla", "success"), Pair("+w^sla+late", "success"),
                                     Pair("+w^sla^alert", "success")));
    EXPECT_EQ(seconds_until(world, "+w^sla+late"), 7);
    EXPECT_EQ(seconds_until(world, "+w^sla^alert"), 7);
    EXPECT_EQ(world.states(), world.stored_states());
}

// digdag 5.6.3
TEST(Sla, AnAttemptThatIsDoneInTimeGetsNothing) {
    for (const char* duration : {"00:00:16", "01:00"}) {
        World world(std::string("sla: {duration: ") + duration + ", +late: {act>: }}\n" +
                    kTakesFifteen);
        world.run();
        EXPECT_THAT(world.states(), UnorderedElementsAre(Key("+w"), Key("+w+a"))) << duration;
    }
}

// digdag 5.6.3
TEST(Sla, FailFailsTheAttemptWhenTheRestHasEnded) {
    World world(std::string("sla: {duration: 00:00:07, fail: true}\n") + kTakesFifteen);
    world.run();
    EXPECT_EQ(world.states()["+w+a"], "success");
    EXPECT_EQ(world.states()["+w^sla^fail"], "error");
    EXPECT_EQ(world.states()["+w"], "group_error");
    EXPECT_EQ(seconds_until(world, "+w^sla^fail"), 7);
    EXPECT_EQ(world.stored_attempt().finished_at,
              world.stored_attempt().created_at + std::chrono::seconds(15));
}

// digdag 5.6.3
TEST(Sla, TasksMayBeASingleOperatorAndTheAlertMayBeOff) {
    World world(std::string("sla: {duration: 00:00:07, alert: false, act>: , x: 1}\n") +
                kTakesFifteen);
    world.run();
    EXPECT_THAT(world.states(), Contains(Pair("+w^sla", "success")));
    EXPECT_THAT(world.states(), Not(Contains(Key("+w^sla^alert"))));
}

// digdag 5.6.4
TEST(Sla, ItsTasksCountInTheResult) {
    World world(std::string("sla: {duration: 00:00:07, +late: {act>: , fail: no}}\n") +
                kTakesFifteen);
    world.run();
    EXPECT_EQ(world.states()["+w"], "group_error");
}

// digdag 5.6.4
TEST(Sla, TasksThatCannotBeCompiledAreLeftOut) {
    World world(std::string("sla: {duration: 00:00:07, nonsense: 1}\n") + kTakesFifteen);
    world.run();
    EXPECT_TRUE(world.is_success());
    EXPECT_THAT(world.states(), Contains(Pair("+w^sla^alert", "success")));
    EXPECT_THAT(world.states(), Not(Contains(Key("+w^sla"))));
}

// digdag 5.6.5
TEST(Sla, AWrongOneIsRefusedBeforeAnythingRuns) {
    World world("sla: {duration: abc}\n+a: {act>: }\n");
    world.start();
    ASSERT_FALSE(world.start_result.ok());
    EXPECT_EQ(world.start_result.error().code(), Code::kInvalid);
    EXPECT_THAT(world.start_result.error().message(), HasSubstr("SLA duration option"));
    EXPECT_TRUE(world.engine().is_done());
}

// digdag 5.6.3, 5.6.4
TEST(Sla, DeathsChangeNeitherItsTimeNorHowOften) {
    for (int turns = 2; turns < 12; ++turns) {
        World world(std::string("sla: {duration: 00:00:07, fail: true, +late: {act>: }}\n") +
                    kTakesFifteen);
        world.run_dying_every(turns);
        EXPECT_EQ(world.states()["+w"], "group_error");
        for (const char* name : {"+w^sla", "+w^sla+late", "+w^sla^alert", "+w^sla^fail"}) {
            EXPECT_EQ(rows_of(world, name), 1) << name << " " << turns;
        }
        EXPECT_EQ(seconds_until(world, "+w^sla+late"), 7) << turns;
    }
}

// digdag 5.6.3
TEST(Sla, ComesAtOnceWhenItsTimePassedWhileNobodyRan) {
    World world(std::string("sla: {duration: 00:00:07, +late: {act>: }}\n") + kTakesFifteen);
    world.start();
    world.turn();
    world.clock().set(world.clock().now() + std::chrono::hours(1));
    world.die_and_resume();
    while (world.turn()) {
    }
    EXPECT_EQ(rows_of(world, "+w^sla+late"), 1);
    EXPECT_EQ(seconds_until(world, "+w^sla+late"), 3600);
}

// digdag 5.6.2
TEST(Sla, AScheduledAttemptCountsFromItsTimeInTheSchedule) {
    World world(std::string("sla: {duration: 00:00:07, +late: {act>: }}\n") + kTakesFifteen);
    world.run_time = world.clock().now() - std::chrono::seconds(3);
    world.run_dying_every(3);
    EXPECT_EQ(seconds_until(world, "+w^sla+late"), 4);
}

// digdag 5.6.3
TEST(Sla, ARetryOfTheRootDoesNotRepeatIt) {
    World world(
        "_retry: {limit: 1, interval: 10}\n"
        "sla: {duration: 00:00:07, +late: {act>: }}\n"
        "+a: {act>: , fail_until: 1}\n+b: {act>: , polls: 3}\n");
    world.run();
    EXPECT_TRUE(world.is_success());
    EXPECT_EQ(rows_of(world, "+w+a"), 2);
    EXPECT_EQ(rows_of(world, "+w^sla+late"), 1);
}

// digdag 2.10.6
TEST(Sla, ItsTasksAreNotLimited) {
    World world(std::string("sla: {duration: 00:00:07, +late: {act>: }}\n") + kTakesFifteen);
    world.options.tasks_max = 2;
    world.run();
    EXPECT_TRUE(world.is_success());
    EXPECT_EQ(rows_of(world, "+w^sla+late"), 1);
}

TEST(Sla, AnAttemptThatIsCanceledIsNotLate) {
    World world(std::string("sla: {duration: 00:00:02, +late: {act>: }}\n") + kTakesFifteen);
    world.start();
    world.turn();  // +a is being called
    world.engine().request_cancel();
    world.clock().set(world.clock().now() + std::chrono::seconds(5));
    while (world.turn()) {
    }
    EXPECT_EQ(world.states()["+w"], "canceled");
    EXPECT_EQ(rows_of(world, "+w^sla"), 0);
}

}  // namespace
}  // namespace mogura::simulation
