// A load from begin to end: make the plugins, run the tasks, commit or roll back.

#include "base/log.h"
#include "load/job.h"
#include "load/origin.h"
#include "load/reject_log.h"
#include "load/stages.h"
#include "load/target.h"

#include <pthread.h>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <utility>

namespace mogura::load {
namespace {

// `exec:`, and the keys of our own that may stand there or at the top.
struct Execution {
    int threads = 1;
    int64_t output_tasks_min = 0;
    RejectLog::Options rejects;
};

template <typename T>
std::optional<T> here_or_at_top(config::Reader& exec, config::Reader& top, std::string_view name,
                                std::string_view help) {
    auto inner = exec.maybe<T>(name, help);
    auto outer = top.maybe<T>(name, help);
    return inner ? inner : outer;
}

Result<Execution> read_execution(const Job& job, const Context& context) {
    const config::Value* value = job.config.find("exec");
    if (value && !value->is_map() && !value->is_null()) {
        return Error(Code::kInvalid, job.file + ": exec: expected a mapping, not " +
                                         std::string(value->kind_name()));
    }
    const config::Map none;
    config::Reader exec(value && value->is_map() ? value->map() : none, job.file, "exec");
    config::Reader top(job.config, job.file, "");
    Execution result;
    std::string type = exec.optional("type", "local", "How tasks run.");
    if (type != "local")
        exec.problem("type", "unknown executor: " + type + " (only local is known)");
    int threads_max = exec.optional("max_threads", context.threads, "Threads at most.");
    if (threads_max < 1) exec.problem("max_threads", "must be 1 or more");
    result.threads = std::clamp(threads_max, 1, std::max(context.threads, 1));
    result.output_tasks_min =
        exec.optional<int64_t>("min_output_tasks", 0, "Output tasks at least.");
    std::string compat = exec.optional("compat", "fixed", "strict or fixed.");
    if (compat != "fixed") {
        exec.problem("compat", compat == "strict"
                                   ? "strict is not there yet (it comes with the embulk command "
                                     "line); only fixed is"
                                   : "must be fixed");
    }
    auto quarantine = here_or_at_top<std::string>(exec, top, "quarantine", "File for bad rows.");
    if (quarantine && !quarantine->empty()) {
        result.rejects.quarantine = (std::filesystem::path(context.folder) / *quarantine).string();
    }
    result.rejects.rows_max =
        here_or_at_top<int64_t>(exec, top, "max_rejected_rows", "Bad rows at most.");
    exec.absorb(std::move(top));
    TRY(exec.finish(/*ignore_unknown=*/true));
    return result;
}

// Runs the tasks of one load. Every task runs to its end, also when another failed (1.8.6).
class Run {
  public:
    // What is written counts in `written`, which may be another than the machinery's.
    Run(Origin& origin, Target& target, const Machinery& machinery, Progress& written,
        size_t branches)
        : origin_(origin),
          target_(target),
          machinery_(machinery),
          written_(written),
          branches_(branches) {}

    Result<> all(size_t threads) {
        size_t tasks = origin_.tasks();
        machinery_.progress.tasks_total = static_cast<int64_t>(tasks);
        results_.resize(tasks);
        threads = target_.is_parallel() ? std::min(threads, tasks) : 1;
        {
            std::vector<std::jthread> others;
            for (size_t number = 1; number < threads; ++number) {
                others.emplace_back([this] {
                    ::pthread_setname_np(::pthread_self(), "load-task");
                    some();
                });
            }
            some();
        }
        return first_failure();
    }

  private:
    void some() {
        while (true) {
            size_t task = next_++;
            if (task >= results_.size()) return;
            results_[task] = guarded([&] { return one(task); });
            ++machinery_.progress.tasks_done;
        }
    }

    Result<> one(size_t task) {
        if (machinery_.stop.stop_requested()) {
            return Error(Code::kCanceled, "the load was stopped");
        }
        std::vector<std::unique_ptr<Writer>> writers;
        auto result = written(task, writers);
        if (!result.ok()) {
            for (auto& writer : writers) writer->abort();
        }
        return result;
    }

    Result<> written(size_t task, std::vector<std::unique_ptr<Writer>>& writers) {
        for (size_t branch = 0; branch < branches_; ++branch) {
            auto writer = target_.open(task * branches_ + branch, written_);
            if (!writer.ok()) return writer.error();
            writers.push_back(*std::move(writer));
        }
        size_t turn = 0;
        TRY(origin_.run(task, machinery_, [&](Batch batch) -> Result<> {
            for (Chunk& chunk : batch) {
                TRY(writers[turn]->write(std::move(chunk)));
                turn = (turn + 1) % branches_;
            }
            return {};
        }));
        for (auto& writer : writers) TRY(writer->finish());
        return {};
    }

    // The first failure is the run's; the others are told.
    Result<> first_failure() const {
        const Error* first = nullptr;
        for (const Result<>& result : results_) {
            if (result.ok()) continue;
            if (first) {
                log::error("a task failed: " + result.error().message());
            } else {
                first = &result.error();
            }
        }
        if (first) return *first;
        return {};
    }

    Origin& origin_;
    Target& target_;
    const Machinery& machinery_;
    Progress& written_;
    const size_t branches_;
    std::atomic<size_t> next_ = 0;
    std::vector<Result<>> results_;
};

// Scatter (1.9.2), only where it is asked for.
size_t branches_of(size_t tasks, int64_t output_tasks_min) {
    size_t wanted = static_cast<size_t>(std::max<int64_t>(output_tasks_min, 0));
    if (tasks == 0 || tasks >= wanted) return 1;
    return (wanted + tasks - 1) / tasks;
}

// Runs the stages of a load, one after the other.
class Stages {
  public:
    Stages(std::vector<Stage> stages, const Execution& execution, Progress& progress,
           std::stop_token stop)
        : stages_(std::move(stages)),
          execution_(execution),
          progress_(progress),
          stop_(std::move(stop)),
          workers_(execution.threads) {}

