#include "cli/check/findings_fixture.h"
#include "cli/check/near_miss.h"
#include "cli/check/script_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mogura::cli::check {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class TaskOptions : public Findings {
  protected:
    struct Case {
        const char* text;
        const char* line;  // a part of the one finding
    };
    void expect(std::span<const Case> cases) {
        for (const Case& one : cases) {
            EXPECT_THAT(found(one.text), ElementsAre(HasSubstr(one.line))) << one.text;
        }
    }
};

TEST_F(TaskOptions, ValuesThatOperatorsCannotTake) {
    const Case cases[] = {
        {"+a:\n  loop>: abc\n  _do: {echo>: x}\n",
         "main.dig:2:10: error: Expected integer (int) type for key 'loop>' but got \"abc\""},
        {"+a:\n  loop>:\n  _do: {echo>: x}\n",
         "main.dig:2:3: error: loop>: nothing stands behind it"},
        {"+a:\n  wait>: abc\n",
         "main.dig:2:10: error: wait>: Invalid duration: abc (write it like"},
        {"+a:\n  wait>: 10\n", "main.dig:2:10: error: wait>: Invalid duration: 10"},
        {"+a:\n  wait>: 10s\n  poll_interval: often\n",
         "main.dig:3:18: error: poll_interval: Invalid duration: often"},
        {"+a:\n  wait>: 10s\n  poll_interval: 1s\n  blocking: true\n",
         "main.dig:2:3: error: poll_interval can't be specified with blocking:true"},
        {"+a:\n  if>: maybe\n  _do: {echo>: x}\n", "main.dig:2:8: error: Expected 'true' or"},
        {"+a:\n  for_each>: [1, 2]\n  _do: {echo>: x}\n", "main.dig:2:14: error: Expected object"},
        {"+a:\n  for_each>: {a: one}\n  _do: {echo>: '${a}'}\n",
         "main.dig:2:14: error: Expected array type for key 'a' but got \"one\""},
        {"+a:\n  for_range>: {from: 0, to: 10}\n  _do: {echo>: x}\n",
         "main.dig:2:3: error: step or slices option is required for for_range"},
        {"+a:\n  for_range>: {from: x, to: 10, step: 1}\n  _do: {echo>: x}\n",
         "main.dig:2:3: error: Expected integer (int) type for key 'from'"},
        {"+a:\n  py>:\n",
         "main.dig:2:3: error: py>: nothing stands behind it (or give it script:)"},
        {"+a:\n  rb>:\n",
         "main.dig:2:3: error: rb>: nothing stands behind it (or give it script:)"},
        {"+a:\n  sh>:\n", "main.dig:2:3: error: sh>: nothing stands behind it"},
        {"+a:\n  sh>: x\n  shell: bash\n",
         "main.dig:3:10: error: Expected array type for key 'shell' but got \"bash\" (write it "
         "like [a, b])"},
        {"+a:\n  http>: http://x/\n  timeout: 30s\n",
         "main.dig:3:12: error: Expected integer (int) type for key 'timeout'"},
        {"+a:\n  mail>: {data: x}\n  to: [a@b]\n  cc: c@d\n",
         "main.dig:4:7: error: Expected array type for key 'cc' but got \"c@d\""},
        {"+a:\n  pg>: {data: SELECT 1}\n  connect_timeout: soon\n",
         "main.dig:3:20: error: connect_timeout: Invalid duration: soon"},
        {"+a:\n  pg>: {data: SELECT 1}\n  create_table: a\n  insert_into: b\n",
         "main.dig:2:3: error: Can't use both of insert_into and create_table"},
        {"+a:\n  query>: {data: SELECT 1}\n  downlod_file: a.csv\n",
         "main.dig:3:3: error: query>: unknown option: downlod_file (did you mean download_file?)"},
        {"+a:\n  query>: {data: SELECT 1}\n  create_table: a\n",
         "main.dig:2:3: error: create_table: query> has no such mode"},
        {"+a:\n  query>: {data: SELECT 1}\n  engine: dukdb\n",
         "main.dig:3:11: error: engine: dukdb is not one of "},
        {"+a:\n  require>: main\n  rerun_on: fail\n",
         "main.dig:3:13: error: rerun_on: fail is not one of none, failed, all (did you mean "
         "failed?)"},
        {"+a:\n  lock>: a\n  wait_timeout: x\n  _do: {echo>: x}\n",
         "main.dig:3:17: error: wait_timeout: Invalid duration: x"},
        {"+a:\n  lock>: a\n  namespace: projct\n  _do: {echo>: x}\n",
         "main.dig:3:14: error: namespace: projct is not one of"},
        {"+a:\n  echo>: {a: 1}\n", "main.dig:2:10: error: Expected string type for key 'echo>'"},
        {"+a:\n  loop>: 3\n  _else_do: {echo>: x}\n",
         "main.dig:2:3: error: loop> needs the tasks that it runs: _do"},
        {"+a:\n  loop>: 3\n  _parallel: 3\n  _do: {echo>: x}\n",
         "main.dig:3:14: error: Invalid _parallel format: 3"},
    };
    expect(cases);
}

