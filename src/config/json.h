// JSON in and out (RFC 8259). Members keep their order; of equal keys the last one wins.
//
// Numbers: an integer of 64 bits stays one, a larger one keeps its digits, all others are doubles
// and are written with the fewest digits that read back the same.

#pragma once

#include "base/result.h"
#include "config/value.h"

#include <string>
#include <string_view>

namespace mogura::config {

inline constexpr int kNestingMax = 1000;  // deeper input is a kLimit error

// `place` stands in front of an error: "place:LINE:COLUMN: what".
Result<Value> parse_json(std::string_view text, std::string_view place);

// Compact: {"a":1,"b":[true]}.
std::string to_json(const Value& value);
std::string to_pretty_json(const Value& value);
// Appends `text` as a JSON string, with its quotes.
void append_json_string(std::string& json, std::string_view text);
// Appends the shortest digits that read back as the same double, as JavaScript writes them.
void append_json_number(std::string& json, double number);

}  // namespace mogura::config
