// The state machine of spec digdag chapter 2, item by item.

#include "simulation/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace mogura::simulation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

std::string json(const config::Map& map) {
    return config::to_json(map);
}

// digdag 2.1.1, 2.2.1 to 2.2.9, 2.2.14
TEST(StateMachine, RunsTasksInOrderAndSucceeds) {
    World world("+a: {act>: }\n+b:\n  +c: {act>: }\n  +d: {act>: }\n+e: {act>: }\n");
    world.run();
    EXPECT_TRUE(world.is_success());
    EXPECT_THAT(world.calls(), ElementsAre("+w+a", "+w+b+c", "+w+b+d", "+w+e"));
    EXPECT_EQ(world.states(), world.stored_states());
    store::Attempt attempt = world.stored_attempt();
    EXPECT_TRUE(attempt.is_done);
    EXPECT_TRUE(attempt.is_success);
    EXPECT_EQ(attempt.finished_at, world.clock().now());
}

// digdag 2.2.8, 2.2.17
TEST(StateMachine, AStepSaysWhenSomethingIsDue) {
    World world("+a: {act>: , polls: 1}\n");
    world.start();
    EXPECT_EQ(*world.engine().step(world.clock().now()), base::Instant::max());
    EXPECT_TRUE(world.engine().call_here());
    EXPECT_EQ(*world.engine().step(world.clock().now()),
              world.clock().now() + std::chrono::seconds(5));
    EXPECT_EQ(world.states()["+w+a"], "retry_waiting");
    world.clock().set(world.clock().now() + std::chrono::seconds(5));
    EXPECT_TRUE(world.engine().step(world.clock().now()).ok());
    EXPECT_EQ(world.states()["+w+a"], "running");
}

TEST(StateMachine, AnEmptyWorkflowSucceeds) {
    World world("timezone: UTC\n");
    world.run();
    EXPECT_TRUE(world.is_success());
}

// digdag 2.2.13
TEST(StateMachine, TasksBehindAFailedOneStayBlocked) {
    World world("+a: {act>: , fail: no}\n+b: {act>: }\n");
    world.run();
    EXPECT_FALSE(world.is_success());
    EXPECT_THAT(world.states(),
                IsSupersetOf({Pair("+w+a", "error"), Pair("+w+b", "blocked"),
                              Pair("+w", "group_error"), Pair("+w^failure-alert", "success")}));
}

TEST(StateMachine, ParallelSiblingsOfAFailedTaskStillRun) {
    World world("_parallel: true\n+a: {act>: , fail: no}\n+b: {act>: , polls: 3}\n");
    world.run();
    EXPECT_EQ(world.states()["+w+b"], "success");
    EXPECT_EQ(world.states()["+w"], "group_error");
}

// digdag 2.3.1, 2.3.2
TEST(StateMachine, ErrorTasksRunOnceWithTheError) {
    World world("_error: {act>: }\n+a: {act>: , fail: broken, _error: {+x: {act>: }}}\n");
    world.run();
    EXPECT_EQ(json(world.seen("+w+a^error+x")), R"({"error":{"message":"broken"}})");
    EXPECT_EQ(json(world.seen("+w^error")), R"({"error":{"message":"broken"}})");
    EXPECT_EQ(world.states()["+w+a"], "error");
    EXPECT_EQ(world.states()["+w"], "group_error");
}

// digdag 2.3.3
TEST(StateMachine, GroupErrorTasksSeeWhatDescendantsStored) {
    World world(
        "+g:\n  _error: {act>: }\n  +a: {act>: , store: {x: 1}}\n  +b: {act>: , fail: no}\n");
    world.run();
    EXPECT_EQ(json(world.seen("+w+g^error")), R"({"x":1,"error":{"message":"no"}})");
}

// digdag 2.3.5
TEST(StateMachine, ErrorTasksBeyondTheLimitAreLeftOut) {
    World world("+a: {act>: , fail: no, _error: {+x: {act>: }, +y: {act>: }}}\n");
    world.options.tasks_max = 4;
    world.run();
    EXPECT_EQ(world.states()["+w+a"], "error");
    EXPECT_THAT(world.calls(), ElementsAre("+w+a"));
}

// digdag 2.3.1, 2.6.1
TEST(StateMachine, AGroupOfErrorTasksMayRetryByItself) {
    for (auto compatibility : {engine::Compatibility::kStrict, engine::Compatibility::kFixed}) {
        World world(
            "+g:\n  _retry: 1\n  +a: {act>: , fail: no}\n"
            "  _error:\n    _retry: 1\n    +x: {act>: , fail: no}\n",
            compatibility);
        world.run();
        EXPECT_THAT(world.calls(), ElementsAre("+w+g+a", "+w+g+a", "+w+g^error+x", "+w+g^error+x"));
    }
}

