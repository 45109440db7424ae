#include "workflow/workflow.h"

#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

namespace mogura::workflow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A project in a folder of its own.
class Folder {
  public:
    Folder() {
        std::string pattern = testing::TempDir() + "workflow_XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }

    void write(const std::string& file, const std::string& text) const {
        std::filesystem::path place = std::filesystem::path(path_) / file;
        std::filesystem::create_directories(place.parent_path());
        ASSERT_TRUE(base::write_file(place.string(), text).ok());
    }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

Result<Workflow> load(const std::string& text) {
    return load_workflow("main", text, "main.dig", "/nowhere");
}

std::string error_of(const std::string& text) {
    auto workflow = load(text);
    return workflow.ok() ? "" : workflow.error().message();
}

std::vector<std::string> names(const Workflow& workflow) {
    std::vector<std::string> result;
    for (const TaskDefinition& task : workflow.tasks) result.push_back(task.full_name);
    return result;
}

// digdag 1.2.6, 1.5.3, 1.7.1
TEST(Workflow, BuildsATreeInFileOrder) {
    auto workflow = load("+a:\n  +b: {echo>: x}\n  +c: {echo>: y}\n+d: {sh>: z, p: 1}\n");
    ASSERT_TRUE(workflow.ok()) << workflow.error().message();
    EXPECT_THAT(names(*workflow),
                ElementsAre("+main", "+main+a", "+main+a+b", "+main+a+c", "+main+d"));
    const auto& tasks = workflow->tasks;
    EXPECT_TRUE(tasks[0].is_group);
    EXPECT_FALSE(tasks[0].parent);
    EXPECT_EQ(tasks[2].parent, 1u);
    EXPECT_THAT(tasks[3].upstreams, ElementsAre(2u));
    EXPECT_THAT(tasks[4].upstreams, ElementsAre(1u));
    EXPECT_FALSE(tasks[4].is_group);
    EXPECT_EQ(config::to_json(tasks[4].config), R"({"sh>":"z","p":1})");
    EXPECT_TRUE(tasks[1].config.empty());
}

// digdag 1.5.0, 1.5.4
TEST(Workflow, AcceptsAFileWithoutTasksAndEmptyExports) {
    EXPECT_EQ(error_of("_export:\ntimezone: Asia/Tokyo\n"), "");
    EXPECT_EQ(error_of("\xEF\xBB\xBF+a:\r\n  echo>: x\r\n  _export:\r\n"), "");
    EXPECT_THAT(error_of(""), HasSubstr("Expected object to load Config but got null"));
    EXPECT_THAT(error_of("- a\n"),
                HasSubstr("main.dig: Expected object to load Config but got [\"a\"]"));
}

// digdag 1.5.0, 1.6.10
TEST(Workflow, RefusesScalarExportsAndEmptyErrorBlocks) {
    EXPECT_THAT(error_of("_export: text\n"), HasSubstr("Parameter '_export' must be an object"));
    EXPECT_THAT(error_of("+a:\n  echo>: x\n  _error:\n"),
                HasSubstr("Parameter '_error' is required but null"));
    EXPECT_THAT(error_of("+a:\n  echo>: x\n  _error: y\n"),
                HasSubstr("Parameter '_error' must be an object"));
}

// digdag 1.5.1
TEST(Workflow, NamesUnknownTopLevelKeys) {
    EXPECT_EQ(error_of("foo: 1\n+a: {echo>: x}\nsh>: y\n"),
              "main.dig:1:1: Workflow 'main' includes unknown keys: [foo, sh>]\nfoo: 1\n^");
    EXPECT_THAT(error_of("_exprt: {}\n"), HasSubstr("(did you mean _export?)"));
}

// digdag 1.5.2
TEST(Workflow, ReadsTheTimeZone) {
    EXPECT_EQ(load("timezone: Asia/Tokyo\n")->time_zone.name(), "Asia/Tokyo");
    EXPECT_EQ(load("timezone: +09:00\n")->time_zone.name(), "+09:00");
    EXPECT_EQ(load("+a: {echo>: x}\n")->time_zone.name(), "UTC");
    EXPECT_THAT(error_of("timezone: Asia/Tokio\n"),
                HasSubstr("main.dig:1:11: timezone: unknown time zone: Asia/Tokio"));
}

// digdag 1.2.3, 1.2.4, 1.2.5, 1.2.7
TEST(Workflow, ChecksTaskNames) {
    EXPECT_THAT(error_of("+a/b: {echo>: x}\n"),
                HasSubstr("name must not contain character '/': \"+a/b\""));
    EXPECT_THAT(error_of("+g:\n  +a b: {echo>: x}\n"), HasSubstr("main.dig:2:3: name must not"));
    EXPECT_THAT(error_of("+${x}: {echo>: x}\n"),
                HasSubstr("name must not contain character '$': \"+${x}\""));
    EXPECT_THAT(error_of("+\xC3\xA9: {echo>: x}\n"), HasSubstr("character '\xC3\xA9'"));
    EXPECT_THAT(error_of("+a^b: {echo>: x}\n"), HasSubstr("character '^': \"+a^b\""));
    EXPECT_EQ(error_of("+g:\n  +a^b: {echo>: x}\n+1st: {echo>: x}\n+: {echo>: x}\n"), "");
    EXPECT_THAT(error_of("+" + std::string(255, 'a') + ": {echo>: x}\n"),
                HasSubstr("must not be longer than 255 characters"));
}

// digdag 1.2.1, 1.2.2
TEST(Workflow, ChecksWorkflowAndProjectNames) {
    auto broken = load_workflow("+a+b", "+a: {echo>: x}\n", "+a+b.dig", "/nowhere");
    ASSERT_FALSE(broken.ok());
    EXPECT_FALSE(workflow_name_problem("daily"));
    EXPECT_THAT(*workflow_name_problem("a+b"),
                HasSubstr("name must not contain character '+': \"+a+b\""));
    EXPECT_FALSE(project_name_problem("a+b"));
    EXPECT_TRUE(project_name_problem("1a"));
    EXPECT_TRUE(project_name_problem("a.dig"));
    EXPECT_TRUE(project_name_problem("^a"));
    EXPECT_THAT(*free_name_problem(""), HasSubstr("must not be blank"));
    EXPECT_FALSE(free_name_problem("+ any / thing"));
    EXPECT_FALSE(free_name_problem(std::string(255, 'a')));
    EXPECT_TRUE(free_name_problem(std::string(256, 'a')));
}

// digdag 1.6.1
TEST(Workflow, JoinsAListOfMappings) {
    auto workflow = load("+a:\n  - {echo>: x, p: 1}\n  - {q: 2, p: 3}\n");
    ASSERT_TRUE(workflow.ok());
    EXPECT_EQ(config::to_json(workflow->tasks[1].config), R"({"echo>":"x","p":3,"q":2})");
    EXPECT_THAT(error_of("+a:\n"),
                HasSubstr("main.dig:1:1: Parameter '+a' must be an object or array of objects"));
    EXPECT_THAT(error_of("+a: text\n"), HasSubstr("must be an object or array of objects"));
    EXPECT_THAT(error_of("+a: [x]\n"), HasSubstr("must be an object or array of objects"));
}

// digdag 1.6.2, 1.6.3, 1.6.4
TEST(Workflow, AllowsOneOperatorAndNoSubtasksBesideIt) {
    EXPECT_EQ(error_of("+a:\n  sh>: x\n  echo>: y\n"),
              "main.dig:3:3: A task can't have more than one operator: sh>, echo>\n  echo>: y\n"
              "  ^");
    EXPECT_THAT(error_of("+a:\n  sh>: x\n  +b: {echo>: y}\n"),
                HasSubstr("main.dig:3:3: A task can't have subtasks: +b"));
    EXPECT_TRUE(load("+a: {_export: {x: 1}}\n")->tasks[1].is_group);
    EXPECT_FALSE(load("+a: {_type: sh}\n")->tasks[1].is_group);
    EXPECT_FALSE(load("+a: {any>: }\n")->tasks[1].is_group);
    EXPECT_EQ(error_of("+a:\n  _type: sh\n  echo>: y\n  _command: z\n"), "");
}

// digdag 1.6.6
TEST(Workflow, AllowsOnlySomeKeysInGroups) {
    EXPECT_THAT(error_of("+g:\n  _exprt: {a: 1}\n  +a: {echo>: x}\n"),
                HasSubstr("main.dig:2:3: Task '+main+g' contains invalid keys: '_exprt' (did you "
                          "mean [_export]?)"));
    EXPECT_THAT(error_of("+g:\n  _env: {A: b}\n"), HasSubstr("contains invalid keys: '_env'"));
    EXPECT_EQ(error_of("+g:\n  _secrets: {}\n  _retry: 3\n  _check: 1\n  +a: {echo>: x}\n"), "");
}

// digdag 1.6.7
TEST(Workflow, EmptiesDisabledTasks) {
    auto workflow = load(
        "+a: {_disable: true, sh>: x, echo>: y}\n+g:\n  _disable: 'true'\n  +b: {sh>: x}\n"
        "+c: {_disable: false, sh>: x}\n");
    ASSERT_TRUE(workflow.ok()) << workflow.error().message();
    EXPECT_THAT(names(*workflow), ElementsAre("+main", "+main+a", "+main+g", "+main+c"));
    EXPECT_TRUE(workflow->tasks[1].is_group);
    EXPECT_EQ(config::to_json(workflow->tasks[1].config), R"({"_disable":true})");
    EXPECT_FALSE(workflow->tasks[3].is_group);
    EXPECT_THAT(error_of("+a: {_disable: '${x}', sh>: x}\n"),
                HasSubstr("Expected 'true' or 'false' for key '_disable' but got \"${x}\""));
}

// digdag 1.6.9
TEST(Workflow, CompilesErrorBlocksEarlyAndCheckBlocksLate) {
    EXPECT_THAT(error_of("+a:\n  echo>: x\n  _error:\n    sh>: a\n    echo>: b\n"),
                HasSubstr("main.dig:5:5: A task can't have more than one operator"));
    EXPECT_EQ(error_of("+a:\n  echo>: x\n  _check: {sh>: a, echo>: b}\n  _do: 1\n"), "");
}

TEST(Workflow, ReportsAllProblemsAtOnce) {
    const std::string message = error_of("foo: 1\n+a:\n+b:\n  sh>: x\n  py>: y\n");
    EXPECT_THAT(message, HasSubstr("main.dig:1:1: "));
    EXPECT_THAT(message, HasSubstr("main.dig:2:1: "));
    EXPECT_THAT(message, HasSubstr("main.dig:5:3: "));
}

// digdag 1.7.2
TEST(Parallel, HasNoOrderAmongTasks) {
    for (const char* value : {"true", "'true'", "{limit: 0}", "{limit: -1}"}) {
        auto workflow =
            load("_parallel: " + std::string(value) + "\n+a: {echo>: x}\n+b: {echo>: x}\n");
        ASSERT_TRUE(workflow.ok()) << workflow.error().message();
        EXPECT_TRUE(workflow->tasks[2].upstreams.empty());
    }
    auto sequence = load("_parallel: 'false'\n+a: {echo>: x}\n+b: {echo>: x}\n");
    EXPECT_THAT(sequence->tasks[2].upstreams, ElementsAre(1u));
}

// digdag 1.7.3
TEST(Parallel, LimitsMakeChunksWithABarrier) {
    auto workflow = load(
        "_parallel: {limit: '2'}\n+a: {echo>: x}\n+b: {echo>: x}\n+c: {echo>: x}\n"
        "+d: {echo>: x}\n+e: {echo>: x}\n");
    ASSERT_TRUE(workflow.ok()) << workflow.error().message();
    const auto& tasks = workflow->tasks;
    EXPECT_TRUE(tasks[2].upstreams.empty());
    EXPECT_THAT(tasks[3].upstreams, ElementsAre(1u, 2u));
    EXPECT_THAT(tasks[4].upstreams, ElementsAre(1u, 2u));
    EXPECT_THAT(tasks[5].upstreams, ElementsAre(3u, 4u));
}

// digdag 1.7.3 to 1.7.5
TEST(Parallel, RefusesOtherForms) {
    EXPECT_THAT(error_of("_parallel: {max: 2}\n"),
                HasSubstr("Parameter 'limit' is required but not set"));
    EXPECT_THAT(error_of("_parallel: 3\n"), HasSubstr("Invalid _parallel format: 3"));
    EXPECT_THAT(error_of("_parallel: [1]\n"), HasSubstr("Invalid _parallel format: [1]"));
    EXPECT_THAT(error_of("_parallel: ${x}\n"),
                HasSubstr("Expected 'true' or 'false' for key '_parallel'"));
    EXPECT_EQ(error_of("+a: {loop>: 3, _parallel: '${x}', _do: {}}\n"), "");
}

// digdag 1.7.6, 1.7.8
TEST(After, NamesEarlierSiblingsOfAParallelGroup) {
    auto workflow =
        load("_parallel: true\n+a: {echo>: x}\n+b: {echo>: x}\n+c: {_after: [+a], echo>: x}\n");
    ASSERT_TRUE(workflow.ok()) << workflow.error().message();
    EXPECT_THAT(workflow->tasks[3].upstreams, ElementsAre(1u));
    EXPECT_EQ(config::to_json(workflow->tasks[3].config), R"({"echo>":"x"})");

    EXPECT_THAT(error_of("_parallel: true\n+a: {_after: [+b], echo>: x}\n+b: {echo>: x}\n"),
                HasSubstr("Dependency task '+b' does not exist"));
    EXPECT_THAT(error_of("_parallel: true\n+a: {echo>: x}\n+b: {_after: +a, echo>: x}\n"),
                HasSubstr("_after"));
    EXPECT_THAT(error_of("+a: {echo>: x}\n+b: {_after: [+a], echo>: x}\n"),
                HasSubstr("Setting \"_after\" option is invalid if its parent task doesn't have "
                          "\"_parallel: true\" option"));
}

// digdag 1.7.7
TEST(Background, WaitsForNobodyAndIsWaitedForByTheNextTask) {
    auto workflow = load(
        "+a: {echo>: x}\n+b: {_background: true, echo>: x}\n+c: {_background: true, echo>: x}\n"
        "+d: {echo>: x}\n+e: {echo>: x}\n");
    ASSERT_TRUE(workflow.ok()) << workflow.error().message();
    const auto& tasks = workflow->tasks;
    EXPECT_TRUE(tasks[2].upstreams.empty());
    EXPECT_TRUE(tasks[3].upstreams.empty());
    EXPECT_THAT(tasks[4].upstreams, ElementsAre(1u, 2u, 3u));
    EXPECT_THAT(tasks[5].upstreams, ElementsAre(4u));
    EXPECT_THAT(error_of("_parallel: true\n+a: {_background: true, echo>: x}\n"),
                HasSubstr("Setting \"_background: true\" option is invalid (unnecessary)"));
}

// digdag 2.7.1, 2.7.3
TEST(Compile, BuildsGeneratedTasks) {
    auto single = compile("+wf+a", "^sub", config::parse_json(R"({"echo>": "x"})", "")->map());
    ASSERT_TRUE(single.ok());
    EXPECT_EQ((*single)[0].full_name, "+wf+a^sub");
    EXPECT_FALSE((*single)[0].is_group);

    auto broken = compile("+wf+a", "^sub",
                          config::parse_json(R"({"+b": {"echo>": "x", "sh>": "y"}})", "")->map());
    ASSERT_FALSE(broken.ok());
    EXPECT_EQ(broken.error().message(),
              "A task can't have more than one operator: echo>, sh> (task +wf+a^sub+b)");
}

TEST(Compile, TakesAHundredThousandGeneratedTasksInItsStride) {
    config::Map generated;
    config::Map body;
    body.append("echo>", "x");
    for (int index = 0; index < 100'000; ++index) {
        generated.append("+loop-" + std::to_string(index), body);
    }
    const auto start = std::chrono::steady_clock::now();
    auto tasks = compile("+wf+a", "^sub", generated);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    ASSERT_TRUE(tasks.ok());
    EXPECT_EQ(tasks->size(), 100'001u);
    EXPECT_THAT((*tasks)[100'000].upstreams, ElementsAre(99'999u));
    RecordProperty("seconds", std::to_string(seconds.count()));
    EXPECT_LT(seconds.count(), 30);  // measured: 0.1 s
}

// digdag 1.6.5, 4.0.3
TEST(OperatorKey, IsTheTypeOrTheFirstKeyWithAnArrow) {
    auto of = [](const char* json) { return find_operator(config::parse_json(json, "")->map()); };
    EXPECT_EQ(of(R"({"p": 1, "sh>": "x"})")->type, "sh");
    EXPECT_EQ(of(R"({"sh>": "x"})")->command, config::Value("x"));
    EXPECT_TRUE(of(R"({"sh>": null})")->command.is_null());
    EXPECT_EQ(of(R"({"echo>": "x", "_type": "sh", "_command": "y"})")->type, "sh");
    EXPECT_EQ(of(R"({"echo>": "x", "_type": "sh", "_command": "y"})")->command, config::Value("y"));
    EXPECT_FALSE(of(R"({"p": 1})"));
}

// digdag 1.1.1 to 1.1.4, 1.1.6
TEST(Project, FindsItsWorkflows) {
    Folder folder;
    folder.write("b.dig", "+a: {echo>: x}\n");
    folder.write("a.dig", "+a: {echo>: x}\n");
    folder.write("ignored.dig", "broken");
    folder.write(".hidden.dig", "broken");
    folder.write("sub/inner.dig", "broken");
    folder.write("note.txt", "broken");
    folder.write(".digdagignore", "ignored*\n");
    auto project = load_project(folder.path());
    ASSERT_TRUE(project.ok()) << project.error().message();
    ASSERT_EQ(project->workflows.size(), 2u);
    EXPECT_NE(project->find("a"), nullptr);
    EXPECT_EQ(project->find("inner"), nullptr);
}

// digdag 1.1.7
TEST(Project, MayHaveNoWorkflow) {
    Folder folder;
    folder.write("note.txt", "x");
    auto project = load_project(folder.path());
    ASSERT_TRUE(project.ok()) << project.error().message();
    EXPECT_TRUE(project->workflows.empty());
}

// digdag 1.1.5, 1.2.7
TEST(Project, ReportsEveryBrokenFile) {
    Folder folder;
    folder.write("a.dig", "+a:\n");
    folder.write("b.dig", "x: [\n");
    folder.write("c.dig", "+a: {echo>: x}\n");
    auto project = load_project(folder.path());
    ASSERT_FALSE(project.ok());
    EXPECT_THAT(project.error().message(),
                HasSubstr("Validating project failed\nworkflow a.dig:1:1: "));
    EXPECT_THAT(project.error().message(), HasSubstr("\nworkflow b.dig:"));
    EXPECT_THAT(project.error().message(), Not(HasSubstr("c.dig")));
}

// digdag 1.4.1, 1.4.3
TEST(Include, SplicesKeysAndFindsFilesBesideTheIncluder) {
    Folder folder;
    folder.write("main.dig", "+first: {echo>: x}\n!include : sub/more.yml\n+last: {echo>: x}\n");
    folder.write("sub/more.yml", "+second: {echo>: y}\n!include : third.yml\n");
    folder.write("sub/third.yml", "+third: {echo>: z}\n");
    auto project = load_project(folder.path());
    ASSERT_TRUE(project.ok()) << project.error().message();
    EXPECT_THAT(names(project->workflows[0]),
                ElementsAre("+main", "+main+first", "+main+second", "+main+third", "+main+last"));
}

TEST(Include, ValuesKnowTheFileAndLineWhereTheyWereWritten) {
    Folder folder;
    folder.write("main.dig", "+first: {echo>: x}\n!include : sub/more.yml\n");
    folder.write("sub/more.yml", "# comment\n+second: {echo>: y}\n");
    auto project = load_project(folder.path());
    ASSERT_TRUE(project.ok()) << project.error().message();
    auto place = [&](size_t task) {
        return config::place_text(project->workflows[0].tasks[task].config.begin()->mark, "");
    };
    EXPECT_EQ(place(1), "main.dig:1:10");
    EXPECT_EQ(place(2), "sub/more.yml:2:11");
}

TEST(Include, ProblemsNameTheIncludedFile) {
    Folder folder;
    folder.write("main.dig", "+first: {echo>: x}\n!include : sub/more.yml\n+last:\n");
    folder.write("sub/more.yml", "# comment\n!include : third.yml\n+second:\n");
    folder.write("sub/third.yml", "+third: {echo>: z}\n+fourth: {echo>: z}\n+fifth: 1\n");
    auto project = load_project(folder.path());
    ASSERT_FALSE(project.ok());
    EXPECT_THAT(project.error().message(), HasSubstr("sub/third.yml:3:1: Parameter '+fifth'"));
    EXPECT_THAT(project.error().message(), HasSubstr("sub/more.yml:3:1: Parameter '+second'"));
    EXPECT_THAT(project.error().message(), HasSubstr("main.dig:3:1: Parameter '+last'"));
}

// digdag 1.1.5, 1.4.3 to 1.4.6
TEST(Include, FailsOnPathsThatLeaveTheFolderOrLeadNowhere) {
    Folder folder;
    folder.write("main.dig", "!include : ../up.yml\n");
    EXPECT_THAT(load_project(folder.path()).error().message(),
                HasSubstr("File name must not include ..: ../up.yml"));
    folder.write("main.dig", "!include : nope.yml\n");
    auto missing = load_project(folder.path());
    EXPECT_EQ(missing.error().code(), Code::kNotFound);
    EXPECT_THAT(missing.error().message(), HasSubstr("nope.yml"));
    EXPECT_THAT(missing.error().message(), Not(HasSubstr("Validating project failed")));
    folder.write("main.dig", "!include : l.yml\n");
    folder.write("l.yml", "- 1\n");
    EXPECT_THAT(load_project(folder.path()).error().message(),
                HasSubstr("l.yml: Expected object to load Config but got [1]"));
    folder.write("main.dig", "!include : main.dig\n");
    EXPECT_THAT(load_project(folder.path()).error().message(),
                HasSubstr("main.dig:1:12: !include : main.dig: too many files are included (does a "
                          "file include itself?)\n!include : main.dig\n"));
}

// digdag 1.5.5, 4.1
TEST(Called, FilesGetTheirFolderAsWorkdir) {
    Folder folder;
    folder.write("sub/inner.dig", "timezone: Asia/Tokyo\nschedule: {daily>: 0}\n+a: {echo>: x}\n");
    folder.write("sub/own.dig", "_export: {_workdir: deep}\n+a: {echo>: x}\n");
    folder.write("root.dig", "+a: {echo>: x}\n");
    auto inner = load_called(folder.path(), "", "sub/inner");
    ASSERT_TRUE(inner.ok()) << inner.error().message();
    EXPECT_EQ(config::to_json(*inner), R"({"+a":{"echo>":"x"},"_export":{"_workdir":"sub"}})");
    EXPECT_EQ(config::to_json(load_called(folder.path(), "sub", "own.dig")->find("_export")->map()),
              R"({"_workdir":"sub/deep"})");
    EXPECT_EQ(load_called(folder.path(), "sub", "../root")->find("_export"), nullptr);
}

// digdag 4.13.3
TEST(Called, ATextObeysTheSameRules) {
    Folder folder;
    auto good =
        load_called_text("timezone: Asia/Tokyo\n+a:\n  echo>: x\n", "far.dig", folder.path());
    ASSERT_TRUE(good.ok()) << good.error().message();
    EXPECT_EQ(config::to_json(*good), R"({"+a":{"echo>":"x"}})");
    EXPECT_THAT(load_called_text("foo: 1\n", "far.dig", folder.path()).error().message(),
                HasSubstr("far.dig:1:1: Workflow 'far' includes unknown keys: [foo]"));
}

// digdag 4.1.2, 4.1.3
TEST(Called, FilesObeyTheRulesOfWorkflows) {
    Folder folder;
    folder.write("bad.dig", "foo: 1\n");
    EXPECT_THAT(load_called(folder.path(), "", "bad").error().message(),
                HasSubstr("bad.dig:1:1: Workflow 'bad' includes unknown keys: [foo]"));
    EXPECT_EQ(load_called(folder.path(), "", "none").error().message(), "File not found: none.dig");
    EXPECT_FALSE(load_called(folder.path(), "", "../../etc/passwd").ok());
}

TEST(Inspect, KeepsWhatCanBeReadAndTellsTheRest) {
    Folder folder;
    folder.write("more.yml", "# comment\n+second: {echo>: y}\n+third: 1\n");
    auto inspection = inspect_workflow(
        "main",
        "foo: 1\nbar: 2\n+a: {echo>: x}\n!include : more.yml\n!include : nope.yml\n+a: {}\n",
        "main.dig", folder.path());
    ASSERT_TRUE(inspection.mapping);
    EXPECT_FALSE(inspection.workflow);
    EXPECT_THAT(inspection.problems,
                ElementsAre(HasSubstr("main.dig:5:12: !include : nope.yml: there is no such file"),
                            HasSubstr("main.dig:6:1: Duplicated keys: [+a]"),
                            HasSubstr("main.dig:1:1: Workflow 'main' includes unknown keys: [foo]"),
                            HasSubstr("main.dig:2:1: Workflow 'main' includes unknown keys: [bar]"),
                            HasSubstr("more.yml:3:1: Parameter '+third' must be an object")));
    config::Mark mark = inspection.mapping->find("+second")->mark();
    EXPECT_EQ(inspection.locate(mark).file, "more.yml");
    EXPECT_EQ(mark.line, 2);
}

// digdag 1.6.9
TEST(Inspect, LooksIntoBlocksThatAreCompiledLate) {
    const char* text = "+a:\n  echo>: x\n  _check: {sh>: a, echo>: b}\n  _do: 1\n";
    EXPECT_EQ(error_of(text), "");
    EXPECT_THAT(inspect_workflow("main", text, "main.dig", "/nowhere").problems,
                ElementsAre(HasSubstr("main.dig:3:20: A task can't have more than one operator"),
                            HasSubstr("main.dig:4:3: Parameter '_do' must be an object")));
    auto good = inspect_workflow("main", "timezone: Asia/Tokyo\n+a: {echo>: x}\n", "main.dig", "/");
    EXPECT_TRUE(good.problems.empty());
    ASSERT_TRUE(good.workflow);
    EXPECT_THAT(names(*good.workflow), ElementsAre("+main", "+main+a"));
}

TEST(Inspect, FilesThatIncludeThemselvesEnd) {
    Folder folder;
    folder.write("loop.yml", "!include : loop.yml\n!include : loop.yml\n");
    auto inspection = inspect_workflow("main", "!include : loop.yml\n", "main.dig", folder.path());
    ASSERT_EQ(inspection.problems.size(), 1u);
    EXPECT_THAT(inspection.problems[0],
                StartsWith("loop.yml:1:12: !include : loop.yml: too many files are included (does "
                           "a file include itself?)\n"));
}

TEST(Workflow, LoadsTenThousandTasksInItsStride) {
    std::string text = "+g:\n";
    for (int index = 0; index < 10'000; ++index) {
        text += "  +t" + std::to_string(index) + ":\n    echo>: ${session_time}\n";
    }
    const auto start = std::chrono::steady_clock::now();
    auto workflow = load(text);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    ASSERT_TRUE(workflow.ok()) << workflow.error().message();
    EXPECT_EQ(workflow->tasks.size(), 10'002u);
    RecordProperty("seconds", std::to_string(seconds.count()));
    EXPECT_LT(seconds.count(), 30);  // measured: 0.1 s
}

}  // namespace
}  // namespace mogura::workflow
