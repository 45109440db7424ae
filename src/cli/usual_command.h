// How commands like Digdag's begin and end.

#pragma once

#include "base/result.h"
#include "cli/house.h"
#include "cli/options.h"

#include <optional>
#include <span>
#include <string>

namespace mogura::cli {

// Takes the settings (-c, -L, -X) into the house, sets the log's level (-l) and gives the other
// options. Nothing when help was asked for, which has been printed then.
Result<std::optional<CommandLine>> begin_command(House& house,
                                                 std::span<const std::string> arguments,
                                                 const OptionSpecs& options, const char* help);

// The exit code; an error is printed and gives 1.
int end_command(const Result<int>& code);
int end_command(const Result<>& done);

}  // namespace mogura::cli
