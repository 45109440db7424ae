// require> with attempts that the test ends (spec digdag 4.2).

#include "plugins/operator/operator_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;

// Knows one workflow, "child", whose attempts end when the test says so.
class FakeAttempts final : public engine::Attempts {
  public:
    Result<engine::OtherAttempt> start(const engine::WantedAttempt& wanted) override {
        asked.push_back(wanted);
        if (wanted.workflow != "child") {
            return Error(Code::kNotFound, "Dependent workflow does not exist. x");
        }
        if (is_taken) return Error(Code::kUnavailable, "being run by another mogura");
        if (is_full) return Error(Code::kLimit, "Too many attempts running. Limit: 1, Current: 1");
        for (auto& [name, attempt] : attempts) {
            if (name == wanted.retry_name) {
                attempt.is_new = false;
                return attempt;
            }
        }
        engine::OtherAttempt made{.session_id = 7,
                                  .attempt_id = 10 + static_cast<int64_t>(attempts.size()),
                                  .is_new = true};
        attempts.emplace_back(wanted.retry_name, made);
        return made;
    }
    Result<engine::OtherAttempt> look(const engine::WantedAttempt&, int64_t id) override {
        for (auto& [name, attempt] : attempts) {
            if (attempt.attempt_id == id) return attempt;
        }
        return Error(Code::kNotFound, "no such attempt");
    }
    void end(size_t index, bool success) {
        attempts.at(index).second.is_done = true;
        attempts.at(index).second.is_success = success;
    }

    std::vector<engine::WantedAttempt> asked;
    std::vector<std::pair<std::string, engine::OtherAttempt>> attempts;
    bool is_full = false;
    bool is_taken = false;
};

std::string require_json(const std::string& rest = "", const std::string& workflow = "child") {
    return R"({"_command":")" + workflow + R"(","session_time":"2024-03-10T09:00:00+09:00")" +
           rest + "}";
}

class RequireTest : public testing::Test {
  protected:
    RequireTest() { bench.attempts = &attempts; }
    engine::Outcome next(engine::Outcome outcome) {
        bench.state = std::get<engine::Again>(outcome).state;
        return bench.call("require");
    }
    FakeAttempts attempts;
    Bench bench;
};

// It holds nothing while another process has the session.
TEST_F(RequireTest, AsksAgainWhileAnotherProcessRunsTheSession) {
    attempts.is_taken = true;
    auto outcome = bench.run("require", require_json());
    for (int looks = 0; looks < 8; ++looks) {
        ASSERT_TRUE(std::holds_alternative<engine::Again>(outcome)) << message(outcome);
        outcome = next(outcome);
    }
    EXPECT_TRUE(attempts.attempts.empty());
    attempts.is_taken = false;
    outcome = next(outcome);
    ASSERT_EQ(attempts.attempts.size(), 1u);
    attempts.end(0, true);
    outcome = next(next(outcome));
    EXPECT_TRUE(std::holds_alternative<engine::Done>(outcome)) << message(outcome);
}

