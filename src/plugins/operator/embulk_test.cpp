#include "plugins/operator/operator_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;

std::string read(const Bench& bench, const std::string& name) {
    auto text = base::read_file(bench.folder + "/" + name);
    return text.ok() ? *text : text.error().message();
}

void write_program(Bench& bench, const std::string& text) {
    bench.write("bin/embulk", "#!/bin/sh\n" + text);
    std::filesystem::permissions(bench.folder + "/bin/embulk", std::filesystem::perms::owner_all);
}

constexpr const char* kLoad = R"(in:
  type: file
  path_prefix: ${secret:where}
  parser: {type: csv, columns: [{name: a, type: long}]}
out: {type: file, path_prefix: out, file_ext: csv, formatter: {type: csv, header_line: false}}
)";

// digdag 4.10.1, 7.5: secrets of the file are put in, those of an inline mapping are not.
TEST(Embulk, LoadsInTheSameProcess) {
    for (auto compatibility : {engine::Compatibility::kFixed, engine::Compatibility::kStrict}) {
        Bench bench;
        bench.compatibility = compatibility;
        bench.secrets.values = {{"where", "rows.csv"}};
        bench.write("rows.csv", "1\n2\n");
        bench.write("load.yml", kLoad);
        auto outcome = bench.run_to_the_end("embulk", R"({"_command":"load.yml"})");
        EXPECT_EQ(message(outcome), "no failure");
        EXPECT_EQ(read(bench, "out000.00.csv"), "1\r\n2\r\n");
        auto without = bench.run_to_the_end("embulk", R"json({"config":{
            "in":{"type":"file","path_prefix":"${secret:where}","parser":{"type":"none"}},
            "out":{"type":"null"}}})json");
        EXPECT_THAT(message(without), HasSubstr("none"));
        bench.secrets.values.clear();
        EXPECT_EQ(message(bench.run("embulk", R"({"_command":"load.yml"})")),
                  "load.yml: Secret not found for key: 'where'");
    }
}

// digdag 4.10.1, 6.3.1
TEST(Embulk, StrictRunsTheProgramThatIsThere) {
    Bench bench;
    bench.run_commands_with({{"PATH", bench.folder + "/bin:/usr/bin:/bin"}});
    write_program(bench, "echo \"$1 $E\" > trace; cat \"$2\" >> trace; exit $CODE\n");
    bench.compatibility = engine::Compatibility::kStrict;
    bench.secrets.values = {{"where", "rows"}};
    bench.write("load.yml", "in: {type: file, '${secret:where}': [1, {a: '${secret:where}'}]}\n");
    auto outcome = bench.run_to_the_end(
        "embulk", R"({"_command":"load.yml","_env":{"E":"${secret:where}","CODE":"0"}})");
    EXPECT_EQ(message(outcome), "no failure");
    EXPECT_EQ(read(bench, "trace"),
              "run rows\n{\"in\":{\"type\":\"file\",\"rows\":[1,{\"a\":\"rows\"}]}}\n");
    outcome = bench.run_to_the_end(
        "embulk", R"json({"config":{"in":"${secret:where}"},"_env":{"CODE":"3"}})json");
    EXPECT_EQ(message(outcome), "Command failed with code 3 (runtime)");
    EXPECT_EQ(read(bench, "trace"), "run \n{\"in\":\"${secret:where}\"}\n");
    bench.compatibility = engine::Compatibility::kFixed;
    outcome = bench.run_to_the_end("embulk", R"({"config":{"in":{"type":"none"}}})");
    EXPECT_THAT(message(outcome), HasSubstr("none"));
}

}  // namespace
}  // namespace mogura::plugins
