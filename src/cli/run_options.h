// The command line of `mogura run` (spec digdag 9.2.6 to 9.2.8, 9.3).

#pragma once

#include "base/log.h"
#include "base/result.h"
#include "config/config.h"

#include <optional>
#include <span>
#include <string>

namespace mogura::cli {

struct RunOptions {
    std::string workflow;  // empty: the only one of the project
    std::string task;      // "+task": only that part of it
    std::string project = ".";
    bool rerun = false;
    std::string start;
    std::string goal;
    std::string end;
    std::string save = ".digdag/status";
    bool no_save = false;
    std::string task_log;  // folder; empty: none
    config::Map parameters;
    std::string session = "last";
    bool dry_run = false;
    bool show_parameters = false;
    int64_t threads_max = 0;
    std::optional<log::Level> log_level;
    bool json = false;
    bool summary = false;
    std::string report;  // file for a page about the run
    bool help = false;
};

extern const char* const kRunHelp;

// Under the name digdag a wrong pair of options is told as the original does it.
Result<RunOptions> read_run_options(std::span<const std::string> arguments, bool is_digdag);

}  // namespace mogura::cli
