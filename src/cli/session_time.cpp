#include "cli/session_time.h"

#include "base/file.h"
#include "base/time_text.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <vector>

namespace mogura::cli {
namespace {

base::Instant whole_seconds(int64_t seconds) {
    return base::Instant(std::chrono::seconds(seconds));
}

base::Instant truncated(base::Instant now, const base::TimeZone& zone, bool to_day) {
    base::LocalTime local = zone.to_local(now);
    local.minute = local.second = local.nanosecond = 0;
    if (to_day) local.hour = 0;
    return zone.to_instant(local);
}

// "20260310T000000+0900"
std::optional<base::Instant> parse_folder(const std::string& name) {
    base::LocalTime local;
    int year = 0;
    int length = 0;
    if (std::sscanf(name.c_str(), "%4d%2d%2dT%2d%2d%2d%n", &year, &local.month, &local.day,
                    &local.hour, &local.minute, &local.second, &length) != 6) {
        return std::nullopt;
    }
    local.year = year;
    auto zone = base::TimeZone::find(name.substr(static_cast<size_t>(length)));
    if (!zone.ok()) return std::nullopt;
    return zone->to_instant(local);
}

bool has_state_of(const std::string& folder, const std::string& workflow) {
    auto names = base::list_folder(folder);
    if (!names.ok()) return false;
    return std::any_of(names->begin(), names->end(), [&](const std::string& name) {
        return (name.starts_with("+" + workflow + "+") || name.starts_with("+" + workflow + "^")) &&
               name.ends_with(".yml");
    });
}

std::optional<base::Instant> last_session(const std::string& states, const std::string& workflow) {
    auto names = base::list_folder(states);
    if (!names.ok()) return std::nullopt;
    std::sort(names->rbegin(), names->rend());
    for (const std::string& name : *names) {
        auto time = parse_folder(name);
        if (time && has_state_of(states + "/" + name, workflow)) return time;
    }
    return std::nullopt;
}

}  // namespace

std::string session_folder(base::Instant time, const base::TimeZone& zone) {
    base::LocalTime local = zone.to_local(time);
    char text[32];
    std::snprintf(text, sizeof text, "%04d%02d%02dT%02d%02d%02d", static_cast<int>(local.year),
                  local.month, local.day, local.hour, local.minute, local.second);
    int64_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    return text + base::format_offset(zone.offset_at(seconds), false);
}

Result<std::optional<schedule::Schedule>> schedule_of(const workflow::Workflow& workflow) {
    std::optional<schedule::Schedule> schedule;
    const config::Value* mapping = workflow.config.find("schedule");
    if (!mapping || mapping->is_null()) return schedule;
    if (!mapping->is_map()) {
        return Error(Code::kInvalid, workflow.file + ": schedule: must be a mapping (such as " +
                                         "{daily>: 07:00:00})");
    }
    schedule::Problem problem;
    auto made = schedule::Schedule::create(mapping->map(), workflow.time_zone, problem);
    if (!made.ok()) return made.error().at(config::place_text(problem.mark, workflow.file));
    schedule = *std::move(made);
    return schedule;
}

void set_neighbours(config::Map& parameters, const schedule::Schedule& schedule,
                    base::Instant session, const base::TimeZone& zone) {
    parameters.set("last_session_time", base::format_iso(schedule.last(session).session, zone));
    parameters.set("next_session_time", base::format_iso(schedule.next(session).session, zone));
}

Result<SessionChoice> choose_session(const std::string& wanted, const workflow::Workflow& workflow,
                                     const std::optional<schedule::Schedule>& schedule,
                                     const std::string& states, base::Instant now) {
    const base::TimeZone& zone = workflow.time_zone;
    auto chosen = [&](base::Instant time, const char* how, const char* why = "") {
        return SessionChoice{time, std::string(how) + base::format_iso(time, zone) + why + "."};
    };
    now = whole_seconds(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    constexpr const char* kNew = "Using a new session time ";
    if (wanted == "hourly" || wanted == "daily") {
        return SessionChoice{truncated(now, zone, wanted == "daily"), ""};
    }
    if (wanted == "schedule") {
        if (schedule) return SessionChoice{schedule->last(now).session, ""};
        return Error(Code::kInvalid,
                     "--session schedule is set but schedule is not set to this workflow.");
    }
    if (wanted == "last") {
        if (auto time = last_session(states, workflow.name)) {
            return chosen(*time, "Reusing the last session time ");
        }
        if (schedule) return chosen(schedule->last(now).session, kNew, " based on schedule");
        return chosen(truncated(now, zone, true), kNew);
    }
    if (auto local = base::parse_local_time(wanted)) {
        return SessionChoice{zone.to_instant(*local), ""};
    }
    return Error(Code::kInvalid, "--session: cannot read: " + wanted +
                                     " (use daily, hourly, schedule, last, \"yyyy-MM-dd\" or "
                                     "\"yyyy-MM-dd HH:mm:ss\")");
}

}  // namespace mogura::cli
