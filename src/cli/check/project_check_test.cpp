#include "cli/check/project_check.h"

#include "cli/check/findings_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mogura::cli::check {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ProjectCheck : public Findings {};

TEST_F(ProjectCheck, FindsNothingInWhatIsGood) {
    const char* const kGood[] = {
        "+a:\n  echo>: ${session_time} ${moment(session_time).add(1, 'd').format('YYYY')}\n",
        "_export: {a: {b: 1}}\n+x:\n  _export: {c: '${a.b}'}\n  +y:\n    sh>: echo ${a.b} ${c} "
        "$HOME\n",
        "+l:\n  loop>: 3\n  _do:\n    +x:\n      echo>: ${i}\n",
        "+l:\n  for_each>: {fruit: [a, b], n: [1]}\n  _do:\n    echo>: ${fruit} ${n}\n",
        "+l:\n  for_range>: {from: 0, to: 9, step: 3}\n  _do:\n    echo>: ${range.from}\n",
        "+i:\n  if>: ${true}\n  _do:\n    echo>: a\n  _else_do:\n    fail>: b\n",
        "+a:\n  echo>: a\n  _error:\n    echo>: ${error.message}\n",
        "+a:\n  sh>: echo ${own}\n  own: 1\n",
        "+a:\n  sh>: echo \"${secret:my.key}\"\n  _env: {PW: '${secret:x}'}\n  _retry: 3\n",
        "schedule:\n  daily>: 07:00:00\n+a:\n  echo>: ${last_session_time} ${next_session_date}\n",
        "+a:\n  sh>: |\n    for f in *; do ./x $f; done\n",
        "+a:\n  sh>: /bin/ls /\n",
        "+a:\n  echo>: \"${typeof x === 'undefined' ? 1 : 2}\"\n",
        "+a:\n  _disable: true\n  nonsense>: ${1 2}\n",
        "+a:\n  _parallel: true\n  +b:\n    echo>: b\n  +c:\n    _after: [+b]\n    echo>: c\n",
        "+a:\n  http>: http://localhost/\n  content: {a: 1, b: '${a}'}\n",
        "+a:\n  _type: echo\n  _command: x\n",
        "_export:\n  plugin: {operators: {count: [python3, count.py]}}\n+a:\n  count>: x\n",
    };
    for (const char* text : kGood) EXPECT_THAT(found(text), IsEmpty()) << text;
}

