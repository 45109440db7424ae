// The time, as something that is handed in: nobody but clock.cpp asks the system.
//
// Instants are UTC with microseconds. A time zone appears only where a person wrote or reads a
// time (time_zone.h). Clocks may be asked from several threads at once.

#pragma once

#include <atomic>
#include <chrono>

namespace mogura::base {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
  public:
    virtual ~Clock() = default;

    // The wall clock: what a person would call the time.
    virtual Instant now() const = 0;
    // Never jumps; only differences mean something. For durations and rates.
    virtual std::chrono::nanoseconds monotonic() const = 0;
};

class SystemClock final : public Clock {
  public:
    Instant now() const override;
    std::chrono::nanoseconds monotonic() const override;
};

// A clock that tests turn by hand.
class FakeClock final : public Clock {
  public:
    explicit FakeClock(Instant start) : now_(start) {}

    Instant now() const override { return now_.load(); }
    std::chrono::nanoseconds monotonic() const override { return now_.load().time_since_epoch(); }
    void set(Instant now) { now_.store(now); }
    void advance(std::chrono::microseconds step) { now_.store(now_.load() + step); }

  private:
    std::atomic<Instant> now_;
};

}  // namespace mogura::base
