// The variables that every task has (spec digdag 2.11).

#pragma once

#include "base/time_zone.h"
#include "config/config.h"
#include "store/store.h"

namespace mogura::engine {

// All but task_name, which is the task's own, and those that depend on parameters.
config::Map attempt_variables(const store::Attempt& attempt, const base::TimeZone& zone,
                              bool shows_retry_name);
// last_/next_session_* from a last_session_time or next_session_time among the parameters (2.11.2).
void add_neighbour_sessions(config::Map& variables, const config::Map& parameters,
                            const base::TimeZone& zone);

}  // namespace mogura::engine
