// Rows as a table for people: aligned columns, numbers at the right, NULL shown as such, long
// values cut so that a line fits the terminal.

#pragma once

#include "page/page.h"

#include <cstddef>
#include <string>
#include <vector>

namespace mogura::cli {

class ResultTable {
  public:
    struct Limits {
        size_t rows_max = 100;  // further rows are only counted
        size_t width_max = 0;   // of a line; 0: no limit
    };

    ResultTable(page::Schema schema, Limits limits);

    void add(const page::Page& page);
    size_t rows() const { return rows_; }
    // Everything so far; empty when there are no columns.
    std::string text() const;

  private:
    const page::Schema schema_;
    const Limits limits_;
    std::vector<std::vector<std::string>> cells_;  // row by row
    std::vector<size_t> widths_;
    size_t rows_ = 0;
};

}  // namespace mogura::cli
