#include "cli/load_plan.h"

#include <gtest/gtest.h>

namespace mogura::cli {
namespace {

using Step = load::OutputPlan::Step;

load::Plan two_files_into_a_table() {
    const page::Schema schema({{.name = "id", .type = page::Type::kLong}, {.name = "name"}});
    return {.inputs = {"/data/a.csv", "/data/long.csv.gz"},
            .splits = {{.bytes = 20, .piece_bytes = 524288, .pieces = 1},
                       {.bytes = 6'400'000,
                        .piece_bytes = 524288,
                        .threads = 2,
                        .unpacking = {"gzip members"}}},
            .bytes = 6'400'020,
            .tasks = 2,
            .tasks_at_once = 2,
            .output_tasks = 2,
            .threads = 2,
            .schemas = {schema},
            .output = {.target = "mysql table t, mode insert",
                       .statements = {{Step::kBegin, "CREATE TABLE `t_1` (`id` BIGINT)"},
                                      {Step::kBegin, "CREATE TABLE `t_2` (`id` BIGINT)", true},
                                      {Step::kRows, "LOAD DATA INTO `t_1`"},
                                      {Step::kRows, "LOAD DATA INTO `t_2`", true},
                                      {Step::kCommit, "BEGIN"},
                                      {Step::kCommit, "INSERT\nINTO `t`"}},
                       .cut = {"name"},
                       .notes = {"a note"}}};
}

TEST(LoadPlan, IsReadAtAGlance) {
    EXPECT_EQ(plan_text(two_files_into_a_table()),
              R"(2 input tasks, 6.1 MiB, on 2 threads, 2 tasks at once
  /data/a.csv           20 B  one piece
  /data/long.csv.gz  6.1 MiB  unpacked by gzip members, pieces of 512 KiB on 2 threads
columns of the input: id:long, name:string
2 output tasks
mysql table t, mode insert
  columns cut:      name (the target does not take them)
  at the beginning
    CREATE TABLE `t_1` (`id` BIGINT)
    (the same for every other task)
  each task, for each batch of rows
    LOAD DATA INTO `t_1`
    (the same for every other task)
  at the end
    BEGIN
    INSERT
    INTO `t`
  note: a note
)");
}

TEST(LoadPlan, CutsWhatIsLong) {
    load::Plan plan;
    plan.tasks = 12;
    plan.splits.resize(12);
    plan.output.statements = {{Step::kCommit, std::string(5'000, 'x')}};
    const std::string text = plan_text(plan);
    EXPECT_NE(text.find("  task 9  read by one thread\n  and 2 more\n"), text.npos) << text;
    EXPECT_NE(text.find("x [... 4.1 KiB more ...] x"), text.npos) << text;
    EXPECT_NE(config::to_json(config::Value(plan_json(plan))).find(std::string(5'000, 'x')),
              std::string::npos);
}

TEST(LoadPlan, IsCompleteAsJson) {
    const std::string json = config::to_json(config::Value(plan_json(two_files_into_a_table())));
    for (const char* part :
         {R"j("inputs":["/data/a.csv","/data/long.csv.gz"])j", R"j("tasks_at_once":2)j",
          R"j({"bytes":6400000,"piece_bytes":524288,"pieces":null,"threads":2,)j",
          R"j("unpacking":["gzip members"],)j",
          R"j({"step":"begin","sql":"CREATE TABLE `t_2` (`id` BIGINT)"})j",
          R"j({"step":"rows","sql":"LOAD DATA INTO `t_2`"})j",
          R"j("added":[],"cut":["name"],"dropped":[],"notes":["a note"])j"}) {
        EXPECT_NE(json.find(part), json.npos) << part << " in " << json;
    }
}

}  // namespace
}  // namespace mogura::cli
