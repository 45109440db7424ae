// What people see of a load's plan.

#pragma once

#include "plugins/plugins.h"

#include <string>

namespace mogura::cli {

std::string plan_text(const load::Plan& plan);
config::Map plan_json(const load::Plan& plan);

}  // namespace mogura::cli
