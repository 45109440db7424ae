// The rows of a statement as a parameter (digdag 4.15.6): the first row as a mapping, or all of
// them as a list of mappings.

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "engine/engine.h"
#include "query/query.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mogura::plugins {

struct LastResultsLimits {
    int64_t rows = 8192;  // of all; the first row is one
    int64_t columns = 64;
    int64_t value = 256;  // characters of a text
};

enum class LastResults { kFirst, kAll };

// store_last_results as it is written: first or true, all, false; nothing for false.
Result<std::optional<LastResults>> wanted_results(const config::Value& value);
// The installation's: config.pg.max_store_last_results_rows, _columns and _value_size for the
// operator "pg", else the same below config.jdbc.
Result<LastResultsLimits> last_results_limits(const engine::Settings& settings,
                                              const std::string& name);
// {} or [] without rows. Beyond a limit it fails with kLimit.
Result<config::Value> last_results(query::Rows& rows, LastResults wanted,
                                   const LastResultsLimits& limits);

}  // namespace mogura::plugins
