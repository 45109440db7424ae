// The operators that generate tasks, and sh>, each called by itself.

#include "plugins/operator/operator_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::plugins {
namespace {

using testing::AllOf;
using testing::HasSubstr;

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
    EXPECT_NE(message(bench.run("s3_wait", "{}")).find("later version"), std::string::npos);
    for (const char* word : {"td", "td_wait", "emr"}) {
        EXPECT_THAT(message(bench.run(word, "{}")),
                    AllOf(HasSubstr("not part of Mogura"), HasSubstr("plugin: operators:")));
    }
    EXPECT_EQ(message(bench.run("ssh", "{}")),
              "ssh> is of a Java plug-in, which is not built in: put a program of your own under "
              "this word, plugin: operators: (docs/guide/own_operators.md)");
    for (const char* word : {"sentry", "snow", "emr_fleet.create_cluster"}) {
        EXPECT_THAT(message(bench.run(word, "{}")), HasSubstr("Java plug-in")) << word;
    }
    EXPECT_EQ(message(bench.run("ecko", "{}")), "Unknown task type: ecko (did you mean echo?)");
}

TEST(Call, StopsWhenAWorkflowCallsItself) {
    Bench bench;
    bench.write("again.dig", "+a:\n  call>: again\n");
    EXPECT_EQ(message(bench.run("call", R"({"_command":"again"})")), "no failure");
    bench.full_name = "+again";
    for (int level = 0; level < 500; ++level) bench.full_name += "^sub+a";
    EXPECT_EQ(message(bench.run("call", R"({"_command":"again"})")),
              "tasks are nested 500 deep: does again call itself? (config)");
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
    EXPECT_EQ(message(bench.run("sh", R"({"_command":"${secret:a}"})")),
              "Secret not found for key: 'a'");
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

// digdag 6.3.1, 7.5, 7.6
TEST(Sh, TakesSecretsInItsTextAndItsEnvironment) {
    Bench bench;
    bench.secrets.values = {{"a.b", "x$y'\\z"}};
    bench.run_to_the_end("sh", R"({"_command":"cat <<'E'\n${ secret : a.b }\nE\necho \"$v $p\"",
                                   "v":"hidden","p":"${secret:a.b}",
                                   "_env":{"v":"<${secret:a.b}>"}})");
    EXPECT_EQ(bench.printed, "x$y'\\z\n<x$y'\\z> ${secret:a.b}\n");
}

// digdag 4.8.2, 4.0.5
TEST(Sh, TakesAnotherShell) {
    Bench bench;
    bench.run_to_the_end("sh", R"json({"_command":"print(6*7)","shell":["python3"]})json");
    bench.run_to_the_end("sh", R"({"_command":"echo $0","sh":{"shell":["bash","-e"]}})");
    EXPECT_EQ(bench.printed, "42\n.digdag/tmp/digdag-sh-1-1/runner.sh\n");
    EXPECT_NE(message(bench.run("sh", R"({"_command":"true","shell":"bash"})")).find("[\"bash\"]"),
              std::string::npos);
    EXPECT_NE(message(bench.run("sh", R"({"_command":"true","docker":{"image":"debian"}})"))
                  .find("containers are not supported yet"),
              std::string::npos);
}

// The text may hold secrets.
TEST(Sh, KeepsItsScriptToItself) {
    Bench bench;
    bench.run_to_the_end("sh", R"({"_command":"exit 1"})");
    auto status = std::filesystem::status(bench.folder + "/.digdag/tmp/digdag-sh-1-1/runner.sh");
    EXPECT_EQ(status.permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace
}  // namespace mogura::plugins
