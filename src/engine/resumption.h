// Which successes of an earlier attempt a new attempt of the same session takes over (spec digdag
// 2.13). Mode "all" takes over nothing.
//
// Owns: the choice. Leaves to others: the rows of the earlier attempt (store), the new attempt with
// what was chosen (Engine::start). Only names matter: the workflow may have changed in between. Of
// rows that a retry made again the newest counts.

#pragma once

#include "base/result.h"
#include "store/store.h"

#include <string_view>
#include <vector>

namespace mogura::engine {

// Whether it, or a task above it, is there because something failed or was late: such tasks run
// anew, so that nothing new is silent.
bool is_reaction(std::string_view full_name);

// Mode "failed": all that succeeded. kInvalid when the attempt as a whole did.
Result<std::vector<store::ResumedTask>> resume_failed(const std::vector<store::Task>& earlier);

// Mode "from": what stands in front of the task whose full name ends in the pattern, on every
// level, with all below. kInvalid when not exactly one task fits, or when one of those in front did
// not succeed.
Result<std::vector<store::ResumedTask>> resume_from(const std::vector<store::Task>& earlier,
                                                    std::string_view pattern);

}  // namespace mogura::engine
