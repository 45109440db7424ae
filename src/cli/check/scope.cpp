#include "cli/check/scope.h"

#include "cli/check/near_miss.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace mogura::cli::check {
namespace {

// 2.11
constexpr std::array<std::string_view, 8> kVariables = {
    "timezone",   "session_uuid",       "session_id", "project_id",
    "attempt_id", "retry_attempt_name", "task_name",  "_project_path"};
constexpr std::array<std::string_view, 4> kTimes = {"session_", "last_executed_session_",
                                                    "last_session_", "next_session_"};
constexpr std::array<std::string_view, 6> kTimeParts = {"time",       "date",      "date_compact",
                                                        "local_time", "tz_offset", "unixtime"};
// What operators store.
constexpr std::array<std::string_view, 16> kStored = {
    "load", "query", "http",     "pg",     "mysql",  "td", "bq",      "redshift",
    "mail", "emr",   "gcs_wait", "athena", "lambda", "s3", "ecs_run", "error"};
// What people take for variables of Digdag's; parameters of these names come from elsewhere.
constexpr std::array<std::string_view, 6> kNoVariables = {
    "project_name", "workflow_name", "session_name", "timestamp", "revision", "workflow_id"};

template <size_t kSize>
bool has(const std::array<std::string_view, kSize>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// The times that only workflows with a schedule have.
bool needs_schedule(std::string_view prefix) {
    return prefix == "last_session_" || prefix == "next_session_";
}

std::optional<std::string_view> time_prefix(std::string_view name) {
    for (std::string_view prefix : kTimes) {
        if (name.starts_with(prefix) && has(kTimeParts, name.substr(prefix.size()))) return prefix;
    }
    return std::nullopt;
}

const std::vector<std::string>& all_variables() {
    static const std::vector<std::string> kAll = [] {
        std::vector<std::string> all(kVariables.begin(), kVariables.end());
        for (std::string_view prefix : kTimes) {
            for (std::string_view part : kTimeParts) {
                all.push_back(std::string(prefix) + std::string(part));
            }
        }
        return all;
    }();
    return kAll;
}

}  // namespace

bool Scope::knows(const std::string& name) const {
    bool is_nested = std::find(nested_.begin(), nested_.end(), name) != nested_.end();
    if (is_nested || place_.may_have(task_, name) || has(kVariables, name) || has(kStored, name)) {
        return true;
    }
    if (name == "_workdir" && !place_.file.folder.empty()) return true;  // 1.5.5
    if (auto prefix = time_prefix(name);
        prefix && (!needs_schedule(*prefix) || place_.has_schedule)) {
        return true;
    }
    if (has_word(place_.files.scripts(), name)) return true;
    // What looks like a variable of Digdag's is surely meant to be one.
    return may_be_stored() && !time_prefix(name) && !near_miss(name, all_variables());
}

// Scripts may store names that nobody can know.
bool Scope::may_be_stored() const {
    if (place_.storing == Storing::kByScripts) return place_.files.scripts_store_any_name();
    return place_.storing == Storing::kAnything;
}

Unknown Scope::unknown(const std::string& name) const {
    const std::string what = "nothing defines the parameter " + name;
    if (time_prefix(name)) {
        return {.message = what + " (only workflows with a schedule have it; or give it with -p)"};
    }
    if (has(kNoVariables, name)) {
        return {.message = what + " (Digdag has no such variable: export it, or give it with -p)"};
    }
    if (auto near = near_miss(name, all_variables())) {
        return {.severity = Severity::kError, .message = what + hint(near)};
    }
    std::vector<std::string> known = task_.names;
    for (const auto& entry : place_.parameters) known.push_back(entry.key);
    known.insert(known.end(), place_.incoming.begin(), place_.incoming.end());
    known.insert(known.end(), place_.stored.begin(), place_.stored.end());
    if (auto near = near_miss(name, known)) return {.message = what + hint(near)};
    return {.message = what + " (no _export, loop or script; give it with -p)"};
}

}  // namespace mogura::cli::check
