// The JSON Schema of a load's configuration.

#pragma once

#include "plugins/plugins.h"

namespace mogura::cli {

// For editors: which options each plugin has, as they declare them.
config::Map load_schema(const plugins::Registry& registry);

}  // namespace mogura::cli
