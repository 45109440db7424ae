// Options of operators that come from more than one place, and their failures.

#pragma once

#include "engine/engine.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::plugins {

// The task's parameters over those of the mapping named like the operator (digdag 4.0.5).
config::Map with_defaults(const config::Map& parameters, std::string_view word);

// An error as the task's failure: the user's faults as errors of the configuration, a missing
// secret (digdag 7.8) and the world's faults with their text alone.
engine::Failed failure_of(const Error& error);

// A setting of the installation, or `otherwise`.
std::string text_setting(const engine::Settings& settings, const std::string& name,
                         const std::string& otherwise = "");
Result<int64_t> integer_setting(const engine::Settings& settings, const std::string& name,
                                int64_t otherwise);

}  // namespace mogura::plugins
