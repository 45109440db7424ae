#include "engine/sla.h"

#include "base/log.h"
#include "base/text.h"
#include "engine/parameters.h"

#include <chrono>
#include <limits>
#include <vector>

namespace mogura::engine {
namespace {

constexpr const char* kNeedsOne =
    "SLA must be specified using either the 'time' or 'duration' option";

bool switch_at(const config::Map& sla, std::string_view name, bool otherwise) {
    auto read = optional_boolean(sla, name, otherwise);
    if (read.ok()) return *read;
    log::warn("sla configuration error: " + read.error().message());
    return otherwise;
}

std::chrono::seconds length_of(const SlaClock& clock) {
    return std::chrono::hours(clock.hours) + std::chrono::minutes(clock.minutes) +
           std::chrono::seconds(clock.seconds);
}

// That time on the day of `run_time`, or 24 hours later when it is over.
base::Instant next_at(const SlaClock& clock, base::Instant run_time, const base::TimeZone& zone) {
    base::Instant run_second = std::chrono::floor<std::chrono::seconds>(run_time);
    base::LocalTime day = zone.to_local(run_second);
    day.hour = day.minute = day.second = 0;
    base::LocalTime local =
        base::local_of_seconds(base::seconds_of(day) + length_of(clock).count());
    base::Instant time = zone.to_instant(local);
    return time < run_second ? time + std::chrono::hours(24) : time;
}

}  // namespace

std::optional<SlaClock> read_sla_clock(std::string_view text) {
    SlaClock clock;
    int64_t* const places[] = {&clock.hours, &clock.minutes, &clock.seconds};
    auto parts = base::split(text, ':');
    if (parts.size() != 2 && parts.size() != 3) return std::nullopt;
    for (size_t index = 0; index < parts.size(); ++index) {
        auto number = base::parse_integer(parts[index]);
        bool fits = number && *number >= std::numeric_limits<int32_t>::min() &&
                    *number <= std::numeric_limits<int32_t>::max();
        if (!fits) return std::nullopt;
        *places[index] = *number;
    }
    return clock;
}

Result<std::optional<base::Instant>> sla_time(const config::Map& root, base::Instant run_time,
                                              const base::TimeZone& zone,
                                              Compatibility compatibility) {
    const config::Value* value = root.find("sla");
    if (!value) return std::optional<base::Instant>();
    if (value->is_null()) return Error(Code::kInvalid, kNeedsOne);
    if (!value->is_map()) return Error(Code::kInvalid, "Parameter 'sla' must be an object");
    auto time = TRY(optional_text(value->map(), "time"));
    auto duration = TRY(optional_text(value->map(), "duration"));
    if (time.has_value() == duration.has_value()) return Error(Code::kInvalid, kNeedsOne);
    auto clock = read_sla_clock(time ? *time : *duration);
    if (!clock) {
        std::string shown = time ? *time : *duration;
        if (shows_sla_as_optional(compatibility)) {
            shown = time ? "Optional.of(" + *time + ")" : "Optional.absent()";
        }
        return Error(Code::kInvalid, std::string("SLA ") + (time ? "time" : "duration") +
                                         " option needs to be HH:MM or HH:MM:SS format: " + shown);
    }
    return std::optional(time ? next_at(*clock, run_time, zone) : run_time + length_of(*clock));
}

LateTasks late_tasks(const config::Map& sla) {
    LateTasks late{.is_told = switch_at(sla, "alert", true),
                   .is_failed = switch_at(sla, "fail", false),
                   .tasks = sla};
    for (const char* own : {"time", "duration", "alert", "fail"}) late.tasks.erase(own);
    return late;
}

}  // namespace mogura::engine
