// lock>, pg_lock> and pg_unlock> (spec digdag 4.21.4).

#include "base/log.h"
#include "plugins/operator/operator_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;

// digdag 4.21.4
TEST(Lock, GuardsItsTasks) {
    Bench bench;
    EXPECT_EQ(subtasks(bench.run("lock", R"({"_command":"l","_do":{"echo>":"x"}})")),
              R"({"+do":{"echo>":"x"},"+unlock":{"pg_unlock>":"1-1"},)"
              R"("_error":{"pg_unlock>":"1-1"}})");
    // Of the same task, called again.
    EXPECT_THAT(subtasks(bench.run("pg_lock", R"({"_command":"l","_do":{}})")), HasSubstr("+do"));
    base::SystemClock clock;
    ASSERT_TRUE(*bench.locks->acquire({.name = "site held", .holder = "9-1"}, clock.now()));
    auto waiting = bench.run("lock", R"({"_command":"held","_do":{}})");
    auto* again = std::get_if<engine::Again>(&waiting);
    ASSERT_TRUE(again) << message(waiting);
    EXPECT_LE(again->at, clock.now() + std::chrono::milliseconds(250));
    EXPECT_EQ(message(bench.run("lock", R"({"_command":"held","_do":{},"wait_timeout":"0s"})")),
              "the lock held was not free within 0 s (wait_timeout)");
    EXPECT_THAT(message(bench.run("lock", R"({"_command":"held","_do":{},"limit":2})")),
                HasSubstr("all tasks must name the same limit"));
    EXPECT_THAT(
        subtasks(bench.run("lock", R"({"_command":"held","_do":{},"namespace":"workflow"})")),
        HasSubstr("+do"));
    EXPECT_EQ(message(bench.run("pg_unlock", R"({"_command":"9-1"})")),
              "the lock 9-1 belongs to another attempt (force: true frees it) (config)");
    EXPECT_EQ(message(bench.run("pg_unlock", R"({"_command":"9-1","force":true})")), "no failure");
    EXPECT_THAT(subtasks(bench.run("lock", R"({"_command":"held","_do":{}})")), HasSubstr("+do"));
    EXPECT_EQ(message(bench.run("pg_unlock", R"({"_command":"1-1"})")), "no failure");
    for (auto [json, text] :
         {std::pair(R"({"_command":"l"})", "Parameter '_do' is required"),
          std::pair(R"({"_command":"l","_do":{},"namespace":"x"})", "namespace: not one of"),
          std::pair(R"({"_command":"l","_do":{},"limit":0})", "limit must be 1 or more"),
          std::pair(R"({"_command":"l","_do":{},"expire_in":"soon"})", "soon")}) {
        EXPECT_THAT(message(bench.run("lock", json)), HasSubstr(text));
    }
}

// digdag 4.21.4
TEST(Lock, LastsWhileItsProcessRunsAndPgLockSaysWhenItWasLost) {
    Bench bench;
    std::string logged;
    log::set_writer([&](std::string_view line) { logged += line; });
    const base::Instant later = base::SystemClock().now() + std::chrono::hours(2);
    auto others = [&](const char* holder) {
        return *bench.locks->acquire({.name = "site l", .holder = holder}, later);
    };
    EXPECT_THAT(subtasks(bench.run("lock", R"({"_command":"l","_do":{}})")), HasSubstr("+do"));
    EXPECT_FALSE(others("9-1"));
    EXPECT_EQ(message(bench.run("pg_unlock", R"({"_command":"1-1"})")), "no failure");
    EXPECT_EQ(logged, "");
    EXPECT_THAT(subtasks(bench.run("pg_lock", R"({"_command":"l","_do":{}})")), HasSubstr("+do"));
    EXPECT_TRUE(others("9-1"));
    EXPECT_EQ(message(bench.run("pg_unlock", R"({"_command":"1-1"})")), "no failure");
    EXPECT_THAT(logged, HasSubstr("the lock was no longer held: its expire_in had passed"));
    EXPECT_THAT(logged, HasSubstr("3600 s"));
    log::set_writer({});
}

// digdag 4.0.5
TEST(Lock, TakesDefaultsOfItsOwnName) {
    Bench bench;
    base::SystemClock clock;
    ASSERT_TRUE(*bench.locks->acquire({.name = "site held", .holder = "9-1"}, clock.now()));
    auto run = [&](const char* word, const char* defaults) {
        return subtasks(
            bench.run(word, std::string(R"({"_command":"held","_do":{},)") + defaults + "}"));
    };
    const char* both = R"("lock":{"namespace":"attempt"},"pg_lock":{"namespace":"nowhere"})";
    EXPECT_THAT(run("lock", both), HasSubstr("+do"));
    EXPECT_THAT(run("pg_lock", both), HasSubstr("nowhere"));
    EXPECT_THAT(run("lock", R"("pg_lock":{"namespace":"attempt"})"), HasSubstr("+do"));
}

// digdag 2.5: each try waits as long as the first.
TEST(Lock, WaitsAgainWhenItIsTriedAgain) {
    Bench bench;
    base::SystemClock clock;
    ASSERT_TRUE(*bench.locks->acquire({.name = "site held", .holder = "9-1"}, clock.now()));
    auto wait = [&]() { return bench.call("lock"); };
    bench.parameters =
        config::parse_json(R"({"_command":"held","_do":{},"wait_timeout":"10s"})", "")->map();
    bench.state.set("lock_wait_start_time_millis", 1);
    EXPECT_THAT(message(wait()), HasSubstr("not free within 10 s"));
    bench.state.set("retry_count", 1);
    auto waiting = wait();
    auto* again = std::get_if<engine::Again>(&waiting);
    ASSERT_TRUE(again) << message(waiting);
    EXPECT_GT(engine::required_integer(again->state, "lock_wait_start_time_millis").ok()
                  ? *engine::required_integer(again->state, "lock_wait_start_time_millis")
                  : 0,
              1);
    // Still the same try.
    bench.state = again->state;
    bench.state.set("lock_wait_start_time_millis", 1);
    EXPECT_THAT(message(wait()), HasSubstr("not free within 10 s"));
    bench.state.set("retry_count", 2);
    auto third = wait();
    EXPECT_TRUE(std::holds_alternative<engine::Again>(third)) << message(third);
}

}  // namespace
}  // namespace mogura::plugins
