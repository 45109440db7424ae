// Which creatives a slot shows, how often, and to whom: one fresh impression at a time.
//
// A slot shows up to twelve creatives that fit its size and are not blocked, the first far more
// often than the last. Impressions come without a time: the caller sets it.

#pragma once

#include "masters.h"
#include "random.h"
#include "records.h"

#include <cstdint>
#include <vector>

namespace ad_delivery {

struct User {
    int64_t uid = 0;
    uint32_t ip = 0;
    int user_agent = 0;
};

class Placements {
  public:
    Placements(const Masters& masters, uint64_t seed, int64_t events);

    Imp impression(Random& random);
    User user(Random& random) const;
    User robot(Random& random) const;

    // Out of 1000: how willing people are to click this creative.
    int appeal(int creative_id) const { return appeal_[static_cast<size_t>(creative_id - 1)]; }

    // Ids never repeat, for all logs together; they look random.
    int64_t next_id();

  private:
    const Masters& masters_;
    uint64_t seed_;
    uint64_t users_;
    uint64_t ids_ = 0;
    std::vector<std::vector<int>> shown_;        // by slot: creative ids
    std::vector<std::vector<int>> target_geos_;  // by line item: indexes into kGeos
    std::vector<int> appeal_;
};

}  // namespace ad_delivery
