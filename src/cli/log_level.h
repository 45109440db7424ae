// The words behind -l (spec digdag 9.1.8).

#pragma once

#include "base/log.h"
#include "base/result.h"

#include <span>
#include <string>

namespace mogura::cli {

// error, warn, info, debug or trace (which says no more than debug here).
Result<log::Level> log_level_of(const std::string& word);

// Sets the level that a -l among the arguments asks for, before anything else is read of them. A
// wrong word is told by whoever reads them.
void set_log_level_of(std::span<const std::string> arguments);

}  // namespace mogura::cli
