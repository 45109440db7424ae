#include "load/execution.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace mogura::load {
namespace {

template <typename T>
std::optional<T> here_or_at_top(config::Reader& exec, config::Reader& top, std::string_view name,
                                std::string_view help) {
    auto inner = exec.maybe<T>(name, help);
    auto outer = top.maybe<T>(name, help);
    return inner ? inner : outer;
}

}  // namespace

Result<Execution> read_execution(const Job& job, const Context& context) {
    const config::Value* value = job.config.find("exec");  // checked by context_of()
    const config::Map none;
    config::Reader exec(value && value->is_map() ? value->map() : none, job.file, "exec");
    config::Reader top(job.config, job.file, "");
    Execution result;
    std::string type = exec.optional("type", "local", "How tasks run.");
    if (type != "local")
        exec.problem("type", "unknown executor: " + type + " (only local is known)");
    result.threads_max = exec.optional("max_threads", context.threads, "Threads at most.");
    if (result.threads_max < 1) exec.problem("max_threads", "must be 1 or more");
    result.threads = std::clamp(result.threads_max, 1, std::max(context.threads, 1));
    result.output_tasks_min = exec.optional<int64_t>(
        "min_output_tasks", scatters_unasked(context.compat) ? context.threads : 0,
        "Output tasks at least.");
    auto quarantine = here_or_at_top<std::string>(exec, top, "quarantine", "File for bad rows.");
    if (quarantine && !quarantine->empty()) {
        result.rejects.quarantine = (std::filesystem::path(context.folder) / *quarantine).string();
    }
    result.rejects.rows_max =
        here_or_at_top<int64_t>(exec, top, "max_rejected_rows", "Bad rows at most.");
    if (result.rejects.rows_max && *result.rejects.rows_max < 0) {
        config::Reader& place = exec.has("max_rejected_rows") ? exec : top;
        place.problem("max_rejected_rows",
                      "must be 0 or more, not " + std::to_string(*result.rejects.rows_max) +
                          " (0: the first bad row fails the run; without it there is no limit)");
    }
    exec.absorb(std::move(top));
    TRY(exec.finish(/*ignore_unknown=*/true));
    return result;
}

size_t branches_of(size_t tasks, int64_t output_tasks_min) {
    size_t wanted = static_cast<size_t>(std::max<int64_t>(output_tasks_min, 0));
    if (tasks == 0 || tasks >= wanted) return 1;
    return (wanted + tasks - 1) / tasks;
}

}  // namespace mogura::load
