// The JSON lines guesser: the columns of a jsonl parser, from a decoded sample (embulk 4.5.7).

#pragma once

#include "config/config.h"
#include "load/compatibility.h"

#include <string_view>

namespace mogura::load {

// {type: jsonl, columns}: the first line's keys, with types that fit all lines. Empty when a whole
// line of the sample is no JSON object, or when there are fewer than parser.min_rows_for_guess.
config::Map guess_json_lines(const config::Map& parser, std::string_view sample, Compat compat);

}  // namespace mogura::load