TEST_F(ProjectCheck, FindsWhatIsWrong) {
    struct Case {
        const char* text;
        const char* line;
    };
    const Case cases[] = {
        {"+a:\n  ehco>: x\n", "main.dig:2:3: error: Unknown task type: ehco (did you mean echo?)"},
        {"+a:\n  _export: {plugin: {operators: {count: cat}}}\n  count>: x\n+b:\n  count>: x\n",
         "main.dig:5:3: error: Unknown task type: count"},
        {"_export:\n  plugin: {operators: {count: bin/none}}\n+a:\n  count>: x\n",
         "main.dig:2:31: error: count>: no such program: bin/none (its path begins at the "
         "project's folder)"},
        {"_export:\n  plugin:\n    dependencies: ['io.digdag.plugin:digdag-plugin-ssh:1']\n+a:\n"
         "  echo>: x\n",
         "main.dig:3:20: error: plugin.dependencies: Java plugins cannot be loaded: "
         "io.digdag.plugin:digdag-plugin-ssh:1 (write the operator as a program and name it in "
         "plugin.operators: docs/guide/own_operators.md)"},
        // All of them, once, however many tasks want them.
        {"_export: {plugin: {dependencies: [a:b:1, c:d:2]}}\n+a:\n  one>: x\n+b:\n  two>: x\n",
         "main.dig:1:35: error: plugin.dependencies: Java plugins cannot be loaded: a:b:1, c:d:2 "
         "(write the operator as a program and name it in plugin.operators: "
         "docs/guide/own_operators.md)"},
        {"_export:\n  plugin:\n    dependencies:\n      - com.github.szyn:digdag-slack:0.1.4\n"
         "      - a:b:1\n+a:\n  echo>: x\n",
         "main.dig:5:9: error: plugin.dependencies: Java plugins cannot be loaded: a:b:1 (write "
         "the operator as a program and name it in plugin.operators: "
         "docs/guide/own_operators.md)"},
        {"+a:\n  echo>: x\n  _retyr: 3\n",
         "main.dig:3:3: error: unknown directive: _retyr (did you mean _retry?)"},
        {"+a:\n  echo>: x\n  _retrie: 3\n",
         "main.dig:3:3: warning: unknown directive: _retrie (did you mean _retry?)"},
        {"+a:\n  echo>: x\n  _retries: 3\n",
         "main.dig:3:3: warning: unknown directive: _retries (did you mean _retry?)"},
        {"+a:\n  echo>: x\n  _time: 3\n",
         "main.dig:3:3: warning: unknown directive: _time (names that begin with _ are Digdag's "
         "own)"},
        {"+a:\n  echo>: x\n  _trigger: 3\n",
         "main.dig:3:3: warning: unknown directive: _trigger (names that begin with _ are "
         "Digdag's own)"},
        {"+a:\n  echo>: x\n  _something_else: 3\n",
         "main.dig:3:3: warning: unknown directive: _something_else (names that begin with _ are "
         "Digdag's own)"},
        {"+a:\n  loop>: 3\n", "main.dig:2:3: error: loop> needs the tasks that it runs: _do"},
        {"+a:\n  echo>: a ${sesion_time} b\n",
         "main.dig:2:12: error: nothing defines the parameter sesion_time (did you mean "
         "session_time?)"},
        {"+a:\n  echo>: ${env.name}\n",
         "main.dig:2:10: warning: nothing defines the parameter env (no _export, loop or script; "
         "give it with -p)"},
        {"+a:\n  sh>: |\n    echo 1\n    echo ${HOME}\n",
         "main.dig:4:10: warning: nothing defines the parameter HOME (no _export, loop or script; "
         "give it with -p) (the shell's own variable is $HOME, without braces)"},
        {"+a:\n  sh>: echo ${X:-1}\n",
         "main.dig:2:13: error: ${X:-1} is not JavaScript: unexpected ':' behind 'X' (the shell's "
         "own variable is $X, without braces)"},
        {"+a:\n  echo>: ${session_time +}\n",
         "main.dig:2:10: error: ${session_time +} is not JavaScript: something is missing at the "
         "end"},
        {"+a:\n  echo>: x ${session_time\n",
         "main.dig:2:12: warning: '${' is never closed: the rest of the text stays as it is"},
        {"+a:\n  sh>: echo \"x ${session_time\"\n",
         "main.dig:2:16: error: '${' is never closed: the shell gets it as it is and cannot read "
         "it"},
        {"+a:\n  sh>: echo 'x ${session_time'\n",
         "main.dig:2:16: warning: '${' is never closed: the rest of the text stays as it is"},
        {"+a:\n  if>: ${x === 1\n  _do: {echo>: x}\n",
         "main.dig:2:8: error: Expected 'true' or 'false' for key 'if>' but got \"${x === 1\" "
         "(string) (write true or false)"},
        {"load:\n  echo>: x\n",
         "main.dig:1:1: error: Workflow 'main' includes unknown keys: [load] (did you mean +load? "
         "Names of tasks begin with +)"},
        {"shedule:\n  daily>: 07:00:00\n",
         "main.dig:1:1: error: Workflow 'main' includes unknown keys: [shedule] (did you mean "
         "schedule?)"},
        {"+g:\n  load:\n    +a: {echo>: x}\n",
         "main.dig:2:3: error: Task '+main+g' contains invalid keys: 'load' (did you mean +load? "
         "Names of tasks begin with +)"},
        {"+p:\n  _parallel: true\n  +load: {echo>: x}\n  +b: {echo>: x, _after: [laod]}\n",
         "main.dig:4:27: error: Dependency task 'laod' does not exist (did you mean +load?)"},
        {"+p:\n  _parallel: true\n  +1: {echo>: x}\n  +b: {echo>: x, _after: [+1]}\n",
         "main.dig:4:27: error: Dependency task '1' does not exist (YAML takes +1 for a number: "
         "write \"+1\")"},
        {"+p:\n  _parallel: true\n  +b: {echo>: x, _after: [+c]}\n  +c: {echo>: x}\n",
         "main.dig:3:27: error: Dependency task '+c' does not exist (_after names tasks that stand "
         "above it)"},
        {"+g:\n  +a:\n    _export: {x1: 1}\n    echo>: a\n  +b:\n    echo>: ${x1}\n",
         "main.dig:6:12: warning: nothing defines the parameter x1 (no _export, loop or script; "
         "give it with -p)"},
        {"+a:\n  echo>: ${last_session_time}\n",
         "main.dig:2:10: warning: nothing defines the parameter last_session_time (only workflows "
         "with a schedule have it; or give it with -p)"},
        {"+a:\n  call>: nothere\n", "main.dig:2:10: error: call>: there is no file nothere.dig"},
        {"+a:\n  call>: ../x\n", "main.dig:2:10: error: call> must stay inside the project: ../x"},
        {"+a:\n  embulk>: load.yml\n", "main.dig:2:12: error: embulk>: there is no file load.yml"},
        {"+a:\n  query>: q.sql\n", "main.dig:2:11: error: query>: there is no file q.sql"},
        {"+a:\n  sh>: ./run.sh 1\n",
         "main.dig:2:8: warning: sh>: there is no file ./run.sh in the project"},
        {"+a:\n  sh>: bash run.sh\n",
         "main.dig:2:8: warning: sh>: there is no file run.sh in the project"},
        {"schedule:\n  dayly>: 07:00:00\n+a:\n  echo>: x\n",
         "main.dig:2:3: error: Unknown scheduler type: dayly (did you mean daily?)"},
        {"schedule:\n  daily>: 07:00:00\n  strat: 2050-01-01\n+a:\n  echo>: x\n",
         "main.dig:3:3: warning: Parameter 'strat' is not used at schedule. > Did you mean "
         "'[start]'?"},
        {"+a:\n  call>: main\n",
         "main.dig:2:10: error: call> goes round for ever: main.dig -> main.dig"},
    };
    for (const Case& one : cases) {
        EXPECT_THAT(found(one.text), testing::Contains(one.line)) << one.text;
    }
    // Whatever tasks want it.
    EXPECT_EQ(found("_export: {plugin: {dependencies: [a:b:1]}}\n+a:\n  one>: x\n+b:\n  two>: x\n")
                  .size(),
              1);
}

