// Which names projects, workflows and tasks may have (spec digdag 1.2).
//
// Each function gives what is wrong with the name, in Digdag's words, or nothing.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::workflow {

inline constexpr size_t kNameBytesMax = 255;

// `name must not be blank: ""`, for example.
std::optional<std::string> project_name_problem(std::string_view name);
std::optional<std::string> workflow_name_problem(std::string_view name);
// Revisions and retry attempts: anything that is neither empty nor too long.
std::optional<std::string> free_name_problem(std::string_view name);
// The key of a task, "+" or "^" included. Top-level tasks must not have "^".
std::optional<std::string> task_name_problem(std::string_view name, bool top_level);

}  // namespace mogura::workflow
