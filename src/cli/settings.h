// The configuration around a command: properties from files, the environment and -X (spec digdag
// 9.1.8, 9.2.9), and where the user's files are.

#pragma once

#include "base/process.h"
#include "base/result.h"
#include "cli/options.h"
#include "cli/properties.h"
#include "config/config.h"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mogura::cli {

struct House;

// $DIGDAG_CONFIG_HOME, else $XDG_CONFIG_HOME/digdag, else ~/.config/digdag.
std::string config_home(const base::Environment& environment);

// -c, -L, --logback-config and -X, which every command takes.
const OptionSpecs& setting_options();

// Takes these options out of the arguments and gives the rest back. The properties, later wins:
// the default file (not with -c), $DIGDAG_CONFIG, -X, the file of -c; they go into the house. -L
// sends the log to a file.
Result<std::vector<std::string>> take_settings(House& house,
                                               std::span<const std::string> arguments);

// The limit on tasks of an attempt: executor.task_max_run, else io.digdag.limits.maxWorkflowTasks,
// else 1,000 under the name `digdag` and 1,000,000 otherwise (2.10.6, 2.10.7).
Result<int64_t> tasks_max(const House& house);

// The limit on attempts that are not done: executor.attempt_max_run, else
// io.digdag.limits.maxAttempts, else 100 (2.10.5, 2.10.7).
Result<int64_t> attempts_max(const House& house);

// executor.attempt_ttl (7d), executor.task_ttl (1d) and executor.ttl_reaping_interval (5s): how
// long attempts and tasks of a scheduler may take, and how often it looks (2.10.11).
struct TimeLimits {
    std::chrono::seconds attempt;
    std::chrono::seconds task;
    std::chrono::seconds interval;
};
Result<TimeLimits> time_limits(const House& house);

// Threads that call operators, of this machine. More than it has cores: a template that never ends
// holds one until its time is over, and others must not wait for it.
int operator_threads();

// The JSON text of digdag.defaultParams (2.8.1), and over it the parameters that "params.a.b = 1"
// stands for: {a: {b: "1"}} (9.2.8).
Result<config::Map> parameters_of(const Properties& properties);

}  // namespace mogura::cli
