// When a workflow runs by itself: the `schedule:` of a .dig file (spec digdag 5.1, 5.2).
//
// Owns: reading the mapping, the first, next and last time of each type, `start` and `end`. Leaves
// to others: waiting, skipping and starting (engine, cli), sessions (store).
//
//     auto daily = TRY(schedule::Schedule::create(mapping, zone));
//     schedule::Time first = daily.first(clock.now());
//     schedule::Time second = daily.next(first.session);
//
// A time has two sides: the session that is meant (a day begins at 00:00) and when it runs
// (`daily>: 07:00:00` runs seven hours later). Pure and immutable; any thread. Errors are kInvalid
// with Digdag's text and the place of the value.

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/time_zone.h"
#include "config/config.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::schedule {

struct Time {
    base::Instant session{};
    base::Instant run{};

    bool operator==(const Time&) const = default;
};

// What a schedule that has ended gives: 9999-01-01T00:00:00Z, for the session and the run.
Time never();

// When sessions are, without start, end and delay. Instants have whole seconds.
class Rhythm {
  public:
    virtual ~Rhythm() = default;
    // The first session after `time`.
    virtual base::Instant after(base::Instant time) const = 0;
    // The last session before `time`.
    virtual base::Instant before(base::Instant time) const = 0;
};

// Something wrong, and where in the mapping.
struct Problem {
    config::Mark mark;
    std::string message;
};

class Schedule {
  public:
    static Result<Schedule> create(const config::Map& mapping, const base::TimeZone& zone);
    // The same for those who want the place of the problem apart: it is set on failure.
    static Result<Schedule> create(const config::Map& mapping, const base::TimeZone& zone,
                                   Problem& problem);
    // The same for those who want to know all of them.
    static Result<Schedule> create(const config::Map& mapping, const base::TimeZone& zone,
                                   std::vector<Problem>& problems);

    // The first whose time to run is `now` or later (5.2.2).
    Time first(base::Instant now) const;
    // The first whose session is after this one (5.2.3).
    Time next(base::Instant session) const;
    // The last whose session is before this one; start and end do not matter (5.2.10).
    Time last(base::Instant session) const;

    bool skips_on_overtime() const { return skip_on_overtime_; }
    std::optional<std::chrono::seconds> skips_delayed_by() const { return skip_delayed_by_; }
    // Keys that mean nothing (5.1.3).
    const std::vector<config::Map::Entry>& unused() const { return unused_; }
    // What works, but hardly as it was meant: daily>: 25:00:00.
    const std::vector<Problem>& doubts() const { return doubts_; }

  private:
    struct Kind {
        std::shared_ptr<const Rhythm> rhythm;
        std::chrono::seconds delay{0};
    };
    Schedule() = default;
    Time at(base::Instant session) const { return {session, session + kind_.delay}; }
    Time within(Time time) const;

    Kind kind_;
    std::optional<base::Instant> start_;
    std::optional<base::Instant> end_;  // the first instant behind it
    bool skip_on_overtime_ = false;
    std::optional<std::chrono::seconds> skip_delayed_by_;
    std::vector<config::Map::Entry> unused_;
    std::vector<Problem> doubts_;

    friend class Creation;
};

// "Parameter 'x' is not used at schedule. " and, where one is near, "> Did you mean '[y]'?".
std::string unused_message(const std::string& key);

}  // namespace mogura::schedule
