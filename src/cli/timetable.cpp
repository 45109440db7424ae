#include "cli/timetable.h"

#include "base/log.h"
#include "cli/session_time.h"

#include <algorithm>
#include <utility>

namespace mogura::cli {

Result<> Timetable::update(const workflow::Project& project, base::Instant now,
                           const LastSession& last_session) {
    std::map<std::string, Entry> entries;
    for (const workflow::Workflow& workflow : project.workflows) {
        auto made = TRY(schedule_of(workflow));
        if (!made) continue;
        Entry entry{.schedule = *std::move(made),
                    .zone = workflow.time_zone,
                    .mapping = *workflow.config.find("schedule"),
                    .next = {}};
        auto before = entries_.find(workflow.name);
        if (before != entries_.end() && before->second.waits &&
            before->second.mapping == entry.mapping &&
            before->second.zone.name() == entry.zone.name()) {
            entry = before->second;
        } else {
            entry.last_session = before != entries_.end() ? before->second.last_session
                                                          : last_session(workflow.name);
            if (before != entries_.end()) entry.last_skipped = before->second.last_skipped;
            entry.next = entry.last_session ? entry.schedule.next(*entry.last_session)
                                            : entry.schedule.first(now);
        }
        entries.emplace(workflow.name, std::move(entry));
    }
    entries_ = std::move(entries);
    return {};
}

bool Timetable::is_skipped(const std::string& name, Entry& entry, base::Instant now,
                           const Fact& is_active) {
    auto delayed_by = entry.schedule.skips_delayed_by();
    const char* why = nullptr;
    if (delayed_by && now > entry.next.run + *delayed_by) {
        why = "it is too late (skip_delayed_by)";
    } else if (entry.schedule.skips_on_overtime() && is_active(name)) {
        why = "the last one still runs (skip_on_overtime)";
    }
    if (!why) return false;
    if (entry.last_skipped && entry.next.session <= *entry.last_skipped) return true;
    entry.last_skipped = entry.next.session;
    log::warn("session skipped",
              {{"workflow", name},
               {"session_time", base::format_iso(entry.next.session, entry.zone)},
               {"reason", why}});
    return true;
}

std::optional<Slot> Timetable::due(base::Instant now, const Fact& is_active) {
    while (true) {
        auto first = std::min_element(entries_.begin(), entries_.end(),
                                      [](const auto& one, const auto& two) {
                                          return one.second.next.run < two.second.next.run;
                                      });
        if (first == entries_.end() || first->second.next.run > now) return std::nullopt;
        auto& [name, entry] = *first;
        schedule::Time next = entry.schedule.next(entry.next.session);
        if (!is_skipped(name, entry, now, is_active)) {
            return Slot{.workflow = name,
                        .time = entry.next,
                        .last = entry.schedule.last(entry.next.session),
                        .next = next,
                        .last_started = entry.last_session};
        }
        entry.next = next;
        entry.waits = false;
    }
}

void Timetable::started(const Slot& slot) {
    auto found = entries_.find(slot.workflow);
    if (found == entries_.end()) return;
    found->second.last_session = slot.time.session;
    found->second.next = slot.next;
    found->second.waits = false;
}

void Timetable::failed(const Slot& slot, base::Instant again_at) {
    auto found = entries_.find(slot.workflow);
    if (found == entries_.end()) return;
    found->second.next = {slot.time.session, again_at};
    found->second.waits = true;
}

base::Instant Timetable::next_run() const {
    base::Instant next = schedule::never().run;
    for (const auto& [name, entry] : entries_) next = std::min(next, entry.next.run);
    return next;
}

}  // namespace mogura::cli
