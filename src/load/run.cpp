// A load from begin to end: make the plugins, run the tasks, commit or roll back.

#include "base/log.h"
#include "load/execution.h"
#include "load/job.h"
#include "load/origin.h"
#include "load/reject_log.h"
#include "load/resumption.h"
#include "load/run_context.h"
#include "load/stages.h"
#include "load/target.h"

#include <pthread.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace mogura::load {
namespace {

// Runs the tasks between an origin and a target. Every task runs to its end, also when another
// failed (1.8.6). Those that stand in `finished` do not run; afterwards those that are finished do.
class Run {
  public:
    // Each task has `branches` output tasks. What is written counts in `written`, which may be
    // another than the machinery's.
    Run(Origin& origin, Target& target, const Machinery& machinery, Progress& written,
        std::vector<bool>& finished, size_t branches)
        : origin_(origin),
          target_(target),
          machinery_(machinery),
          written_(written),
          finished_(finished),
          branches_(branches) {}

    Result<> all(size_t threads) {
        size_t tasks = origin_.tasks();
        machinery_.progress.tasks_total = static_cast<int64_t>(tasks);
        results_.resize(tasks);
        threads = tasks_at_once(target_, threads, tasks);
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
        for (size_t task = 0; task < tasks; ++task) finished_[task] = results_[task].ok();
        return first_failure();
    }