TEST_F(TaskOptions, MisspeltOnesAreToldWhenNobodyElseKnowsThem) {
    const Case cases[] = {
        {"+a:\n  http>: http://x/\n  methd: POST\n",
         "main.dig:3:3: warning: http>: unknown option: methd (did you mean method?)"},
        {"+a:\n  wait>: 1s\n  blockign: true\n",
         "main.dig:3:3: warning: wait>: unknown option: blockign (did you mean blocking?)"},
        {"_export:\n  http: {tiemout: 3}\n+a:\n  http>: http://x/\n",
         "main.dig:2:10: warning: http: unknown option: tiemout (did you mean timeout?)"},
    };
    expect(cases);
    for (const char* good : {
             "+a:\n  http>: http://x/${methd}\n  methd: POST\n",
             "+a:\n  sh>: echo $shel\n  shel: 1\n",
             "+a:\n  sh>: echo\n  depends_on: 1\n  hoge: 2\n",
             "+a:\n  http>: http://x/\n  whatever: 1\n  urls: 2\n  meta: 3\n",
         }) {
        EXPECT_THAT(found(good), IsEmpty()) << good;
    }
    EXPECT_THAT(found({{"main.dig", "+a:\n  py>: tasks.run\n  scripts: 1\n"},
                       {"tasks.py", "def run(scripts): pass\n"}}),
                IsEmpty());
    EXPECT_THAT(found({{"main.dig", "+a:\n  py>: tasks.run\n  scripts: 1\n"},
                       {"tasks.py", "def run(): pass\n"}}),
                SizeIs(1));
}

TEST_F(TaskOptions, ContainersAreNotThereYet) {
    constexpr const char* kLine =
        "main.dig:2:3: warning: docker: containers are not supported yet, and the task fails "
        "(remove docker: to run the command here)";
    EXPECT_THAT(found("_export:\n  docker: {image: x}\n+a:\n  sh>: x\n+b:\n  py>:\n  script: x\n"),
                ElementsAre(kLine));
    EXPECT_THAT(found("_export:\n  docker: {image: x}\n+a:\n  echo>: x\n"), IsEmpty());
    EXPECT_THAT(found("+a:\n  docker: {image: x}\n  sh>: x\n"), ElementsAre(kLine));
    EXPECT_THAT(found("_export:\n  docker: {image: x}\n+a:\n  docker:\n  sh>: x\n"), IsEmpty());
    const std::string called = "+x:\n  sh>: x\n";
    EXPECT_THAT(
        found({{"main.dig", "_export: {docker: }\n+a:\n  call>: sub/c\n"}, {"sub/c.dig", called}}),
        IsEmpty());
    EXPECT_THAT(found({{"main.dig", "_export: {docker: {image: x}}\n+a:\n  call>: sub/c\n"},
                       {"sub/c.dig", called}}),
                ElementsAre(HasSubstr("docker: containers")));
}

