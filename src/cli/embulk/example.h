// embulk example, and mogura load example: a small data set and a configuration to begin with
// (embulk 1.13).

#pragma once

#include "base/result.h"
#include "plugins/plugins.h"

#include <string>

namespace mogura::cli::embulk {

// Writes the files into `folder` and prints each, then the commands of `program` to try.
Result<> write_example(const plugins::Registry& registry, const load::Context& context,
                       const std::string& folder, const std::string& program);

}  // namespace mogura::cli::embulk
