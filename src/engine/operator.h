// Operators: what a task does.
//
// An operator never holds a thread while it waits. It returns: done with parameters, failed, or
// "call me again at T (or when this descriptor is readable)" with its state, which is stored. A new
// Operator object is made for every call; what must survive a call is in the state.

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"
#include "engine/attempts.h"
#include "engine/compatibility.h"
#include "engine/option.h"
#include "engine/secrets.h"
#include "executor/executor.h"
#include "script/script.h"
#include "store/store.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace mogura::engine {

// Live figures of a running task, for the display; any thread.
struct TaskProgress {
    std::atomic<int64_t> rows = 0;
    std::atomic<int64_t> bytes = 0;
    std::atomic<int64_t> rows_rejected = 0;
    std::atomic<double> share = -1;  // 0 to 1; negative: unknown
};

// Settings of the installation, as they stand in its configuration file: "config.mail.host".
using Settings = std::map<std::string, std::string>;
const Settings& no_settings();

// What operators share beyond their own task. All of it is there for the whole life of the engine;
// what is missing is refused by the operator that needs it.
struct Surroundings {
    const Settings& settings = no_settings();
    const std::map<std::string, std::string>& environment = no_settings();  // of this process
    Attempts& attempts = no_attempts();
    store::SharedParameters* shared_parameters = nullptr;
    store::Locks* locks = nullptr;
};

const Surroundings& no_surroundings();

// Everything that an operator may know and use. Valid during the call.
struct TaskContext {
    std::string full_name;
    int64_t task_id = 0;
    int64_t attempt_id = 0;
    const config::Map& parameters;  // merged and evaluated (2.8), with _type and _command
    const config::Map& local;       // the task's own keys only, evaluated
    const config::Map& state;       // what the last call returned; empty at first
    std::string time_zone;
    std::string project_folder;    // absolute
    std::string work_folder;       // absolute: project folder + _workdir
    std::string temporary_folder;  // absolute: .digdag/tmp of the project
    int64_t tasks_max = 0;         // limit on tasks of an attempt (2.10.6)
    Compatibility compatibility = Compatibility::kFixed;
    const base::Clock& clock;
    script::Evaluator& evaluator;
    executor::Executor& executor;
    const Secrets& secrets = no_secrets();
    const Surroundings& surroundings = no_surroundings();
    TaskProgress& progress;
    std::stop_token stop;  // requested when the attempt is cancelled
    // Text for the task's log and the terminal, as the command printed it.
    std::function<void(std::string_view)> print;
    // How much of a command's output was printed by earlier calls. Not stored: after a restart it
    // is 0 again, as the command runs again.
    int64_t& printed_bytes;
};

struct Done {
    config::Map subtask_config = {};
    config::Map export_parameters = {};
    config::Map store_parameters = {};
    std::vector<std::string> reset_store_parameters = {};
    config::Map report = {};  // {rows, bytes, rejected}: shown to people
};

// Call again at `at`, or when the descriptor becomes readable. A state that did not change is not
// stored again, so looking after something now and then costs no transaction. A task with a
// descriptor works on this machine and counts as one of the running ones; others only wait.
struct Again {
    base::Instant at;
    config::Map state = {};
    std::optional<int> wake_descriptor = {};
};

struct Failed {
    config::Map error;  // {message, ...}
};
// {message: "MESSAGE"}; Digdag's suffix for the kind of failure comes in the message (2.3.4).
Failed failed(std::string message);
// The same for a wrong configuration: "MESSAGE (config)".
Failed failed_config(std::string message);

using Outcome = std::variant<Done, Again, Failed>;

class Operator {
  public:
    virtual ~Operator() = default;
    virtual Outcome run(TaskContext& context) = 0;
    // False for the few whose own failures ignore the task's _retry (2.5.5).
    virtual bool honours_retry() const { return true; }
    // The task's own keys that it reads besides its command; others are told when the task is done
    // (1.6.8). Nothing: any key may mean something, or the operator checks them itself.
    virtual std::optional<std::vector<std::string>> keys() const { return {}; }
    // For those who look at tasks before they run: what it may be told, ...
    virtual OperatorOptions options() const { return {}; }
    // ... what is wrong with a task's own keys as they are written, beyond each option by itself,
    // ...
    virtual Result<> check(const config::Map&) const { return {}; }
    // ... and whether it runs a program, as `docker:` and `_env:` want it.
    virtual bool runs_program() const { return false; }
    // The attempt was cancelled while the task waited with this state. Returns when to call
    // cancel() again, if what it asked to end needs time.
    virtual std::optional<Again> cancel(TaskContext&) { return {}; }
};

// Operators by name. Options are read by the operator itself, since templates decide them.
class Operators {
  public:
    using Make = std::function<std::unique_ptr<Operator>()>;
    void add(std::string name, std::string help, Make make);
    // A word that is known but not there: `message` says what it is, whether it is planned, and
    // what to use instead.
    void add_absent(std::string name, std::string message);

    // Operators that the task's parameters bring along; asked after those that were added. Gives
    // nullptr for a word that it does not know (so for the empty one), an error when the parameters
    // are wrong.
    using Find = std::function<Result<std::unique_ptr<Operator>>(const std::string& name,
                                                                 const config::Map& parameters)>;
    void set_finder(Find find);
    // Before anything runs: what the finder has against parameters that a workflow exports.
    Result<> check(const config::Map& parameters) const;

    // nullptr when there is none; `message` then says why ("Unknown task type: x").
    std::unique_ptr<Operator> make(const std::string& name, std::string& message) const;
    std::unique_ptr<Operator> make(const std::string& name, const config::Map& parameters,
                                   std::string& message) const;
    std::vector<std::string> names() const;
    const std::string& help(const std::string& name) const;

  private:
    struct Entry {
        std::string help;
        Make make;
    };
    std::map<std::string, Entry> entries_;
    std::map<std::string, std::string> absent_;
    Find find_;
};

}  // namespace mogura::engine
