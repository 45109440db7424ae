// The words behind -l (spec digdag 9.1.8).

#pragma once

#include "base/log.h"
#include "base/result.h"

#include <string>

namespace mogura::cli {

// error, warn, info, debug or trace (which says no more than debug here).
Result<log::Level> log_level_of(const std::string& word);

}  // namespace mogura::cli
