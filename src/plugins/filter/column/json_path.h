// The JSON paths that filters take: $.column.key, $['column']['key'], [0], [*] (embulk 7.4.7).

#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins {

struct PathStep {
    enum class Kind { kKey, kIndex, kEach };

    Kind kind = Kind::kKey;
    std::string key = {};
    size_t index = 0;

    bool operator==(const PathStep&) const = default;
};

struct JsonPath {
    std::string column;
    std::vector<PathStep> steps;  // inside the column; empty: the column itself
};

inline bool is_json_path(std::string_view name) {
    return name.starts_with("$.") || name.starts_with("$[");
}

// Fails with kInvalid for what is not supported, naming it.
Result<JsonPath> parse_json_path(std::string_view text);
// The column filter takes [0] at the end only.
Result<> check_index_is_last(const JsonPath& path, std::string_view text);

}  // namespace mogura::plugins
