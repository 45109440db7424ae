#include "truth_delivery.h"

#include "calendar.h"
#include "records.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace ad_delivery {
namespace {

constexpr int64_t kMillion = 1'000'000;
constexpr int64_t kFirstGuessPpm = 10'000;  // 1 % of impressions are clicked
constexpr int64_t kEnoughImps = 100;
constexpr size_t kCandidatesPerSlot = 20;

// Nearest integer, halves up; both numbers are not negative.
int64_t divide(int64_t number, int64_t by) {
    return (2 * number + by) / (2 * by);
}

struct Rate {  // what was seen on one level, and the click rate believed there
    int64_t imps = 0;
    int64_t clicks = 0;
    int64_t ppm = 0;
    std::string level;
};

// `weight` impressions with the rate of the level above are added to what was seen.
int64_t smooth(const Rate& seen, int64_t weight, int64_t above_ppm) {
    return divide(seen.clicks * kMillion + weight * above_ppm, seen.imps + weight);
}

class Delivery {
  public:
    explicit Delivery(const DeliveryInput& input) : input_(input) {}

    void run(const std::filesystem::path& folder) {
        add_up();
        find_rates();
        find_main_geos();
        write_ctr(folder / "ctr.csv");
        write_slots(folder / "slots.csv");
        write_pacing(folder / "pacing.csv");
        write_candidates(folder / "candidates.csv");
    }

  private:
    using Pair = std::pair<int, int>;  // creative, slot
    struct Offer {
        int creative_id = 0;
        int64_t ctr_ppm = 0;
        int64_t erpm_micros = 0;
    };

    void add_up();
    void find_rates();
    void find_main_geos();
    Offer offer(const Creative& creative, const Slot& slot) const;
    bool fits(const Creative& creative, const Slot& slot) const;

    void write_ctr(const std::filesystem::path& file) const;
    void write_slots(const std::filesystem::path& file) const;
    void write_pacing(const std::filesystem::path& file);
    void write_candidates(const std::filesystem::path& file) const;