// digdag 4.2.1, 4.2.3, 4.2.5, 2.12.2
TEST_F(RequireTest, StartsAndWaits) {
    auto outcome = bench.run("require", require_json(R"(,"params":{"v":1})"));
    outcome = next(outcome);
    ASSERT_EQ(attempts.asked.size(), 1u);
    EXPECT_EQ(attempts.asked[0].session_time.time_since_epoch(),
              std::chrono::seconds(1'710'028'800));
    EXPECT_EQ(config::to_json(attempts.asked[0].parameters), R"({"v":1})");
    EXPECT_EQ(attempts.asked[0].asked_by, 1);
    EXPECT_EQ(attempts.asked[0].asked_by_workflow, "w");
    EXPECT_EQ(config::to_json(std::get<engine::Again>(outcome).state),
              R"({"require_kicked":true,"target_session_id":7,"target_attempt_id":10,"retry":2})");
    attempts.end(0, true);
    outcome = next(outcome);
    EXPECT_THAT(config::to_json(std::get<engine::Again>(outcome).state),
                HasSubstr(R"("task_finish_success":true)"));
    EXPECT_EQ(message(next(outcome)), "no failure");
    for (int looks = 0; looks < 20; ++looks) {
        // Not written again and again.
        outcome = looks == 0 ? bench.run("require", require_json(R"(,"retry_attempt_name":"b")"))
                             : next(outcome);
    }
    EXPECT_LE(std::get<engine::Again>(outcome).state.find("retry")->integer(), 7);
}

// digdag 4.2, 4.2.4, 4.2.7
TEST_F(RequireTest, SaysWhatIsWrong) {
    for (auto [json, text] : {
             std::pair(require_json(R"(,"project_id":1,"project_name":"x")"),
                       "Both project_id and project_name can't be set (config)"),
             std::pair(require_json(R"(,"rerun_on":"sometimes")"),
                       "invalid rerun_on option:sometimes"),
             std::pair(require_json("", "other"), "Dependent workflow does not exist. x"),
             std::pair(std::string(R"({"_command":"child","session_time":"yesterday"})"),
                       "session_time: not a time"),
             std::pair(require_json(R"(,"params":[1])"), "Parameter 'params' must be an object"),
         }) {
        EXPECT_THAT(message(bench.run("require", json)), HasSubstr(text)) << json;
    }
    attempts.is_full = true;
    EXPECT_THAT(message(bench.run("require", require_json())), HasSubstr("Too many attempts"));
}

// digdag 4.2.2
TEST_F(RequireTest, RunsAgainOnWish) {
    struct Case {
        const char* rerun_on;
        bool earlier_success;
        bool runs_again;
    };
    for (const Case& one :
         {Case{"none", false, false}, Case{"none", true, false}, Case{"failed", false, true},
          Case{"failed", true, false}, Case{"all", false, true}, Case{"all", true, true}}) {
        attempts.attempts.clear();
        auto outcome = bench.run("require", require_json());
        attempts.end(0, one.earlier_success);
        outcome = bench.run("require",
                            require_json(std::string(R"(,"rerun_on":")") + one.rerun_on + "\""));
        EXPECT_EQ(attempts.attempts.size(), one.runs_again ? 2u : 1u) << one.rerun_on;
        if (!one.runs_again) continue;
        EXPECT_EQ(attempts.attempts[1].first, "rerun-1-1-0");
        // A life that forgot its state finds what it started.
        bench.run("require", require_json(std::string(R"(,"rerun_on":")") + one.rerun_on + "\""));
        EXPECT_EQ(attempts.attempts.size(), 2u);
    }
}

// digdag 4.2.3, 4.2.6
TEST_F(RequireTest, FailsWithItsAttempt) {
    auto ended = [&](const std::string& rest) {
        attempts.attempts.clear();
        auto outcome = bench.run("require", require_json(rest));
        attempts.end(attempts.attempts.size() - 1, false);
        outcome = next(outcome);
        return next(outcome);
    };
    EXPECT_EQ(message(ended("")), "Dependent workflow failed. Session id: 7, attempt id: 10");
    EXPECT_EQ(message(ended(R"(,"ignore_failure":true)")), "no failure");
    // As _retry calls it: Digdag's fails again, ours starts another attempt.
    bench.parameters = config::parse_json(require_json(), "test")->map();
    bench.state.set("retry_count", 1);
    engine::Outcome outcome = bench.call("require");
    EXPECT_EQ(attempts.attempts.size(), 2u);
    EXPECT_EQ(attempts.attempts[1].first, "rerun-1-1-1");
    attempts.end(1, true);
    outcome = next(outcome);
    EXPECT_EQ(message(next(outcome)), "no failure");
    bench.compatibility = engine::Compatibility::kStrict;
    bench.state.set("task_finish_success", false);
    bench.state.set("retry_count", 2);
    EXPECT_THAT(message(bench.call("require")), HasSubstr("Dependent workflow failed"));
}

TEST(Require, NeedsWhoeverStartsAttempts) {
    Bench bench;
    EXPECT_THAT(message(bench.run("require", require_json())), HasSubstr("cannot be started"));
}

}  // namespace
}  // namespace mogura::plugins