// A program of the user's own operator must be there and run.
TEST_F(ProjectCheck, LooksAtTheProgramsOfOwnOperators) {
    auto problem = [&](const std::string& program) {
        const std::string task = "+a:\n  count>: x\n";
        auto lines =
            found({{"main.dig",
                    "_export:\n  plugin:\n    operators:\n      count: " + program + "\n" + task},
                   {"bin/text.py", "print(1)\n"}});
        return lines.empty() ? "" : lines[0];
    };
    const std::string place = "main.dig:4:14: error: count>: ";
    EXPECT_EQ(problem("bin/text.py"), place + "not executable: bin/text.py (chmod +x it)");
    EXPECT_EQ(problem("./bin"), place + "a folder, not a program: ./bin (name the file)");
    EXPECT_EQ(problem("tools/text.py"),
              place + "no such program: tools/text.py (did you mean bin/text.py?)");
    EXPECT_EQ(problem("/nowhere/tool"), place + "no such program: /nowhere/tool (install it)");
    EXPECT_EQ(problem("/usr"), place + "a folder, not a program: /usr (name the file)");
    EXPECT_EQ(problem("no-such-program"),
              place +
                  "no such program on the PATH: no-such-program (install it; a file of the "
                  "project is written with a slash: ./no-such-program)");
    EXPECT_EQ(problem("[nothere, -x]"),
              "main.dig:4:15: error: count>: no such program on the PATH: nothere (install it; a "
              "file of the project is written with a slash: ./nothere)");
    EXPECT_EQ(problem("[sh, bin/text.py]"), "");
    EXPECT_EQ(problem("/bin/sh"), "");
    EXPECT_EQ(problem("'${program}'"), "");
}

