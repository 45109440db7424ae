// Which sessions of a project are due (spec digdag 5.3, 5.4): next times, catching up, skipping,
// and what a changed project does to them.
//
// One thread. Nothing is started here: due() says what to start, started() and failed() tell what
// came of it.

#pragma once

#include "base/clock.h"
#include "schedule/schedule.h"
#include "workflow/workflow.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace mogura::cli {

struct Slot {
    std::string workflow;
    schedule::Time time;
    schedule::Time last;  // the session before and after, as the schedule has them
    schedule::Time next;
    // The session before this one that was really started (2.11.3); nothing before the first.
    std::optional<base::Instant> last_started = {};
};

class Timetable {
  public:
    using Fact = std::function<bool(const std::string& workflow)>;
    using LastSession = std::function<std::optional<base::Instant>(const std::string& workflow)>;

    // Takes over the schedules of the project. A workflow that has run goes on behind its last
    // session, a new one begins with the first that is due from now (5.4.2); `last_session` tells
    // of sessions that were run before this timetable was made. What waits to be tried again goes
    // on waiting while its own schedule is the same. Fails when a schedule cannot be read; then
    // nothing has changed.
    Result<> update(const workflow::Project& project, base::Instant now,
                    const LastSession& last_session);

    // Of the sessions whose time has come, the one that should have run first (5.3.1). Whoever
    // takes it says what came of it and asks again. Slots that are late (5.3.2) or whose workflow
    // is still active (5.3.3) are passed over with a line in the log.
    std::optional<Slot> due(base::Instant now, const Fact& is_active);
    void started(const Slot& slot);
    // It is due again at that time, and those behind it not before (5.3.6, 2.10.5).
    void failed(const Slot& slot, base::Instant again_at);

    // When to ask again.
    base::Instant next_run() const;
    size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        schedule::Schedule schedule;
        base::TimeZone zone;
        config::Value mapping;
        schedule::Time next;
        std::optional<base::Instant> last_session = {};  // that was started
        // The newest that was passed over. A changed project goes on behind last_session and meets
        // it once more.
        std::optional<base::Instant> last_skipped = {};
        bool waits = false;  // `next` could not be started yet
    };
    static bool is_skipped(const std::string& name, Entry& entry, base::Instant now,
                           const Fact& is_active);

    std::map<std::string, Entry> entries_;  // by workflow
};

}  // namespace mogura::cli
