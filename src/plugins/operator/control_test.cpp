// The operators that generate tasks, and sh>, each called by itself.

#include "plugins/plugins.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <cstdlib>
#include <filesystem>

namespace mogura::plugins {
namespace {

using config::Map;

class NoEvaluator final : public script::Evaluator {
  public:
    Result<Evaluated> evaluate(const script::Scope&, const Map&) override {
        return Error(Code::kUnsupported, "none");
    }
    Result<std::string> evaluate_text(const script::Scope&, std::string_view) override {
        return Error(Code::kUnsupported, "none");
    }
};

class Bench {
  public:
    Bench() {
        std::string name = (std::filesystem::temp_directory_path() / "controlXXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        add_all(registry_);
        executor_ = registry_.executors.at("process")({{"PATH", "/usr/bin:/bin"}});
    }
    ~Bench() { std::filesystem::remove_all(folder_); }

    engine::Outcome run(const std::string& type, const std::string& json) {
        parameters_ = config::parse_json(json, "test")->map();
        return call(type);
    }
    // Until it is done, waiting as the engine does.
    engine::Outcome run_to_the_end(const std::string& type, const std::string& json) {
        engine::Outcome outcome = run(type, json);
        while (auto* again = std::get_if<engine::Again>(&outcome)) {
            state_ = again->state;
            pollfd ended{.fd = again->wake_descriptor.value_or(-1), .events = POLLIN, .revents = 0};
            ::poll(&ended, 1, 10'000);
            outcome = call(type);
        }
        return outcome;
    }
    std::string printed;
    engine::Compatibility compatibility = engine::Compatibility::kFixed;

  private:
    engine::Outcome call(const std::string& type) {
        std::string message;
        auto made = registry_.operators.make(type, message);
        if (!made) return engine::failed(message);
        engine::TaskContext context{.full_name = "+w+t",
                                    .task_id = 1,
                                    .attempt_id = 1,
                                    .parameters = parameters_,
                                    .local = parameters_,
                                    .state = state_,
                                    .time_zone = "UTC",
                                    .project_folder = folder_,
                                    .work_folder = folder_,
                                    .temporary_folder = folder_ + "/.digdag/tmp",
                                    .tasks_max = 100,
                                    .compatibility = compatibility,
                                    .clock = clock_,
                                    .evaluator = evaluator_,
                                    .executor = *executor_,
                                    .progress = progress_,
                                    .stop = {},
                                    .print = [this](std::string_view text) { printed += text; },
                                    .printed_bytes = printed_bytes_};
        return made->run(context);
    }

    std::string folder_;
    Registry registry_;
    base::SystemClock clock_;
    NoEvaluator evaluator_;
    std::unique_ptr<executor::Executor> executor_;
    engine::TaskProgress progress_;
    int64_t printed_bytes_ = 0;
    Map parameters_;
    Map state_;
};

std::string subtasks(const engine::Outcome& outcome) {
    const auto* done = std::get_if<engine::Done>(&outcome);
    return done ? config::to_json(done->subtask_config) : "not done";
}

std::string message(const engine::Outcome& outcome) {
    const auto* failure = std::get_if<engine::Failed>(&outcome);
    return failure ? failure->error.find("message")->string() : "no failure";
}

// digdag 4.3.2, 4.3.4
TEST(Loop, GeneratesNumberedTasks) {
    Bench bench;
    EXPECT_EQ(
        subtasks(bench.run("loop", R"({"_command":"2","_do":{"echo>":"a"}})")),
        R"({"+loop-0":{"echo>":"a","_export":{"i":0}},"+loop-1":{"echo>":"a","_export":{"i":1}}})");
    EXPECT_EQ(subtasks(bench.run("loop", R"({"_command":0,"_do":{"echo>":"a"}})")), "{}");
    EXPECT_EQ(message(bench.run("loop", R"({"_command":101,"_do":{}})")),
              "Too many loop subtasks. Limit: 100 (config)");
    EXPECT_EQ(message(bench.run("loop", R"({"_command":1})")),
              "Parameter '_do' is required but not set (config)");
}

// digdag 4.4.3
TEST(ForEach, NamesTellTheCombination) {
    Bench bench;
    EXPECT_EQ(
        subtasks(
            bench.run("for_each", R"({"_command":{"fruit":["an apple pie"],"n":"[1]"},"_do":{}})")),
        R"({"+for-0=fruit=0=an%20apple&1=n=0=1":{"_export":{"fruit":"an apple pie","n":1}}})");
}

// digdag 4.5
TEST(ForRange, CutsTheLastRange) {
    Bench bench;
    EXPECT_EQ(
        subtasks(bench.run("for_range", R"({"_command":{"from":0,"to":5,"slices":2},"_do":{}})")),
        R"({"+range-from=0&to=3":{"_export":{"range":{"from":0,"to":3,"index":0}}},)"
        R"("+range-from=3&to=5":{"_export":{"range":{"from":3,"to":5,"index":1}}}})");
    EXPECT_EQ(
        message(bench.run("for_range", R"({"_command":{"from":0,"to":5,"step":0},"_do":{}})")),
        "step option must be same or greater than 1 but got 0 (config)");
}

// digdag 4.6
TEST(If, TextThatIsNoBooleanFails) {
    Bench bench;
    EXPECT_EQ(subtasks(bench.run("if", R"({"_command":"true","_do":{"a>":1}})")), R"({"a>":1})");
    EXPECT_EQ(subtasks(bench.run("if", R"({"_command":false,"_do":{"a>":1}})")), "{}");
    EXPECT_EQ(message(bench.run("if", R"({"_command":true})")),
              "Both _do and _else_do are not specified. (config)");
    EXPECT_NE(message(bench.run("if", R"({"_command":"1","_do":{"a>":1}})")), "no failure");
}

// digdag 4.0.2
TEST(Absent, SaysWhatToUse) {
    Bench bench;
    EXPECT_NE(message(bench.run("py", "{}")).find("planned"), std::string::npos);
    EXPECT_NE(message(bench.run("td", "{}")).find("not part of Mogura"), std::string::npos);
    EXPECT_EQ(message(bench.run("ecko", "{}")), "Unknown task type: ecko (did you mean echo?)");
}

// digdag 4.8
TEST(Sh, PrintsAndFailsWithTheExitCode) {
    Bench bench;
    auto outcome = bench.run_to_the_end(
        "sh", R"({"_command":"echo $word; echo also >&2; sleep 0.05; exit 3","word":"hello"})");
    EXPECT_EQ(bench.printed, "hello\nalso\n");
    EXPECT_EQ(message(outcome), "Command failed with code 3 (runtime)");
}

// digdag 4.8.1, 4.8.4, 6.3.1
TEST(Sh, RefusesWhatItCannotKnow) {
    Bench bench;
    EXPECT_NE(message(bench.run("sh", R"({"_command":"${secret:a}"})")).find("secrets"),
              std::string::npos);
    EXPECT_EQ(message(bench.run("sh", R"({"_command":"${v:-x}"})")),
              "Invalid parametrization: '${v:-x}' (config)");
    EXPECT_EQ(message(bench.run("sh", R"({"_command":"true","_env":{"a-b":"1"}})")),
              "Invalid _env key name: a-b (config)");
}

// digdag 4.8.4
TEST(Sh, ANullParameterIsNotSetOrFailsAsInTheOriginal) {
    const char* script = R"({"_command":"echo ${x-unset}","x":null})";
    Bench fixed;
    EXPECT_EQ(message(fixed.run_to_the_end("sh", script)), "no failure");
    EXPECT_EQ(fixed.printed, "unset\n");
    Bench strict;
    strict.compatibility = engine::Compatibility::kStrict;
    EXPECT_EQ(message(strict.run_to_the_end("sh", script)),
              "Parameter 'x' is required but null (config)");
    EXPECT_EQ(strict.printed, "");
}

}  // namespace
}  // namespace mogura::plugins
