// `sla:` of a workflow: when an attempt is late, and what runs then (spec digdag 5.6).
//
// Owns: reading the mapping. Leaves to others: waiting for that time (attempt) and the tasks that
// come of it (tree). Pure; any thread.

#pragma once

#include "base/result.h"
#include "base/time_zone.h"
#include "config/config.h"
#include "engine/compatibility.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::engine {

// "HH:MM" or "HH:MM:SS"; the numbers may be any: 25:00 is one o'clock of the next day.
struct SlaClock {
    int64_t hours = 0;
    int64_t minutes = 0;
    int64_t seconds = 0;
};
std::optional<SlaClock> read_sla_clock(std::string_view text);

// When an attempt is late whose root task has these keys; nothing without `sla:`. `run_time` is
// when its schedule meant it to run; when nobody's schedule started it, when it was started.
Result<std::optional<base::Instant>> sla_time(const config::Map& root, base::Instant run_time,
                                              const base::TimeZone& zone,
                                              Compatibility compatibility);

// What a late attempt gets.
struct LateTasks {
    bool is_told = true;     // alert: a notification
    bool is_failed = false;  // fail
    config::Map tasks = {};  // the keys that are left: an operator, or +tasks
};
// A switch that cannot be read is told in the log, and counts as its default.
LateTasks late_tasks(const config::Map& sla);

}  // namespace mogura::engine