    const page::Schema& schema() const { return stages_.back().chain.schema(); }
    size_t output_tasks(size_t input_tasks) const {
        size_t tasks = stages_.size() == 1 ? input_tasks : 1;
        return tasks * branches_of(tasks, execution_.output_tasks_min);
    }

    Result<> run(Origin& origin, Target& target) {
        stages_.back().chain.set_formatter(target.formatter());
        rejects_ = TRY(RejectLog::open(execution_.rejects, progress_));
        auto result = all(origin, target);
        auto kept = rejects_->finish();
        if (!result.ok()) return result;
        return kept;
    }

  private:
    Result<> all(Origin& origin, Target& target) {
        Progress between;  // what a whole filter gives was read and counted before
        Origin* from = &origin;
        Progress* reading = &progress_;
        for (Stage& stage : stages_) {
            if (!stage.whole) {
                size_t branches = branches_of(from->tasks(), execution_.output_tasks_min);
                return one(*from, target, stage.chain, branches, *reading, progress_);
            }
            auto collector = target_of(*stage.whole);
            TRY(one(*from, *collector, stage.chain, 1, *reading, between));
            auto input = TRY(stage.whole->give(stop_));
            inputs_.push_back(std::move(input));
            origins_.push_back(origin_of(*inputs_.back()));
            from = origins_.back().get();
            reading = &between;
            TRY(from->begin(between));
        }
        return {};
    }

    Result<> one(Origin& origin, Target& target, const Chain& chain, size_t branches,
                 Progress& reading, Progress& writing) {
        Machinery machinery{workers_, chain, *rejects_, reading, stop_};
        Run tasks(origin, target, machinery, writing, branches);
        return tasks.all(static_cast<size_t>(execution_.threads));
    }

    std::vector<Stage> stages_;
    const Execution& execution_;
    Progress& progress_;
    const std::stop_token stop_;
    Workers workers_;
    std::unique_ptr<RejectLog> rejects_;
    std::vector<std::unique_ptr<Input>> inputs_;
    std::vector<std::unique_ptr<Origin>> origins_;
};

Summary summary_of(const Progress& progress) {
    Summary summary;
    summary.rows_read = progress.rows_read;
    summary.rows_written = progress.rows_written;
    summary.rows_rejected = progress.rows_rejected;
    summary.bytes_read = progress.bytes_read;
    summary.bytes_written = progress.bytes_written;
    return summary;
}

Result<Summary> run_origin(Origin& origin, const Job& job, const Plugins& plugins,
                           const Context& context, Progress& progress, std::stop_token stop) {
    auto start = context.clock.monotonic();
    PluginConfig top{job.config, job.file, ""};
    Execution execution = TRY(read_execution(job, context));
    const config::Map* out = TRY(mapping_of(top, "out"));
    PluginConfig out_config{*out, job.file, "out"};
    std::unique_ptr<Target> target = TRY(make_target(out_config, plugins, context));
    TRY(origin.begin(progress));
    std::vector<Stage> made = TRY(make_stages(top, origin.schema(), plugins, context));
    Stages stages(std::move(made), execution, progress, std::move(stop));
    auto result = target->begin(stages.schema(), stages.output_tasks(origin.tasks()));
    if (result.ok()) result = stages.run(origin, *target);
    if (result.ok()) result = target->commit();
    if (!result.ok()) {
        target->rollback();
        return result.error();
    }
    Summary summary = summary_of(progress);
    summary.diff.set("in", origin.diff());
    summary.diff.set("out", target->diff());
    summary.duration = context.clock.monotonic() - start;
    return summary;
}

Result<> check_names(const Job& job, const Plugins& plugins, bool has_input) {
    PluginConfig top{job.config, job.file, ""};
    if (has_input) {
        const config::Map* in = TRY(mapping_of(top, "in"));
        TRY(check_origin(PluginConfig{*in, job.file, "in"}, plugins));
    }
    TRY(check_filters(top, plugins));
    const config::Map* out = TRY(mapping_of(top, "out"));
    return check_target(PluginConfig{*out, job.file, "out"}, plugins);
}

// Plugins may contain others.
Context complete(const Context& context, const Plugins& plugins) {
    Context result = context;
    result.plugins = &plugins;
    return result;
}

}  // namespace

Result<Summary> run(const Job& job, const Plugins& plugins, const Context& context,
                    Progress& progress, std::stop_token stop) {
    TRY(check_names(job, plugins, true));
    const Context own = complete(context, plugins);
    const config::Map* in = TRY(mapping_of(PluginConfig{job.config, job.file, ""}, "in"));
    PluginConfig place{*in, job.file, "in"};
    std::unique_ptr<Origin> origin = TRY(make_origin(place, plugins, own));
    return run_origin(*origin, job, plugins, own, progress, std::move(stop));
}

Result<Summary> run_from(Input& input, const Job& job, const Plugins& plugins,
                         const Context& context, Progress& progress, std::stop_token stop) {
    TRY(check_names(job, plugins, false));
    const Context own = complete(context, plugins);
    std::unique_ptr<Origin> origin = origin_of(input);
    return run_origin(*origin, job, plugins, own, progress, std::move(stop));
}

}  // namespace mogura::load
