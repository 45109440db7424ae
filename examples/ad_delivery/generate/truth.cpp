#include "truth.h"

#include "calendar.h"
#include "user_agents.h"

#include <utility>

namespace ad_delivery {
namespace {

constexpr int64_t kClicksPerUidMax = 10;  // within one hour of arrival
constexpr int64_t kClicksPerIpMax = 20;
constexpr int64_t kConversionWindow = 3 * kDay;
constexpr uint64_t kInvalid = uint64_t{1} << 63;

}  // namespace

void Counts::add(const Counts& other) {
    imps += other.imps;
    clicks += other.clicks;
    invalid_imps += other.invalid_imps;
    invalid_clicks += other.invalid_clicks;
    spend_micros += other.spend_micros;
}

uint64_t Cell::packed() const {
    return static_cast<uint64_t>(hour) << 40 | static_cast<uint64_t>(creative_id) << 24 |
           static_cast<uint64_t>(slot_id) << 8 | static_cast<uint64_t>(geo);
}

Cell Cell::unpack(uint64_t packed) {
    return {.hour = static_cast<int>(packed >> 40 & 0xffff),
            .creative_id = static_cast<int>(packed >> 24 & 0xffff),
            .slot_id = static_cast<int>(packed >> 8 & 0xffff),
            .geo = static_cast<int>(packed & 0xff)};
}

Truth::Truth(const Masters& masters, const Past& past, int64_t day)
    : masters_(masters), past_(past), day_(day), first_(day - kPastHours * kHour) {
    for (const PastHour& row : past.hours) {
        const Cell cell{hour_of(row.event_hour), row.creative_id, row.slot_id, row.geo};
        cells_[cell.packed()].add({.imps = row.imps,
                                   .clicks = row.clicks,
                                   .invalid_imps = row.invalid_imps,
                                   .invalid_clicks = row.invalid_clicks,
                                   .spend_micros = row.spend_micros});
    }
    for (const PastClick& row : past.clicks) {
        const int advertiser = masters.campaign_of(row.creative_id).advertiser_id;
        owners_[{row.click.uid, advertiser}].push_back(
            {row.click.click_id, row.click.ts, row.creative_id, row.slot_id});
    }
    for (const Imp& imp : past.imps) {
        imps_.insert(imp.imp_id, Cell{0, imp.creative_id, imp.slot_id, imp.geo}.packed());
    }
}

void Truth::begin_hour(int hour) {
    hour_ = hour;
    for (const char* source : {"imp", "click", "conv"}) {
        quality_.push_back({.hour = hour, .source = source});
    }
}

void Truth::imp(const Imp& imp) {
    Quality& quality = quality_[quality_.size() - 3];
    ++quality.received;
    const bool invalid = is_bot_agent(imp.user_agent);
    const Cell where{0, imp.creative_id, imp.slot_id, imp.geo};
    if (!imps_.insert(imp.imp_id, where.packed() | (invalid ? kInvalid : 0))) {
        ++quality.duplicates;
        return;
    }
    if (is_late(imp.ts)) ++quality.late;
    if (invalid) ++quality.invalid;
    Cell cell = where;
    cell.hour = hour_of(imp.ts);
    Counts& counts = cells_[cell.packed()];
    if (invalid) {
        ++counts.invalid_imps;
    } else {
        ++counts.imps;
        counts.spend_micros += imp.price_micros;
    }
}

void Truth::click(const Click& click) {
    Quality& quality = quality_[quality_.size() - 2];
    ++quality.received;
    if (!click_ids_.insert(click.click_id).second) {
        ++quality.duplicates;
        return;
    }
    if (is_late(click.ts)) ++quality.late;
    clicks_of_hour_.push_back(click);
}

void Truth::conv(const Conv& conv) {
    Quality& quality = quality_[quality_.size() - 1];
    ++quality.received;
    if (!conv_ids_.insert(conv.conv_id).second) {
        ++quality.duplicates;
        return;
    }
    if (is_late(conv.ts)) ++quality.late;
    convs_.push_back(conv);
}

// Only now is it known who clicked too often in this hour.
void Truth::end_hour() {
    std::unordered_map<int64_t, int64_t> by_uid;
    std::unordered_map<uint32_t, int64_t> by_ip;
    for (const Click& click : clicks_of_hour_) {
        ++by_uid[click.uid];
        ++by_ip[click.ip];
    }
    for (const Click& click : clicks_of_hour_) {
        const bool invalid = is_bot_agent(click.user_agent) ||
                             by_uid[click.uid] > kClicksPerUidMax ||
                             by_ip[click.ip] > kClicksPerIpMax;
        if (invalid) ++quality_[quality_.size() - 2].invalid;
        waiting_.push_back({click, invalid});
    }
    clicks_of_hour_.clear();
    std::erase_if(waiting_, [this](const WaitingClick& waiting) { return resolve(waiting); });
}

// A click counts from the hour in which both it and its impression have arrived.
bool Truth::resolve(const WaitingClick& waiting) {
    const Click& click = waiting.click;
    const uint64_t* fact = imps_.find(click.imp_id);
    if (fact == nullptr) return false;
    Cell cell = Cell::unpack(*fact & ~kInvalid);
    cell.hour = hour_of(click.ts);
    Counts& counts = cells_[cell.packed()];
    if (waiting.invalid || (*fact & kInvalid) != 0) {
        ++counts.invalid_clicks;
        return true;
    }
    ++counts.clicks;
    const int advertiser = masters_.campaign_of(cell.creative_id).advertiser_id;
    owners_[{click.uid, advertiser}].push_back(
        {click.click_id, click.ts, cell.creative_id, cell.slot_id});
    return true;
}

const ResolvedClick* Truth::cause_of(const Conv& conv) const {
    const auto found = owners_.find({conv.uid, conv.advertiser_id});
    if (found == owners_.end()) return nullptr;
    const ResolvedClick* last = nullptr;
    for (const ResolvedClick& click : found->second) {
        if (click.ts > conv.ts || click.ts < conv.ts - kConversionWindow) continue;
        const bool later = last == nullptr || click.ts > last->ts ||
                           (click.ts == last->ts && click.click_id > last->click_id);
        if (later) last = &click;
    }
    return last;
}

}  // namespace ad_delivery
