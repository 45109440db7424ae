// Patterns of Java's SimpleDateFormat as the strftime patterns of load::TimestampFormatter.
//
// Taken: y M d D H h m s SSS a E Z z X and texts in quotes. Anything else (weeks, eras, other
// lengths of fractions, hours from 1 to 24 or 0 to 11) is a kUnsupported error that names the
// letters. Source: the documentation of java.text.SimpleDateFormat.

#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace mogura::plugins {

// `is_utc`: the times are written in UTC, where X is the letter Z. (In other zones it is always a
// number, also while their offset is zero.)
Result<std::string> strftime_of_simple_date(std::string_view pattern, bool is_utc);

}  // namespace mogura::plugins
