// JSON as the expand_json filter takes it from text: single quotes, keys and words without quotes,
// numbers of any length (embulk 7.8.4, 7.8.7).

#pragma once

#include "base/result.h"
#include "load/load.h"

#include <string_view>

namespace mogura::plugins {

// Integers beyond 64 bits become text with their digits, and so do words. Fails with kInvalid for
// objects and arrays that have no end or are none.
Result<load::Json> parse_lenient_json(std::string_view text);

}  // namespace mogura::plugins
