// Between DuckDB's chunks and our pages.
//
//     DuckDB                                              page
//     BOOLEAN                                             boolean
//     all integers, DECIMAL without a fraction            long (beyond 64 bits is an error)
//     FLOAT, DOUBLE, DECIMAL with a fraction              double
//     DATE, TIMESTAMP of any precision, with or without   timestamp (without a zone means UTC)
//       a time zone
//     JSON, LIST, ARRAY, STRUCT, MAP, UNION               json
//     everything else (VARCHAR, UUID, ENUM, TIME, BLOB)   string
//
// Numbers are copied, texts are not: a page keeps its chunk alive.

#pragma once

#include "page/page.h"
#include "plugins/query/duckdb/instance_module.h"

#include "duckdb.hpp"

#include <memory>
#include <vector>

namespace mogura::plugins {

// Makes pages of the chunks of one result.
class ChunkReader {
  public:
    ChunkReader(std::shared_ptr<Instance> instance, const duckdb::vector<std::string>& names,
                const duckdb::vector<duckdb::LogicalType>& types);

    const page::Schema& schema() const { return schema_; }
    // Throws, as DuckDB does, when a value has no place in its column's type.
    page::Page page(duckdb::unique_ptr<duckdb::DataChunk> chunk);

  private:
    std::shared_ptr<Instance> instance_;
    page::Schema schema_;
    duckdb::vector<duckdb::LogicalType> targets_;  // what each column is cast to before reading
};

// The type that a page's column has in DuckDB.
duckdb::LogicalType duckdb_type(page::Type type);

// Fills chunks with the rows of pages. A chunk borrows its page: use it before the page goes.
class ChunkWriter {
  public:
    // Timestamps are cut to microseconds.
    explicit ChunkWriter(const page::Schema& schema);

    const duckdb::vector<duckdb::LogicalType>& types() const { return types_; }
    // At most `rows` rows from `first` on, which is a multiple of STANDARD_VECTOR_SIZE. Throws, as
    // DuckDB does, when a timestamp does not fit.
    duckdb::DataChunk& chunk(const page::Page& page, size_t first, size_t rows);

  private:
    duckdb::vector<duckdb::LogicalType> types_;
    duckdb::DataChunk chunk_;
};

}  // namespace mogura::plugins
