// `schedule:` and `sla:` of a file (spec digdag 5.1, 5.6).

#include "schedule/schedule.h"

#include "base/text.h"
#include "cli/check/near_miss.h"
#include "cli/check/rules.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace mogura::cli::check {
namespace {

config::Mark mark_or(config::Mark mark, config::Mark otherwise) {
    return mark.line > 0 ? mark : otherwise;
}

bool is_within(int64_t number, int64_t last) {
    return number >= 0 && number <= last;
}

class SlaCheck {
  public:
    SlaCheck(const Place& place, const config::Map& sla, config::Mark mark)
        : place_(place), sla_(sla), mark_(mark) {}

    void run() {
        bool has_time = engine::present(sla_, "time");
        bool has_duration = engine::present(sla_, "duration");
        if (has_time == has_duration) {
            place_.add(mark_, Severity::kError,
                       "SLA must be specified using either the 'time' or 'duration' option");
        }
        check_clock("time");
        check_clock("duration");
        check_switch("alert");
        check_switch("fail");
        check_tasks();
    }

  private:
    void check_clock(const std::string& name) {
        const config::Value* value = engine::present(sla_, name);
        if (!value) return;
        config::Mark mark = mark_or(value->mark(), mark_);
        std::string text = value->scalar_text().value_or(config::to_json(*value));
        auto clock = engine::read_sla_clock(text);
        if (!clock) {
            return place_.add(
                mark, Severity::kError,
                "SLA " + name + " option needs to be HH:MM or HH:MM:SS format: " + text);
        }
        constexpr int64_t kAnyHour = std::numeric_limits<int64_t>::max();
        bool is_plain = is_within(clock->hours, name == "time" ? 23 : kAnyHour) &&
                        is_within(clock->minutes, 59) && is_within(clock->seconds, 59);
        if (!is_plain) {
            place_.add(mark, Severity::kWarning,
                       "sla: " + name + ": " + text + " is no " +
                           (name == "time" ? "time of the day" : "duration in HH:MM:SS"));
        }
    }

    void check_switch(const std::string& name) {
        const config::Value* value = engine::present(sla_, name);
        if (!value) return;
        auto read = engine::to_boolean(*value, name);
        if (!read.ok()) {
            place_.add(mark_or(value->mark(), mark_), Severity::kError, read.error().message());
        }
    }

    // What is left are tasks: one operator with its parameters, or +names.
    void check_tasks() {
        bool is_operator = operator_entry(sla_) != nullptr;
        config::Map tasks;
        for (const auto& entry : sla_) {
            const auto& options = sla_options();
            if (std::find(options.begin(), options.end(), entry.key) != options.end()) continue;
            bool is_task = entry.key.starts_with('+') || entry.key.starts_with('_');
            auto near = near_miss(entry.key, options);
            if (is_task || (is_operator && !near)) {
                tasks.append(entry.key, entry.value);
            } else if (!entry.key.ends_with('>')) {
                place_.add(
                    entry.mark, is_operator ? Severity::kWarning : Severity::kError,
                    "sla: unknown key: " + entry.key + base::did_you_mean(entry.key, options));
            }
        }
        auto compiled = workflow::compile("+" + place_.file.title, "^sla", tasks);
        if (!compiled.ok()) place_.add(mark_, Severity::kError, compiled.error().message());
    }

    const Place& place_;
    const config::Map& sla_;
    config::Mark mark_;
};

}  // namespace

void check_schedule(const Place& place) {
    const config::Value* mapping = place.file.mapping()->find("schedule");
    if (!mapping || mapping->is_null()) return;
    if (!mapping->is_map()) {
        return place.add(mapping->mark(), Severity::kError,
                         "schedule: must be a mapping (such as {daily>: 07:00:00})");
    }
    std::vector<schedule::Problem> problems;
    auto schedule =
        schedule::Schedule::create(mapping->map(), place.file.inspection.time_zone, problems);
    for (schedule::Problem& problem : problems) {
        place.add(mark_or(problem.mark, mapping->mark()), Severity::kError,
                  std::move(problem.message));
    }
    if (!schedule.ok()) return;
    for (const schedule::Problem& doubt : schedule->doubts()) {
        place.add(mark_or(doubt.mark, mapping->mark()), Severity::kWarning, doubt.message);
    }
    for (const auto& entry : schedule->unused()) {
        place.add(entry.mark, Severity::kWarning,
                  std::string(base::trim(schedule::unused_message(entry.key))));
    }
}

void check_sla(const Place& place) {
    for (const auto& entry : *place.file.mapping()) {
        if (entry.key != "sla") continue;
        if (entry.value.is_map() || entry.value.is_null()) {
            const config::Map nothing;
            SlaCheck(place, entry.value.is_map() ? entry.value.map() : nothing, entry.mark).run();
        } else {
            place.add(entry.mark, Severity::kError,
                      "sla: must be a mapping (such as {time: 08:00, +late: {...}})");
        }
    }
}

}  // namespace mogura::cli::check
