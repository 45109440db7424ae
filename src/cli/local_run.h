// One workflow run in its project's folder: the store, the state files and the engine put together
// (spec digdag 9.3).

#pragma once

#include "cli/house.h"
#include "cli/run_options.h"

namespace mogura::cli {

// Returns the exit code; an error is what `error: ...` prints.
Result<int> run_locally(House& house, const RunOptions& options);

}  // namespace mogura::cli
