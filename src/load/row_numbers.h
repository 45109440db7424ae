// Which rows of a task they are that an output failed at: the number is of what the task gave,
// behind the parser and the filters, whatever writer got them.

#pragma once

#include "base/result.h"
#include "load/output.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mogura::load {

class RowNumbers {
  public:
    // `source` is what the task reads, as messages name it. Chunks go to the writers in turn.
    RowNumbers(std::string source, size_t writers)
        : source_(std::move(source)), writers_(writers) {}

    void gave(int64_t rows) {
        if (writers_ > 1) chunks_.push_back(rows);
    }
    // `failure` with the place of the rows; `rows` are those that `writer` was given.
    Error place(const Error& failure, size_t writer, RowRange rows) const;

  private:
    int64_t of_task(size_t writer, int64_t row) const;

    const std::string source_;
    const size_t writers_;
    std::vector<int64_t> chunks_;  // how many rows each had; empty: all went to one writer
};

}  // namespace mogura::load
