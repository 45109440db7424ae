// Rows as lines of the log files; also lines that no parser should accept.

#pragma once

#include "calendar.h"
#include "records.h"

#include <string>

namespace ad_delivery {

// Ways to spoil a line, so that it is no valid row of its log.
enum class Damage { kNone, kCutShort, kBadNumber, kBadTime, kExtraColumn };

class RowText {
  public:
    explicit RowText(int64_t day) : clock_(day) {}

    void append(std::string& out, const Imp& imp, Damage damage = Damage::kNone) const;
    void append(std::string& out, const Click& click, Damage damage = Damage::kNone) const;
    void append(std::string& out, const Conv& conv, Damage damage = Damage::kNone) const;

  private:
    void time(std::string& out, int64_t second, Damage damage) const;

    FastClock clock_;
};

constexpr const char* kImpHeader =
    "imp_id,ts,slot_id,creative_id,line_item_id,uid,ip,ua,geo,price_micros\n";
constexpr const char* kClickHeader = "click_id,imp_id,ts,uid,ip,ua\n";

}  // namespace ad_delivery
