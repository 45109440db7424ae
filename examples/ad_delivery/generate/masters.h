// Who advertises what, at which price, and where it may be shown.
//
// Ids count from 1, so the row with id N is element N-1 of its list.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ad_delivery {

struct Campaign {
    int campaign_id = 0;
    int advertiser_id = 0;
    int64_t daily_budget_micros = 0;
    int64_t start_at = 0;
    int64_t end_at = 0;
};

struct LineItem {
    int line_item_id = 0;
    int campaign_id = 0;
    int64_t bid_micros = 0;    // for one click
    std::string target_geo;    // "JP|KR", or "*" for all
    std::string target_sizes;  // "300x250|728x90", or "*"
};

struct Creative {
    int creative_id = 0;
    int line_item_id = 0;
    int width = 0;
    int height = 0;
    std::string category;  // "IAB7"
};

struct Slot {
    int slot_id = 0;
    int publisher_id = 0;
    int width = 0;
    int height = 0;
    int64_t floor_micros = 0;        // for a thousand impressions
    std::string blocked_categories;  // "IAB7|IAB9", or "-" for none
};

constexpr int kAdvertisers = 60;

struct Masters {
    std::vector<Campaign> campaigns;
    std::vector<LineItem> line_items;
    std::vector<Creative> creatives;
    std::vector<Slot> slots;

    const LineItem& line_item_of(int creative_id) const {
        return line_items[static_cast<size_t>(
            creatives[static_cast<size_t>(creative_id - 1)].line_item_id - 1)];
    }
    const Campaign& campaign_of(int creative_id) const {
        return campaigns[static_cast<size_t>(line_item_of(creative_id).campaign_id - 1)];
    }
};

Masters make_masters(uint64_t seed, int64_t day, int64_t events);
void write_masters(const Masters& masters, const std::filesystem::path& folder);

// True if `item` is one of the texts between the bars of `list`, or if the list is "*".
bool list_has(const std::string& list, const std::string& item);

std::string size_text(int width, int height);  // "300x250"

}  // namespace ad_delivery
