// seconds_interval>: N. Sessions at multiples of N seconds since 1970 in UTC; zones do not matter.

#include "schedule/types.h"

namespace mogura::schedule {
namespace {

class SecondsRhythm final : public Rhythm {
  public:
    explicit SecondsRhythm(int64_t seconds) : seconds_(seconds) {}

    base::Instant after(base::Instant time) const override { return at(floor_of(time) + 1); }
    base::Instant before(base::Instant time) const override {
        int64_t index = floor_of(time);
        return at(index) < time ? at(index) : at(index - 1);
    }

  private:
    base::Instant at(int64_t index) const {
        return base::Instant(std::chrono::seconds(index * seconds_));
    }
    int64_t floor_of(base::Instant time) const {
        int64_t now = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
        return now >= 0 ? now / seconds_ : (now - seconds_ + 1) / seconds_;
    }

    const int64_t seconds_;
};

}  // namespace

Result<Made> make_seconds_interval(const config::Value& command, const base::TimeZone&) {
    int64_t seconds = TRY(command_number(command, "seconds_interval"));
    return Made{std::make_shared<SecondsRhythm>(seconds), std::chrono::seconds(0)};
}

}  // namespace mogura::schedule
