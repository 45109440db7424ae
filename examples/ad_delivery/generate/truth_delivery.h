// The tables that steer delivery: click rates, slots, candidates, pacing.

#pragma once

#include "masters.h"
#include "truth.h"

#include <cstdint>
#include <filesystem>
#include <unordered_map>

namespace ad_delivery {

struct DeliveryInput {
    const Masters& masters;
    const std::unordered_map<uint64_t, Counts>& cells;
    int64_t day;   // first second of the day
    int hours;     // of this day that have arrived
    int day_cell;  // `Cell::hour` of the first hour of this day
};

// Writes ctr.csv, slots.csv, candidates.csv and pacing.csv.
void write_delivery(const DeliveryInput& input, const std::filesystem::path& folder);

}  // namespace ad_delivery
