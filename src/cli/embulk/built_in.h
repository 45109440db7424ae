// What provisioning scripts ask about plugins: gem, install, bundle (embulk 10.3). Every plugin is
// built in, so there is nothing to do but to say whether one is there.

#pragma once

#include "base/result.h"
#include "plugins/plugins.h"

#include <span>
#include <string>
#include <vector>

namespace mogura::cli::embulk {

// "embulk-filter-row", sorted: the name of every plugin as the original's packages are called.
std::vector<std::string> package_names(const plugins::Registry& registry);

// embulk gem ...: what to print; fails for packages that have no counterpart here.
Result<std::string> answer_gem(const plugins::Registry& registry,
                               std::span<const std::string> words);
// embulk install group:artifact:version.
Result<std::string> answer_install(const plugins::Registry& registry, const std::string& artifact);

}  // namespace mogura::cli::embulk
