// Files that a command writes at its end.

#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace mogura::cli {

// Before the work: whether the file can be made. `option` and the name of an `example` are for the
// message.
Result<> check_output_file(std::string_view option, const std::string& path,
                           std::string_view example);

}  // namespace mogura::cli