// digdag 2.4.1, 2.4.3
TEST(StateMachine, CheckRunsAfterSubtasksAndDecides) {
    World world("+a: {act>: , sub: {+x: {act>: }}, _check: {act>: , fail: bad}}\n");
    world.run();
    EXPECT_THAT(world.calls(), ElementsAre("+w+a", "+w+a^sub+x", "+w+a^check"));
    EXPECT_EQ(world.states()["+w+a"], "group_error");
}

// digdag 2.4.3
TEST(StateMachine, AFailedCheckIsTriedAgainAndThenAnError) {
    World world("+a: {act>: , _check: {act>: , fail: bad}, _retry: 1, _error: {act>: }}\n");
    world.run();
    EXPECT_THAT(world.calls(),
                ElementsAre("+w+a", "+w+a^check", "+w+a", "+w+a^check", "+w+a^error"));
    EXPECT_EQ(json(world.seen("+w+a^error")), R"({"error":{"message":"bad"}})");
}

// digdag 2.5.4
TEST(StateMachine, ARetryKeepsTheStateButNotTheCommand) {
    World world("+a: {act>: , polls: 1, fail_times: 1, _retry: {limit: 1, interval: 60}}\n");
    world.start();
    while (world.tree().nodes()[1].row.state_parameters.find("retry_count") == nullptr) {
        ASSERT_TRUE(world.turn());
    }
    EXPECT_EQ(json(world.tree().nodes()[1].row.state_parameters),
              R"({"polled":1,"retry_count":1})");
}

// digdag 2.5.2
TEST(StateMachine, TaskRetryCountsItsRuns) {
    World world("+a: {act>: , fail_times: 3, _retry: 3}\n");
    world.run();
    EXPECT_TRUE(world.is_success());
    EXPECT_EQ(world.calls().size(), 4u);
    World hopeless("+a: {act>: , fail_times: 4, _retry: 3}\n");
    hopeless.run();
    EXPECT_FALSE(hopeless.is_success());
    EXPECT_EQ(hopeless.calls().size(), 4u);
}

// digdag 2.5.3
TEST(StateMachine, RetryIntervalsGrow) {
    World world(
        "+a: {act>: , fail_times: 3, _retry: {limit: 3, interval: 10, interval_type: "
        "exponential, max_interval: 30}}\n");
    base::Instant begin = world.clock().now();
    world.run();
    EXPECT_EQ(world.clock().now() - begin, std::chrono::seconds(10 + 20 + 30));
}

// digdag 2.5.6
TEST(StateMachine, PollingDoesNotUseUpRetries) {
    World world("+a: {act>: , polls: 20, fail_times: 1, _retry: 1}\n");
    world.run();
    EXPECT_TRUE(world.is_success());
}

// digdag 2.6.2
TEST(StateMachine, AGroupRetryInsertsItsChildrenAgain) {
    World world("+g:\n  _retry: 2\n  +a: {act>: }\n  +b: {act>: , fail: no}\n");
    world.run();
    EXPECT_THAT(world.calls(),
                ElementsAre("+w+g+a", "+w+g+b", "+w+g+a", "+w+g+b", "+w+g+a", "+w+g+b"));
    EXPECT_EQ(world.tree().nodes().size(), 1u + 1u + 6u + 1u);
}

// digdag 2.6.1
TEST(StateMachine, AGroupIgnoresARetryThatItCannotRead) {
    World world("+g:\n  _retry: ${n}\n  +a: {act>: , fail: no}\n");
    world.run();
    EXPECT_EQ(world.calls().size(), 1u);
    EXPECT_EQ(world.states()["+w+g"], "group_error");
}

// digdag 2.6.6
TEST(StateMachine, OnlyTheNewestRowOfANameCounts) {
    World world("+g:\n  _retry: 1\n  +a: {act>: , fail_until: 1}\n  +b: {act>: }\n");
    world.run();
    EXPECT_TRUE(world.is_success());
    EXPECT_THAT(world.calls(), ElementsAre("+w+g+a", "+w+g+a", "+w+g+b"));
}

// digdag 2.6.7
TEST(StateMachine, WhatARetryMadeAgainIsKnownAsARepeat) {
    const char* yaml =
        "+g:\n  _retry: 1\n  +a: {act>: , sub: {+x: {act>: }}}\n  +b: {act>: , fail: no}\n"
        "+c: {act>: }\n";
    World world(yaml);
    world.run();
    EXPECT_THAT(world.repeats(), ElementsAre("+w+g+a", "+w+g+a^sub+x", "+w+g+b"));
    World restless(yaml);
    restless.run_dying_every(2);
    EXPECT_THAT(std::set<std::string>(restless.repeats().begin(), restless.repeats().end()),
                ElementsAre("+w+g+a", "+w+g+a^sub+x", "+w+g+b"));
}

