// A JSON Schema (draft 2020-12) of .dig files, for editors: keys of the top level, tasks, groups,
// every operator that is there, schedules.

#pragma once

#include "config/config.h"
#include "engine/engine.h"

namespace mogura::cli {

config::Map dig_schema(const engine::Operators& operators);

}  // namespace mogura::cli
