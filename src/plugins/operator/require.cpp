// require>: an attempt of another workflow for the same session, started or waited for (spec digdag
// 4.2). The task holds nothing while it waits; its state names the attempt, so that a restart goes
// on with it.

#include "base/log.h"
#include "base/time_zone.h"
#include "plugins/operator_options.h"
#include "plugins/plugins.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr std::chrono::milliseconds kLookFirst{100};
constexpr std::chrono::milliseconds kLookLast{5'000};
constexpr int64_t kLooksUntilTold = 5;  // some three seconds
constexpr const char* kKicked = "require_kicked";
constexpr const char* kSession = "target_session_id";
constexpr const char* kAttempt = "target_attempt_id";
constexpr const char* kLooks = "retry";
constexpr const char* kRerunName = "rerun_on_retry_attempt_name";
constexpr const char* kSuccess = "task_finish_success";
// How often the task had been retried when its attempt ended.
constexpr const char* kEndedTry = "task_finish_retry";

Error two_projects() {
    return {Code::kInvalid, "Both project_id and project_name can't be set"};
}

struct Options {
    engine::WantedAttempt wanted;
    bool ignore_failure = false;
    bool rerun_on_failed = false;
    bool rerun_on_success = false;
};

Result<Options> read(const engine::TaskContext& context) {
    Options options;
    options.wanted.workflow = TRY(engine::required_text(context.parameters, "_command"));
    options.wanted.project_id = TRY(engine::optional_text(context.local, "project_id"));
    options.wanted.project_name = TRY(engine::optional_text(context.local, "project_name"));
    if (options.wanted.project_id && options.wanted.project_name) {
        return two_projects();
    }
    std::string time = TRY(engine::required_text(context.parameters, "session_time"));
    auto instant = base::parse_iso(time);
    if (!instant) {
        return Error(Code::kInvalid,
                     "session_time: not a time like 2024-03-10T00:00:00+09:00: " + time);
    }
    options.wanted.session_time = std::chrono::floor<std::chrono::seconds>(*instant);
    options.wanted.asked_by = context.attempt_id;
    options.wanted.asked_by_workflow =
        context.full_name.substr(1, context.full_name.find('+', 1) - 1);
    auto name = TRY(engine::optional_text(context.local, "retry_attempt_name"));
    options.wanted.retry_name = name.value_or("");
    if (engine::present(context.parameters, "params")) {
        options.wanted.parameters = TRY(engine::required_map(context.parameters, "params"));
    }
    options.ignore_failure =
        TRY(engine::optional_boolean(context.parameters, "ignore_failure", false));
    auto rerun = TRY(engine::optional_text(context.parameters, "rerun_on"));
    std::string when = rerun.value_or("none");
    if (when != "none" && when != "failed" && when != "all") {
        return Error(Code::kInvalid,
                     "invalid rerun_on option:" + when + " (it is none, failed or all)");
    }
    options.rerun_on_failed = when != "none";
    options.rerun_on_success = when == "all";
    return options;
}

int64_t number(const config::Map& state, std::string_view name) {
    auto found = engine::required_integer(state, name);
    return found.ok() ? *found : 0;
}

class Require final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto outcome = start_or_look(context);
        if (outcome.ok()) return std::move(*outcome);
        return failure_of(outcome.error());
    }
    engine::OperatorOptions options() const override {
        using Kind = engine::OptionKind;
        return {
            .options = {
                {.name = "_command", .kind = Kind::kText, .is_required = true},
                {.name = "project_id", .help = "The project that it is in."},
                {.name = "project_name", .help = "The same by its name; not both."},
                {.name = "session_time",
                 .kind = Kind::kText,
                 .help = "Another session than this one."},
                {.name = "ignore_failure",
                 .kind = Kind::kBoolean,
                 .help = "Succeed even if it fails."},
                {.name = "rerun_on",
                 .kind = Kind::kText,
                 .help = "When to start another attempt although there is one.",
                 .words = {"none", "failed", "all"}},
                {.name = "retry_attempt_name", .kind = Kind::kText, .help = "The attempt's name."},
                {.name = "params", .kind = Kind::kMapping, .help = "Parameters of the attempt."}}};
    }
    Result<> check(const config::Map& written) const override {
        if (engine::present(written, "project_id") && engine::present(written, "project_name")) {
            return two_projects();
        }
        return {};
    }

  private:
    static Result<engine::Outcome> start_or_look(engine::TaskContext& context) {
        Options options = TRY(read(context));
        config::Map state = context.state;
        if (const config::Value* success = engine::present(state, kSuccess)) {
            bool is_retry = number(state, "retry_count") > number(state, kEndedTry);
            bool again = is_retry && engine::retries_required_attempts(context.compatibility);
            if (!again) return end(options, state, success->is_boolean() && success->boolean());
            state.set(kRerunName, rerun_name(context));
            for (const char* name : {kKicked, kSuccess, kEndedTry, kLooks}) state.erase(name);
        }
        engine::Attempts& attempts = context.surroundings.attempts;
        if (!engine::present(state, kKicked)) {
            auto started = start(context, options, state);
            if (!started.ok() && started.error().code() == Code::kUnavailable) {
                // Not at once: others may just be beginning, or ending.
                if (number(state, kLooks) == kLooksUntilTold) {
                    log::warn("waiting: " + started.error().message(),
                              {{"task", context.full_name}});
                }
                return look_again(context, std::move(state));
            }
            TRY(std::move(started));
        }
        set_name(options.wanted, state);
        auto now = TRY(attempts.look(options.wanted, number(state, kAttempt)));
        if (now.is_done) {
            // Stored first: what a _retry or a restart finds is how it ended.
            state.set(kSuccess, now.is_success);
            state.set(kEndedTry, number(state, "retry_count"));
            return engine::Outcome(
                engine::Again{.at = context.clock.now(), .state = std::move(state)});
        }
        return look_again(context, std::move(state));
    }

    static engine::Outcome look_again(const engine::TaskContext& context, config::Map state) {
        int64_t looks = number(state, kLooks);
        auto wait = std::min(kLookLast, kLookFirst * (1 << std::min<int64_t>(looks, 10)));
        // From the longest wait on the state stays as it is and needs no writing.
        if (wait < kLookLast) state.set(kLooks, looks + 1);
        return engine::Again{.at = context.clock.now() + wait, .state = std::move(state)};
    }

    // Leaves in the state which attempt it is.
    static Result<> start(engine::TaskContext& context, Options& options, config::Map& state) {
        engine::Attempts& attempts = context.surroundings.attempts;
        set_name(options.wanted, state);
        auto started = TRY(attempts.start(options.wanted));
        bool is_other = !started.is_new && started.is_done && !engine::present(state, kRerunName);
        bool wants_rerun = started.is_success ? options.rerun_on_success : options.rerun_on_failed;
        if (is_other && wants_rerun) {
            state.set(kRerunName, rerun_name(context));
            set_name(options.wanted, state);
            started = TRY(attempts.start(options.wanted));
        }
        state.set(kKicked, true);
        state.erase(kLooks);
        state.set(kSession, started.session_id);
        state.set(kAttempt, started.attempt_id);
        return {};
    }

    // The same after a restart, so that what was started then is found again.
    static std::string rerun_name(const engine::TaskContext& context) {
        return "rerun-" + std::to_string(context.attempt_id) + "-" +
               std::to_string(context.task_id) + "-" +
               std::to_string(number(context.state, "retry_count"));
    }

    static void set_name(engine::WantedAttempt& wanted, const config::Map& state) {
        const config::Value* name = engine::present(state, kRerunName);
        if (name && name->is_string()) wanted.retry_name = name->string();
    }

    static engine::Outcome end(const Options& options, const config::Map& state, bool success) {
        if (success || options.ignore_failure) return engine::Done{};
        return engine::failed(
            "Dependent workflow failed. Session id: " + std::to_string(number(state, kSession)) +
            ", attempt id: " + std::to_string(number(state, kAttempt)));
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, require) {
    registry.operators.add("require", "Run another workflow as an attempt of its own.",
                           [] { return std::make_unique<Require>(); });
}
