// Other attempts, as a task may start and watch them (require>, spec digdag 4.2).
//
// Owns: the interface. Leaves to others: which projects and revisions there are and what may run
// (local mode: cli; the server's own).
//
// Any thread; calls may block on the store.

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mogura::engine {

struct WantedAttempt {
    // At most one of them; neither: the task's own project.
    std::optional<std::string> project_id = {};
    std::optional<std::string> project_name = {};
    std::string workflow = {};
    base::Instant session_time{};
    std::string retry_name = {};  // "" is the default name
    config::Map parameters = {};
    // Whose task wants it; 0 when that is unknown.
    int64_t asked_by = 0;
    std::string asked_by_workflow = {};
};

struct OtherAttempt {
    int64_t session_id = 0;
    int64_t attempt_id = 0;
    bool is_done = false;
    bool is_success = false;
    bool is_new = false;  // start() has made it
};

class Attempts {
  public:
    virtual ~Attempts() = default;
    // The attempt of that session and name if there is one; otherwise it is started, in the latest
    // revision. kNotFound when there is no such workflow, kLimit when too much runs already,
    // kConflict when that attempt waits for the one that asks, kUnavailable while another process
    // has the session for an attempt that is not this one: ask again later.
    virtual Result<OtherAttempt> start(const WantedAttempt& wanted) = 0;
    // How an attempt that start() gave is now, also after a restart; kConflict as above.
    virtual Result<OtherAttempt> look(const WantedAttempt& wanted, int64_t attempt_id) = 0;
};

// Starts nothing.
Attempts& no_attempts();

}  // namespace mogura::engine
