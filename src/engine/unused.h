// Keys of a task that its operator does not read (spec digdag 1.6.8): never an error, but worth a
// line of the log, since most are mistakes of writing.

#pragma once

#include "config/config.h"
#include "engine/compatibility.h"

#include <string>
#include <string_view>
#include <vector>

namespace mogura::engine {

// One line for each: "Parameter 'x' is not used at task +w+a". `task`: its mapping, before
// templates are evaluated, since what they name is used. `known`: what the operator reads besides
// its command and what every task may have.
std::vector<std::string> unused_lines(std::string_view full_name, const config::Map& task,
                                      const std::vector<std::string>& known);
void report_unused(std::string_view full_name, const config::Map& task,
                   const std::vector<std::string>& known, Compatibility compatibility);

}  // namespace mogura::engine
