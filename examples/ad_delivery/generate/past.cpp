#include "past.h"

#include "calendar.h"
#include "gzip_parts.h"
#include "row_text.h"

#include <algorithm>
#include <string>

namespace ad_delivery {
namespace {

// Each slot is shown a few of its creatives in each hour; later rows of the same key add up.
void make_hours(Past& past, const Masters& masters, Placements& placements, Random& random,
                int64_t day, int64_t events) {
    const int64_t typical = std::max<int64_t>(events / 60'000, 2);
    for (int hour = -kPastHours; hour < 0; ++hour) {
        std::vector<PastHour> rows;
        for (size_t i = 0; i < 3 * masters.slots.size(); ++i) {
            const Imp imp = placements.impression(random);
            PastHour row{.event_hour = day + hour * kHour,
                         .creative_id = imp.creative_id,
                         .slot_id = imp.slot_id,
                         .geo = imp.geo};
            row.imps = 1 + static_cast<int64_t>(
                               random.heavy_tailed(static_cast<uint64_t>(4 * typical), 3));
            row.clicks = row.imps * placements.appeal(imp.creative_id) / 9000;
            row.invalid_imps = row.imps / 20;
            row.invalid_clicks = row.clicks / 20;
            row.spend_micros = row.imps * random.between(300, 3000);
            rows.push_back(row);
        }
        const auto key = [](const PastHour& row) {
            return std::tuple(row.creative_id, row.slot_id, row.geo);
        };
        std::stable_sort(rows.begin(), rows.end(),
                         [&](const auto& a, const auto& b) { return key(a) < key(b); });
        rows.erase(std::unique(rows.begin(), rows.end(),
                               [&](const auto& a, const auto& b) { return key(a) == key(b); }),
                   rows.end());
        past.hours.insert(past.hours.end(), rows.begin(), rows.end());
    }
}

void make_clicks(Past& past, Placements& placements, Random& random, int64_t day, int64_t events) {
    for (int64_t i = 0; i < events / 40; ++i) {
        const Imp imp = placements.impression(random);
        const Click click{.click_id = placements.next_id(),
                          .imp_id = imp.imp_id,
                          .ts = day - 1 - static_cast<int64_t>(random.below(kPastHours * kHour)),
                          .uid = imp.uid,
                          .ip = imp.ip,
                          .user_agent = imp.user_agent};
        past.clicks.push_back({click, imp.creative_id, imp.slot_id});
    }
}

void make_imps(Past& past, Placements& placements, Random& random, int64_t day, int64_t events) {
    for (int64_t i = 0; i < events / 50; ++i) {
        Imp imp = placements.impression(random);
        imp.ts = day - 1 - static_cast<int64_t>(random.heavy_tailed(kPastHours * kHour));
        past.imps.push_back(imp);
    }
}

void make_conversions(Past& past, const Masters& masters, Placements& placements, Random& random,
                      int64_t day) {
    for (int hour = -kPastHours; hour < 0; ++hour) {
        for (int i = 0; i < 10; ++i) {
            const Imp imp = placements.impression(random);
            // One advertiser at most once an hour keeps the keys apart.
            const int advertiser = masters.campaign_of(imp.creative_id).advertiser_id;
            const auto same = [&](const PastConversions& row) {
                return row.event_hour == day + hour * kHour && row.advertiser_id == advertiser;
            };
            if (std::any_of(past.conversions.begin(), past.conversions.end(), same)) continue;
            const int64_t count = random.between(1, 5);
            past.conversions.push_back({.event_hour = day + hour * kHour,
                                        .advertiser_id = advertiser,
                                        .creative_id = i < 2 ? 0 : imp.creative_id,
                                        .slot_id = i < 2 ? 0 : imp.slot_id,
                                        .conversions = count,
                                        .value_micros = count * random.between(1, 90) * 1'000'000});
        }
    }
}

// "campaign,line item,creative": zeros when there is none.
std::string owners(const Masters& masters, int creative_id) {
    if (creative_id == 0) return "0,0,0";
    const LineItem& item = masters.line_item_of(creative_id);
    return std::to_string(item.campaign_id) + "," + std::to_string(item.line_item_id) + "," +
           std::to_string(creative_id);
}

}  // namespace

Past make_past(const Masters& masters, Placements& placements, uint64_t seed, int64_t day,
               int64_t events) {
    Random random(seed, 3);
    Past past;
    make_hours(past, masters, placements, random, day, events);
    make_clicks(past, placements, random, day, events);
    make_imps(past, placements, random, day, events);
    make_conversions(past, masters, placements, random, day);
    return past;
}

void write_past(const Past& past, const Masters& masters, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    std::string hours =
        "event_hour,campaign_id,line_item_id,creative_id,slot_id,geo,"
        "imps,clicks,invalid_imps,invalid_clicks,spend_micros\n";
    for (const PastHour& row : past.hours) {
        hours += hour_text(row.event_hour) + "," + owners(masters, row.creative_id) + "," +
                 std::to_string(row.slot_id) + "," + kGeos[row.geo];
        for (const int64_t count :
             {row.imps, row.clicks, row.invalid_imps, row.invalid_clicks, row.spend_micros}) {
            hours += "," + std::to_string(count);
        }
        hours += "\n";
    }
    write_gzip(folder / "hourly.csv.gz", hours);

    std::string conversions =
        "event_hour,advertiser_id,campaign_id,line_item_id,creative_id,slot_id,"
        "conversions,value_micros\n";
    for (const PastConversions& row : past.conversions) {
        conversions += hour_text(row.event_hour) + "," + std::to_string(row.advertiser_id) + "," +
                       owners(masters, row.creative_id) + "," + std::to_string(row.slot_id) + "," +
                       std::to_string(row.conversions) + "," + std::to_string(row.value_micros) +
                       "\n";
    }
    write_gzip(folder / "conversions.csv.gz", conversions);

    std::string clicks = "click_id,ts,uid,creative_id,slot_id\n";
    for (const PastClick& row : past.clicks) {
        clicks += std::to_string(row.click.click_id) + "," + second_text(row.click.ts) + "," +
                  std::to_string(row.click.uid) + "," + std::to_string(row.creative_id) + "," +
                  std::to_string(row.slot_id) + "\n";
    }
    write_gzip(folder / "clicks.csv.gz", clicks);

    std::string imps = "imp_id,slot_id,creative_id,line_item_id,geo\n";
    for (const Imp& row : past.imps) {
        imps += std::to_string(row.imp_id) + "," + std::to_string(row.slot_id) + "," +
                std::to_string(row.creative_id) + "," + std::to_string(row.line_item_id) + "," +
                kGeos[row.geo] + "\n";
    }
    write_gzip(folder / "imps.csv.gz", imps);
}

}  // namespace ad_delivery
