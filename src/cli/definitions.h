// What `digdag check` prints of a project: workflows, parameters, schedules (spec digdag 9.4.3).

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/time_zone.h"
#include "config/config.h"
#include "workflow/workflow.h"

#include <string>

namespace mogura::cli {

// Fails when a schedule cannot be read. Unused keys of schedules are told as log lines before the
// schedules, where `warns` (5.1.4).
struct DefinitionsView {
    base::TimeZone system_zone;
    base::Instant now{};
    bool warns = true;
};
Result<std::string> describe_definitions(const workflow::Project& project,
                                         const config::Map& parameters,
                                         const DefinitionsView& view);

}  // namespace mogura::cli
