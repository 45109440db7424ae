// py> and rb> against the machine's own Python and Ruby (spec digdag chapter 6).

#include "plugins/operator/operator_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kPython = R"(
import digdag, digdag_env
assert digdag.env is digdag_env.env

def none(): pass
def bind(a, b=2, c=3, *, d, e=5, **rest):
    digdag.env.store(all=[a, b, c, d, e, sorted(k for k in rest if len(k) == 1)])
def params():
    digdag.env.store(digdag.env.params["nested"], also=u"é")
    digdag.env.export({"x": 1}, y=None)
    digdag.env.set_state(z=1)
def modules():
    digdag_env.store_params["seen"] = [digdag_env.params["a"], digdag.params is digdag.env.params]
    digdag.export_params["x"] = 1
    assert digdag_env.subtask_config is digdag.env.subtask_config
    assert digdag_env.state_params is digdag.env.state_params
def subtasks():
    digdag.env.add_subtask(none, v=[1])
    digdag.env.add_subtask({"echo>": "hi"}, _export={"a": 1})
    digdag.env.add_subtask(Job.work)
    digdag.env.subtask_config["_parallel"] = True
def bad_subtask():
    digdag.env.add_subtask({"echo>": object()})
def bad_store():
    digdag.env.store(x=object())
def raises():
    raise ValueError(u"wrong é")
def ends():
    raise SystemExit(3)

class Job(object):
    def __init__(self, a="default"):
        self.a = a
    def run(self):
        digdag.env.store(ran=self.a)
    def work(self, b):
        digdag.env.store(worked=[self.a, b])
    @staticmethod
    def still(b):
        digdag.env.store(still=b)
class Plain: 
    def run(self, **rest):
        digdag.env.store(plain=rest["a"])
)";

struct Case {
    const char* method;
    const char* parameters;  // members after the method
    const char* stored;
};

std::string call_of(const Case& one, const std::string& more = "") {
    return "{\"_command\":\"" + std::string(one.method) + "\"" + more + one.parameters + "}";
}

// digdag 6.1.5, 6.1.6, 6.1.7
TEST(Py, CallsWithParametersByName) {
    Bench bench;
    bench.write("m.py", kPython);
    bench.write("pkg/__init__.py", "");
    bench.write("pkg/inner.py", kPython);
    for (const Case& one : {
             Case{"m.none", "", "{}"},
             Case{"m.bind", R"(,"a":1,"d":4)", R"({"all":[1,2,3,4,5,[]]})"},
             Case{"m.bind", R"(,"a":1,"c":"x","d":4,"q":6)", R"({"all":[1,2,"x",4,5,["q"]]})"},
             Case{"m.params", R"(,"nested":{"deep":[1.5,null]})",
                  R"({"deep":[1.5,null],"also":"é"})"},
             Case{"m.modules", R"(,"a":1)", R"({"seen":[1,true]})"},
             Case{"m.Job", "", R"({"ran":"default"})"},
             Case{"m.Job.run", R"(,"a":7)", R"({"ran":7})"},
             Case{"pkg.inner.Job.work", R"(,"b":1)", R"({"worked":["default",1]})"},
             Case{"m.Job.still", R"(,"b":1)", R"({"still":1})"},
             Case{"m.Plain", R"(,"a":1)", R"({"plain":1})"},
         }) {
        EXPECT_EQ(stored(bench.run_to_the_end("py", call_of(one, R"(,"python":"python3")"))),
                  one.stored)
            << one.method;
    }
    EXPECT_FALSE(base::file_exists(bench.folder + "/.digdag/tmp/digdag-py-1-1"));
}

// digdag 6.1.7, 6.1.8
TEST(Py, GivesBackExportsAndSubtasks) {
    Bench bench;
    bench.write("m.py", kPython);
    auto outcome = bench.run_to_the_end(
        "py", R"({"_command":"m.params","nested":{},"py":{"python":["python3","-B"]}})");
    ASSERT_TRUE(std::holds_alternative<engine::Done>(outcome)) << message(outcome);
    EXPECT_EQ(config::to_json(std::get<engine::Done>(outcome).export_parameters),
              R"({"x":1,"y":null})");
    EXPECT_EQ(
        subtasks(bench.run_to_the_end("py", R"({"_command":"m.subtasks","python":"python3"})")),
        R"({"+subtask0":{"py>":"m.none","v":[1]},"+subtask1":{"echo>":"hi","_export":{"a":1}},)"
        R"("+subtask2":{"py>":"m.Job.work"},"_parallel":true})");
}

