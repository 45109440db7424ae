#include "engine/call.h"

#include "base/log.h"
#include "engine/builtins.h"
#include "engine/parameters.h"
#include "engine/retry.h"
#include "engine/tree.h"
#include "engine/unused.h"
#include "workflow/workflow.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace mogura::engine {
namespace {

// Everything before the operator is found.
struct Prepared {
    script::Evaluator::Evaluated evaluated;
    bool has_operator = false;  // without one the task does nothing (4.0.3)
    TaskStart start;
};

constexpr const char* kError = "error";  // 2.3.2

Failed not_started(const Error& error) {
    // Some texts come with their kind already (2.3.4).
    return error.message().ends_with("(config)") ? failed(error.message())
                                                 : failed_config(error.message());
}

config::Map scope_of(const CallRequest& request) {
    config::Map scope = *request.inherited;
    if (const config::Value* exported = request.config->find("_export")) {
        if (exported->is_map()) config::merge(scope, exported->map());
    }
    scope.erase("_check");
    scope.erase("_error");
    config::Map neighbours;
    add_neighbour_sessions(neighbours, scope, request.attempt->zone);
    for (const auto& entry : neighbours) scope.set(entry.key, entry.value);
    for (const auto& entry : request.attempt->variables) scope.set(entry.key, entry.value);
    scope.set("task_name", request.full_name);
    return scope;
}

config::Map local_of(const CallRequest& request) {
    config::Map local;
    for (const auto& entry : *request.config) {
        if (entry.key == "_export" || entry.key == "_check" || entry.key == "_error") continue;
        local.append(entry.key, entry.value);
    }
    return local;
}

Result<Prepared> prepare(const CallRequest& request, const CallParts& parts) {
    Prepared prepared;
    config::Map scope = scope_of(request);
    config::Map local = local_of(request);
    bool is_data =
        request.is_told_failure && !evaluates_failures(parts.compatibility) && !local.find(kError);
    prepared.evaluated = TRY(parts.evaluator.evaluate({.parameters = scope,
                                                       .time_zone = request.attempt->zone.name(),
                                                       .data = is_data ? kError : ""},
                                                      local));
    config::Map& parameters = prepared.evaluated.parameters;
    auto found = workflow::find_operator(parameters);
    if (!found) return prepared;
    prepared.has_operator = true;
    parameters.set("_type", found->type);
    if (!found->command.is_null()) parameters.set("_command", found->command);
    prepared.start = {.task_id = static_cast<int64_t>(request.task),
                      .full_name = request.full_name,
                      .type = found->type,
                      .command = found->command.is_null() ? "" : plain_text(found->command),
                      .progress = request.progress};
    return prepared;
}

// Where relative paths of the task begin (6.3.2).
Result<std::string> work_folder(const config::Map& parameters, const std::string& project) {
    auto below = TRY(optional_text(parameters, "_workdir"));
    if (!below || below->empty() || *below == ".") return project;
    std::string folder = project + "/" + *below;
    int depth = 0;
    for (size_t place = 0; place <= below->size();) {
        size_t end = std::min(below->find('/', place), below->size());
        std::string part = below->substr(place, end - place);
        if (part == "..") --depth;
        if (!part.empty() && part != "." && part != "..") ++depth;
        if (depth < 0) break;
        place = end + 1;
    }
    if (depth < 0 || below->starts_with("/")) {
        return Error(Code::kInvalid,
                     "Working directory must not be outside of project path: " + *below);
    }
    return folder;
}

Outcome run_operator(const CallRequest& request, const CallParts& parts, Operator& task_operator,
                     const Prepared& prepared, const std::string& folder) {
    TaskContext context{
        .full_name = request.full_name,
        .task_id = static_cast<int64_t>(request.task),
        .attempt_id = static_cast<int64_t>(request.attempt->id),
        .parameters = prepared.evaluated.parameters,
        .local = prepared.evaluated.local,
        .state = request.state,
        .time_zone = request.attempt->zone.name(),
        .project_folder = parts.folders.project,
        .work_folder = folder,
        .temporary_folder = parts.folders.temporary,
        .tasks_max = parts.tasks_max,
        .compatibility = parts.compatibility,
        .clock = parts.clock,
        .evaluator = parts.evaluator,
        .executor = parts.executor,
        .secrets = parts.secrets,
        .surroundings = parts.surroundings,
        .progress = *request.progress,
        .stop = request.stop,
        .print = [&](std::string_view text) { parts.observer.on_output(request.full_name, text); },
        .printed_bytes = *request.printed_bytes,
    };
    if (!request.is_cancel) return task_operator.run(context);
    auto again = task_operator.cancel(context);
    if (again) return std::move(*again);
    return failed("canceled");
}

// A failure that `_retry` allows becomes "call me again" (2.5).
void retry_if_allowed(CallResult& result, const CallRequest& request, const CallParts& parts,
                      const RetryPolicy& policy) {
    auto* failure = std::get_if<Failed>(&result.outcome);
    if (!failure || request.stop.stop_requested()) return;
    int64_t done = retry_count(request.state);
    auto wait = policy.wait_after(done);
    if (!wait) return;
    const config::Value* message = failure->error.find("message");
    result.retried_failure = message ? plain_text(*message) : "";
    Again again{.at = parts.clock.now() + *wait, .state = request.state};
    again.state.erase("commandStatus");
    again.state.set(kRetryCount, done + 1);
    result.outcome = std::move(again);
}

// Users write `sh>:`, and read of `_command` when something is wrong with it.
void explain_command(CallResult& result, const std::string& type) {
    auto* failure = std::get_if<Failed>(&result.outcome);
    const config::Value* message = failure ? failure->error.find("message") : nullptr;
    if (!message || !message->is_string()) return;
    std::string text = message->string();
    for (std::string_view words : {"Parameter '_command'", "for key '_command'"}) {
        size_t place = text.find(words);
        if (place == std::string::npos) continue;
        text.insert(place + words.size(), " (what stands behind " + type + ">)");
        failure->error.set("message", std::move(text));
        return;
    }
}

// An operator's own state says nothing of the retries that were made before it.
void keep_retry_count(CallResult& result, const config::Map& state) {
    auto* again = std::get_if<Again>(&result.outcome);
    const config::Value* count = state.find(kRetryCount);
    if (!again || !count || again->state.find(kRetryCount)) return;
    again->state.set(kRetryCount, *count);
}

CallResult call_prepared(const CallRequest& request, const CallParts& parts,
                         const Prepared& prepared) {
    const config::Map& parameters = prepared.evaluated.parameters;
    std::string message;
    auto task_operator = parts.operators.make(prepared.start.type, parameters, message);
    if (!task_operator) return {failed_config(message)};
    auto folder = work_folder(parameters, parts.folders.project);
    if (!folder.ok()) return {failed_config(folder.error().message())};
    RetryPolicy policy;
    if (task_operator->honours_retry()) {
        auto read = read_retry(parameters);
        if (!read.ok()) return {failed_config(read.error().message())};
        policy = *read;
    }
    CallResult result{run_operator(request, parts, *task_operator, prepared, *folder)};
    if (explains_commands(parts.compatibility)) explain_command(result, prepared.start.type);
    if (!request.is_cancel) retry_if_allowed(result, request, parts, policy);
    keep_retry_count(result, request.state);
    auto known = task_operator->keys();
    if (known && std::holds_alternative<Done>(result.outcome) &&
        reports_unused(parts.compatibility, prepared.start.type)) {
        report_unused(request.full_name, *request.config, *known, parts.compatibility);
    }
    return result;
}

CallResult call_within_walls(CallRequest& request, const CallParts& parts) {
    bool is_guarded = !request.attempt->is_beside;
    if (is_guarded && request.is_first && !request.is_cancel) {
        auto done = parts.gatekeeper.instead_of(request.full_name, request.is_repeat);
        if (done) return {std::move(*done)};
    }
    if (request.full_name.ends_with(kFailureAlert) && request.is_first) {
        log::warn("Workflow session attempt failed",
                  {{"attempt", static_cast<int64_t>(request.attempt->id)}});
    }
    // Without settings there is nobody to tell.
    if (request.full_name.ends_with(kFailureAlert) && parts.surroundings.settings.empty()) {
        return {Done{}};
    }
    auto prepared = prepare(request, parts);
    if (!prepared.ok()) return {not_started(prepared.error())};
    if (!prepared->has_operator) return {Done{}};
    if (request.is_cancel) return call_prepared(request, parts, *prepared);
    if (request.is_first) parts.observer.on_start(prepared->start);
    if (is_guarded) {
        auto done =
            parts.gatekeeper.instead_of_operator(prepared->start, prepared->evaluated.parameters);
        if (done) return {std::move(*done)};
    }
    return call_prepared(request, parts, *prepared);
}

}  // namespace

CallResult call_operator(CallRequest& request, const CallParts& parts) {
    try {
        return call_within_walls(request, parts);
    } catch (const std::exception& bug) {
        log::error("an operator has a bug", {{"task", request.full_name}, {"what", bug.what()}});
        return {failed(std::string(bug.what()) + " (bug)")};
    }
}

}  // namespace mogura::engine