// 1.5.5, 6.3.2
TEST_F(ProjectCheck, CallsFromTheFolderThatTheTaskIsGiven) {
    const std::string good = "+x: {echo>: \"${_workdir}\"}\n";
    EXPECT_THAT(found({{"main.dig", "+b: {_export: {_workdir: w}, +m: {call>: inner}}\n"},
                       {"w/inner.dig", good}}),
                IsEmpty());
    EXPECT_THAT(found({{"main.dig", "+m: {call>: w/outer}\n"},
                       {"w/outer.dig", "_export: {_workdir: v}\n+m: {call>: inner}\n"},
                       {"w/v/inner.dig", good}}),
                IsEmpty());
    EXPECT_THAT(found("_export: {x: 1}\n+m: {_export: {_workdir: '${x}'}, call>: inner}\n"),
                IsEmpty());
    EXPECT_THAT(found({{"main.dig", "+m: {_export: {_workdir: w}, call>: ../also}\n"},
                       {"also.dig", "+m: {call>: inner}\n"},
                       {"w/inner.dig", good}}),
                IsEmpty());
    EXPECT_THAT(found("+m: {_export: {_workdir: w}, call>: inner}\n"),
                ElementsAre(HasSubstr("call>: there is no file w/inner.dig")));
    EXPECT_THAT(found("+m: {echo>: '${_workdir}'}\n"),
                ElementsAre(HasSubstr("nothing defines the parameter _workdir")));
}

// What the loader refuses comes with the rest, from every file.
TEST_F(ProjectCheck, AllFilesAtOnce) {
    auto lines =
        found({{"a.dig", "+a:\n  echo>: x\n  sh>: y\n+b:\n  _parallel: nonsense\n"},
               {"b.dig", "+a: [\n"},
               {"c.dig", "+a:\n  ehco>: ${x y}\n"},
               {"d.dig", "+p:\n  _parallel: true\n  +b: {echo>: b, _after: [+nobody]}\n"}});
    ASSERT_EQ(lines.size(), 6);
    EXPECT_THAT(lines[0], HasSubstr("a.dig:3:3: error: A task can't have more than one operator"));
    EXPECT_THAT(lines[1], HasSubstr("a.dig:5:3: error: "));
    EXPECT_THAT(lines[2], HasSubstr("b.dig:"));
    EXPECT_THAT(lines[3], HasSubstr("c.dig:2:3: error: Unknown task type"));
    EXPECT_THAT(lines[4], HasSubstr("c.dig:2:10: error: ${x y} is not JavaScript"));
    EXPECT_THAT(lines[5], HasSubstr("error: Dependency task '+nobody' does not exist"));
}

TEST_F(ProjectCheck, CalledFilesSeeTheirCallers) {
    Texts texts = {{"main.dig",
                    "_export: {given: 1}\n+l:\n  loop>: 2\n  _do:\n    +c:\n"
                    "      call>: sub/part\n"},
                   {"sub/part.dig", "+p:\n  echo>: ${given} ${i} ${other}\n+q:\n  call>: deep\n"},
                   {"sub/deep.dig", "+d:\n  echo>: ${given}\n  +e: {echo>: x}\n"}};
    auto lines = found(texts);
    ASSERT_EQ(lines.size(), 2);
    EXPECT_THAT(lines[0], HasSubstr("sub/deep.dig:3:3: error: A task can't have subtasks"));
    EXPECT_THAT(lines[1], HasSubstr("sub/part.dig:2:24: warning: nothing defines the parameter "
                                    "other"));
}

TEST_F(ProjectCheck, ParametersAndScriptsDefineNames) {
    Texts texts = {{"main.dig", "+a:\n  echo>: ${env} ${count} ${counter}\n"},
                   {"tasks/work.py", "digdag.env.store({'count': 3})\n"}};
    config::Map parameters;
    parameters.set("env", "prod");
    EXPECT_THAT(found(texts, "", parameters),
                ElementsAre(HasSubstr("main.dig:2:26: warning: nothing defines the parameter "
                                      "counter")));
}

