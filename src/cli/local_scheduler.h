// `scheduler`: runs the schedules of a project's folder, one engine for all attempts (spec digdag
// 9.7.6).

#pragma once

#include "cli/house.h"
#include "config/config.h"

#include <cstdint>
#include <string>

namespace mogura::cli {

struct SchedulerOptions {
    std::string project = ".";
    std::string database;  // folder of the store; "" keeps everything in memory
    config::Map parameters;
    int64_t threads_max = 0;
};

// Returns when it is told to stop and what it started has ended.
Result<> run_scheduler(House& house, const SchedulerOptions& options);

}  // namespace mogura::cli
