// DuckDB's local files with relative paths that start at a folder, and not where the process
// stands.

#pragma once

#include "duckdb/common/file_system.hpp"

#include <string>

namespace mogura::plugins {

// Names come back relative as they were asked for: a folder such as "dt=2026-03-10" above the
// project must not become a Hive partition of everything below it.
duckdb::unique_ptr<duckdb::FileSystem> folder_file_system(std::string folder);

}  // namespace mogura::plugins