// What a script stores cannot be known unless it says the name.
TEST_F(ProjectCheck, ScriptsMayStoreNamesThatNobodyKnows) {
    const std::string use = "+z:\n  echo>: ${total}\n";
    const auto unknown = ElementsAre(HasSubstr("nothing defines the parameter total"));
    auto with = [&](const std::string& task, const std::string& script) {
        return found({{"main.dig", task + use}, {"tasks/work.py", script}, {"work.rb", script}});
    };
    const std::string python = "+a:\n  py>: tasks.work.run\n";
    EXPECT_THAT(with(python, "import digdag\nprint(1)\n"), unknown);
    EXPECT_THAT(with(python, "digdag.env.store({'count': 1})\n"), unknown);
    EXPECT_THAT(with(python, "digdag.env.store({'total': 1})\n"), IsEmpty());
    EXPECT_THAT(with(python, "digdag.env.store(row)\n"), IsEmpty());
    EXPECT_THAT(with("+a:\n  rb>: run\n  require: work\n", "Digdag.env.store(row)\n"), IsEmpty());
    EXPECT_THAT(with("", "digdag.env.store(row)\n"), unknown);  // nobody calls it
    EXPECT_THAT(with("+a:\n  py>:\n  script: x\n", ""), IsEmpty());
    EXPECT_THAT(with("+a:\n  rb>:\n  script: x\n", ""), IsEmpty());
    EXPECT_THAT(with("+a:\n  rb>: X.run\n  require: some_gem\n", ""), IsEmpty());
    EXPECT_THAT(with("+a:\n  py>: installed.run\n", ""),
                ElementsAre(HasSubstr("there is no module installed")));
    EXPECT_THAT(with("_export: {plugin: {operators: {own: sh}}}\n+a:\n  own>: x\n", ""), IsEmpty());
    EXPECT_THAT(with("+a:\n  param_get>:\n  key: '${session_date}'\n", ""), IsEmpty());
    EXPECT_THAT(with("+a:\n  sh>: echo\n", "digdag.env.store(row)\n"), unknown);
    // Variables of Digdag's own are not what a script stores.
    EXPECT_THAT(found("+a:\n  py>:\n  script: x\n+b:\n  echo>: ${sesion_time}\n"),
                ElementsAre(HasSubstr("error: nothing defines the parameter sesion_time")));
}

// It goes through calls, up and down, and no further.
TEST_F(ProjectCheck, CalledFilesStoreForTheirCallers) {
    const std::string script = "+s:\n  py>:\n  script: x\n";
    Texts texts = {{"main.dig", "+a:\n  call>: sub/part\n+b:\n  echo>: ${total}\n"},
                   {"sub/part.dig", script},
                   {"apart.dig", "+b:\n  echo>: ${total}\n"}};
    EXPECT_THAT(found(texts), ElementsAre(HasSubstr("apart.dig:2:10: warning: nothing defines")));
    texts["main.dig"] = script + "+a:\n  call>: sub/part\n";
    texts["sub/part.dig"] = "+b:\n  echo>: ${total}\n";
    EXPECT_EQ(found(texts).size(), 1);
    texts["main.dig"] = "+a:\n  call>: sub/${x}\n  x: part\n+b:\n  echo>: ${total}\n";
    texts["sub/part.dig"] = script;
    EXPECT_THAT(found(texts), ElementsAre(HasSubstr("apart.dig:2:10: warning")));
}

TEST_F(ProjectCheck, RoundsOfCallsNeedNoCondition) {
    Texts round = {{"a.dig", "+x:\n  call>: b\n"},
                   {"b.dig", "+x:\n  call>: c.dig\n"},
                   {"c.dig", "+x:\n  call>: a\n"}};
    EXPECT_THAT(found(round), ElementsAre("a.dig:2:10: error: call> goes round for ever: a.dig -> "
                                          "b.dig -> c.dig -> a.dig"));
    round["c.dig"] = "+x:\n  if>: ${session_id > 3}\n  _do:\n    call>: a\n";
    EXPECT_THAT(found(round), IsEmpty());
}

