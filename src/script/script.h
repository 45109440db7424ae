// ${...} templates (spec digdag chapter 3).
//
// Owns: where expressions begin and end, evaluating them, the order of keys and scopes, limits on
// time and memory. Leaves to others: which parameters are in scope (engine).
//
// Plain paths such as ${a.b} are looked up here. Everything else is JavaScript with moment.js in
// the workflow's time zone, in a helper process: this program started again as
// `mogura script-sandbox`, which opens the JavaScript module. A template that loops, allocates
// without end or matches a catastrophic expression costs its task, never the caller: the helper is
// killed and another one started on the next use.
//
// An Evaluator may be used from several threads at once; each call takes a helper from a small
// pool.

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "script/inspection.h"  // IWYU pragma: export

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::script {

struct Limits {
    std::chrono::milliseconds time_max{2000};     // for one evaluate() call's scripts
    int64_t memory_max_bytes = 96 * 1024 * 1024;  // beyond the helper's own size
    // Two are kept; more are started only while those are stuck.
    int helpers_max = 8;
};

// How to start a helper: the program and its arguments.
struct HelperCommand {
    std::vector<std::string> arguments;  // {"/proc/self/exe", "script-sandbox"}
};

// What is in scope: merged parameters and runtime variables, in merge order, unevaluated (3.4).
struct Scope {
    const config::Map& parameters;
    std::string time_zone = "UTC";
    // A parameter that is data: in scope as it is, its own texts not evaluated.
    std::string_view data = {};
};

class Evaluator {
  public:
    static std::unique_ptr<Evaluator> create(HelperCommand command, Limits limits);
    virtual ~Evaluator() = default;

    // Evaluates every value of `local` (task-local keys) in the scope, and returns the merged and
    // evaluated parameters: scope first, then the local keys over it (3.4.2). Keys named in 3.5
    // (_do, _else_do, ...) are kept as they are.
    struct Evaluated {
        config::Map parameters;  // everything, evaluated
        config::Map local;       // only the task-local keys, evaluated
    };
    virtual Result<Evaluated> evaluate(const Scope& scope, const config::Map& local) = 0;

    // One text (a SQL or YAML file) in the scope of already evaluated parameters. `{secret:x}`
    // and the like stay (3.3.3).
    virtual Result<std::string> evaluate_text(const Scope& scope, std::string_view text) = 0;
};

// Whether the text has anything to evaluate.
bool has_template(std::string_view text);

// The helper's main loop over its standard input and output; `module` is the path of the
// JavaScript module. Returns the exit code.
int run_helper(const std::string& module_path);

}  // namespace mogura::script
