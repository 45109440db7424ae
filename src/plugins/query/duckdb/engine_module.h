// SQL text through DuckDB, pages back.

#pragma once

#include "base/result.h"
#include "plugins/query/duckdb/module.h"
#include "query/query.h"

#include <memory>

namespace mogura::plugins {

Result<std::unique_ptr<query::Engine>> open_duckdb_engine(const DuckdbOptions& options);
Result<std::unique_ptr<query::Rows>> read_parquet_file(const ParquetRead& request);

}  // namespace mogura::plugins