TEST_F(ProjectCheck, OneWorkflowAndWhatItCalls) {
    Texts texts = {{"a.dig", "+x:\n  call>: b\n"},
                   {"b.dig", "+x:\n  ehco>: 1\n"},
                   {"c.dig", "+x:\n  ehco>: 1\n"}};
    EXPECT_EQ(found(texts, "a.dig").size(), 1);
    EXPECT_EQ(found(texts, "./c").size(), 1);
    EXPECT_EQ(found(texts, folder_ + "/c.dig").size(), 1);
    EXPECT_EQ(found(texts).size(), 2);
}

TEST_F(ProjectCheck, ShowsTheLineAndACaret) {
    Checked checked = check({{"main.dig", "+a:\n  echo>: a ${sesion_time}\n"}});
    ASSERT_EQ(checked.findings.size(), 1);
    EXPECT_THAT(to_text(checked.findings[0]), HasSubstr("\n  echo>: a ${sesion_time}\n"));
    EXPECT_THAT(to_text(checked.findings[0]), HasSubstr("           ^\n"));
    EXPECT_EQ(config::to_json(to_value(checked.findings[0])),
              R"j({"file":"main.dig","line":2,"column":12,"severity":"error","message":)j"
              R"j("nothing defines the parameter sesion_time (did you mean session_time?)"})j");
}

TEST_F(ProjectCheck, SaysWhenATaskIncludesWhatBelongsToTheTop) {
    EXPECT_THAT(
        found({{"main.dig", "+a:\n  !include : sub/part.dig\n"},
               {"sub/part.dig", "timezone: UTC\n+b: {echo>: x}\n"}}),
        testing::Contains("sub/part.dig:1:1: warning: timezone: has no effect in a task, and a "
                          "task includes this file"));
}

// A broken task does not hide what else is wrong in its file.
TEST_F(ProjectCheck, AFileIsLookedAtToItsEnd) {
    EXPECT_THAT(
        found("foo: 1\nbar: 2\n+a:\n  echo>: x\n  sh>: y\n+b:\n  ehco>: ${1 2}\n+c: 3\n+d:\n"
              "  _exprt: {a: 1}\n  +e: {sh: x}\n"),
        ElementsAre("main.dig:1:1: error: Workflow 'main' includes unknown keys: [foo]",
                    "main.dig:2:1: error: Workflow 'main' includes unknown keys: [bar]",
                    "main.dig:5:3: error: A task can't have more than one operator: echo>, sh>",
                    "main.dig:7:3: error: Unknown task type: ehco (did you mean echo?)",
                    "main.dig:7:10: error: ${1 2} is not JavaScript: unexpected '2' behind '1'",
                    "main.dig:8:1: error: Parameter '+c' must be an object or array of objects",
                    "main.dig:10:3: error: Task '+main+d' contains invalid keys: '_exprt' (did you "
                    "mean [_export]?)",
                    "main.dig:11:8: error: Task '+main+d+e' contains invalid keys: 'sh' (did you "
                    "mean sh>?)"));
}

TEST_F(ProjectCheck, BlocksThatAreCompiledLateAreLookedAtToo) {
    EXPECT_THAT(found("+a:\n  loop>: 2\n  _do:\n    +b: {echo>: x, sh>: y}\n    +c:\n"
                      "      if>: true\n      _do: nonsense\n      _else_do:\n"
                      "        _parallel: true\n        +d: {echo>: x, _after: [+nobody]}\n"
                      "  _check: {+e: 1}\n  _error:\n    for_each>: {a: [1]}\n"
                      "    _do: {+f: 2}\n"),
                ElementsAre(HasSubstr("4:20: error: A task can't have more than one operator"),
                            HasSubstr("7:7: error: Parameter '_do' must be an object"),
                            HasSubstr("10:33: error: Dependency task '+nobody' does not exist"),
                            HasSubstr("11:12: error: Parameter '+e' must be an object"),
                            HasSubstr("14:11: error: Parameter '+f' must be an object")));
}

TEST_F(ProjectCheck, DuplicateKeysDoNotEndTheReading) {
    EXPECT_THAT(found("+a:\n  echo>: x\n  echo>: y\n+b:\n  ehco>: x\n+a:\n  echo>: z\n"),
                ElementsAre("main.dig:3:3: error: Duplicated keys: [echo>]",
                            HasSubstr("main.dig:5:3: error: Unknown task type: ehco"),
                            "main.dig:6:1: error: Duplicated keys: [+a]"));
}

