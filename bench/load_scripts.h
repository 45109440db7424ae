// The same work in the words of each program: Mogura's YAML, and Python with DuckDB.

#pragma once

#include "load_tables.h"

#include <string>

namespace mogura::bench {

// `output` is the whole section, with its line end.
std::string load_config(const Table& table, const std::string& output);

// Makes a value of every field, and one of every column out of them; fails unless all rows came.
std::string duckdb_aggregate(const Table& table);
// `form` as in (format csv, header).
std::string duckdb_copy(const Table& table, const std::string& to, const std::string& form);
// Fails unless the file has the rows of the table in their order.
std::string duckdb_parquet_check(const Table& table, const std::string& path);

}  // namespace mogura::bench
