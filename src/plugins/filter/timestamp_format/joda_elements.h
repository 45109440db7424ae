// The pieces of a Joda pattern, and the names in its texts; for joda_parser.cpp and
// joda_formatter.cpp.

#pragma once

#include "base/result.h"
#include "plugins/filter/timestamp_format/joda_pattern.h"

#include <array>
#include <string_view>
#include <vector>

namespace mogura::plugins {

inline constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
// From Monday, as Joda counts.
inline constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
inline constexpr std::string_view kNanoseconds = "nnnnnnnnn";

// Fails with kInvalid for letters that `known` lacks.
Result<std::vector<JodaElement>> read_joda_pattern(std::string_view pattern,
                                                   std::string_view known);

// A mistake in a pattern, and what else could have been meant.
Error wrong_joda_pattern(std::string_view pattern, std::string_view what);

}  // namespace mogura::plugins
