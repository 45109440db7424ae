// Pages to a Parquet file by DuckDB's own writer.

#pragma once

#include "base/result.h"
#include "load/load.h"
#include "plugins/query/duckdb/module.h"

#include <memory>
#include <string>

namespace mogura::plugins {

Result<std::unique_ptr<load::TaskOutput>> open_parquet_writer(const std::string& path,
                                                              const page::Schema& schema,
                                                              const ParquetOptions& options);

}  // namespace mogura::plugins
