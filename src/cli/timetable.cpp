#include "cli/timetable.h"

#include "base/log.h"
#include "cli/session_time.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace mogura::cli {

Result<> Timetable::update(const workflow::Project& project, base::Instant now,
                           const LastSession& last_session) {
    std::map<std::string, Entry> entries;
    for (const workflow::Workflow& workflow : project.workflows) {
        auto made = TRY(schedule_of(workflow));
        if (!made) continue;
        auto before = entries_.find(workflow.name);
        auto last =
            before != entries_.end() ? before->second.last_session : last_session(workflow.name);
        schedule::Time next = last ? made->next(*last) : made->first(now);
        entries.emplace(workflow.name, Entry{*std::move(made), workflow.time_zone, next, last});
    }
    entries_ = std::move(entries);
    return {};
}

bool Timetable::is_skipped(const std::string& name, const Entry& entry, base::Instant now,
                           const Fact& is_active) const {
    auto delayed_by = entry.schedule.skips_delayed_by();
    const char* why = nullptr;
    if (delayed_by && now > entry.next.run + *delayed_by) {
        why = "it is too late (skip_delayed_by)";
    } else if (entry.schedule.skips_on_overtime() && is_active(name)) {
        why = "the last one still runs (skip_on_overtime)";
    }
    if (!why) return false;
    log::warn("session skipped",
              {{"workflow", name},
               {"session_time", base::format_iso(entry.next.session, entry.zone)},
               {"reason", why}});
    return true;
}

std::vector<Slot> Timetable::due(base::Instant now, const Fact& is_active) {
    std::vector<Slot> slots;
    for (auto& [name, entry] : entries_) {
        // A workflow that gets a slot now is active for the following ones.
        bool has_slot = false;
        auto is_busy = [&](const std::string& workflow) { return has_slot || is_active(workflow); };
        while (entry.next.run <= now) {
            base::Instant session = entry.next.session;
            schedule::Time next = entry.schedule.next(session);
            if (!is_skipped(name, entry, now, is_busy)) {
                slots.push_back({name, entry.next, entry.schedule.last(session), next});
                entry.last_session = session;
                has_slot = true;
            }
            entry.next = next;
        }
    }
    std::sort(slots.begin(), slots.end(), [](const Slot& one, const Slot& other) {
        return std::tie(one.time.run, one.workflow, one.time.session) <
               std::tie(other.time.run, other.workflow, other.time.session);
    });
    return slots;
}

void Timetable::failed(const Slot& slot, base::Instant again_at) {
    auto found = entries_.find(slot.workflow);
    if (found == entries_.end()) return;
    found->second.next = {slot.time.session, again_at};
}

base::Instant Timetable::next_run() const {
    base::Instant next = schedule::never().run;
    for (const auto& [name, entry] : entries_) next = std::min(next, entry.next.run);
    return next;
}

}  // namespace mogura::cli
