// What a sound file holds: its tasks as a tree, its schedule and when that runs next.

#pragma once

#include "base/clock.h"
#include "base/time_zone.h"
#include "cli/check/files.h"
#include "config/config.h"

#include <string>

namespace mogura::cli::check {

// For people: the file's name, the schedule's next times in `zone`, a line for each task. Of a file
// that could not be read only its name.
std::string overview_text(const File& file, base::Instant now, const base::TimeZone& zone);

// For machines: {file, tasks, task_names, schedule: [{session_time, run_time}, ...]}.
config::Map overview_value(const File& file, base::Instant now);

}  // namespace mogura::cli::check