TEST_F(ProjectCheck, IncludedFilesHavePlacesOfTheirOwn) {
    Texts texts = {{"main.dig",
                    "_export:\n  !include : config/parms.yml\n  !include : config/broken.yml\n"
                    "!include : config/tasks.dig\n+z:\n  echo>: ${nobody1}\n"},
                   {"other.dig", "!include : config/tasks.dig\n"},
                   {"config/params.yml", "a: 1\n"},
                   {"config/broken.yml", "b: [\n"},
                   {"config/tasks.dig", "# comment\n+t:\n  ehco>: ${nobody2}\n"}};
    EXPECT_THAT(
        found(texts),
        ElementsAre(HasSubstr("config/broken.yml:"),
                    HasSubstr("config/tasks.dig:3:3: error: Unknown task type: ehco"),
                    HasSubstr("config/tasks.dig:3:10: warning: nothing defines the parameter "
                              "nobody2"),
                    HasSubstr("main.dig:2:14: error: !include : config/parms.yml: there is no such "
                              "file (did you mean config/params.yml?)"),
                    HasSubstr("main.dig:6:10: warning: nothing defines the parameter nobody1")));
}

TEST_F(ProjectCheck, NamesThatComeFromElsewhere) {
    Texts texts = {{"main.dig",
                    "+g:\n  param_get>:\n  key_of_server: from_server\n"
                    "+r:\n  require>: other\n  params: {given: 1}\n"
                    "+a:\n  echo>: ${from_server} ${given}\n"},
                   {"other.dig", "+a:\n  echo>: ${given} ${mysql.last_results.x}\n"}};
    EXPECT_THAT(found(texts),
                ElementsAre(HasSubstr("main.dig:8:25: warning: nothing defines the parameter "
                                      "given")));
}

TEST_F(ProjectCheck, UnknownNamesAreErrorsOnlyWhenTheyAreMisspeltVariables) {
    EXPECT_THAT(
        found("_export: {i: 1, counter: 1}\n+a:\n  echo>: ${x}\n+b:\n  echo>: ${countr}\n+c:\n"
              "  echo>: ${project_name}\n+d:\n  echo>: ${next_session_date}\n+e:\n"
              "  echo>: ${session_tiem}\n"),
        ElementsAre("main.dig:3:10: warning: nothing defines the parameter x (no _export, loop or "
                    "script; give it with -p)",
                    "main.dig:5:10: warning: nothing defines the parameter countr (did you mean "
                    "counter?)",
                    "main.dig:7:10: warning: nothing defines the parameter project_name (Digdag "
                    "has no such variable: export it, or give it with -p)",
                    "main.dig:9:10: warning: nothing defines the parameter next_session_date (only "
                    "workflows with a schedule have it; or give it with -p)",
                    "main.dig:11:10: error: nothing defines the parameter session_tiem (did you "
                    "mean session_time?)"));
}

TEST_F(ProjectCheck, TheSameWordsTwiceInAValue) {
    auto lines = found("+a:\n  echo>: ${x} ${x}\n");
    EXPECT_THAT(lines, ElementsAre(HasSubstr("main.dig:2:10: "), HasSubstr("main.dig:2:15: ")));
}

TEST(Finding, ReadsTheLoadersErrors) {
    auto findings =
        findings_of("a.dig", "a.dig:1:2: one\n  line\n  ^\nb.inc:3:4: two: x\nsomething");
    ASSERT_EQ(findings.size(), 2);
    EXPECT_EQ(findings[0].message, "one");
    EXPECT_EQ(findings[0].excerpt, "  line\n  ^\n");
    EXPECT_EQ(findings[1].file, "b.inc");
    EXPECT_EQ(findings[1].mark.column, 4);
    EXPECT_EQ(findings[1].message, "two: x");
    findings = findings_of("a.dig", "a.dig: is empty");
    ASSERT_EQ(findings.size(), 1);
    EXPECT_EQ(findings[0].message, "is empty");
    EXPECT_EQ(findings[0].mark.line, 0);
}

}  // namespace
}  // namespace mogura::cli::check
