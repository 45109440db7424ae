// The JSON paths of the expand_json filter: $.a.b[1]['c d'] (embulk 7.8.3).

#pragma once

#include "base/result.h"
#include "load/load.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mogura::plugins {

// A key, or an index: negative ones count from the end.
using ExpandStep = std::variant<std::string, int64_t>;

// Fails with kInvalid for wildcards, slices, scans and filters.
Result<std::vector<ExpandStep>> parse_expand_path(std::string_view path);
// nullptr when the path leads nowhere.
const load::Json* follow_expand_path(const load::Json& value, const std::vector<ExpandStep>& steps);

}  // namespace mogura::plugins