// digdag 6.1.6, 6.1.9, 6.1.10, 6.1.11
TEST(Py, SaysWhatTheExceptionSaid) {
    Bench bench;
    bench.write("m.py", kPython);
    bench.write("needs.py", "import not_there\ndef f(): pass\n");
    bench.write("broken.py", "def f(:\n");
    constexpr const char* kBegin =
        "Python command failed with code 1\nError messages from python: ";
    for (const Case& one : {
             Case{"m.raises", "", "wrong é (ValueError)\n\tfrom "},
             Case{"m.bind", R"(,"d":1)", "Method 'bind' requires parameter 'a' but not set"},
             Case{"m.bind", R"(,"a":1)", "Method 'bind' requires parameter 'd' but not set"},
             Case{"m.Job.work", "", "Method 'work' requires parameter 'b' but not set (TypeError)"},
             Case{"m.nothing", "", "module 'm' has no attribute 'nothing' (AttributeError)"},
             Case{"m.Job.nothing", "", "has no attribute 'nothing' (AttributeError)"},
             Case{"absent.f", "", "No module named 'absent' (ModuleNotFoundError)"},
             Case{"absent.f.g", "", "No module named 'absent' (ModuleNotFoundError)"},
             Case{"needs.f", "", "No module named 'not_there' (ModuleNotFoundError)"},
             Case{"broken.f", "", "(SyntaxError)"},
             Case{"alone", "", "py> takes MODULE.FUNCTION (ValueError)"},
             Case{"m.bad_subtask", "", "Parameters of a subtask must be JSON values"},
             Case{"m.bad_store", "", "is not JSON serializable (TypeError)"},
             Case{"m.ends", "", "ended the interpreter with exit code 3"},
         }) {
        std::string text =
            message(bench.run_to_the_end("py", call_of(one, R"(,"python":"python3")")));
        EXPECT_THAT(text, StartsWith(kBegin)) << one.method;
        EXPECT_THAT(text, HasSubstr(one.stored)) << one.method;
        EXPECT_THAT(text, testing::EndsWith(" (runtime)")) << one.method;
    }
    EXPECT_THAT(bench.printed, HasSubstr("Traceback"));
    EXPECT_THAT(
        message(bench.run_to_the_end("py", R"({"_command":"m.raises","python":"python3"})")),
        HasSubstr("m.py:27:in `raises'"));
}

// digdag 6.1.1, 6.1.2, 6.1.4, 6.1.10
TEST(Py, RunsAWholeProgramAndReportsWhatItLacks) {
    Bench bench;
    bench.secrets.values = {{"k", "s3"}};
    auto outcome = bench.run_to_the_end("py", R"json({"python":"python3","v":"p",
        "_env":{"E":"${secret:k}"},"script":"import json,os,sys\nv=json.load(open(sys.argv[1]))['params']['v']\njson.dump({'store_params':{'r':[v,os.environ['E'],os.environ.get('v')]}},open(sys.argv[2],'w'))"})json");
    EXPECT_EQ(stored(outcome), R"({"r":["p","s3",null]})");
    for (auto [script, text] : {
             std::pair("pass", "output.json does not exist."),
             std::pair("import sys; open(sys.argv[2],'w').write('[]')", "not a mapping"),
             std::pair("import sys; open(sys.argv[2],'w').write('{')", "Can't parse output.json"),
             std::pair("import sys; open(sys.argv[2],'w').write('{\\\"store_params\\\":1}')",
                       "store_params"),
             std::pair("import sys; sys.exit(4)", "Python command failed with code 4 (runtime)"),
             std::pair("import sys; open(sys.argv[2],'w').write('x'); sys.exit(1)",
                       "Can't parse output.json"),
         }) {
        EXPECT_THAT(message(bench.run_to_the_end(
                        "py", std::string(R"({"python":"python3","script":")") + script + "\"}")),
                    HasSubstr(text))
            << script;
    }
    EXPECT_THAT(message(bench.run("py", R"({"_command":"m.f","python":{"a":1}})")),
                StartsWith("Invalid python: "));
    EXPECT_EQ(message(bench.run("py", R"({"python":"python3"})")),
              "Parameter 'script' is required but not set (config)");
    EXPECT_THAT(message(bench.run("py", R"({"_command":"m.f","python":"no_such_python"})")),
                HasSubstr("no_such_python"));
    EXPECT_THAT(message(bench.run("py", R"({"_command":"m.f","docker":{"image":"x"}})")),
                HasSubstr("containers are not supported yet"));
}

