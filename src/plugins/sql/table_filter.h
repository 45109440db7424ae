// What `sql` and `dedupe` share: the rows of a load in a table of DuckDB, and SQL over it.

#pragma once

#include "base/result.h"
#include "load/load.h"
#include "plugins/query/duckdb/module.h"
#include "query/query.h"

#include <memory>
#include <stop_token>
#include <string>

namespace mogura::plugins {

struct TableOptions {
    query::Text text;  // gives the rows that come out
    std::string memory_limit = "512MB";
    std::string place = {};  // of the filter in the configuration
};

// Reads `memory_limit`.
std::string read_memory_limit(config::Reader& reader);

// Runs the text once over no rows, to know its columns.
Result<std::unique_ptr<load::WholeFilter>> make_table_filter(const TableOptions& options,
                                                             const page::Schema& input,
                                                             const load::Context& context);

}  // namespace mogura::plugins