TEST_F(TaskOptions, Directives) {
    const Case cases[] = {
        {"+a:\n  echo>: x\n  _retry: abc\n",
         "main.dig:3:11: error: Invalid _retry format:\"abc\" (write _retry: 3, or"},
        {"+a:\n  echo>: x\n  _retry: true\n", "error: Invalid _retry format:true"},
        {"+a:\n  echo>: x\n  _retry: -1\n",
         "main.dig:3:11: warning: _retry: a negative limit means no further try"},
        {"+a:\n  echo>: x\n  _retry: {limit: 1, interval: 10s}\n",
         "main.dig:3:11: error: Expected integer (int) type for key 'interval'"},
        {"+a:\n  echo>: x\n  _retry: {limit: 1, interval_type: expo}\n",
         "main.dig:3:11: error: Invalid retry_interval_type: expo"},
        {"+a:\n  echo>: x\n  _retry: {limit: 1, intervall: 10}\n",
         "main.dig:3:22: error: _retry: unknown key: intervall (did you mean interval?)"},
        {"+g:\n  _retry: ${n}\n  +a: {echo>: x}\n",
         "main.dig:2:11: warning: _retry: templates are not evaluated in a group"},
        {"+a:\n  sh>: x\n  _env: 3\n", "main.dig:3:9: error: Parameter '_env' must be an object"},
        {"+a:\n  sh>: x\n  _env: {A-B: 1}\n", "main.dig:3:10: error: Invalid _env key name: A-B"},
        {"+a:\n  sh>: x\n  _env: {A: [1]}\n", "main.dig:3:13: error: Expected string type"},
        {"+g:\n  schedule: {daily>: '07:00:00'}\n  +a: {echo>: x}\n",
         "main.dig:2:3: warning: schedule: has no effect in a task"},
        {"+a:\n  echo>: x\n  _foo: 1\n",
         "main.dig:3:3: warning: unknown directive: _foo (names that begin with _"},
    };
    expect(cases);
    EXPECT_THAT(found("+a:\n  echo>: x\n  _retry: {limt: 3}\n"),
                ElementsAre("main.dig:3:11: error: Parameter 'limit' is required but not set "
                            "(write _retry: 3, or {limit: 3, interval: 10} with seconds)",
                            "main.dig:3:12: error: _retry: unknown key: limt (did you mean "
                            "limit?)"));
}

TEST_F(TaskOptions, KeysOfPlugin) {
    const char* const kCount = "+a:\n  count>: x\n";
    EXPECT_THAT(found("_export:\n  plugin: {operatrs: {count: cat}}\n" + std::string(kCount)),
                ElementsAre("main.dig:2:12: warning: plugin: unknown key: operatrs (did you mean "
                            "operators?)",
                            HasSubstr("main.dig:4:3: error: Unknown task type: count")));
    EXPECT_THAT(
        found("_export:\n  plugin: {operators: {count: cat}, zzz: 1}\n" + std::string(kCount)),
        ElementsAre("main.dig:2:37: warning: plugin: unknown key: zzz (it has "
                    "dependencies, operators, repositories)"));
    EXPECT_THAT(found("_export:\n  plugin: {name: x}\n+a:\n  echo>: ${plugin.name}\n"), IsEmpty());
}

