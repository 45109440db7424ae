// The numbers in the names of output files, formatted as Java's String.format does it for whole
// numbers: "%03d.%02d.", "%2$d-%1$d", "_%x".

#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::plugins {

// Fails with kInvalid when the format is malformed or asks for a third number.
Result<std::string> format_sequence(std::string_view format, int64_t task, int64_t file);

}  // namespace mogura::plugins