  private:
    void some() {
        while (true) {
            size_t task = next_++;
            if (task >= results_.size()) return;
            if (finished_[task]) {
                log::info("Skipped resumed task " + std::to_string(task));
            } else {
                results_[task] = guarded([&] { return one(task); });
            }
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
            auto writer = target_.open(task * branches_ + branch, written_, machinery_.workers);
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
    std::vector<bool>& finished_;
    const size_t branches_;
    std::atomic<size_t> next_ = 0;
    std::vector<Result<>> results_;
};

// In the original's words: people search logs for them.
void log_tasks(size_t tasks, size_t branches, int threads_max) {
    std::string line =
        "Using local thread executor with max_threads=" + std::to_string(threads_max);
    std::string inputs = std::to_string(tasks);
    log::info(branches == 1 ? line + " / tasks=" + inputs
                            : line + " / output tasks " + std::to_string(tasks * branches) +
                                  " = input tasks " + inputs + " * " + std::to_string(branches));
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
    // A whole filter's rows are of all tasks: what one task gave cannot be told afterwards. The
    // same of rows that a filter keeps.
    bool can_resume() const { return stages_.size() == 1 && !stages_.front().chain.keeps_rows(); }
    // Of a run that begins; the tasks are those of the last stage.
    ResumeState state(const Origin& origin, const Context& context) const {
        size_t tasks = stages_.size() == 1 ? origin.tasks() : 1;
        return {.transaction_time = context.transaction_time,
                .input = origin.state(),
                .in_schema = origin.schema(),
                .out_schema = schema(),
                .finished = std::vector<bool>(tasks),
                .branches = branches_of(tasks, execution_.output_tasks_min)};
    }

    // Afterwards `state` has the tasks that are finished.
    Result<> run(Origin& origin, Target& target, ResumeState& state) {
        stages_.back().chain.set_formatter(target.formatter());
        rejects_ = TRY(RejectLog::open(execution_.rejects, progress_));
        auto result = all(origin, target, state);
        auto kept = rejects_->finish();
        if (!result.ok()) return result;
        if (!kept.ok()) return kept;
        for (const Stage& stage : stages_) TRY(stage.chain.finish());
        return {};
    }

    // The target has committed.
    Result<> commit() {
        for (const Stage& stage : stages_) TRY(stage.chain.commit());
        return {};
    }

  private:
    Result<> all(Origin& origin, Target& target, ResumeState& state) {
        Progress between;  // what a whole filter gives was read and counted before
        Origin* from = &origin;
        Progress* reading = &progress_;
        for (Stage& stage : stages_) {
            if (!stage.whole) {
                state.finished.resize(from->tasks());
                return one({*from, target, stage.chain, *reading, progress_}, state.finished,
                           state.branches);
            }
            auto collector = target_of(*stage.whole);
            std::vector<bool> finished(from->tasks());
            TRY(one({*from, *collector, stage.chain, *reading, between}, finished, 1));
            auto input = TRY(stage.whole->give(stop_));
            inputs_.push_back(std::move(input));
            origins_.push_back(origin_of(*inputs_.back()));
            from = origins_.back().get();
            reading = &between;
            TRY(from->begin(between));
        }
        return {};
    }

    struct Span {
        Origin& origin;
        Target& target;
        const Chain& chain;
        Progress& reading;
        Progress& writing;
    };

    Result<> one(const Span& span, std::vector<bool>& finished, size_t branches) {
        log_tasks(span.origin.tasks(), branches, execution_.threads_max);
        Machinery machinery{workers_, span.chain, *rejects_, span.reading, stop_};
        Run tasks(span.origin, span.target, machinery, span.writing, finished, branches);
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

Error needs_all_rows() {
    return {Code::kConflict,
            "resume: a filter of this load needs all rows (remove the resume state to begin anew)"};
}

Result<Summary> run_origin(Origin& origin, const Job& job, const Plugins& plugins,
                           const Context& context, Progress& progress, std::stop_token stop,
                           Resumption resumption) {
    auto start = context.clock.monotonic();
    PluginConfig top{job.config, job.file, ""};
    Execution execution = TRY(read_execution(job, context));
    const config::Map* out = TRY(mapping_of(top, "out"));
    PluginConfig out_config{*out, job.file, "out"};
    std::unique_ptr<Target> target = TRY(make_target(out_config, plugins, context));
    TRY(resumption.begin(origin, progress));
    std::vector<Stage> made = TRY(make_stages(top, origin.schema(), plugins, context));
    Stages stages(std::move(made), execution, progress, std::move(stop));
    if (resumption.is_again() && !stages.can_resume()) return needs_all_rows();
    ResumeState state = stages.state(origin, context);
    TRY(resumption.take_over(state));
    if (resumption.is_again()) execution.rejects.finished = state.finished;
    auto result = target->begin(stages.schema(), state.finished.size() * state.branches);
    bool runs = result.ok();
    if (runs) result = stages.run(origin, *target, state);
    if (result.ok() && context.before_commit) result = context.before_commit();
    if (result.ok()) result = target->commit();
    if (!result.ok()) {
        resumption.leave(*target, state, runs && stages.can_resume());
        return result.error();
    }
    resumption.forget();
    TRY(stages.commit());
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

Result<Summary> run_input(const Job& job, const Plugins& plugins, const Context& context,
                          Progress& progress, std::stop_token stop, Resumption resumption) {
    const Context own = TRY(context_of(job, plugins, context, stop));
    TRY(check_names(job, plugins, true));
    const config::Map* in = TRY(mapping_of(PluginConfig{job.config, job.file, ""}, "in"));
    PluginConfig place{*in, job.file, "in"};
    std::unique_ptr<Origin> origin = TRY(make_origin(place, plugins, own));
    return run_origin(*origin, job, plugins, own, progress, std::move(stop), std::move(resumption));
}

}  // namespace

Result<Summary> run(const Job& job, const Plugins& plugins, const Context& context,
                    Progress& progress, std::stop_token stop) {
    return run_input(job, plugins, context, progress, std::move(stop), Resumption(nullptr));
}

Result<Summary> run_resumable(const Job& job, const Plugins& plugins, const Context& context,
                              Progress& progress, config::Map& state, std::stop_token stop) {
    Context own = context;
    if (!state.empty()) {
        ResumeState earlier = TRY(ResumeState::read(state));
        own.transaction_time = earlier.transaction_time;
    }
    return run_input(job, plugins, own, progress, std::move(stop), Resumption(&state));
}

Result<Summary> run_from(Input& input, const Job& job, const Plugins& plugins,
                         const Context& context, Progress& progress, std::stop_token stop) {
    const Context own = TRY(context_of(job, plugins, context, stop));
    TRY(check_names(job, plugins, false));
    std::unique_ptr<Origin> origin = origin_of(input);
    return run_origin(*origin, job, plugins, own, progress, std::move(stop), Resumption(nullptr));
}

}  // namespace mogura::load
