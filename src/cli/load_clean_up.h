// mogura load cleanup: drops what killed runs of a configuration left behind.

#pragma once

#include "base/result.h"
#include "load/load.h"

#include <string>

namespace mogura::cli {

// Prints the names of what is gone, a line each. `state`: the file with a resume state, which goes,
// too; may be empty.
Result<> print_load_clean_up(const load::Job& job, const load::Plugins& plugins,
                             const load::Context& context, const std::string& state);

}  // namespace mogura::cli
