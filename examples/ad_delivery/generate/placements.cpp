#include "placements.h"

#include "user_agents.h"

#include <algorithm>

namespace ad_delivery {
namespace {

constexpr size_t kShownPerSlot = 12;
constexpr uint64_t kIdBits = 62;

std::vector<int> fitting_creatives(const Masters& masters, const Slot& slot, Random& random) {
    std::vector<int> fitting;
    for (const Creative& creative : masters.creatives) {
        const bool fits = creative.width == slot.width && creative.height == slot.height &&
                          !list_has(slot.blocked_categories, creative.category);
        if (fits) fitting.push_back(creative.creative_id);
    }
    for (size_t i = fitting.size(); i > 1; --i) std::swap(fitting[i - 1], fitting[random.below(i)]);
    fitting.resize(std::min(fitting.size(), kShownPerSlot));
    return fitting;
}

std::vector<int> geos_of(const LineItem& item) {
    std::vector<int> geos;
    for (int geo = 0; geo < kGeoCount; ++geo) {
        if (list_has(item.target_geo, kGeos[geo])) geos.push_back(geo);
    }
    return geos;
}

}  // namespace

Placements::Placements(const Masters& masters, uint64_t seed, int64_t events)
    : masters_(masters),
      seed_(seed),
      users_(static_cast<uint64_t>(std::max<int64_t>(events / 8, 500))) {
    Random random(seed, 2);
    for (const Slot& slot : masters.slots) {
        shown_.push_back(fitting_creatives(masters, slot, random));
    }
    for (const LineItem& item : masters.line_items) target_geos_.push_back(geos_of(item));
    for (size_t i = 0; i < masters.creatives.size(); ++i) {
        appeal_.push_back(60 + static_cast<int>(random.heavy_tailed(940, 3)));
    }
}

Imp Placements::impression(Random& random) {
    Imp imp;
    size_t slot = 0;
    do {
        slot = random.heavy_tailed(masters_.slots.size());
    } while (shown_[slot].empty());
    const auto& shown = shown_[slot];
    imp.imp_id = next_id();
    imp.slot_id = static_cast<int>(slot) + 1;
    imp.creative_id = shown[random.heavy_tailed(shown.size())];
    const LineItem& item = masters_.line_item_of(imp.creative_id);
    imp.line_item_id = item.line_item_id;
    const auto& geos = target_geos_[static_cast<size_t>(item.line_item_id - 1)];
    imp.geo = geos[random.heavy_tailed(geos.size(), 3)];
    imp.price_micros = 200 + static_cast<int64_t>(random.heavy_tailed(5000, 2));
    const User person = user(random);
    imp.uid = person.uid;
    imp.ip = person.ip;
    imp.user_agent = person.user_agent;
    return imp;
}

User Placements::user(Random& random) const {
    const uint64_t index = random.heavy_tailed(users_);
    const uint64_t hash = Random::scramble(seed_ * 31 + index * 2 + 1);
    const uint64_t home =
        Random::scramble(seed_ * 37 + index / 3);  // three users behind one address
    return {.uid = static_cast<int64_t>(hash >> 2),
            .ip = static_cast<uint32_t>(home),
            .user_agent = static_cast<int>(hash % kHumanAgents)};
}

User Placements::robot(Random& random) const {
    const uint64_t hash = Random::scramble(seed_ * 41 + random.heavy_tailed(400) * 2);
    return {.uid = static_cast<int64_t>(hash >> 2),
            .ip = static_cast<uint32_t>(hash),
            .user_agent = kHumanAgents + static_cast<int>(hash % kBotAgents)};
}

int64_t Placements::next_id() {
    // An odd factor makes multiplication modulo 2^62 a bijection, so ids stay apart.
    const uint64_t mixed = (++ids_ + (seed_ << 40)) * 0x9e3779b97f4a7c15u;
    return static_cast<int64_t>(mixed & ((uint64_t{1} << kIdBits) - 1));
}

}  // namespace ad_delivery
