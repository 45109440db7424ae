// Another attempt of a session that takes over what an earlier one finished (spec digdag 2.13).

#include "simulation/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::simulation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

using Resumed = std::vector<store::ResumedTask>;

std::vector<std::string> names(const Resumed& resumed) {
    std::vector<std::string> names;
    for (const store::ResumedTask& task : resumed) names.push_back(task.full_name);
    return names;
}

std::string json(const config::Map& map) {
    return config::to_json(map);
}

constexpr const char* kBroken = R"(
+a: {act>: , store: {x: 1}}
+b:
  +c: {act>: , export: {e: 2}}
  +d: {act>: , fail: broken}
+e: {act>: }
)";
constexpr const char* kMended = R"(
+a: {act>: , store: {x: 1}}
+b:
  +c: {act>: , export: {e: 2}}
  +d: {act>: }
+e: {act>: }
)";

void run_to_end(World& world) {
    while (world.turn()) {
    }
}

// digdag 2.13.1, 2.13.2
TEST(Resumption, ARetryIsAnotherAttemptAndTakesOverNothingByItself) {
    World world(kMended);
    world.run();
    world.forget_calls();
    EXPECT_EQ(world.retry("", {}).error().code(), Code::kConflict);
    ASSERT_TRUE(world.retry("again", {}).ok());
    run_to_end(world);
    EXPECT_THAT(world.calls(), ElementsAre("+w+a", "+w+b+c", "+w+b+d", "+w+e"));
}

// digdag 2.13.3, 2.13.6, 2.13.9
TEST(Resumption, FailedTakesOverEverySuccess) {
    World world(kBroken);
    world.run();
    auto resumed = engine::resume_failed(world.stored_tasks());
    ASSERT_TRUE(resumed.ok());
    EXPECT_THAT(names(*resumed), ElementsAre("+w+a", "+w+b+c"));
    auto finished_at = resumed->front().updated_at;
    world.forget_calls();
    world.use_workflow(kMended);
    world.clock().set(world.clock().now() + std::chrono::hours(1));
    ASSERT_TRUE(world.retry("again", *resumed).ok());
    run_to_end(world);
    EXPECT_TRUE(world.is_success());
    EXPECT_THAT(world.calls(), ElementsAre("+w+b+d", "+w+e"));
    EXPECT_EQ(json(world.seen("+w+e")), R"({"x":1})");
    auto tasks = world.stored_tasks();
    EXPECT_EQ(tasks[1].full_name, "+w+a");
    EXPECT_EQ(tasks[1].updated_at, finished_at);
    EXPECT_EQ(json(tasks[3].export_parameters), R"({"e":2})");
}

// digdag 2.13.3
TEST(Resumption, ASuccessIsNotResumed) {
    World world(kMended);
    world.run();
    auto resumed = engine::resume_failed(world.stored_tasks());
    ASSERT_FALSE(resumed.ok());
    EXPECT_EQ(resumed.error().message(),
              "Resuming successfully completed attempts is not supported");
}

TEST(Resumption, WhatReactedToTheFailureRunsAnew) {
    World world("_error: {act>: }\n+a: {act>: , fail: broken, _error: {+x: {act>: }}}\n");
    world.run();
    EXPECT_THAT(*engine::resume_failed(world.stored_tasks()), IsEmpty());
}

// digdag 2.13.4
TEST(Resumption, FromTakesOverWhatStandsInFrontOnEveryLevel) {
    World world(kMended);
    world.run();
    auto tasks = world.stored_tasks();
    EXPECT_THAT(names(*engine::resume_from(tasks, "+d")), ElementsAre("+w+a", "+w+b+c"));
    EXPECT_THAT(names(*engine::resume_from(tasks, "+e")),
                ElementsAre("+w+a", "+w+b", "+w+b+c", "+w+b+d"));
    EXPECT_THAT(names(*engine::resume_from(tasks, "+a")), IsEmpty());
    world.forget_calls();
    ASSERT_TRUE(world.retry("from", *engine::resume_from(tasks, "+e")).ok());
    run_to_end(world);
    EXPECT_TRUE(world.is_success());
    EXPECT_THAT(world.calls(), ElementsAre("+w+e"));
}

// digdag 2.13.4, 2.13.8
TEST(Resumption, FromWantsSuccessesAndOneTask) {
    World world(kBroken);
    world.run();
    auto tasks = world.stored_tasks();
    auto message = [&](const char* pattern) {
        return engine::resume_from(tasks, pattern).error().message();
    };
    EXPECT_THAT(message("+e"),
                HasSubstr("Resuming non-successful tasks is not allowed: task_id=3"));
    EXPECT_THAT(message("+nope"), HasSubstr("doesn't match with any tasks."));
    EXPECT_THAT(message(""), HasSubstr("is ambiguous"));
    EXPECT_THAT(message("+b++d"), HasSubstr("empty name"));
    EXPECT_THAT(names(*engine::resume_from({tasks.begin(), tasks.begin() + 1}, "+w")), IsEmpty());
}

// digdag 2.13.6, 2.13.9
TEST(Resumption, AGroupThatHasMoreInItNowIsNotOverYet) {
    World world(kBroken);
    world.use_workflow("+b:\n  +c: {act>: }\n+e: {act>: , fail: broken}\n");
    world.run();
    auto resumed = *engine::resume_failed(world.stored_tasks());
    EXPECT_THAT(names(resumed), ElementsAre("+w+b", "+w+b+c"));
    world.forget_calls();
    world.use_workflow("+b:\n  +c: {act>: }\n  +new: {act>: }\n+e: {act>: }\n");
    ASSERT_TRUE(world.retry("again", resumed).ok());
    run_to_end(world);
    EXPECT_TRUE(world.is_success());
    EXPECT_THAT(world.calls(), ElementsAre("+w+b+new", "+w+e"));
}

