#include "engine/attempt.h"

#include "base/check.h"
#include "base/log.h"
#include "engine/builtins.h"
#include "engine/sla.h"

#include <algorithm>
#include <utility>

namespace mogura::engine {

using store::TaskState;

Engine::Engine(const EngineParts& parts, EngineOptions options)
    : parts_(parts),
      options_(std::move(options)),
      call_parts_{.operators = parts.operators,
                  .evaluator = parts.evaluator,
                  .executor = parts.executor,
                  .clock = parts.clock,
                  .observer = parts.observer,
                  .gatekeeper = parts.gatekeeper,
                  .folders = options_.folders,
                  .compatibility = options_.compatibility,
                  .tasks_max = options_.tasks_max,
                  .secrets = parts_.secrets,
                  .surroundings = parts_.surroundings},
      workers_(options_.threads) {
    // Without a watch the loop could not sleep; only step() is used then (tests).
    if (auto watch = Watch::create(); watch.ok()) watch_ = std::move(*watch);
}

Engine::~Engine() {
    for (auto& [id, attempt] : attempts_) attempt->stop.request_stop();
}

Engine::Running& Engine::adopt(store::Attempt row, const base::TimeZone& zone, bool is_beside) {
    auto facts = std::make_shared<AttemptFacts>();
    facts->id = row.id;
    facts->zone = zone;
    facts->is_beside = is_beside;
    facts->variables = attempt_variables(row, zone, options_.shows_retry_name);
    auto running = std::make_unique<Running>(Running{
        .row = row,
        .facts = std::move(facts),
        .parameters = std::make_shared<const config::Map>(row.parameters),
        .tree =
            TaskTree({.compatibility = options_.compatibility, .tasks_max = options_.tasks_max})});
    return *attempts_.insert_or_assign(row.id, std::move(running)).first->second;
}

// In the store, with its place among the attempts that are not done.
Result<Engine::Planted> Engine::plant(const store::Attempt& wanted,
                                      const std::vector<workflow::TaskDefinition>& tasks,
                                      std::vector<store::ResumedTask> resumed,
                                      std::optional<base::Instant> late_at) {
    base::Lock starting(start_mutex_);
    {
        base::Lock lock(mutex_);
        auto current = static_cast<int64_t>(not_done_.size());
        if (current >= options_.attempts_max) {
            return Error(Code::kLimit, "Too many attempts running. Limit: " +
                                           std::to_string(options_.attempts_max) +
                                           ", Current: " + std::to_string(current));
        }
    }
    TaskTree tree({.compatibility = options_.compatibility, .tasks_max = options_.tasks_max});
    tree.take_over(resumed);
    TRY(tree.plant(tasks, parts_.clock.now()));
    if (late_at) tree.expect_end(*late_at);
    tree.settle(parts_.clock.now());
    store::Changes first = tree.changes();
    store::Attempt row = TRY(parts_.store.start_attempt(wanted, first.inserted, resumed));
    base::Lock lock(mutex_);
    not_done_.insert(row.id);
    return Planted{std::move(row), std::move(tree)};
}

Result<store::AttemptId> Engine::start(const store::Attempt& wanted,
                                       const std::vector<workflow::TaskDefinition>& tasks,
                                       const base::TimeZone& zone,
                                       std::vector<store::ResumedTask> resumed,
                                       std::optional<base::Instant> run_time) {
    CHECK(!tasks.empty());
    auto late_at = TRY(sla_time(tasks.front().config, run_time.value_or(wanted.created_at), zone,
                                options_.compatibility));
    Planted planted = TRY(plant(wanted, tasks, std::move(resumed), late_at));
    Running& attempt = adopt(planted.row, zone, /*is_beside=*/false);
    attempt.tree = std::move(planted.tree);
    arm_late(attempt);
    return planted.row.id;
}

Result<> Engine::resume(const store::Attempt& row, const base::TimeZone& zone) {
    return take_in(row, zone, /*is_beside=*/false);
}

Result<store::Attempt> Engine::start_beside(const store::Attempt& wanted,
                                            const std::vector<workflow::TaskDefinition>& tasks,
                                            const base::TimeZone& zone) {
    CHECK(!tasks.empty());
    auto late_at =
        TRY(sla_time(tasks.front().config, wanted.created_at, zone, options_.compatibility));
    Planted planted = TRY(plant(wanted, tasks, {}, late_at));
    resume_beside(planted.row, zone);
    return std::move(planted.row);
}

void Engine::resume_beside(const store::Attempt& attempt, const base::TimeZone& zone) {
    {
        base::Lock lock(mutex_);
        joining_.push_back({attempt, zone});
    }
    if (watch_) watch_->wake();
}

Result<> Engine::take_joining(base::Instant now) {
    std::vector<Joining> joining;
    {
        base::Lock lock(mutex_);
        joining.swap(joining_);
    }
    if (!joining.empty()) forget_beside();
    for (const Joining& one : joining) {
        if (attempts_.contains(one.row.id)) continue;
        TRY(take_in(one.row, one.zone, /*is_beside=*/true));
        auto joined = attempts_.find(one.row.id);
        if (is_canceling_ && joined != attempts_.end()) start_cancel(*joined->second, now);
    }
    return {};
}

// Nobody asks for those that are done: they make room when others come.
void Engine::forget_beside() {
    std::vector<store::AttemptId> finished;
    for (const auto& [id, attempt] : attempts_) {
        if (attempt->is_finished && attempt->facts->is_beside) finished.push_back(id);
    }
    for (store::AttemptId id : finished) forget(id);
}

Result<> Engine::take_in(const store::Attempt& row, const base::TimeZone& zone, bool is_beside) {
    auto rows = TRY(parts_.store.tasks(row.id));
    // It has ended, and its tasks were dropped, while it was on its way here.
    if (is_beside && rows.empty()) return {};
    auto resumed = TRY(parts_.store.resumed_tasks(row.id));
    {
        base::Lock lock(mutex_);
        not_done_.insert(row.id);
    }
    Running& attempt = adopt(row, zone, is_beside);
    attempt.tree.take_over(std::move(resumed));
    TRY(attempt.tree.restore(std::move(rows), parts_.clock.now()));
    if (store::Locks* locks = parts_.surroundings.locks) {
        TRY(locks->adopt(static_cast<int64_t>(row.id)));
    }
    arm_waiting(attempt);
    arm_late(attempt);
    if (row.cancel_requested) start_cancel(attempt, parts_.clock.now());
    return {};
}

bool Engine::is_done() {
    {
        base::Lock lock(mutex_);
        if (!joining_.empty()) return false;
    }
    for (const auto& [id, attempt] : attempts_) {
        if (!attempt->is_finished) return false;
    }
    return true;
}

void Engine::request_cancel() {
    cancel_requested_ = true;
    if (watch_) watch_->wake();
}

Result<base::Instant> Engine::step(base::Instant now) {
    TRY(take_joining(now));
    if (cancel_requested_.exchange(false)) {
        is_canceling_ = true;
        for (auto& [id, attempt] : attempts_) start_cancel(*attempt, now);
    }
    take_returned(now);
    end_overdue(now);
    do {
        fire_timers(now);
        for (auto& [id, attempt] : attempts_) {
            if (!attempt->is_finished) TRY(move_on(*attempt, now));
        }
    } while (!timers_.empty() && timers_.top().at <= now);
    base::Instant next = timers_.empty() ? base::Instant::max() : timers_.top().at;
    return has_time_limit() && !is_done() ? std::min(next, next_time_check_) : next;
}

// Asks what runs for too long to end; looks once in each interval.
void Engine::end_overdue(base::Instant now) {
    if (!has_time_limit() || now < next_time_check_) return;
    next_time_check_ = now + options_.time_check_interval;
    for (auto& [id, attempt] : attempts_) {
        if (attempt->is_finished || attempt->is_canceling) continue;
        auto reason = overdue(*attempt, now);
        if (!reason) continue;
        parts_.observer.on_overdue(attempt->row, *reason);
        start_cancel(*attempt, now);
    }
}

std::optional<std::string> Engine::overdue(Running& attempt, base::Instant now) const {
    const auto attempt_max = options_.attempt_time_max;
    if (attempt_max.count() > 0 && now - attempt.row.created_at > attempt_max) {
        return "Workflow execution timeout";
    }
    if (options_.task_time_max.count() <= 0) return std::nullopt;
    std::string tasks;
    for (const Node& node : attempt.tree.nodes()) {
        const TaskState state = node.row.state;
        const bool works = state == TaskState::kRunning || state == TaskState::kRetryWaiting ||
                           state == TaskState::kGroupRetryWaiting;
        if (!works || now - node.row.started_at.value_or(now) <= options_.task_time_max) continue;
        tasks += (tasks.empty() ? "" : ", ") + std::to_string(static_cast<int64_t>(node.row.id));
    }
    if (tasks.empty()) return std::nullopt;
    return "Task execution timeout: " + tasks;
}

void Engine::take_returned(base::Instant now) {
    std::vector<Returned> returned;
    {
        base::Lock lock(mutex_);
        returned.swap(returned_);
    }
    for (Returned& one : returned) {
        Running& attempt = *attempts_.at(one.attempt);
        --calls_out_;
        --attempt.calls_out;
        take(attempt, attempt.tree.at(one.task), std::move(one.result), now);
    }
}

void Engine::take(Running& attempt, Node& node, CallResult result, base::Instant now) {
    Live& live = attempt.live[&node];
    auto* again = std::get_if<Again>(&result.outcome);
    bool keeps_place = again && again->wake_descriptor;
    if (live.holds_place && !keeps_place) {
        live.holds_place = false;
        --places_taken_;
    }
    if (auto* done = std::get_if<Done>(&result.outcome)) {
        attempt.tree.succeed(node, std::move(*done), now);
    } else if (auto* failure = std::get_if<Failed>(&result.outcome)) {
        attempt.tree.fail(node, std::move(failure->error), now);
    } else if (again) {
        if (keeps_place && watch_) {
            uint64_t key = ++watch_key_;
            live.watched = *again->wake_descriptor;
            live.watch_key = key;
            auto added = watch_->add(live.watched, key);
            if (added.ok()) watched_[key] = {attempt.row.id, node.row.id};
        }
        attempt.tree.wait(node, again->at, std::move(again->state), now);
        if (result.retried_failure) parts_.observer.on_retry(node.row, *result.retried_failure);
    }
}

void Engine::fire_timers(base::Instant now) {
    auto fire = [&](store::AttemptId attempt_id, store::TaskId task_id, bool is_timer) {
        auto found = attempts_.find(attempt_id);
        if (found == attempts_.end() || found->second->is_finished) return;
        Node& node = found->second->tree.at(task_id);
        bool waits = node.row.state == TaskState::kRetryWaiting ||
                     node.row.state == TaskState::kGroupRetryWaiting;
        // An old timer of a task that waits for a later time by now.
        if (!waits || (is_timer && node.row.retry_at.value_or(now) > now)) return;
        auto live = found->second->live.find(&node);
        if (live != found->second->live.end()) unwatch(live->second);
        found->second->tree.wake(node, now);
    };
    for (auto [attempt, task] : std::exchange(woken_, {})) fire(attempt, task, false);
    while (!timers_.empty() && timers_.top().at <= now) {
        Timer timer = timers_.top();
        timers_.pop();
        if (timer.task) {
            fire(timer.attempt, *timer.task, true);
        } else {
            be_late(timer.attempt, now);
        }
    }
}

void Engine::be_late(store::AttemptId id, base::Instant now) {
    auto found = attempts_.find(id);
    if (found == attempts_.end() || found->second->is_finished || found->second->is_canceling) {
        return;
    }
    Running& attempt = *found->second;
    attempt.tree.settle(now);  // what has just returned may have been the last
    if (attempt.tree.is_done()) return;
    log::warn("SLA violation: the attempt is not done in time",
              {{"workflow", attempt.row.session.workflow}, {"attempt", static_cast<int64_t>(id)}});
    attempt.tree.be_late(now);
}

void Engine::unwatch(Live& live) {
    if (live.watched >= 0 && watch_) watch_->remove(live.watched);
    live.watched = -1;
    watched_.erase(live.watch_key);
}

void Engine::start_cancel(Running& attempt, base::Instant now) {
    if (attempt.is_canceling || attempt.is_finished) return;
    attempt.is_canceling = true;
    attempt.stop.request_stop();
    for (auto& [node, live] : attempt.live) unwatch(live);
    attempt.tree.cancel(now);
}

// Everything that follows, stored; then what must not happen before it is stored.
Result<> Engine::move_on(Running& attempt, base::Instant now) {
    attempt.tree.settle(now);
    choose_calls(attempt, now);
    arm_waiting(attempt);
    if (attempt.tree.has_changes()) {
        store::Changes changes = attempt.tree.changes();
        changes.attempt = attempt.row.id;
        changes.cancel_requested = attempt.is_canceling && !attempt.row.cancel_requested;
        TRY(parts_.store.commit(changes));
        attempt.row.cancel_requested = attempt.is_canceling;
    }
    for (Node* node : attempt.tree.take_done()) {
        release(attempt, *node);
        parts_.observer.on_done(attempt.row.id, node->row);
    }
    for (Node* node : std::exchange(attempt.to_call, {})) call(attempt, *node);
    if (attempt.tree.is_done()) TRY(finish(attempt, now));
    return {};
}

// Ready tasks that may be called now. Those that work already keep their place; the others wait
// for a free one, in order.
void Engine::choose_calls(Running& attempt, base::Instant now) {
    std::vector<Node*> ready = attempt.tree.take_ready();
    do {
        for (Node* node : ready) {
            if (attempt.live[node].holds_place) {
                choose(attempt, *node, now);
            } else {
                attempt.ready.push_back(node);
            }
        }
        while (!attempt.ready.empty() && (has_place() || attempt.is_canceling)) {
            Node* node = attempt.ready.front();
            attempt.ready.pop_front();
            choose(attempt, *node, now);
        }
        attempt.tree.settle(now);
        ready = attempt.tree.take_ready();
    } while (!ready.empty());
}

bool Engine::has_place() const {
    int64_t calls_max = std::max<int64_t>(64, int64_t{8} * options_.threads);
    if (calls_out_ >= calls_max) return false;
    return options_.running_max <= 0 || places_taken_ < options_.running_max;
}

void Engine::choose(Running& attempt, Node& node, base::Instant now) {
    if (node.row.flags.cancel_requested && node.row.state_parameters.empty()) {
        attempt.tree.end_canceled(node, now);
        return;
    }
    Live& live = attempt.live[&node];
    if (!live.holds_place) ++places_taken_;
    live.holds_place = true;
    ++calls_out_;
    ++attempt.calls_out;
    attempt.tree.run(node, now);
    attempt.to_call.push_back(&node);
}

void Engine::arm_waiting(Running& attempt) {
    for (Node* node : attempt.tree.take_waiting()) {
        timers_.push({node->row.retry_at.value_or(base::Instant{}), attempt.row.id, node->row.id});
    }
}

void Engine::arm_late(Running& attempt) {
    if (auto at = attempt.tree.end_expected()) timers_.push({*at, attempt.row.id, {}});
}

namespace {

// Whether its `error` comes from the `_error` around it, and not from an _export within that.
bool is_told_failure(const Node& task) {
    if (task.row.full_name.find("^error") == std::string::npos) return false;
    for (const Node* node = &task; node; node = node->parent) {
        if (node->row.full_name.ends_with("^error")) return true;
        const config::Value* exported = node->row.config.find("_export");
        if (exported && exported->is_map() && exported->map().find("error")) return false;
    }
    return false;
}

}  // namespace

void Engine::call(Running& attempt, Node& node) {
    Live& live = attempt.live[&node];
    auto request = std::make_shared<CallRequest>(CallRequest{
        .task = node.row.id,
        .full_name = node.row.full_name,
        .config = &node.row.config,
        .inherited = entry_parameters(node, attempt.parameters),
        .state = node.row.state_parameters,
        .is_first = node.row.retry_count == 0,
        .is_repeat = node.is_repeat,
        .is_told_failure = is_told_failure(node),
        .is_cancel = node.row.flags.cancel_requested,
        .attempt = attempt.facts,
        .progress = live.progress,
        .printed_bytes = live.printed_bytes,
        .stop = attempt.stop.get_token(),
    });
    workers_.submit([this, request] {
        CallResult result = call_operator(*request, call_parts_);
        {
            base::Lock lock(mutex_);
            returned_.push_back({request->attempt->id, request->task, std::move(result)});
        }
        if (watch_) watch_->wake();
    });
}

void Engine::release(Running& attempt, Node& node) {
    auto found = attempt.live.find(&node);
    if (found == attempt.live.end()) return;
    unwatch(found->second);
    if (found->second.holds_place) --places_taken_;
    attempt.live.erase(found);
}

Result<> Engine::finish(Running& attempt, base::Instant now) {
    TRY(parts_.observer.before_finish());
    store::Changes changes{
        .attempt = attempt.row.id, .finished_success = attempt.tree.is_success(), .at = now};
    TRY(parts_.store.commit(changes));
    attempt.row.is_done = true;
    attempt.row.is_success = attempt.tree.is_success();
    attempt.is_finished = true;
    base::Lock lock(mutex_);
    not_done_.erase(attempt.row.id);
    return {};
}

Result<> Engine::run() {
    while (true) {
        base::Instant next = TRY(step(parts_.clock.now()));
        if (is_done()) return {};
        TRY(sleep_until(next));
    }
}

Result<> Engine::turn(base::Instant until) {
    base::Instant next = TRY(step(parts_.clock.now()));
    return sleep_until(std::min(next, until));
}

Result<> Engine::sleep_until(base::Instant time) {
    if (!watch_) return Error(Code::kUnavailable, "the system gives no descriptors to wait with");
    constexpr std::chrono::microseconds kLongest = std::chrono::minutes(1);
    base::Instant now = parts_.clock.now();
    bool is_far = time > now + kLongest;  // the furthest instant is too far to subtract from
    auto keys = TRY(watch_->wait(is_far ? kLongest : std::max(time - now, kLongest * 0)));
    for (uint64_t key : keys) {
        auto found = watched_.find(key);
        if (found == watched_.end()) continue;
        woken_.push_back(found->second);
        watched_.erase(found);
    }
    return {};
}

bool Engine::forget(store::AttemptId id) {
    auto found = attempts_.find(id);
    if (found == attempts_.end()) return true;
    if (!found->second->is_finished || found->second->calls_out > 0) return false;
    for (auto& [node, live] : found->second->live) unwatch(live);
    attempts_.erase(found);
    return true;
}

}  // namespace mogura::engine
