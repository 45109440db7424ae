// What a run left behind that was killed, or lost its database: intermediate tables.

#pragma once

#include "base/result.h"
#include "load/job.h"
#include "load/plugins.h"

#include <string>
#include <vector>

namespace mogura::load {

// Drops it; the output of `job` knows what is its own. Returns the names of what is gone. No run of
// the same configuration may go on meanwhile.
Result<std::vector<std::string>> clean_up(const Job& job, const Plugins& plugins,
                                          const Context& context);

}  // namespace mogura::load
