// lock>, pg_lock> and pg_unlock>: a named lock around the tasks of `_do` (spec digdag 4.21.4), kept
// in the engine's own store. It is freed when the tasks have ended or failed, when the attempt
// ends, or when its time is over; lock> keeps it beyond that while its process runs. A waiting task
// holds nothing.

#include "base/log.h"
#include "plugins/operator_options.h"
#include "plugins/plugins.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr std::chrono::minutes kWaitMax{15};
constexpr std::chrono::hours kLife{1};
constexpr std::chrono::milliseconds kLookFirst{250};
constexpr std::chrono::milliseconds kLookLast{2'000};
constexpr const char* kSince = "lock_wait_start_time_millis";

// The parameters that tell whose lock it is, from the widest namespace to the narrowest.
Result<std::string> scope_of(const engine::TaskContext& context, const std::string& space) {
    auto parameter = [&](const char* name) -> std::string {
        const config::Value* value = engine::present(context.parameters, name);
        return value ? engine::plain_text(*value) : "";
    };
    std::string project = "project " + parameter("project_id");
    // "+workflow+task"
    std::string_view name = context.full_name;
    if (name.starts_with('+')) name.remove_prefix(1);
    std::string workflow =
        project + " workflow " + std::string(name.substr(0, name.find_first_of("+^")));
    if (space == "global" || space == "site") return std::string("site");
    if (space == "project") return project;
    if (space == "workflow") return workflow;
    if (space == "session") return workflow + " session " + parameter("session_id");
    if (space == "attempt") return "attempt " + std::to_string(context.attempt_id);
    return Error(Code::kInvalid,
                 "namespace: not one of global, site, project, workflow, session, "
                 "attempt: " +
                     space);
}

std::string holder_of(const engine::TaskContext& context) {
    return std::to_string(context.attempt_id) + "-" + std::to_string(context.task_id);
}

Result<std::chrono::seconds> duration(const config::Map& parameters, std::string_view name,
                                      std::chrono::seconds otherwise) {
    auto text = TRY(engine::optional_text(parameters, name));
    if (!text) return otherwise;
    return engine::parse_duration(*text);
}

Error no_store() {
    return {Code::kUnsupported, "locks need a store, and here is none"};
}

// The tasks, and what frees the lock behind them.
config::Map guarded(const config::Map& tasks, const std::string& holder) {
    config::Map unlock;
    unlock.append("pg_unlock>", holder);
    config::Map group;
    group.append("+do", tasks);
    group.append("+unlock", unlock);
    group.append("_error", unlock);
    return group;
}

enum class Word { kLock, kPgLock };

class Lock final : public engine::Operator {
  public:
    explicit Lock(Word word) : word_(word) {}

    engine::Outcome run(engine::TaskContext& context) override {
        auto outcome = acquire(context);
        if (outcome.ok()) return std::move(*outcome);
        return failure_of(outcome.error());
    }
    engine::OperatorOptions options() const override {
        using Kind = engine::OptionKind;
        return {
            .options = {{.name = "_command", .kind = Kind::kText, .is_required = true},
                        {.name = "limit",
                         .kind = Kind::kInteger,
                         .help = "How many may hold it at once; 1 without it."},
                        {.name = "wait_timeout",
                         .kind = Kind::kDuration,
                         .help = "How long to wait for it; 15m without it."},
                        {.name = "expire_in",
                         .kind = Kind::kDuration,
                         .help = "When it is free even if its holder has vanished; 1h without it."},
                        {.name = "namespace",
                         .kind = Kind::kText,
                         .help = "Who shares the name.",
                         .words = {"global", "site", "project", "workflow", "session", "attempt"}},
                        {.name = "unlock_finished_attempt_locks",
                         .kind = Kind::kBoolean,
                         .help = "Free locks of attempts that have ended."}}};
    }

  private:
    config::Map parameters_of(const engine::TaskContext& context) const {
        if (word_ == Word::kPgLock) return with_defaults(context.parameters, "pg_lock");
        return with_defaults(with_defaults(context.parameters, "lock"), "pg_lock");
    }

    Result<engine::Outcome> acquire(engine::TaskContext& context) const {
        if (!context.surroundings.locks) return no_store();
        config::Map parameters = parameters_of(context);
        std::string name = TRY(engine::required_text(parameters, "_command"));
        config::Map tasks = TRY(engine::required_map(parameters, "_do"));
        auto space = TRY(engine::optional_text(parameters, "namespace"));
        std::string scope = TRY(scope_of(context, space.value_or("site")));
        std::chrono::seconds wait_max = TRY(duration(parameters, "wait_timeout", kWaitMax));
        store::LockRequest request{.name = scope + " " + name, .holder = holder_of(context)};
        request.attempt = context.attempt_id;
        if (engine::present(parameters, "limit")) {
            request.holders_max = TRY(engine::required_integer(parameters, "limit"));
        }
        if (request.holders_max < 1) {
            return Error(Code::kInvalid,
                         "limit must be 1 or more but got " + std::to_string(request.holders_max));
        }
        request.life = TRY(duration(parameters, "expire_in", kLife));
        request.ends_with_attempt =
            TRY(engine::optional_boolean(parameters, "unlock_finished_attempt_locks", true));
        request.lasts_while_running = word_ == Word::kLock;
        base::Instant now = context.clock.now();
        bool has_it = TRY(context.surroundings.locks->acquire(request, now));
        if (has_it) {
            return engine::Outcome(engine::Done{.subtask_config = guarded(tasks, request.holder)});
        }
        return wait(context, name, now, wait_max);
    }

    // The longer it waits, the less often it looks.
    static engine::Outcome wait(engine::TaskContext& context, const std::string& name,
                                base::Instant now, std::chrono::seconds wait_max) {
        config::Map state = state_of_this_try(context.state, {kSince});
        auto known = engine::required_integer(state, kSince);
        auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch());
        int64_t since = known.ok() ? *known : int64_t{milliseconds.count()};
        auto waited = milliseconds - std::chrono::milliseconds(since);
        if (waited >= wait_max) {
            return engine::failed("the lock " + name + " was not free within " +
                                  std::to_string(wait_max.count()) + " s (wait_timeout)");
        }
        state.set(kSince, since);
        auto next = std::min<std::chrono::milliseconds>(
            std::clamp<std::chrono::milliseconds>(waited / 8, kLookFirst, kLookLast),
            wait_max - waited);
        return engine::Again{.at = now + next, .state = std::move(state)};
    }

    const Word word_;
};

