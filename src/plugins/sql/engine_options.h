// How configuration names a SQL engine and gives it options.
//
//     engine: duckdb            # the default
//     database: events.duckdb   # and whatever else that engine reads
//     memory_limit: 1GB

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "query/query.h"

#include <memory>
#include <string>

namespace mogura::plugins {

struct EngineOptions {
    std::string engine = "duckdb";
    config::Map options = {};
    std::string file = {};  // where they stand, for messages
    std::string path = {};
};

// Reads `engine` and the options of that engine, beside whatever else the reader's caller reads.
EngineOptions read_engine_options(config::Reader& reader, const query::Engines& engines);

Result<std::unique_ptr<query::Engine>> make_engine(const EngineOptions& options,
                                                   const query::Engines& engines,
                                                   const query::Context& context);

}  // namespace mogura::plugins
