// One program at a time runs a session of a project's folder: two would undo each other.

#pragma once

#include "base/result.h"
#include "base/time_zone.h"

#include <memory>
#include <string>

namespace mogura::cli {

// Held until the last copy is gone, or the process. The process that has it may ask again, for
// other attempts of the same session. Any thread.
using SessionLock = std::shared_ptr<const void>;

// kConflict when another process has it. `project_folder` has a folder .digdag/tmp.
Result<SessionLock> lock_session(const std::string& project_folder, const std::string& workflow,
                                 base::Instant session_time, const base::TimeZone& zone);

}  // namespace mogura::cli
