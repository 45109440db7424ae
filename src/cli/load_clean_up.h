// mogura load cleanup: drops what killed runs of a configuration left behind.

#pragma once

#include "base/result.h"
#include "load/load.h"

namespace mogura::cli {

// Prints the names of what is gone, a line each.
Result<> print_load_clean_up(const load::Job& job, const load::Plugins& plugins,
                             const load::Context& context);

}  // namespace mogura::cli
