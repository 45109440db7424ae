// What a YAML scalar means: the patterns of the two dialects (digdag 1.3.3-1.3.8,
// embulk 1.5.5-1.5.9).

#pragma once

#include "base/result.h"
#include "config/value.h"
#include "config/yaml.h"

#include <string_view>

namespace mogura::config {

// A plain scalar without a tag; what matches no pattern is a string.
Value resolve_plain(std::string_view text, Dialect dialect);

// A scalar with an explicit tag ("tag:yaml.org,2002:int"). Errors carry no place.
Result<Value> resolve_tagged(std::string_view text, std::string_view tag, Dialect dialect);

}  // namespace mogura::config
