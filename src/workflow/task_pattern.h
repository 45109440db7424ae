// A task named by the end of its full name, as people write it on a command line and in requests
// (spec digdag 2.13.5).

#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::workflow {

// The place of the one name that ends in the pattern; the end need not begin at a '+'. kInvalid
// when none or several do, and when two '+' follow each other.
Result<size_t> match_task(const std::vector<std::string>& full_names, std::string_view pattern);

}  // namespace mogura::workflow
