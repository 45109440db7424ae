// Options of operators that come from more than one place, and their failures.

#pragma once

#include "engine/engine.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace mogura::plugins {

// The task's parameters over those of the mapping named like the operator (digdag 4.0.5).
config::Map with_defaults(const config::Map& parameters, std::string_view word);

// The state without what an earlier try of a `_retry` (2.5) left under these names: a task that
// waited in vain waits again. It is what the operator has to store from then on.
config::Map state_of_this_try(const config::Map& state,
                              std::initializer_list<std::string_view> names);

// An error as the task's failure: the user's faults as errors of the configuration, a missing
// secret (digdag 7.8) and the world's faults with their text alone.
engine::Failed failure_of(const Error& error);

// A setting of the installation, or `otherwise`.
std::string text_setting(const engine::Settings& settings, const std::string& name,
                         const std::string& otherwise = "");
Result<int64_t> integer_setting(const engine::Settings& settings, const std::string& name,
                                int64_t otherwise);

}  // namespace mogura::plugins
