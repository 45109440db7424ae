// What every result table must hold, from the rows themselves and without SQL.
//
// Feed it the good rows in the order of arrival, hour by hour; ask for the tables between hours.
// It follows the rules of the example's README with hash maps and integers, and shares nothing
// with the workflows.

#pragma once

#include "id_map.h"
#include "masters.h"
#include "past.h"
#include "records.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ad_delivery {

struct Counts {
    int64_t imps = 0;
    int64_t clicks = 0;
    int64_t invalid_imps = 0;
    int64_t invalid_clicks = 0;
    int64_t spend_micros = 0;

    void add(const Counts& other);
};

// One cell of the hourly table.
struct Cell {
    int hour = 0;  // since the first of the past hours
    int creative_id = 0;
    int slot_id = 0;
    int geo = 0;

    uint64_t packed() const;
    static Cell unpack(uint64_t packed);
};

// A click whose impression is known.
struct ResolvedClick {
    int64_t click_id = 0;
    int64_t ts = 0;
    int creative_id = 0;
    int slot_id = 0;
};

struct Quality {
    int hour = 0;
    std::string source;
    int64_t received = 0;
    int64_t duplicates = 0;
    int64_t late = 0;
    int64_t invalid = 0;
};

class Truth {
  public:
    Truth(const Masters& masters, const Past& past, int64_t day);

    void begin_hour(int hour);
    void imp(const Imp& imp);
    void click(const Click& click);
    void conv(const Conv& conv);
    void end_hour();

    // Writes all tables as they must be after the first `hours` hours of the day.
    void publish(int hours, const std::filesystem::path& folder) const;

  private:
    struct WaitingClick {
        Click click;
        bool invalid = false;
    };
    struct OwnerKey {
        int64_t uid = 0;
        int advertiser_id = 0;
        bool operator==(const OwnerKey&) const = default;
    };
    struct OwnerHash {
        size_t operator()(const OwnerKey& key) const {
            return Random::scramble(static_cast<uint64_t>(key.uid) +
                                    static_cast<uint64_t>(key.advertiser_id));
        }
    };

    int hour_of(int64_t ts) const { return static_cast<int>((ts - first_) / kSecondsPerHour); }
    bool is_late(int64_t ts) const { return hour_of(ts) < hour_of(day_) + hour_; }
    bool resolve(const WaitingClick& waiting);
    const ResolvedClick* cause_of(const Conv& conv) const;

    void write_hourly(const std::filesystem::path& file) const;
    void write_conversions(const std::filesystem::path& file) const;
    void write_quality(const std::filesystem::path& file) const;

    static constexpr int64_t kSecondsPerHour = 3600;

    const Masters& masters_;
    const Past& past_;
    const int64_t day_;
    const int64_t first_;  // second of the first past hour
    int hour_ = 0;

    IdMap imps_;  // imp_id -> packed cell of its creative, slot, geo; highest bit: invalid
    std::unordered_map<uint64_t, Counts> cells_;
    std::unordered_set<int64_t> click_ids_;
    std::unordered_set<int64_t> conv_ids_;
    std::vector<Click> clicks_of_hour_;
    std::vector<WaitingClick> waiting_;
    std::unordered_map<OwnerKey, std::vector<ResolvedClick>, OwnerHash> owners_;
    std::vector<Conv> convs_;
    std::vector<Quality> quality_;
};

}  // namespace ad_delivery
