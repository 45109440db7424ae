// Timestamps as databases read them: "YYYY-MM-DD HH:MM:SS" with six digits behind the point.

#pragma once

#include "base/time_zone.h"
#include "page/page.h"

#include <string>

namespace mogura::plugins::table {

enum class Fraction { kAlways, kWhenNotZero };

void append_date(std::string& text, const base::LocalTime& local);
void append_time(std::string& text, const base::LocalTime& local, Fraction fraction);
// Nanoseconds are cut to microseconds.
void append_timestamp(std::string& text, page::Timestamp timestamp, Fraction fraction,
                      const base::TimeZone& zone = {});

base::LocalTime local_of(page::Timestamp timestamp, const base::TimeZone& zone);

}  // namespace mogura::plugins::table
