// The time zone of this machine, and times for people in it (spec digdag 9.2.10).

#pragma once

#include "base/process.h"
#include "base/time_zone.h"

#include <chrono>
#include <string>

namespace mogura::cli {

// $TZ, else what /etc/localtime links to, else UTC.
base::TimeZone system_zone(const base::Environment& environment);
// "2026-03-10 07:00:00 +0900"
std::string format_local(base::Instant instant, const base::TimeZone& zone);
// "in 1h 2m 3s" or "2m 3s ago"; hours are the largest unit.
std::string format_distance(base::Instant from, base::Instant to);

}  // namespace mogura::cli
