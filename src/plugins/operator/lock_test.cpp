// lock>, pg_lock> and pg_unlock> (spec digdag 4.21.4).

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

}  // namespace
}  // namespace mogura::plugins