// digdag 2.6.3
TEST(StateMachine, ARetriedOperatorGeneratesItsSubtasksAgain) {
    World world("+a: {act>: , _retry: 1, sub: {+x: {act>: , fail: no}}}\n");
    world.run();
    EXPECT_THAT(world.calls(), ElementsAre("+w+a", "+w+a^sub+x", "+w+a", "+w+a^sub+x"));
}

// digdag 2.6.4
TEST(StateMachine, NestedRetriesRecoverOnlyWithoutTheQuirk) {
    const char* yaml = "+o:\n  _retry: 1\n  +i:\n    _retry: 1\n    +a: {act>: , fail: no}\n";
    World strict(yaml, engine::Compatibility::kStrict);
    strict.run();
    EXPECT_EQ(strict.calls().size(), 3u);
    World fixed(yaml);
    fixed.run();
    EXPECT_EQ(fixed.calls().size(), 4u);
}

// digdag 2.6.5
TEST(StateMachine, GroupsInsideGeneratedTasksRetry) {
    World world("+a: {act>: , sub: {+g: {_retry: 1, +x: {act>: , fail: no}}}}\n");
    world.run();
    EXPECT_EQ(world.calls().size(), 3u);
}

// digdag 2.7.3
TEST(StateMachine, BrokenGeneratedTasksFailTheirTask) {
    World world("+a: {act>: , sub: {+x: 1}}\n");
    world.run();
    EXPECT_EQ(world.states()["+w+a"], "error");
}

// digdag 2.8.4, 2.8.9
TEST(Parameters, StoresAndExportsOverrideByPlace) {
    World world(
        "_export: {v: root}\n"
        "+a: {act>: , store: {v: a, deep: {x: 1, y: 1}}}\n"
        "+g:\n  _export: {v: group}\n  +b: {act>: }\n  +c: {act>: , store: {v: c}}\n"
        "  +d: {act>: }\n  +e: {act>: , _export: {v: own}}\n"
        "+f: {act>: , store: {deep: {y: 2}}}\n+h: {act>: }\n");
    world.run();
    EXPECT_EQ(json(world.seen("+w+a")), R"({"v":"root"})");
    EXPECT_EQ(json(world.seen("+w+g+b")), R"({"v":"group","deep":{"x":1,"y":1}})");
    EXPECT_EQ(json(world.seen("+w+g+d")), R"({"v":"c","deep":{"x":1,"y":1}})");
    EXPECT_EQ(json(world.seen("+w+g+e")), R"({"v":"own","deep":{"x":1,"y":1}})");
    EXPECT_EQ(json(world.seen("+w+h")), R"({"v":"c","deep":{"x":1,"y":2}})");
}

// digdag 2.8.10
TEST(Parameters, ParallelSiblingsAreSeenAfterTheGroupInFileOrder) {
    World world(
        "+g:\n  _parallel: true\n  +a: {act>: , polls: 2, store: {v: a, a: 1}}\n"
        "  +b: {act>: , store: {v: b, b: 1}}\n+c: {act>: }\n");
    world.run();
    EXPECT_EQ(json(world.seen("+w+g+b")), "{}");
    EXPECT_EQ(json(world.seen("+w+c")), R"({"v":"b","a":1,"b":1})");
}

TEST(Parameters, ChunksSeeTheChunksBefore) {
    World world(
        "_parallel: {limit: 2}\n+a: {act>: , store: {a: 1}}\n+b: {act>: , store: {b: 1}}\n"
        "+c: {act>: , store: {c: 1}}\n+d: {act>: , store: {d: 1}}\n+e: {act>: }\n");
    world.run();
    EXPECT_EQ(json(world.seen("+w+d")), R"({"a":1,"b":1})");
    EXPECT_EQ(json(world.seen("+w+e")), R"({"a":1,"b":1,"c":1,"d":1})");
}

// digdag 2.8.11
TEST(Parameters, ResetsRemoveBeforeTheStoreMerges) {
    World world(
        "+a: {act>: , store: {x: {y: 1, z: 2}, k: 1}}\n"
        "+b: {act>: , reset: [x.y, k], store: {x: {n: 3}}}\n+c: {act>: }\n");
    world.run();
    EXPECT_EQ(json(world.seen("+w+c")), R"({"x":{"z":2,"n":3}})");
}

// digdag 2.8.12, 2.8.14, 2.7.4
TEST(Parameters, ReturnedExportsReachOnlyGeneratedTasks) {
    World world(
        "+a: {act>: , own: 1, export: {e: 1}, store: {s: 1}, sub: {+x: {act>: }}}\n+b: {act>: }\n");
    world.run();
    EXPECT_EQ(json(world.seen("+w+a^sub+x")), R"({"e":1,"s":1})");
    EXPECT_EQ(json(world.seen("+w+b")), R"({"s":1})");
}

