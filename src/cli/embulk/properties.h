// Embulk's system properties: embulk.properties in its home, -X on the command line (embulk 1.3).

#pragma once

#include "base/process.h"
#include "base/result.h"
#include "config/config.h"

#include <map>
#include <string>
#include <string_view>

namespace mogura::cli::embulk {

using Properties = std::map<std::string, std::string>;

// Java's form of properties: `key = value`, `key: value`, # and ! comments, backslashes.
Properties parse_properties(std::string_view text);

// Those of the file in embulk_home, with `given` (-X) over them. Fails when the home is named in a
// way that cannot be.
Result<Properties> all_properties(const Properties& given, const base::Environment& environment,
                                  const std::string& folder);

// What `exec` of a configuration takes from the properties where it does not say so itself.
void apply_to_exec(const Properties& properties, config::Map& config);

}  // namespace mogura::cli::embulk
