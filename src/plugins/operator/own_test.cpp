// The users' own operators, as docs/guide/own_operators.md has them.

#include "plugins/operator/operator_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;

class OwnTest : public testing::Test {
  protected:
    void program(const std::string& text) {
        bench.write("bin/hello", "#!/bin/sh\n" + text);
        std::filesystem::permissions(bench.folder + "/bin/hello",
                                     std::filesystem::perms::owner_all);
    }
    // As the engine asks: with the task's parameters.
    engine::Outcome call(const std::string& json) {
        bench.state = {};
        bench.parameters = config::parse_json(json, "test")->map();
        return next();
    }
    // The next call, and those until its command has ended.
    engine::Outcome next(const std::string& word = "hello") {
        engine::Outcome outcome = bench.call_with_parameters(word);
        while (auto* again = std::get_if<engine::Again>(&outcome)) {
            if (!again->wake_descriptor) break;
            bench.state = again->state;
            pollfd ended{.fd = *again->wake_descriptor, .events = POLLIN, .revents = 0};
            ::poll(&ended, 1, 10'000);
            outcome = bench.call_with_parameters(word);
        }
        return outcome;
    }
    engine::Outcome call_simple(const std::string& rest = "") {
        return call(R"({"plugin":{"operators":{"hello":"bin/hello"}},"_command":"world")" + rest +
                    "}");
    }

    Bench bench;
};

TEST_F(OwnTest, GivesBackWhatTheProgramSays) {
    program(R"(echo "to the log" >&2
cat >seen.json
echo '{"store": {"a": {"b": 1}}, "reset": ["c.d"], "export": {"e": 2}, "subtasks": {"+x": {"echo>": "y"}}}')");
    bench.secrets.values = {{"k", "v"}};
    auto outcome = call_simple(R"(,"n":null,"_env":{"K":"${secret:k}"})");
    ASSERT_EQ(stored(outcome), R"({"a":{"b":1}})");
    const auto& done = std::get<engine::Done>(outcome);
    EXPECT_EQ(config::to_json(done.export_parameters), R"({"e":2})");
    EXPECT_EQ(config::to_json(done.subtask_config), R"({"+x":{"echo>":"y"}})");
    EXPECT_THAT(done.reset_store_parameters, testing::ElementsAre("c.d"));
    EXPECT_EQ(bench.printed, "to the log\n");
    std::string request = *base::read_file(bench.folder + "/seen.json");
    EXPECT_THAT(request,
                HasSubstr(R"({"protocol":1,"operator":"hello","command":"world","task":{)"));
    EXPECT_THAT(request, HasSubstr(R"("n":null)"));
    EXPECT_THAT(request, HasSubstr(R"("state":{},"context":{"task_name":"+w+t","task_id":1,)"
                                   R"("attempt_id":1,"time_zone":"UTC","project_folder":")" +
                                   bench.folder + "\"}"));
    program(R"(echo "{\"store\":{\"k\":\"$K\"}}")");
    EXPECT_EQ(stored(call_simple(R"(,"_env":{"K":"${secret:k}"})")), R"({"k":"v"})");
    program("");
    EXPECT_EQ(stored(call_simple()), "{}");
}

TEST_F(OwnTest, IsCalledAgainWithItsState) {
    program(R"sh(case "$(cat)" in
  *'"state":{"n":2}'*) echo '{"store":{"done":true}}' ;;
  *'"state":{"n":1}'*) echo '{"again_in": 0, "state": {"n": 2}}' ;;
  *) echo '{"again_in": 1.5, "state": {"n": 1}}' ;;
esac)sh");
    base::SystemClock clock;
    base::Instant before = clock.now();
    auto outcome = call_simple();
    auto* again = std::get_if<engine::Again>(&outcome);
    ASSERT_TRUE(again) << message(outcome);
    EXPECT_GE(again->at, before + std::chrono::milliseconds(1500));
    EXPECT_EQ(config::to_json(again->state), R"({"own":{"n":1}})");
    for (int calls = 0; calls < 2; ++calls) {
        ASSERT_TRUE(std::holds_alternative<engine::Again>(outcome)) << message(outcome);
        bench.state = std::get<engine::Again>(outcome).state;
        outcome = next();
    }
    EXPECT_EQ(stored(outcome), R"({"done":true})");
}

// digdag 1.3.5: 0.5 is a text there, and may be handed back as it came.
TEST_F(OwnTest, WaitsForSecondsThatAreATextToo) {
    program(R"(echo '{"again_in": "1.5"}')");
    base::SystemClock clock;
    base::Instant before = clock.now();
    auto outcome = call_simple();
    auto* again = std::get_if<engine::Again>(&outcome);
    ASSERT_TRUE(again) << message(outcome);
    EXPECT_GE(again->at, before + std::chrono::milliseconds(1500));
    for (const char* text : {"1.5s", "-0.5", "nan", "inf"}) {
        program(std::string(R"(echo '{"again_in": ")") + text + "\"}'");
        EXPECT_THAT(message(call_simple()), HasSubstr("again_in")) << text;
    }
}

// digdag 2.5
TEST_F(OwnTest, BeginsAfreshWhenItIsTriedAgain) {
    program(R"sh(case "$(cat)" in
  *'"state":{}'*) echo '{"again_in": 0, "state": {"n": 1}}' ;;
  *) echo '{"error": "no"}' ;;
