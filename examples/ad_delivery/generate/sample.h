// A bounded memory of rows seen so far, for picking one at random later.

#pragma once

#include "random.h"

#include <cstddef>
#include <vector>

namespace ad_delivery {

template <typename Row>
class Sample {
  public:
    explicit Sample(size_t rows_max) : rows_max_(rows_max) {}

    // Once full, one row in eight replaces an older one.
    void add(const Row& row, Random& random) {
        if (rows_.size() < rows_max_) {
            rows_.push_back(row);
        } else if (random.below(8) == 0) {
            rows_[random.below(rows_max_)] = row;
        }
    }

    void add_all(const Sample& other, Random& random) {
        for (const Row& row : other.rows_) add(row, random);
    }

    void clear() { rows_.clear(); }
    bool empty() const { return rows_.empty(); }
    const Row& pick(Random& random) const { return rows_[random.below(rows_.size())]; }

  private:
    size_t rows_max_;
    std::vector<Row> rows_;
};

}  // namespace ad_delivery
