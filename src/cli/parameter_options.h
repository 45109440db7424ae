// Parameters from the command line: -p and -P (spec digdag 9.2.6 to 9.2.8).

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <string>

namespace mogura::cli {

// a.b and 1 into {a: {b: "1"}} (9.2.6).
Result<> set_parameter(config::Map& parameters, const std::string& name, const std::string& value);
// The argument of a -p. Several in one are divided by commas; a piece without '=' belongs to the
// one before it (9.2.7).
Result<> add_parameters(config::Map& parameters, const std::string& argument);
// The file of a -P: a YAML mapping, merged over what is there.
Result<> add_parameter_file(config::Map& parameters, const std::string& path);

}  // namespace mogura::cli
