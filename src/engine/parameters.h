// Reading parameters as an operator wants them: Digdag's lenient conversions (spec digdag 2.9) and
// its error texts, in one place.
//
//     int64_t count = TRY(engine::as_integer(parameters, "_command"));
//
// Errors are kInvalid with Digdag's text, without its " (config)": failed_config() adds it.

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::engine {

// The value, which must be there and not be null (2.8.15).
Result<const config::Value*> required(const config::Map& parameters, std::string_view name);
// nullptr when it is missing or null.
const config::Value* present(const config::Map& parameters, std::string_view name);

// 2.9.1 to 2.9.3, for a value that is there. `name` is for messages.
Result<std::string> to_text(const config::Value& value, std::string_view name);
Result<int64_t> to_integer(const config::Value& value, std::string_view name);
Result<bool> to_boolean(const config::Value& value, std::string_view name);

Result<std::string> required_text(const config::Map& parameters, std::string_view name);
Result<int64_t> required_integer(const config::Map& parameters, std::string_view name);
Result<bool> required_boolean(const config::Map& parameters, std::string_view name);
Result<config::Map> required_map(const config::Map& parameters, std::string_view name);
Result<bool> optional_boolean(const config::Map& parameters, std::string_view name, bool otherwise);
Result<std::optional<std::string>> optional_text(const config::Map& parameters,
                                                 std::string_view name);

// The "parse" readings of 2.9.4: a mapping or list, or JSON text of one.
Result<config::Map> parsed_map(const config::Value& value, std::string_view name);
Result<config::List> parsed_list(const config::Value& value, std::string_view name);

// "1h 30m" (4.0.6).
Result<std::chrono::seconds> parse_duration(std::string_view text);

// A value as an environment variable or in a name: text as it is, everything else as JSON.
std::string plain_text(const config::Value& value);

}  // namespace mogura::engine
