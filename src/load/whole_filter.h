// Filters that need every row before the first one can come out: SQL over the rows, one row of each
// key.
//
// They cut the pipeline: all rows go in, in the order of the input, and what comes out is the input
// of the rest. One thread at a time uses one.

#pragma once

#include "base/result.h"
#include "load/input.h"
#include "page/page.h"

#include <memory>
#include <stop_token>

namespace mogura::load {

class WholeFilter {
  public:
    virtual ~WholeFilter() = default;
    // The columns that give() will have.
    virtual const page::Schema& schema() const = 0;
    virtual Result<> take(page::Page page) = 0;
    // All rows are here. Called once; the input lives as long as the filter. A stop request ends
    // the work with kCanceled.
    virtual Result<std::unique_ptr<Input>> give(std::stop_token stop) = 0;
};

}  // namespace mogura::load
