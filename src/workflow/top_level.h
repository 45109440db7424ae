// The rules for the outermost mapping of a .dig file (spec digdag 1.5).

#pragma once

#include "base/time_zone.h"
#include "config/config.h"
#include "workflow/problems.h"

#include <string>

namespace mogura::workflow {

// Reports unknown keys and wrong task names, and removes the unknown keys, so that the compiler
// says nothing more about them. `name` is the workflow's. Unknown keys are one problem, as in the
// original, or one each.
enum class UnknownKeys { kTogether, kApart };
void check_top_level(config::Map& file, const std::string& name, Problems& problems,
                     UnknownKeys unknown_keys = UnknownKeys::kTogether);

// The workflow's time zone; UTC when there is none.
base::TimeZone time_zone_of(const config::Map& file, Problems& problems);

}  // namespace mogura::workflow
