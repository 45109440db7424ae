// Operators whose command is a file (spec digdag 4.0.7): the file's text with its templates
// evaluated, or a text that stands in the task itself.

#pragma once

#include "engine/engine.h"

#include <string>

namespace mogura::plugins {

// `parameters` with the operator's own (with_defaults): its file's templates see them, too. The
// command: a path below the working directory, or {data: text}; without a command the
// parameter `alias`.
Result<std::string> command_text(const engine::TaskContext& context, const config::Map& parameters,
                                 const std::string& alias);

// The path of a place for a file of the task's, which must be inside the project as it is written;
// links are not followed.
Result<std::string> place_in_project(const engine::TaskContext& context, const std::string& path);

// The same of a file that is there.
Result<std::string> path_in_project(const engine::TaskContext& context, const std::string& path);

}  // namespace mogura::plugins
