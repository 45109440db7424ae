// Which session a local run belongs to (spec digdag 9.3.3), and the name of its state folder.

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/time_zone.h"
#include "schedule/schedule.h"
#include "workflow/workflow.h"

#include <optional>
#include <string>

namespace mogura::cli {

struct SessionChoice {
    base::Instant time{};
    std::string notice;  // "Reusing the last session time T."
};

// The workflow's `schedule:`; nothing when it has none.
Result<std::optional<schedule::Schedule>> schedule_of(const workflow::Workflow& workflow);

// last_session_time and next_session_time of a session of that schedule; values of a user's own are
// replaced (2.11.2).
void set_neighbours(config::Map& parameters, const schedule::Schedule& schedule,
                    base::Instant session, const base::TimeZone& zone);

// `states`: the folder with a folder for each session.
Result<SessionChoice> choose_session(const std::string& wanted, const workflow::Workflow& workflow,
                                     const std::optional<schedule::Schedule>& schedule,
                                     const std::string& states, base::Instant now);
// "20260310T000000+0900"
std::string session_folder(base::Instant time, const base::TimeZone& zone);

}  // namespace mogura::cli
