// Every plugin of the house. What users type is where the code lives: `type: csv` under `parser` is
// plugins/parser/csv.cpp, `sh>` is plugins/operator/sh.cpp.
//
// A file defines its plugin with PLUGIN(kind, name) { registry.KINDs.add(...); }. The build finds
// the files and calls each of them from add_all(). Nothing registers itself before main.

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "engine/engine.h"
#include "executor/executor.h"
#include "load/load.h"
#include "query/query.h"

#include "plugins/declarations.h"        // IWYU pragma: export
#include "plugins/sql/engine_options.h"  // IWYU pragma: export
#include "plugins/sql/result_file.h"     // IWYU pragma: export

namespace mogura::plugins {

// load's inputs, decoders, parsers, filters, formatters, encoders and outputs; query's engines;
// the engine's operators; where commands run.
struct Registry : load::Plugins, query::Engines, executor::Executors {
    engine::Operators operators;
};

void add_all(Registry& registry);

}  // namespace mogura::plugins

#define PLUGIN(kind, name) \
    void mogura::plugins::add_##kind##_##name([[maybe_unused]] mogura::plugins::Registry& registry)
