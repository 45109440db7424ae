// Times and durations as people write them in definitions and on the command line.

#pragma once

#include "base/result.h"
#include "base/time_zone.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace mogura::base {

// "1d 2h 3m 4s" in any case, in this order, each at most once and one at least; blanks may stand
// between (spec digdag 4.0.6).
Result<std::chrono::seconds> parse_duration(std::string_view text);

// "2026-03-10" or "2026-03-10 12:34:56", with exactly these digits and marks.
std::optional<LocalTime> parse_local_time(std::string_view text);

}  // namespace mogura::base