// digdag 2.8.3, 2.8.8
TEST(Parameters, ExportsOverrideTheAttempts) {
    World world("_export: {a: file}\n+a: {act>: }\n");
    world.attempt_parameters.set("a", "option");
    world.attempt_parameters.set("b", "option");
    world.run();
    EXPECT_EQ(json(world.seen("+w+a")), R"({"a":"file","b":"option"})");
}

// digdag 2.10.6
TEST(Limits, TooManyTasksAreRefusedAtTheStart) {
    World strict("+a: {act>: }\n+b: {act>: }\n", engine::Compatibility::kStrict);
    strict.options.tasks_max = 3;
    strict.run();
    ASSERT_FALSE(strict.start_result.ok());
    EXPECT_EQ(strict.start_result.error().message(),
              "Too many tasks. Limit: 3, Current: 1, Adding: 3");
    World fixed("+a: {act>: }\n+b: {act>: }\n");
    fixed.options.tasks_max = 3;
    fixed.run();
    EXPECT_TRUE(fixed.is_success());
}

// digdag 2.6.2, 2.10.6
TEST(Limits, AGroupIsNotTriedAgainBeyondTheLimit) {
    World world("+g:\n  _retry: 5\n  +a: {act>: , fail: no}\n  +b: {act>: }\n");
    world.options.tasks_max = 6;
    world.run();
    EXPECT_EQ(world.calls().size(), 2u);
    EXPECT_EQ(world.states()["+w+g"], "group_error");
}

// digdag 2.10.6, 2.7.3
TEST(Limits, TooManyGeneratedTasksFailTheirTask) {
    World world("+a: {act>: , sub: {+x: {act>: }, +y: {act>: }}}\n");
    world.options.tasks_max = 4;
    world.run();
    EXPECT_EQ(world.tree().nodes()[1].row.error.find("message")->string(),
              "Too many tasks. Limit: 4, Current: 2, Adding: 3 (config)");
}

// digdag 2.10.8, 2.3.6
TEST(Cancel, EndsWaitingTasksAndRunsNoErrorTasks) {
    World world("_error: {act>: }\n+a: {act>: , polls: 100}\n+b: {act>: }\n");
    world.start();
    for (int turns = 0; turns < 6; ++turns) ASSERT_TRUE(world.turn());
    world.engine().request_cancel();
    while (world.turn()) {
    }
    EXPECT_EQ(world.states(), (std::map<std::string, std::string>{
                                  {"+w", "canceled"}, {"+w+a", "canceled"}, {"+w+b", "blocked"}}));
}

// digdag 2.10.9: those that have something of their own out there, and no others.
TEST(Cancel, OperatorsThatWaitMayCleanUp) {
    World world("_parallel: true\n+a: {act>: , polls: 100}\n+b:\n  +c: {act>: }\n  +d: {act>: }\n");
    world.start();
    while (world.states()["+w+a"] != "retry_waiting") ASSERT_TRUE(world.turn());
    world.engine().request_cancel();
    while (world.turn()) {
    }
    EXPECT_THAT(world.cleaned(), ElementsAre("+w+a"));
    EXPECT_EQ(world.states()["+w+a"], "canceled");
}

// digdag 2.2.5, 2.10.8
TEST(Cancel, ALateSuccessDoesNotCount) {
    World world("+a: {act>: }\n+b: {act>: }\n");
    world.start();
    ASSERT_TRUE(world.turn());
    world.engine().request_cancel();
    while (world.turn()) {
    }
    EXPECT_EQ(world.states()["+w+a"], "canceled");
}

TEST(Engine, LimitsHowManyTasksWorkAtOnce) {
    World world("_parallel: true\n+a: {act>: }\n+b: {act>: }\n+c: {act>: }\n");
    world.options.running_max = 1;
    world.start();
    ASSERT_TRUE(world.engine().step(world.clock().now()).ok());
    EXPECT_TRUE(world.engine().call_here());
    EXPECT_FALSE(world.engine().call_here());
    while (world.turn()) {
    }
    EXPECT_TRUE(world.is_success());
}

TEST(Engine, ForgetsWhatIsDone) {
    World world("+a: {act>: }\n");
    const store::AttemptId id{1};
    world.start();
    EXPECT_FALSE(world.engine().is_done(id));
    EXPECT_FALSE(world.engine().forget(id));
    while (world.turn()) {
    }
    EXPECT_TRUE(world.engine().is_done(id));
    EXPECT_TRUE(world.engine().forget(id));
    EXPECT_TRUE(world.engine().forget(id));
    EXPECT_TRUE(world.engine().is_done());
}

}  // namespace
}  // namespace mogura::simulation
