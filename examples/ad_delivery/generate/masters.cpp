#include "masters.h"

#include "calendar.h"
#include "random.h"
#include "records.h"
#include "user_agents.h"

#include <algorithm>
#include <fstream>
#include <utility>

namespace ad_delivery {
namespace {

constexpr int kCampaigns = 200;
constexpr int kLineItems = 500;
constexpr int kCreatives = 1500;
constexpr int kSlots = 300;
constexpr int kPublishers = 40;
constexpr int kCategories = 20;
constexpr std::pair<int, int> kSizes[] = {{300, 250}, {728, 90},  {320, 50},
                                          {160, 600}, {336, 280}, {970, 250}};
constexpr int kSizeCount = 6;

std::string category(Random& random) {
    return "IAB" + std::to_string(random.between(1, kCategories));
}

std::string joined(std::vector<std::string> items, const char* when_empty) {
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : "|") + item;
    return text.empty() ? when_empty : text;
}

std::string some_geos(Random& random) {
    std::vector<std::string> geos;
    if (random.below(10) >= 4) {
        const int64_t count = random.between(1, 5);
        for (int64_t i = 0; i < count; ++i) geos.push_back(kGeos[random.heavy_tailed(kGeoCount)]);
    }
    return joined(std::move(geos), "*");
}

std::string some_sizes(Random& random) {
    std::vector<std::string> sizes;
    if (random.below(10) >= 4) {
        const int64_t count = random.between(2, 4);
        for (int64_t i = 0; i < count; ++i) {
            const auto [width, height] = kSizes[random.below(kSizeCount)];
            sizes.push_back(size_text(width, height));
        }
    }
    return joined(std::move(sizes), "*");
}

Campaign make_campaign(int id, Random& random, int64_t day, int64_t events) {
    const int64_t fair_share = std::max<int64_t>(events, 1000) * 1500 / kCampaigns;
    Campaign campaign;
    campaign.campaign_id = id;
    campaign.advertiser_id = 1 + static_cast<int>(random.heavy_tailed(kAdvertisers));
    campaign.daily_budget_micros =
        fair_share / 8 + fair_share * static_cast<int64_t>(random.heavy_tailed(1000, 3)) / 100;
    campaign.start_at = day - random.between(4, 60) * kDay;
    campaign.end_at = day + random.between(1, 60) * kDay;
    const uint64_t kind = random.below(20);
    if (kind == 0) campaign.end_at = day + random.between(3, 20) * kHour;    // ends during the day
    if (kind == 1) campaign.start_at = day + random.between(3, 20) * kHour;  // begins during it
    return campaign;
}

Slot make_slot(int id, Random& random) {
    const auto [width, height] = kSizes[random.heavy_tailed(kSizeCount)];
    std::vector<std::string> blocked;
    for (int64_t i = random.between(0, 3); i > 0; --i) blocked.push_back(category(random));
    return {.slot_id = id,
            .publisher_id = 1 + static_cast<int>(random.heavy_tailed(kPublishers)),
            .width = width,
            .height = height,
            .floor_micros = 1000 * random.between(100, 2500),
            .blocked_categories = joined(std::move(blocked), "-")};
}

std::ofstream open(const std::filesystem::path& file, const char* header) {
    std::ofstream out;
    out.exceptions(std::ios::badbit | std::ios::failbit);
    out.open(file);
    out << header << "\n";
    return out;
}

}  // namespace

bool list_has(const std::string& list, const std::string& item) {
    if (list == "*") return true;
    for (size_t begin = 0; begin <= list.size();) {
        const size_t end = std::min(list.find('|', begin), list.size());
        if (list.compare(begin, end - begin, item) == 0) return true;
        begin = end + 1;
    }
    return false;
}

std::string size_text(int width, int height) {
    return std::to_string(width) + "x" + std::to_string(height);
}

Masters make_masters(uint64_t seed, int64_t day, int64_t events) {
    Random random(seed, 1);
    Masters masters;
    for (int id = 1; id <= kCampaigns; ++id) {
        masters.campaigns.push_back(make_campaign(id, random, day, events));
    }
    for (int id = 1; id <= kLineItems; ++id) {
        masters.line_items.push_back({.line_item_id = id,
                                      .campaign_id = 1 + static_cast<int>(random.below(kCampaigns)),
                                      .bid_micros = 1000 * random.between(10, 300),
                                      .target_geo = some_geos(random),
                                      .target_sizes = some_sizes(random)});
    }
    for (int id = 1; id <= kCreatives; ++id) {
        const auto [width, height] = kSizes[random.below(kSizeCount)];
        masters.creatives.push_back({.creative_id = id,
                                     .line_item_id = 1 + static_cast<int>(random.below(kLineItems)),
                                     .width = width,
                                     .height = height,
                                     .category = category(random)});
    }
    for (int id = 1; id <= kSlots; ++id) masters.slots.push_back(make_slot(id, random));
    return masters;
}

void write_masters(const Masters& masters, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    auto campaigns = open(folder / "campaign.csv",
                          "campaign_id,advertiser_id,daily_budget_micros,start_at,end_at");
    for (const Campaign& row : masters.campaigns) {
        campaigns << row.campaign_id << ',' << row.advertiser_id << ',' << row.daily_budget_micros
                  << ',' << second_text(row.start_at) << ',' << second_text(row.end_at) << '\n';
    }
    auto items = open(folder / "line_item.csv",
                      "line_item_id,campaign_id,bid_micros,target_geo,target_sizes");
    for (const LineItem& row : masters.line_items) {
        items << row.line_item_id << ',' << row.campaign_id << ',' << row.bid_micros << ','
              << row.target_geo << ',' << row.target_sizes << '\n';
    }
    auto creatives =
        open(folder / "creative.csv", "creative_id,line_item_id,width,height,category");
    for (const Creative& row : masters.creatives) {
        creatives << row.creative_id << ',' << row.line_item_id << ',' << row.width << ','
                  << row.height << ',' << row.category << '\n';
    }
    auto slots = open(folder / "slot.csv",
                      "slot_id,publisher_id,width,height,floor_micros,blocked_categories");
    for (const Slot& row : masters.slots) {
        slots << row.slot_id << ',' << row.publisher_id << ',' << row.width << ',' << row.height
              << ',' << row.floor_micros << ',' << row.blocked_categories << '\n';
    }
    auto robots = open(folder / "bot_user_agent.csv", "ua");
    for (int i = kHumanAgents; i < kHumanAgents + kBotAgents; ++i) {
        robots << '"' << user_agents()[static_cast<size_t>(i)] << "\"\n";
    }
}

}  // namespace ad_delivery
