// DuckDB behind a door without DuckDB's types.
//
// DuckDB lives in a module of its own, lib/mogura/duckdb.so beside the folder of the program, since
// linking it would cost every start some milliseconds. The module is opened on first use and stays.
// Only *_module.cpp files include DuckDB's headers; everything else goes through this class.
//
// A DuckdbModule may be used from several threads at once. What it makes belongs to one thread at a
// time and may outlive whatever asked for it.

#pragma once

#include "base/result.h"
#include "page/page.h"
#include "query/query.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mogura::plugins {

struct DuckdbOptions {
    std::string database = {};           // a file; empty: in memory
    std::string memory_limit = "512MB";  // beyond it, DuckDB spills to `temporary`
    int threads = 2;
    std::string folder = ".";        // relative paths in the SQL start here
    std::string temporary = "/tmp";  // a folder of its own is made in here, and removed
    std::string time_zone = "UTC";
};

struct ParquetRead {
    std::string path;
    std::vector<std::string> columns = {};  // empty: all
    bool hive_partitions = false;           // columns from "name=value" folders of the path
    bool schema_only = false;               // no rows
    int threads = 1;
};

// Pages in a table of DuckDB, in memory or, beyond its limit, on disk. Its name is `input`; rowid
// counts its rows from 0.
class DuckdbTable {
  public:
    virtual ~DuckdbTable() = default;
    virtual Result<> append(const page::Page& page) = 0;
    // What was appended is seen by SQL from now on.
    virtual Result<> flush() = 0;
    virtual query::Engine& engine() = 0;
};

class DuckdbModule {
  public:
    virtual ~DuckdbModule() = default;

    virtual Result<std::unique_ptr<query::Engine>> open(const DuckdbOptions& options) const = 0;
    // Rows come in the order of the file.
    virtual Result<std::unique_ptr<query::Rows>> read_parquet(const ParquetRead& request) const = 0;
    // Timestamps are cut to microseconds there.
    virtual Result<std::unique_ptr<DuckdbTable>> make_table(const DuckdbOptions& options,
                                                            const page::Schema& schema) const = 0;
};

// Opens the module on the first call. Fails with kUnsupported when this build has none.
Result<const DuckdbModule*> duckdb_module();

// What the module exports: `const DuckdbModule* mogura_duckdb_module_3()`. The number grows with
// every change of this header, so that an old module is not taken for a new one.
inline constexpr const char* kDuckdbModuleSymbol = "mogura_duckdb_module_3";

}  // namespace mogura::plugins
