// SQL text through DuckDB, pages back.

#pragma once

#include "base/result.h"
#include "plugins/query/duckdb/instance_module.h"
#include "plugins/query/duckdb/module.h"
#include "query/query.h"

#include <memory>

namespace mogura::plugins {

Result<std::unique_ptr<query::Engine>> open_duckdb_engine(const DuckdbOptions& options);
std::unique_ptr<query::Engine> engine_of(std::shared_ptr<Instance> instance);
Result<std::unique_ptr<DuckdbTable>> make_duckdb_table(const DuckdbOptions& options,
                                                       const page::Schema& schema);
Result<std::unique_ptr<query::Rows>> read_parquet_file(const ParquetRead& request);

}  // namespace mogura::plugins
