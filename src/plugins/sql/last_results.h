// The rows of a statement as a parameter (digdag 4.15.6): the first row as a mapping, or all of
// them as a list of mappings.

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "query/query.h"

#include <cstddef>
#include <optional>

namespace mogura::plugins {

inline constexpr size_t kLastResultsRowsMax = 8192;
inline constexpr size_t kLastResultsColumnsMax = 64;
inline constexpr size_t kLastResultsValueMax = 256;  // characters of a value

enum class LastResults { kFirst, kAll };

// store_last_results as it is written: first or true, all, false; nothing for false.
Result<std::optional<LastResults>> wanted_results(const config::Value& value);
// {} or [] without rows. Beyond a limit it fails with kLimit.
Result<config::Value> last_results(query::Rows& rows, LastResults wanted);

}  // namespace mogura::plugins
