// Time zones in timestamps: the words and offsets in data, and the names in options (spec embulk
// 6.4, 6.5). They are Java's zone ids first, then Ruby's table of abbreviations.

#pragma once

#include "base/result.h"
#include "base/time_zone.h"

#include <cstdint>
#include <string_view>

namespace mogura::load {

// A zone that a text named: a region, or else a fixed offset.
struct ZoneText {
    const base::TimeZone* region = nullptr;  // lives for ever
    int32_t offset_seconds = 0;
};

enum class ZoneMatch {
    kMatch,
    kNoZone,   // nothing that looks like a zone
    kUnknown,  // looks like one, but nobody knows it
};

// Reads a zone at the beginning of `text`; `length` is how much of it looks like one.
ZoneMatch read_zone(std::string_view text, ZoneText& zone, size_t& length);

// The zone that an option names: a Java zone id or one of Ruby's abbreviations. Fails with
// kInvalid for unknown names.
Result<base::TimeZone> find_configured_zone(std::string_view name);

// The same for databases, whose plugins know no abbreviations of Ruby's, and whose message people
// search for (6.5.3).
Result<base::TimeZone> find_database_zone(std::string_view name);

}  // namespace mogura::load