class Unlock final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto outcome = release(context);
        if (outcome.ok()) return engine::Done{};
        return failure_of(outcome.error());
    }
    engine::OperatorOptions options() const override {
        using Kind = engine::OptionKind;
        return {.options = {{.name = "_command", .kind = Kind::kText, .is_required = true},
                            {.name = "force",
                             .kind = Kind::kBoolean,
                             .help = "Also when somebody else holds it."}}};
    }

  private:
    static Result<> release(engine::TaskContext& context) {
        if (!context.surroundings.locks) return no_store();
        std::string holder = TRY(engine::required_text(context.parameters, "_command"));
        bool is_own = holder.starts_with(std::to_string(context.attempt_id) + "-");
        bool by_force = TRY(engine::optional_boolean(context.parameters, "force", false));
        if (!is_own && !by_force) {
            return Error(Code::kDenied, "the lock " + holder +
                                            " belongs to another attempt (force: true frees it)");
        }
        store::Released released = TRY(context.surroundings.locks->release(holder));
        if (!released.expired_name.empty()) {
            log::warn("the lock was no longer held: its expire_in had passed, and others wanted it",
                      {{"lock", released.expired_name},
                       {"expire_in", std::to_string(released.life.count()) + " s"},
                       {"task", context.full_name}});
        }
        return {};
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, lock) {
    using namespace mogura::plugins;
    registry.operators.add("lock", "Hold a named lock around the tasks of _do.",
                           [] { return std::make_unique<Lock>(Word::kLock); });
    registry.operators.add("pg_lock", "Hold a named lock around the tasks of _do.",
                           [] { return std::make_unique<Lock>(Word::kPgLock); });
    registry.operators.add("pg_unlock", "Free a named lock by its holder.",
                           [] { return std::make_unique<Unlock>(); });
}