constexpr const char* kLoop = R"(
+loop:
  act>:
  sub:
    +one: {act>: , store: {x: 1}}
    +two: {act>: , fail: broken}
+e: {act>: }
)";
constexpr const char* kMendedLoop = R"(
+loop:
  act>:
  sub:
    +one: {act>: , store: {x: 1}}
    +two: {act>: }
+e: {act>: }
)";

// digdag 2.13.7
TEST(Resumption, GeneratedTasksAreTakenOverWhenTheyAreGeneratedAgain) {
    for (int turn_of_death : {0, 1, 2, 3, 4}) {
        World world(kLoop);
        world.run();
        auto resumed = *engine::resume_failed(world.stored_tasks());
        EXPECT_THAT(names(resumed), ElementsAre("+w+loop^sub+one"));
        world.forget_calls();
        world.use_workflow(kMendedLoop);
        ASSERT_TRUE(world.retry("again", resumed).ok());
        for (int turn = 1; world.turn(); ++turn) {
            if (turn == turn_of_death) world.die_and_resume();
        }
        EXPECT_TRUE(world.is_success());
        EXPECT_THAT(world.calls(), ::testing::Not(::testing::Contains("+w+loop^sub+one")));
        EXPECT_THAT(world.calls(), ::testing::Contains("+w+loop^sub+two"));
        EXPECT_EQ(json(world.seen("+w+e")), R"({"x":1})");
    }
}

// digdag 2.13.7: what tasks below a resumed one stored is not there.
TEST(Resumption, BelowAResumedTaskNothingIsGeneratedAgain) {
    World world("+loop: {act>: , sub: {+one: {act>: , store: {x: 1}}}}\n+e: {act>: , fail: no}\n");
    world.run();
    auto resumed = *engine::resume_failed(world.stored_tasks());
    world.forget_calls();
    world.use_workflow("+loop: {act>: , sub: {+one: {act>: , store: {x: 1}}}}\n+e: {act>: }\n");
    ASSERT_TRUE(world.retry("again", resumed).ok());
    run_to_end(world);
    EXPECT_THAT(world.calls(), ElementsAre("+w+e"));
    EXPECT_EQ(json(world.seen("+w+e")), "{}");
}

// digdag 2.13.10: a group that is tried again runs all of its tasks, also those taken over.
TEST(Resumption, ARetriedGroupRunsWhatWasTakenOver) {
    World world("+g:\n  _retry: 1\n  +a: {act>: }\n  +b: {act>: , fail_until: 3}\n");
    world.run();
    EXPECT_FALSE(world.is_success());
    auto resumed = *engine::resume_failed(world.stored_tasks());
    EXPECT_THAT(names(resumed), ElementsAre("+w+g+a"));
    world.forget_calls();
    ASSERT_TRUE(world.retry("again", resumed).ok());
    run_to_end(world);
    EXPECT_THAT(world.calls(), ElementsAre("+w+g+b", "+w+g+a", "+w+g+b"));
}

// digdag 2.2.14: whoever asked for it had read that it still runs.
TEST(Resumption, WhatHasEndedMeanwhileIsNotTakenInAgain) {
    World world("+a: {act>: }\n");
    world.run();
    store::Attempt stale = world.stored_attempt();
    stale.is_done = false;
    EXPECT_TRUE(world.engine().forget(stale.id));
    EXPECT_TRUE(world.store().forget_tasks(stale.id).ok());
    world.engine().resume_beside(stale, base::TimeZone());
    EXPECT_TRUE(world.engine().step(world.clock().now()).ok());
    EXPECT_TRUE(world.engine().is_done());
}

// digdag 2.10.5
TEST(Limits, OnlySoManyAttemptsAtOnce) {
    World world("+a: {act>: }\n");
    world.options.attempts_max = 1;
    world.start();
    store::Attempt wanted;
    wanted.session.project = "p";
    wanted.session.workflow = "other";
    auto tasks = workflow::load_workflow("other", "+a: {act>: }\n", "other.dig", ".")->tasks;
    auto second = world.engine().start_beside(wanted, tasks, base::TimeZone());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), Code::kLimit);
    EXPECT_EQ(second.error().message(), "Too many attempts running. Limit: 1, Current: 1");
    run_to_end(world);
    EXPECT_TRUE(world.engine().start_beside(wanted, tasks, base::TimeZone()).ok());
}

// digdag 2.10.11
TEST(Limits, AttemptsAndTasksThatTakeTooLongAreAskedToEnd) {
    World old("+a: {act>: , polls: 100}\n");
    old.options.attempt_time_max = std::chrono::seconds(20);
    old.run();
    EXPECT_THAT(old.overdue(), ElementsAre("Workflow execution timeout"));
    EXPECT_EQ(old.states()["+w+a"], "canceled");
    EXPECT_EQ(store::status_name(old.stored_attempt()), "killed");

    World slow("+a: {act>: , polls: 3}\n+b: {act>: , polls: 100}\n");
    slow.options.task_time_max = std::chrono::seconds(20);
    slow.run();
    EXPECT_THAT(slow.overdue(), ElementsAre("Task execution timeout: 3"));
    EXPECT_THAT(slow.states(),
                ::testing::IsSupersetOf({Pair("+w+a", "success"), Pair("+w+b", "canceled")}));
}

}  // namespace
}  // namespace mogura::simulation
