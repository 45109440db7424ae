// Units of epoch numbers, as the filters spell them (embulk 7.6.2, 7.7.1).

#pragma once

#include "page/page.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins {

enum class TimeUnit { kSecond, kMillisecond, kMicrosecond, kNanosecond };

// second sec ... nanosecond nano nsec ns, and the original's other spellings; exact case.
std::optional<TimeUnit> find_time_unit(std::string_view word);
std::string time_unit_words();

int64_t nanoseconds_of(TimeUnit unit);
// Wraps in 64 bits of nanoseconds, as the original does (beyond the year 2262).
page::Timestamp timestamp_of(int64_t number, TimeUnit unit);
page::Timestamp timestamp_of(double number, TimeUnit unit);
// Rounded down.
int64_t number_of(page::Timestamp timestamp, TimeUnit unit);

// The same without wrapping; nothing where a timestamp, or 64 bits of the unit, cannot hold it.
std::optional<page::Timestamp> exact_timestamp_of(int64_t number, TimeUnit unit);
std::optional<page::Timestamp> exact_timestamp_of(double number, TimeUnit unit);
std::optional<int64_t> exact_number_of(page::Timestamp timestamp, TimeUnit unit);
// A number in another unit, towards zero.
std::optional<int64_t> exact_number_of(int64_t number, TimeUnit from, TimeUnit to);

}  // namespace mogura::plugins
