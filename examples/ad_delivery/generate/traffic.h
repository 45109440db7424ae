// The day itself: every row of every log, in the order of arrival, with its planted faults.
//
// A duplicate that arrives within the hour of its first copy is the same to the byte (a sender
// repeated it); one that arrives in a later hour may differ in price, address or value (a sender
// read it again from its books). A broken row is extra: nothing else of the day knows it.

#pragma once

#include "faults.h"
#include "gzip_parts.h"
#include "past.h"
#include "placements.h"
#include "row_text.h"
#include "sample.h"
#include "truth.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace ad_delivery {

class Traffic {
  public:
    struct Setting {
        const Masters& masters;
        Placements& placements;
        const Past& past;
        uint64_t seed;
        int64_t day;
        int64_t events;
        std::filesystem::path logs;
    };
    Traffic(const Setting& setting, Compressors& compressors, Truth& truth);

    void run_hour(int hour);
    const Faults& faults() const { return faults_; }

  private:
    struct KnownClick {
        Click click;
        int advertiser_id = 0;
    };
    struct Burst {  // one visitor, or one address, clicking like mad
        int left = 0;
        bool one_address = false;
        User user;
    };
    struct Files {
        PartWriter imp;
        PartWriter click;
        PartWriter conv;
    };

    int64_t rows_in(int hour) const;
    void imp_row(Files& files);
    void click_row(Files& files);
    void conv_row(Files& files);

    Imp fresh_imp();
    KnownClick fresh_click();
    KnownClick late_click();
    KnownClick burst_click();
    Conv fresh_conv();
    Imp clicked_imp();

    KnownClick click_on(const Imp& imp, int64_t ts);
    int advertiser_of(int creative_id) const;
    int hours_late(int64_t ts) const;
    int64_t late_ts();
    bool chance(uint64_t in_million) { return random_.one_in_million(in_million); }

    const Setting setting_;
    Compressors& compressors_;
    Truth& truth_;
    const RowText text_;
    Random random_;
    Faults faults_;

    int hour_ = 0;
    int64_t now_ = 0;
    Burst burst_;
    std::vector<std::vector<Imp>> delayed_;  // by hour: impressions whose clicks came first
    Sample<Imp> imps_now_, imps_before_;
    Sample<KnownClick> clicks_now_, clicks_before_;
    Sample<Conv> convs_now_, convs_before_;
};

}  // namespace ad_delivery
