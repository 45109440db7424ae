// Pages to a Parquet file: rows are collected into row groups, which threads of the writer encode
// and compress at once; they stand in the file in the order of the rows.
//
// One thread writes, finishes and aborts. Memory: the rows of `threads + 2` row groups, each ended
// early when its texts are large.

#pragma once

#include "base/result.h"
#include "load/load.h"
#include "plugins/formatter/parquet/column.h"

#include <cstdint>
#include <memory>
#include <string>

namespace mogura::plugins::parquet {

struct Options {
    Packing packing = {};
    int64_t row_group_rows = 65536;
    int threads = 2;
};

// Creates or truncates the file.
Result<std::unique_ptr<load::TaskOutput>> open_writer(const std::string& path,
                                                      const page::Schema& schema,
                                                      const Options& options);

}  // namespace mogura::plugins::parquet