esac)sh");
    auto outcome = call_simple();
    for (int retries = 0; retries < 3; ++retries) {
        auto* again = std::get_if<engine::Again>(&outcome);
        ASSERT_TRUE(again) << message(outcome);
        EXPECT_EQ(config::to_json(*again->state.find("own")), R"({"n":1})");
        bench.state = again->state;
        EXPECT_EQ(message(next()), "no");
        bench.state.erase("commandStatus");
        bench.state.set("retry_count", retries + 1);  // as the engine does for _retry
        outcome = next();
    }
}

TEST_F(OwnTest, FailsAsTheProgramFails) {
    struct Case {
        const char* program;
        const char* text;
    };
    for (const Case& one : {
             Case{R"(echo '{"error": "no such table"}')", "no such table"},
             Case{R"(echo '{"error": {"message": "no such row"}}'; exit 1)", "no such row"},
             Case{"exit 3", "hello> ended with code 3"},
             Case{"echo words; exit 3", "hello> ended with code 3"},
             Case{"echo words", "hello>: standard output:1:1"},
             Case{"echo words", "It begins with \"words\" (only the result belongs there"},
             Case{"printf 'rows: %0200d' 1", "It begins with \"rows: 000"},
             Case{"printf 'rows: %0200d' 1", "000\"... (only the result"},
             Case{"echo '[]'", "hello>: standard output: not a JSON object"},
             Case{"echo '[]'", "It begins with \"[]\""},
             Case{R"(echo '{"stored": {}}')", "unknown key: stored (did you mean store?)"},
             Case{R"(echo '{"store": 1}')", "Parameter 'store' must be an object"},
             Case{R"(echo '{"again_in": -1}')", "again_in: not between 0 and 30 days"},
             Case{R"(echo '{"again_in": "x"}')", "again_in"},
         }) {
        program(one.program);
        auto outcome = call_simple();
        EXPECT_THAT(message(outcome), HasSubstr(one.text)) << one.program;
    }
}

TEST_F(OwnTest, SaysWhatIsWrongWithTheMapping) {
    program("");
    for (auto [json, text] : {
             std::pair(R"({"plugin":{"operators":{"hello":"bin/none"}}})", "no such program: "),
             std::pair(R"({"plugin":{"operators":{"hello":[]}}})",
                       "plugin.operators.hello: a program"),
             std::pair(R"({"plugin":{"operators":{"hello":{"a":1}}}})", "plugin.operators.hello"),
             std::pair(R"({"plugin":{"operators":["hello"]}})",
                       "Parameter 'operators' must be an object"),
             std::pair(R"({"plugin":{"operators":{"hallo":"bin/hello"}}})",
                       "Unknown task type: hello"),
             std::pair(R"({})", "Unknown task type: hello"),
             std::pair(R"({"plugin":{"dependencies":["com.example:thing:1.0"]}})",
                       "Java plugins cannot be loaded: com.example:thing:1.0 (write the operator"),
         }) {
        EXPECT_THAT(message(call(json)), HasSubstr(text)) << json;
    }
    EXPECT_THAT(message(call(R"({"plugin":{"operators":{"hello":"./bin"}}})")),
                HasSubstr("a folder, not a program: "));
    EXPECT_THAT(message(call(R"({"plugin":{"operators":{"hello":"/no/such"}}})")),
                HasSubstr("no such program: /no/such"));
    bench.write("bin/plain", "");
    EXPECT_THAT(message(call(R"({"plugin":{"operators":{"hello":"bin/plain"}}})")),
                HasSubstr("not executable: "));
    EXPECT_EQ(
        stored(call(
            R"({"plugin":{"operators":{"hello":["sh","-c","echo '{\"store\":{\"a\":1}}'"]}}})")),
        R"({"a":1})");
}

// digdag 4.20.1, 4.21
TEST_F(OwnTest, WellKnownJavaPluginsAreBuiltIn) {
    auto check = [&](const std::string& plugin) {
        return bench.registry.operators.check(
            config::parse_json("{\"plugin\":" + plugin + "}", "test")->map());
    };
    EXPECT_TRUE(check(R"({"repositories":["https://example.com/"],"dependencies":[
        "com.github.szyn:digdag-slack:0.1.4","pro.civitaspo:digdag-operator-pg_lock:0.0.6",
        "com.github.hiroyuki-sato:digdag-plugin-mysql:0.1.2"]})")
                    .ok());
    EXPECT_TRUE(check(R"({"operators":{"hello":"bin/hello"}})").ok());
    EXPECT_TRUE(bench.registry.operators.check({}).ok());
    auto unknown = check(R"({"dependencies":["com.example:thing:1.0"]})");
    ASSERT_FALSE(unknown.ok());
    EXPECT_THAT(unknown.error().message(), HasSubstr("docs/guide/own_operators.md"));
    EXPECT_FALSE(check(R"({"operators":{"hello":7}})").ok());
    // Built-in words always win.
    program("echo '{\"error\": \"mine\"}'");
    bench.parameters =
        config::parse_json(R"({"plugin":{"operators":{"fail":"bin/hello"}},"_command":"theirs"})",
                           "test")
            ->map();
    EXPECT_EQ(message(next("fail")), "theirs");
}

}  // namespace
}  // namespace mogura::plugins
