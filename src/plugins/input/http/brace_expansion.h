// The texts that a pattern with braces stands for, as shells have it.

#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::web {

inline constexpr size_t kExpansionsMax = 100'000;

// "{a,b}{1..3}" gives a1, a2, a3, b1, b2, b3. Braces without a comma or a range stand for
// themselves, as does a comma or a brace behind a backslash. kLimit beyond kExpansionsMax.
Result<std::vector<std::string>> expand_braces(std::string_view pattern);

}  // namespace mogura::plugins::web
