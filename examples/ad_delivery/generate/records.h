// One row of each log, as plain numbers.

#pragma once

#include <cstdint>

namespace ad_delivery {

struct Imp {
    int64_t imp_id = 0;
    int64_t ts = 0;  // second of the event
    int slot_id = 0;
    int creative_id = 0;
    int line_item_id = 0;
    int64_t uid = 0;
    uint32_t ip = 0;
    int user_agent = 0;  // index into `user_agents()`
    int geo = 0;         // index into `kGeos`
    int64_t price_micros = 0;
};

struct Click {
    int64_t click_id = 0;
    int64_t imp_id = 0;
    int64_t ts = 0;
    int64_t uid = 0;
    uint32_t ip = 0;
    int user_agent = 0;
};

struct Conv {
    int64_t conv_id = 0;
    int64_t uid = 0;
    int64_t ts = 0;
    int advertiser_id = 0;
    int64_t value_micros = 0;
};

constexpr const char* kGeos[] = {"JP", "US", "KR", "TW", "DE", "FR",
                                 "GB", "BR", "IN", "ID", "TH", "VN"};
constexpr int kGeoCount = 12;

}  // namespace ad_delivery