    const DeliveryInput& input_;
    Rate all_;
    std::map<int, Rate> line_items_;
    std::map<int, Rate> creatives_;
    std::map<Pair, Rate> pairs_;
    std::map<int, Counts> slots_;
    std::map<int, std::array<int64_t, kGeoCount>> slot_geos_;
    std::map<int, std::string> main_geos_;
    std::map<int, int64_t> spent_today_;      // by campaign
    std::map<int, std::string> pace_states_;  // by campaign
};

std::ofstream open(const std::filesystem::path& file, const char* header) {
    std::ofstream out;
    out.exceptions(std::ios::badbit | std::ios::failbit);
    out.open(file);
    out << header << "\n";
    return out;
}

void Delivery::add_up() {
    for (const auto& [key, counts] : input_.cells) {
        const Cell cell = Cell::unpack(key);
        const LineItem& item = input_.masters.line_item_of(cell.creative_id);
        for (Rate* rate : {&all_, &line_items_[item.line_item_id], &creatives_[cell.creative_id],
                           &pairs_[{cell.creative_id, cell.slot_id}]}) {
            rate->imps += counts.imps;
            rate->clicks += counts.clicks;
        }
        slots_[cell.slot_id].add(counts);
        slot_geos_[cell.slot_id][static_cast<size_t>(cell.geo)] += counts.imps;
        if (cell.hour >= input_.day_cell) spent_today_[item.campaign_id] += counts.spend_micros;
    }
}

void Delivery::find_rates() {
    all_.ppm = smooth(all_, 1000, kFirstGuessPpm);
    for (const Creative& creative : input_.masters.creatives) {
        Rate& item = line_items_[creative.line_item_id];
        item.ppm = smooth(item, 1000, all_.ppm);
        Rate& rate = creatives_[creative.creative_id];
        rate.ppm = smooth(rate, 500, item.ppm);
        rate.level = rate.imps >= kEnoughImps   ? "creative"
                     : item.imps >= kEnoughImps ? "line_item"
                                                : "all";
    }
    for (auto& [pair, rate] : pairs_) {
        const Rate& creative = creatives_[pair.first];
        rate.ppm = smooth(rate, 200, creative.ppm);
        rate.level = rate.imps >= kEnoughImps ? "slot" : creative.level;
    }
    // Back off: a level with too few impressions passes on the belief of the level above it. The
    // smoothing above has to be complete before any value is replaced.
    std::map<int, int64_t> believed;
    for (const auto& [id, rate] : creatives_) {
        const Rate& item = line_items_[input_.masters.line_item_of(id).line_item_id];
        believed[id] = rate.level == "creative"    ? rate.ppm
                       : rate.level == "line_item" ? item.ppm
                                                   : all_.ppm;
    }
    for (auto& [pair, rate] : pairs_) {
        if (rate.level != "slot") rate.ppm = believed[pair.first];
    }
    for (auto& [id, rate] : creatives_) rate.ppm = believed[id];
}

void Delivery::find_main_geos() {
    for (const Slot& slot : input_.masters.slots) {
        std::string best = "-";
        int64_t most = 0;
        for (int geo = 0; geo < kGeoCount; ++geo) {
            const int64_t imps = slot_geos_[slot.slot_id][static_cast<size_t>(geo)];
            const bool better = imps > most || (imps == most && imps > 0 && kGeos[geo] < best);
            if (better) best = kGeos[geo];
            most = std::max(most, imps);
        }
        main_geos_[slot.slot_id] = best;
    }
}

void Delivery::write_ctr(const std::filesystem::path& file) const {
    auto out = open(file, "creative_id,slot_id,imps,clicks,ctr_ppm,level");
    const auto line = [&](int creative, int slot, const Rate& rate) {
        out << creative << ',' << slot << ',' << rate.imps << ',' << rate.clicks << ',' << rate.ppm
            << ',' << rate.level << '\n';
    };
    for (const auto& [id, rate] : creatives_) line(id, 0, rate);
    for (const auto& [pair, rate] : pairs_) line(pair.first, pair.second, rate);
}

void Delivery::write_slots(const std::filesystem::path& file) const {
    auto out = open(file,
                    "slot_id,publisher_id,width,height,floor_micros,blocked_categories,"
                    "imps,clicks,revenue_micros,ecpm_micros,ctr_ppm,main_geo");
    for (const Slot& slot : input_.masters.slots) {
        const auto found = slots_.find(slot.slot_id);
        const Counts seen = found == slots_.end() ? Counts{} : found->second;
        const int64_t ecpm = seen.imps > 0 ? divide(seen.spend_micros * 1000, seen.imps) : 0;
        const int64_t ctr = seen.imps > 0 ? divide(seen.clicks * kMillion, seen.imps) : 0;
        out << slot.slot_id << ',' << slot.publisher_id << ',' << slot.width << ',' << slot.height
            << ',' << slot.floor_micros << ',' << slot.blocked_categories << ',' << seen.imps << ','
            << seen.clicks << ',' << seen.spend_micros << ',' << ecpm << ',' << ctr << ','
            << main_geos_.at(slot.slot_id) << '\n';
    }
}

void Delivery::write_pacing(const std::filesystem::path& file) {
    auto out = open(file,
                    "campaign_id,advertiser_id,daily_budget_micros,spend_micros,expected_micros,"
                    "pace_ppm,state");
    const int64_t now = input_.day + input_.hours * kHour;
    for (const Campaign& campaign : input_.masters.campaigns) {
        const int64_t spend = spent_today_[campaign.campaign_id];
        const int64_t expected = divide(campaign.daily_budget_micros * input_.hours, 24);
        const int64_t pace = expected > 0 ? divide(spend * kMillion, expected) : 0;
        const char* state = now < campaign.start_at                 ? "not_started"
                            : now >= campaign.end_at                ? "ended"
                            : spend >= campaign.daily_budget_micros ? "exhausted"
                            : pace > 1'200'000                      ? "ahead"
                            : pace < 800'000                        ? "behind"
                                                                    : "on_track";
        pace_states_[campaign.campaign_id] = state;
        out << campaign.campaign_id << ',' << campaign.advertiser_id << ','
            << campaign.daily_budget_micros << ',' << spend << ',' << expected << ',' << pace << ','
            << state << '\n';
    }
}

bool Delivery::fits(const Creative& creative, const Slot& slot) const {
    const LineItem& item = input_.masters.line_item_of(creative.creative_id);
    const std::string& state = pace_states_.at(item.campaign_id);
    return creative.width == slot.width && creative.height == slot.height &&
           list_has(item.target_sizes, size_text(slot.width, slot.height)) &&
           list_has(item.target_geo, main_geos_.at(slot.slot_id)) &&
           !list_has(slot.blocked_categories, creative.category) && state != "not_started" &&
           state != "ended" && state != "exhausted";
}

Delivery::Offer Delivery::offer(const Creative& creative, const Slot& slot) const {
    const auto pair = pairs_.find({creative.creative_id, slot.slot_id});
    const Rate& rate = pair != pairs_.end() ? pair->second : creatives_.at(creative.creative_id);
    const LineItem& item = input_.masters.line_item_of(creative.creative_id);
    return {creative.creative_id, rate.ppm, divide(item.bid_micros * rate.ppm, 1000)};
}

void Delivery::write_candidates(const std::filesystem::path& file) const {
    auto out = open(file,
                    "slot_id,position,creative_id,line_item_id,campaign_id,bid_micros,ctr_ppm,"
                    "erpm_micros");
    for (const Slot& slot : input_.masters.slots) {
        std::vector<Offer> offers;
        for (const Creative& creative : input_.masters.creatives) {
            if (!fits(creative, slot)) continue;
            const Offer made = offer(creative, slot);
            if (made.erpm_micros >= slot.floor_micros) offers.push_back(made);
        }
        std::sort(offers.begin(), offers.end(), [](const Offer& a, const Offer& b) {
            return std::tuple(-a.erpm_micros, a.creative_id) <
                   std::tuple(-b.erpm_micros, b.creative_id);
        });
        offers.resize(std::min(offers.size(), kCandidatesPerSlot));
        for (size_t i = 0; i < offers.size(); ++i) {
            const LineItem& item = input_.masters.line_item_of(offers[i].creative_id);
            out << slot.slot_id << ',' << i + 1 << ',' << offers[i].creative_id << ','
                << item.line_item_id << ',' << item.campaign_id << ',' << item.bid_micros << ','
                << offers[i].ctr_ppm << ',' << offers[i].erpm_micros << '\n';
        }
    }
}

}  // namespace

void write_delivery(const DeliveryInput& input, const std::filesystem::path& folder) {
    Delivery(input).run(folder);
}

}  // namespace ad_delivery
