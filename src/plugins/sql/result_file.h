// The rows of a statement as one file: CSV, JSON lines or Parquet by the ending of its name.

#pragma once

#include "base/result.h"
#include "query/query.h"

#include <cstdint>
#include <functional>
#include <string>

namespace mogura::plugins {

struct ResultFile {
    int64_t rows = 0;
    int64_t bytes = 0;
};

// Replaces `path` in one step when all rows are there; a failure leaves what was there before.
// `on_rows` hears of every page. Fails with kInvalid for an ending that is none of the three.
Result<ResultFile> write_result_file(query::Rows& rows, const std::string& path,
                                     const std::function<void(int64_t rows)>& on_rows = {});

}  // namespace mogura::plugins
