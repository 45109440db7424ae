// The tables that count what happened, and the order in which all tables are written.

#include "calendar.h"
#include "truth.h"
#include "truth_delivery.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <tuple>

namespace ad_delivery {
namespace {

std::ofstream open(const std::filesystem::path& file, const char* header) {
    std::ofstream out;
    out.exceptions(std::ios::badbit | std::ios::failbit);
    out.open(file);
    out << header << "\n";
    return out;
}

}  // namespace

void Truth::publish(int hours, const std::filesystem::path& folder) const {
    std::filesystem::create_directories(folder);
    write_hourly(folder / "hourly.csv");
    write_conversions(folder / "conversions.csv");
    write_quality(folder / "quality.csv");
    write_delivery({masters_, cells_, day_, hours, hour_of(day_)}, folder);
}

void Truth::write_hourly(const std::filesystem::path& file) const {
    auto out = open(file,
                    "event_hour,campaign_id,line_item_id,creative_id,slot_id,geo,"
                    "imps,clicks,invalid_imps,invalid_clicks,spend_micros");
    std::vector<uint64_t> keys;
    keys.reserve(cells_.size());
    for (const auto& [key, counts] : cells_) keys.push_back(key);
    std::sort(keys.begin(), keys.end());
    for (const uint64_t key : keys) {
        const Cell cell = Cell::unpack(key);
        const Counts& counts = cells_.at(key);
        const LineItem& item = masters_.line_item_of(cell.creative_id);
        out << hour_text(first_ + cell.hour * kHour) << ',' << item.campaign_id << ','
            << item.line_item_id << ',' << cell.creative_id << ',' << cell.slot_id << ','
            << kGeos[cell.geo] << ',' << counts.imps << ',' << counts.clicks << ','
            << counts.invalid_imps << ',' << counts.invalid_clicks << ',' << counts.spend_micros
            << '\n';
    }
}

void Truth::write_conversions(const std::filesystem::path& file) const {
    using Key = std::tuple<int, int, int, int>;  // hour, advertiser, creative, slot
    struct Sum {
        int64_t conversions = 0;
        int64_t value_micros = 0;
    };
    std::map<Key, Sum> sums;
    for (const PastConversions& row : past_.conversions) {
        Sum& sum = sums[{hour_of(row.event_hour), row.advertiser_id, row.creative_id, row.slot_id}];
        sum.conversions += row.conversions;
        sum.value_micros += row.value_micros;
    }
    for (const Conv& conv : convs_) {
        const ResolvedClick* cause = cause_of(conv);
        Sum& sum = sums[{hour_of(conv.ts), conv.advertiser_id, cause ? cause->creative_id : 0,
                         cause ? cause->slot_id : 0}];
        ++sum.conversions;
        sum.value_micros += conv.value_micros;
    }
    auto out = open(file,
                    "event_hour,advertiser_id,campaign_id,line_item_id,creative_id,slot_id,"
                    "conversions,value_micros");
    for (const auto& [key, sum] : sums) {
        const auto [hour, advertiser, creative, slot] = key;
        const LineItem item = creative == 0 ? LineItem{} : masters_.line_item_of(creative);
        out << hour_text(first_ + hour * kHour) << ',' << advertiser << ',' << item.campaign_id
            << ',' << item.line_item_id << ',' << creative << ',' << slot << ',' << sum.conversions
            << ',' << sum.value_micros << '\n';
    }
}

void Truth::write_quality(const std::filesystem::path& file) const {
    auto out = open(file, "arrival_hour,source,received,duplicates,late,invalid");
    for (const Quality& row : quality_) {
        out << hour_text(day_ + row.hour * kHour) << ',' << row.source << ',' << row.received << ','
            << row.duplicates << ',' << row.late << ',' << row.invalid << '\n';
    }
}

}  // namespace ad_delivery
