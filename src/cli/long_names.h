// Names of tasks as names of files, which may be no longer than 255 bytes.

#pragma once

#include <cstddef>
#include <string>

namespace mogura::cli {

// The name itself when it fits into that many bytes; otherwise its beginning and a digest of the
// whole, behind a `~`, which stands in no name of a task.
std::string fitting_name(const std::string& full_name, size_t bytes_max);
bool is_shortened(const std::string& name);

}  // namespace mogura::cli
