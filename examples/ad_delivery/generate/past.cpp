#include "past.h"

#include "calendar.h"
#include "gzip_parts.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

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

// One CSV line of numbers and of texts that need no quotes.
class Lines {
  public:
    explicit Lines(std::string header) : text_(std::move(header)) { text_ += '\n'; }

    Lines& operator<<(const std::string& field) {
        if (text_.back() != '\n') text_ += ',';
        text_ += field;
        return *this;
    }
    Lines& operator<<(int64_t field) { return *this << std::to_string(field); }
    void end() { text_ += '\n'; }
    void write(const std::filesystem::path& file) const { write_gzip(file, text_); }

  private:
    std::string text_;
};

// Campaign, line item and creative: zeros when there is none.
void owners(Lines& lines, const Masters& masters, int creative_id) {
    const LineItem none;
    const LineItem& item = creative_id == 0 ? none : masters.line_item_of(creative_id);
    lines << item.campaign_id << item.line_item_id << creative_id;
}

void write_hours(const Past& past, const Masters& masters, const std::filesystem::path& file) {
    Lines lines(
        "event_hour,campaign_id,line_item_id,creative_id,slot_id,geo,"
        "imps,clicks,invalid_imps,invalid_clicks,spend_micros");
    for (const PastHour& row : past.hours) {
        lines << hour_text(row.event_hour);
        owners(lines, masters, row.creative_id);
        lines << row.slot_id << kGeos[row.geo] << row.imps << row.clicks << row.invalid_imps
              << row.invalid_clicks << row.spend_micros;
        lines.end();
    }
    lines.write(file);
}

void write_conversions(const Past& past, const Masters& masters,
                       const std::filesystem::path& file) {
    Lines lines(
        "event_hour,advertiser_id,campaign_id,line_item_id,creative_id,slot_id,"
        "conversions,value_micros");
    for (const PastConversions& row : past.conversions) {
        lines << hour_text(row.event_hour) << row.advertiser_id;
        owners(lines, masters, row.creative_id);
        lines << row.slot_id << row.conversions << row.value_micros;
        lines.end();
    }
    lines.write(file);
}

void write_clicks(const Past& past, const std::filesystem::path& file) {
    Lines lines("click_id,ts,uid,creative_id,slot_id");
    for (const PastClick& row : past.clicks) {
        lines << row.click.click_id << second_text(row.click.ts) << row.click.uid << row.creative_id
              << row.slot_id;
        lines.end();
    }
    lines.write(file);
}

void write_imps(const Past& past, const std::filesystem::path& file) {
    Lines lines("imp_id,slot_id,creative_id,line_item_id,geo");
    for (const Imp& row : past.imps) {
        lines << row.imp_id << row.slot_id << row.creative_id << row.line_item_id << kGeos[row.geo];
        lines.end();
    }
    lines.write(file);
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
    write_hours(past, masters, folder / "hourly.csv.gz");
    write_conversions(past, masters, folder / "conversions.csv.gz");
    write_clicks(past, folder / "clicks.csv.gz");
    write_imps(past, folder / "imps.csv.gz");
}

}  // namespace ad_delivery
