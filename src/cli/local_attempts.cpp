#include "cli/local_attempts.h"

#include "base/log.h"
#include "base/text.h"
#include "cli/session_time.h"
#include "workflow/workflow.h"

#include <algorithm>
#include <set>
#include <utility>

namespace mogura::cli {
namespace {

// Attempts of a session need names of their own also when an earlier run has left some there.
constexpr const char* kRunMark = " (run ";

std::string name_without_run(const std::string& stored) {
    // The run's own attempt, when it is not the first of its session.
    if (stored.starts_with("run ") && base::parse_integer(stored.substr(4))) return "";
    return stored.substr(0, stored.find(kRunMark));
}

Error no_such_workflow(const engine::WantedAttempt& wanted) {
    std::string project = wanted.project_name ? "project_name=" + *wanted.project_name
                                              : "project_id=" + wanted.project_id.value_or("1");
    return {Code::kNotFound,
            "Dependent workflow does not exist. " + project + ", workflowName:" + wanted.workflow};
}

bool is_taken(const Result<SessionLock>& session) {
    return !session.ok() && session.error().code() == Code::kConflict;
}

}  // namespace

void LocalAttempts::begin(engine::Engine& engine, base::Instant since) {
    engine_ = &engine;
    since_ = since;
}

Result<workflow::Workflow> LocalAttempts::find_workflow(const engine::WantedAttempt& wanted) const {
    bool is_here = wanted.project_name.value_or(facts_.project) == facts_.project &&
                   wanted.project_id.value_or("1") == "1";
    if (!is_here) return no_such_workflow(wanted);
    auto project = TRY(workflow::load_project(facts_.folder));
    const workflow::Workflow* found = project.find(wanted.workflow);
    if (!found) return no_such_workflow(wanted);
    return *found;
}

Result<engine::OtherAttempt> LocalAttempts::start(const engine::WantedAttempt& wanted) {
    workflow::Workflow found = TRY(find_workflow(wanted));
    base::Lock lock(mutex_);
    TRY(forget_ended());
    auto earlier = TRY(store_.attempts(facts_.project, found.name, wanted.session_time));
    for (const store::Attempt& attempt : earlier) {
        if (name_without_run(attempt.retry_name) != wanted.retry_name) continue;
        if (attempt.is_done && attempt.created_at < since_) continue;
        TRY(take_up(attempt));
        return answer(wanted, attempt, /*is_new=*/false);
    }
    store::Attempt attempt;
    attempt.session.project = facts_.project;
    attempt.session.workflow = found.name;
    attempt.session.time = wanted.session_time;
    attempt.retry_name = wanted.retry_name;
    if (!earlier.empty()) {
        attempt.retry_name += kRunMark + std::to_string(earlier.size() + 1) + ")";
    }
    attempt.time_zone = found.time_zone.name();
    attempt.parameters = facts_.parameters;
    config::merge(attempt.parameters, wanted.parameters);
    attempt.parameters.erase("last_executed_session_time");  // a schedule's alone (2.11.3)
    attempt.created_at = facts_.clock.now();
    auto schedule = TRY(schedule_of(found));
    if (schedule) {
        set_neighbours(attempt.parameters, *schedule, wanted.session_time, found.time_zone);
    }
    auto session = lock_of(attempt);
    if (is_taken(session)) {
        // One that has just begun shows its attempt in a moment, one that ends frees the session.
        return Error(Code::kUnavailable, session.error().message());
    }
    if (!session.ok()) return session.error();
    TRY(store_.forget_done_tasks(facts_.project, found.name));
    store::Attempt row = TRY(engine_->start_beside(attempt, found.tasks, found.time_zone));
    running_.emplace(row.id, *session);
    return answer(wanted, row, /*is_new=*/true);
}

Result<engine::OtherAttempt> LocalAttempts::look(const engine::WantedAttempt& wanted,
                                                 int64_t attempt_id) {
    base::Lock lock(mutex_);
    auto attempts = TRY(store_.attempts(facts_.project, wanted.workflow, wanted.session_time));
    for (const store::Attempt& attempt : attempts) {
        if (static_cast<int64_t>(attempt.id) != attempt_id) continue;
        // One that was closed half-way has been replaced by another of its session. While that one
        // runs, it may be another process that runs it.
        const bool is_replaced =
            attempt.is_done && attempt.cancel_requested && attempts.back().is_done;
        const store::Attempt& current = is_replaced ? attempts.back() : attempt;
        TRY(take_up(current));
        return answer(wanted, current, /*is_new=*/false);
    }
    return Error(Code::kNotFound, "the attempt " + std::to_string(attempt_id) + " of " +
                                      wanted.workflow + " is not in the store any more");
}

Result<> LocalAttempts::forget_ended() {
    auto unfinished = TRY(store_.unfinished());
    std::set<int64_t> ids;
    for (const store::Attempt& attempt : unfinished) ids.insert(static_cast<int64_t>(attempt.id));
    std::erase_if(running_,
                  [&](const auto& one) { return !ids.contains(static_cast<int64_t>(one.first)); });
    waits_.keep(ids);
    return {};
}

Result<SessionLock> LocalAttempts::lock_of(const store::Attempt& attempt) const {
    if (!facts_.locks_sessions) return SessionLock();
    auto zone = TRY(base::TimeZone::find(attempt.time_zone));
    return lock_session(facts_.folder, attempt.session.workflow, attempt.session.time, zone);
}

Result<> LocalAttempts::take_up(const store::Attempt& attempt) {
    if (attempt.is_done) {
        running_.erase(attempt.id);
        return {};
    }
    if (running_.contains(attempt.id)) return {};
    auto session = lock_of(attempt);
    if (is_taken(session)) return {};
    if (!session.ok()) return session.error();
    // Whoever had the session may have ended the attempt since it was read.
    auto unfinished = TRY(store_.unfinished());
    if (std::ranges::none_of(unfinished, [&](const auto& one) { return one.id == attempt.id; })) {
        return {};
    }
    auto zone = TRY(base::TimeZone::find(attempt.time_zone));
    log::info(
        "going on with an attempt that was left unfinished",
        {{"workflow", attempt.session.workflow}, {"attempt", static_cast<int64_t>(attempt.id)}});
    engine_->resume_beside(attempt, zone);
    running_.emplace(attempt.id, *session);
    return {};
}

Result<engine::OtherAttempt> LocalAttempts::answer(const engine::WantedAttempt& wanted,
                                                   const store::Attempt& attempt, bool is_new) {
    const Waits::Attempt asking{wanted.asked_by, wanted.asked_by_workflow};
    const Waits::Attempt other{static_cast<int64_t>(attempt.id), wanted.workflow};
    if (attempt.is_done) {
        waits_.remove(asking, other);
    } else if (asking.id != 0) {
        auto circle = waits_.add(asking, other);
        if (!circle.empty()) {
            return Error(Code::kConflict,
                         "Dependent workflow waits for this one: " + base::join(circle, " -> ") +
                             " (take one of these require> out)");
        }
    }
    return engine::OtherAttempt{.session_id = static_cast<int64_t>(attempt.session.id),
                                .attempt_id = other.id,
                                .is_done = attempt.is_done,
                                .is_success = attempt.is_success,
                                .is_new = is_new};
}

}  // namespace mogura::cli
