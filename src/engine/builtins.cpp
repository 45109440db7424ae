#include "engine/builtins.h"

#include <charconv>
#include <cstdio>
#include <optional>
#include <string>

namespace mogura::engine {
namespace {

int64_t unix_seconds(base::Instant instant) {
    return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

std::string date_text(const base::LocalTime& local, const char* format) {
    char text[40];
    std::snprintf(text, sizeof text, format, static_cast<int>(local.year), local.month, local.day);
    return text;
}

void add_time_family(config::Map& variables, const std::string& prefix, base::Instant instant,
                     const base::TimeZone& zone) {
    base::LocalTime local = zone.to_local(instant);
    std::string date = date_text(local, "%04d-%02d-%02d");
    char clock[16];
    std::snprintf(clock, sizeof clock, " %02d:%02d:%02d", local.hour, local.minute, local.second);
    variables.set(prefix + "_time", base::format_iso(instant, zone));
    variables.set(prefix + "_date", date);
    variables.set(prefix + "_date_compact", date_text(local, "%04d%02d%02d"));
    variables.set(prefix + "_local_time", date + clock);
    variables.set(prefix + "_tz_offset",
                  base::format_offset(zone.offset_at(unix_seconds(instant)), false));
    variables.set(prefix + "_unixtime", unix_seconds(instant));
}

}  // namespace

config::Map attempt_variables(const store::Attempt& attempt, const base::TimeZone& zone,
                              bool shows_retry_name) {
    config::Map variables;
    variables.set("timezone", zone.name());
    variables.set("session_uuid", attempt.session.uuid);
    variables.set("session_id", static_cast<int64_t>(attempt.session.id));
    add_time_family(variables, "session", attempt.session.time, zone);
    variables.set("project_id", 1);
    variables.set("attempt_id", static_cast<int64_t>(attempt.id));
    if (shows_retry_name && !attempt.retry_name.empty()) {
        variables.set("retry_attempt_name", attempt.retry_name);
    }
    // Of the schedule that started it; otherwise there is no earlier execution (2.11.3).
    const config::Value* executed = attempt.parameters.find("last_executed_session_time");
    if (executed && executed->is_string()) {
        if (auto instant = base::parse_iso(executed->string())) {
            add_time_family(variables, "last_executed_session", *instant, zone);
            return variables;
        }
    }
    for (const char* suffix : {"time", "date", "date_compact", "local_time", "unixtime"}) {
        variables.set(std::string("last_executed_session_") + suffix, "");
    }
    variables.set("last_executed_session_tz_offset", base::format_offset(zone.offset_at(0), false));
    return variables;
}

void add_neighbour_sessions(config::Map& variables, const config::Map& parameters,
                            const base::TimeZone& zone) {
    for (const char* prefix : {"last_session", "next_session"}) {
        const config::Value* time = parameters.find(std::string(prefix) + "_time");
        if (!time || !time->is_string()) continue;
        if (auto instant = base::parse_iso(time->string())) {
            add_time_family(variables, prefix, *instant, zone);
        }
    }
}

}  // namespace mogura::engine