constexpr const char* kRuby = R"(
def top(a) = Digdag.env.store(top: a)
module Deep
  class Job
    def initialize(a = "default") = @a = a
    def work(b, c = 3, d = 4, *more, e:, f: 6, **rest)
      Digdag.env.store("worked" => [@a, b, c, d, more, e, f, rest[:nested]])
    end
    def plain(h) = Digdag.env.store(h)
    def self.still(b) = Digdag.env.store(still: b)
    def subtasks
      Digdag.env.add_subtask(Job, :plain, h: 1)
      Digdag.env.add_subtask(:top, {a: [1]})
      Digdag.env.add_subtask({"echo>" => "hi", _export: {a: 1}})
      Digdag.env.export(x: nil)
    end
    def bad = raise("wrong é")
    def gone = nothing_of_this_name
  end
end
)";

// digdag 6.2.1, 6.2.3, 6.2.4
TEST(Rb, CallsWithParametersByName) {
    Bench bench;
    bench.write("lib.rb", kRuby);
    for (const Case& one : {
             Case{"top", R"(,"a":1)", R"({"top":1})"},
             Case{"Deep::Job.work", R"(,"b":1,"e":5)",
                  R"({"worked":["default",1,3,4,[],5,6,null]})"},
             Case{"Deep::Job.work", R"(,"a":0,"b":1,"c":"x","e":5,"f":7,"nested":{"k":[{"l":1}]})",
                  R"({"worked":[0,1,"x",4,[],5,7,{"k":[{"l":1}]}]})"},
             Case{"::Deep::Job.plain", R"(,"h":{"k":{"l":1}})", R"({"k":{"l":1}})"},
             Case{"Deep::Job.still", R"(,"b":"é")", R"({"still":"é"})"},
         }) {
        EXPECT_EQ(stored(bench.run_to_the_end("rb", call_of(one, R"(,"require":"lib")"))),
                  one.stored)
            << one.method;
    }
    auto outcome =
        bench.run_to_the_end("rb", R"({"_command":"Deep::Job.subtasks","rb":{"require":"lib"}})");
    EXPECT_EQ(subtasks(outcome),
              R"({"+subtask0":{"h":1,"rb>":"Deep::Job.plain"},"+subtask1":{"a":[1],"rb>":"top"},)"
              R"("+subtask2":{"echo>":"hi","_export":{"a":1}}})");
}

// digdag 6.2.3, 6.2.5
TEST(Rb, SaysWhatTheExceptionSaid) {
    Bench bench;
    bench.write("lib.rb", kRuby);
    constexpr const char* kBegin = "Ruby command failed with code 1: ";
    for (const Case& one : {
             Case{"Deep::Job.bad", "", "wrong é (RuntimeError)\n\tfrom "},
             Case{"Deep::Job.work", R"(,"b":1)",
                  "Method 'Deep::Job#work' requires parameter 'e' but not set (ArgumentError)"},
             Case{"top", "", "Method 'top' requires parameter 'a' but not set (ArgumentError)"},
             Case{"Deep::Nothing.work", "", "Nothing"},
             Case{"Deep::Job.nothing", "", "nothing"},
             Case{"Deep::Job.gone", "", "(NameError)"},
         }) {
        std::string text = message(bench.run_to_the_end("rb", call_of(one, R"(,"require":"lib")")));
        EXPECT_THAT(text, StartsWith(kBegin)) << one.method;
        EXPECT_THAT(text, HasSubstr(one.stored)) << one.method;
    }
    EXPECT_EQ(message(bench.run_to_the_end("rb", R"({"_command":"top","require":"absent"})")),
              "Ruby command failed with code 1 (runtime)");
    EXPECT_THAT(bench.printed, HasSubstr("cannot load such file"));
    auto outcome = bench.run_to_the_end("rb", R"json({"ruby":["ruby","-W0"],"s":{"a":1},
        "script":"require 'json'; s = JSON.parse(File.read(ARGV[0]))['params']['s']; File.write(ARGV[1], {store_params: s}.to_json)"})json");
    EXPECT_EQ(stored(outcome), R"({"a":1})");
}

}  // namespace
}  // namespace mogura::plugins
