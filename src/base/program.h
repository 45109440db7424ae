// Programs before they are started: where a name leads, and what keeps a file from running.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mogura::base {

// Why the file cannot be started: "no such program: NAME", "a folder, not a program: NAME (name the
// file)", "not executable: NAME (chmod +x it)". Nothing when it can.
std::optional<std::string> program_problem(const std::string& path, const std::string& name);

// The first of the PATH's folders (separated by colons) that has such a program; a name with a
// slash is not looked for.
std::optional<std::string> find_program(const std::string& name, std::string_view search_path);

}  // namespace mogura::base
