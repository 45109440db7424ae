// What people see of a load's plan, and the JSON Schema of its configuration.

#pragma once

#include "plugins/plugins.h"

#include <string>

namespace mogura::cli {

std::string plan_text(const load::Plan& plan);
config::Map plan_json(const load::Plan& plan);

// For editors: which options each plugin has, as they declare them.
config::Map load_schema(const plugins::Registry& registry);

}  // namespace mogura::cli
