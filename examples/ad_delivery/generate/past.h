// What the three days before this one left behind: counts by hour, conversions, clicks that may
// still be converted, and impressions that may still be clicked.

#pragma once

#include "masters.h"
#include "placements.h"
#include "random.h"
#include "records.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace ad_delivery {

struct PastHour {  // one row of the table `hourly`
    int64_t event_hour = 0;
    int creative_id = 0;
    int slot_id = 0;
    int geo = 0;
    int64_t imps = 0;
    int64_t clicks = 0;
    int64_t invalid_imps = 0;
    int64_t invalid_clicks = 0;
    int64_t spend_micros = 0;
};

struct PastConversions {  // one row of the table `conversions`; creative and slot 0: unattributed
    int64_t event_hour = 0;
    int advertiser_id = 0;
    int creative_id = 0;
    int slot_id = 0;
    int64_t conversions = 0;
    int64_t value_micros = 0;
};

struct PastClick {  // a valid click with what its impression showed
    Click click;
    int creative_id = 0;
    int slot_id = 0;
};

struct Past {
    std::vector<PastHour> hours;
    std::vector<PastConversions> conversions;
    std::vector<PastClick> clicks;
    std::vector<Imp> imps;  // all valid
};

Past make_past(const Masters& masters, Placements& placements, uint64_t seed, int64_t day,
               int64_t events);
void write_past(const Past& past, const Masters& masters, const std::filesystem::path& folder);

}  // namespace ad_delivery