TEST_F(TaskOptions, FormsWithAColon) {
    const Case cases[] = {
        {"+a:\n  sh>: echo ${var:-x}\n",
         "main.dig:2:13: error: ${var:-x} fails the task: only ${secret:KEY} has a colon there "
         "(the shell's own variable is $var, without braces)"},
        {"+a:\n  sh>: echo ${secert:x}\n", "(did you mean secret?)"},
        {"+a:\n  sh>: |\n    echo 1\n    echo ${var:=x}\n",
         "main.dig:4:10: error: ${var:=x} fails"},
        {"+a:\n  sh>: echo ${var:0:3}\n", "main.dig:2:13: error: ${var:0:3} fails"},
        {"+a:\n  sh>: x\n  _env: {A: '${env:HOME}'}\n", "main.dig:3:14: error: ${env:HOME} fails"},
        {"+a:\n  http>: http://x/\n  headers: [{A: '${token:x}'}]\n",
         "main.dig:3:18: error: ${token:x} fails"},
        {"+a:\n  sh>: echo ${#file}\n",
         "error: ${#file} is not JavaScript: unexpected '#' (the shell's own variable is $file"},
        {"+a:\n  sh>: echo ${file%.*}\n", "(the shell's own variable is $file, without braces)"},
        {"+a:\n  sh>: echo ${file//a/b}\n", "warning: nothing defines the parameter file"},
        {"+a:\n  echo>: ${session_date?replace('-','_')}\n",
         "main.dig:2:10: error: ${session_date?replace('-','_')} is not JavaScript: '?' has no "
         "':' (write CONDITION ? YES : NO)"},
    };
    expect(cases);
    EXPECT_THAT(found("+a:\n  echo>: ${var:-x} ${secret:a}\n"), IsEmpty());
}

TEST_F(TaskOptions, ScriptsThatAreNotThere) {
    EXPECT_THAT(found("+a:\n  sh>: python scripts/missing.py --date ${session_date} | tee log\n"),
                ElementsAre("main.dig:2:8: warning: sh>: there is no file scripts/missing.py in "
                            "the project"));
    EXPECT_THAT(found({{"main.dig", "+a:\n  sh>: |\n    bash -eu run.sh\n    echo\n"},
                       {"rnu.sh", "echo\n"}}),
                ElementsAre("main.dig:2:8: warning: sh>: there is no file run.sh in the project "
                            "(did you mean rnu.sh?)"));
}

TEST(ScriptCommand, OnlyWhatIsPlain) {
    struct Case {
        const char* script;
        const char* file;
    };
    for (const Case& one : {Case{"python scripts/a.py x", "scripts/a.py"},
                            {"python3.11 -u a.py", "a.py"},
                            {"./run.sh \"$X\"", "./run.sh"},
                            {"ruby a.rb && b", "a.rb"},
                            {"node x.js; y", "x.js"},
                            {"  bash run.sh\nother", "run.sh"},
                            {"python -m pkg.mod", ""},
                            {"python -c 'import x'", ""},
                            {"perl -e x.y", ""},
                            {"python <<EOF\n", ""},
                            {"python $DIR/a.py", ""},
                            {"cd x && ./run.sh", ""},
                            {"A=1 ./run.sh", ""},
                            {"/usr/bin/x y/z", ""},
                            {"../other/run.sh", ""},
                            {"bash", ""},
                            {"cat a/b", ""},
                            {"ls", ""},
                            {"", ""},
                            {"# ./comment", ""}}) {
        EXPECT_EQ(script_file(one.script), one.file) << one.script;
    }
}

TEST(NearMiss, OnlyMistakesOfWriting) {
    const std::vector<std::string> known = {"limit", "session_time", "shell", "to"};
    EXPECT_EQ(near_miss("limt", known), "limit");
    EXPECT_EQ(near_miss("lmiit", known), "limit");
    EXPECT_EQ(near_miss("sesion_tme", known), "session_time");
    EXPECT_EQ(near_miss("limit", known), std::nullopt);
    EXPECT_EQ(near_miss("t", known), std::nullopt);
    EXPECT_EQ(near_miss("from", known), std::nullopt);
    EXPECT_EQ(near_miss("hell", known), "shell");
    EXPECT_EQ(near_miss("shed", known), std::nullopt);
}

}  // namespace
}  // namespace mogura::cli::check
