// Starts statements and streams their rows as pages.

#pragma once

#include "base/result.h"
#include "plugins/query/duckdb/instance_module.h"
#include "query/query.h"

#include "duckdb.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace mogura::plugins {

// Turns DuckDB's failure into ours, with its place.
using Describe = std::function<Error(const duckdb::ErrorData&)>;

// Runs the statement until its first rows are there, or to its end when it has none.
Result<duckdb::unique_ptr<duckdb::QueryResult>> start(
    Instance& instance, duckdb::unique_ptr<duckdb::SQLStatement> statement,
    const std::atomic<bool>& is_canceled, const Describe& describe);

std::unique_ptr<query::Rows> stream(std::shared_ptr<Instance> instance,
                                    duckdb::unique_ptr<duckdb::QueryResult> result,
                                    Describe describe);

}  // namespace mogura::plugins
