#include "cli/run_report.h"

#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

base::Instant second(int64_t number) {
    return base::Instant(std::chrono::seconds(1'800'000'000 + number));
}

store::Task task(int64_t id, int64_t parent, const std::string& name, store::TaskState state,
                 int64_t end) {
    store::Task task;
    task.id = store::TaskId{id};
    if (parent > 0) task.parent = store::TaskId{parent};
    task.full_name = name;
    task.state = state;
    task.updated_at = second(end);
    return task;
}

engine::TaskStart start(int64_t id, const std::string& name, const std::string& command) {
    return {.task_id = id, .full_name = name, .type = "sh", .command = command, .progress = {}};
}

class RunReport : public testing::Test {
  protected:
    RunReport() {
        subject_.workflow = "w<1>";
        subject_.started_at = second(0);
        subject_.finished_at = second(10);
        subject_.tasks = {task(1, 0, "+w", store::TaskState::kGroupError, 10),
                          task(2, 1, "+w+a", store::TaskState::kSuccess, 4),
                          task(3, 1, "+w+b", store::TaskState::kError, 10),
                          task(4, 1, "+w+c", store::TaskState::kBlocked, 0)};
        subject_.tasks[2].upstreams = {store::TaskId{2}};
        subject_.tasks[2].error.set("message", "exit <1>");
    }

    std::string page() {
        subject_.records = record_.tasks();
        return run_report(subject_);
    }

    base::FakeClock clock_{second(0)};
    RunRecord record_{clock_};
    ReportSubject subject_;
};

TEST_F(RunReport, TellsEverythingOnOnePage) {
    config::Map parameters;
    parameters.set("table", "a&b");
    record_.task_called(start(2, "+w+a", "echo 1"), parameters);
    record_.task_printed("+w+a", "hello <world>\n");
    clock_.set(second(5));
    record_.task_called(start(3, "+w+b", "false"), {});
    clock_.set(second(7));
    record_.task_retries(subject_.tasks[2], "first try");
    std::string html = page();
    EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
    EXPECT_THAT(html, HasSubstr("w&lt;1&gt;"));
    EXPECT_THAT(html, HasSubstr("<span class=\"state error\">error</span>"));
    EXPECT_THAT(html, HasSubstr("hello &lt;world&gt;"));
    EXPECT_THAT(html, HasSubstr("table: &quot;a&amp;b&quot;"));
    EXPECT_THAT(html, HasSubstr("exit &lt;1&gt;"));
    // +b waited from the end of +a (4 s) and was called at 5 s; its first try failed at 7 s.
    EXPECT_THAT(html, HasSubstr("class=\"wait\" style=\"left:40.000%;width:10.000%\""));
    EXPECT_THAT(html, HasSubstr("class=\"error\" style=\"left:50.000%;width:50.000%\""));
    EXPECT_THAT(html, HasSubstr("class=\"failed\" style=\"left:70.000%"));
    EXPECT_THAT(html, HasSubstr("title=\"first try\""));
    EXPECT_THAT(html, HasSubstr("<dt>waited for</dt><dd><a href=\"#task2\""));
    EXPECT_THAT(html, HasSubstr("not run"));
}

TEST_F(RunReport, NeedsNothingElse) {
    std::string html = page();
    for (const char* word : {"<script", "http:", "https:", "src=", "@import", "url("}) {
        EXPECT_THAT(html, Not(HasSubstr(word)));
    }
}

TEST_F(RunReport, KeepsTheEndOfLongOutput) {
    record_.task_called(start(2, "+w+a", ""), {});
    for (int line = 0; line < 20'000; ++line) {
        record_.task_printed("+w+a", "line " + std::to_string(line) + "\n");
    }
    RecordedTask kept = record_.tasks().at(2);
    EXPECT_TRUE(kept.is_output_cut);
    EXPECT_LE(kept.output.size(), RunRecord::kOutputBytesMax);
    EXPECT_TRUE(kept.output.ends_with("line 19999\n"));
    EXPECT_THAT(page(), HasSubstr("Output (the end of it)"));
}

TEST_F(RunReport, SaysThatOutputIsCutAndCutsNoCharacter) {
    record_.task_called(start(2, "+w+a", ""), {});
    std::string text = "x";
    while (text.size() <= RunRecord::kOutputBytesMax) text += "\xE3\x81\x82";
    record_.task_printed("+w+a", text);
    RecordedTask kept = record_.tasks().at(2);
    EXPECT_TRUE(kept.is_output_cut);
    EXPECT_LE(kept.output.size(), RunRecord::kOutputBytesMax);
    EXPECT_TRUE(kept.output.starts_with("\xE3\x81\x82"));
    EXPECT_THAT(page(), HasSubstr("Output (the end of it)"));
}

TEST_F(RunReport, TellsOfTheFirstThousandsOnly) {
    for (int64_t id = 5; id < 6'000; ++id) {
        subject_.tasks.push_back(
            task(id, 1, "+w+t" + std::to_string(id), store::TaskState::kSuccess, 1));
    }
    EXPECT_THAT(page(), HasSubstr("The first 5000 of 5999 tasks."));
}

}  // namespace
}  // namespace mogura::cli
