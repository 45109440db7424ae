// Changes values inside JSON by their path.

#pragma once

#include "base/result.h"
#include "load/load.h"
#include "plugins/filter/column/json_path.h"

#include <functional>
#include <span>

namespace mogura::plugins {

// Calls `change` on every value that the steps lead to. Returns whether there was one; fails when
// `change` does.
Result<bool> change_at(load::Json& value, std::span<const PathStep> steps,
                       const std::function<Result<>(load::Json&)>& change);

}  // namespace mogura::plugins
