// A load from begin to end: make the plugins, run the tasks, commit or roll back.

#include "base/log.h"
#include "load/execution.h"
#include "load/job.h"
#include "load/origin.h"
#include "load/reject_log.h"
#include "load/resumption.h"
#include "load/row_numbers.h"
#include "load/run_context.h"
#include "load/stages.h"
#include "load/target.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <thread>
#include <utility>

namespace mogura::load {
namespace {

// What every task of a run gets.
struct Span {
    Origin& origin;
    Target& target;
    const Machinery& machinery;
    Progress& written;  // may be another than the machinery's
    const base::Clock& clock;
    Resumption* resumption;  // none: nobody can go on from here
};

// The rows of a chunk behind the first `count`; pages only, text has whole pieces.
Chunk without_first(Chunk chunk, int64_t count) {
    std::vector<uint8_t> keep(chunk.page.rows(), 1);
    std::fill_n(keep.begin(), count, 0);
    chunk.page = std::move(chunk.page).filter(keep);
    chunk.rows -= count;
    return chunk;
}

// One task on its way into its writers.
class TaskRun {
  public:
    // Each input task has as many output tasks as `kept` has entries; those say where to go on.
    TaskRun(const Span& span, size_t task, std::span<Kept> kept)
        : span_(span),
          task_(task),
          kept_(kept),
          before_(kept.front().position.rows),
          numbers_(source_of(span.origin, task, kept.front().position), kept.size()) {}

    Result<> run() {
        auto result = written();
        if (result.ok()) return result;
        for (auto& writer : writers_) writer->abort();
        return result;
    }

  private:
    // As messages name it: rows are counted from where the task begins, here.
    static std::string source_of(const Origin& origin, size_t task, const Position& from) {
        std::string source = origin.name_of(task);
        if (source.empty()) source = "task " + std::to_string(task);
        if (from.offset_bytes > 0) source += " from byte " + std::to_string(from.offset_bytes);
        return source;
    }

    Result<> at_row(const Result<>& failed, size_t branch) const {
        RowRange rows = writers_[branch]->failed_rows();
        if (rows.first > 0) {
            rows.first += kept_.front().position.rows;
            rows.last += kept_.front().position.rows;
        }
        return numbers_.place(failed.error(), branch, rows);
    }

    size_t output_task(size_t branch) const { return task_ * kept_.size() + branch; }

    Result<> written() {
        const Position from = kept_.front().position;
        position_ = from;
        for (size_t branch = 0; branch < kept_.size(); ++branch) {
            auto writer = span_.target.open(output_task(branch), kept_[branch], span_.written,
                                            span_.machinery.workers);
            if (!writer.ok()) return writer.error();
            writers_.push_back(*std::move(writer));
        }
        TRY(span_.origin.run(task_, from, span_.machinery,
                             [&](Batch batch, const Position* next) -> Result<> {
                                 TRY(write(std::move(batch)));
                                 if (!next || !span_.resumption || kept_.size() > 1) return {};
                                 return mark(*next);
                             }));
        // In front of the mark that the task is finished: nobody reads it again then.
        if (span_.resumption) {
            TRY(span_.machinery.rejects.settle());
            TRY(span_.resumption->learn(span_.origin));
        }
        for (size_t branch = 0; branch < writers_.size(); ++branch) {
            auto finished = writers_[branch]->finish();
            if (!finished.ok()) return at_row(finished, branch);
        }
        return note_finished();
    }

    Result<> write(Batch batch) {
        for (Chunk& chunk : batch) {
            if (before_ > 0) {
                const int64_t skipped = std::min(before_, chunk.rows);
                before_ -= skipped;
                if (skipped == chunk.rows) continue;
                if (skipped > 0) chunk = without_first(std::move(chunk), skipped);
            }
            numbers_.gave(chunk.rows);
            auto taken = writers_[turn_]->write(std::move(chunk));
            if (!taken.ok()) return at_row(taken, turn_);
            turn_ = (turn_ + 1) % writers_.size();
        }
        return {};
    }

    Result<> mark(const Position& next) {
        constexpr std::chrono::milliseconds kBetweenSaves{500};
        position_ = next;
        position_.rows = before_;  // pieces need not end where those of the run before did
        TRY(span_.machinery.rejects.settle());
        writers_.front()->mark(position_);
        if (span_.clock.monotonic() - saved_at_ < kBetweenSaves) return {};
        std::optional<Kept> kept = TRY(writers_.front()->save(position_));
        saved_at_ = span_.clock.monotonic();
        kept ? span_.resumption->note(output_task(0), *kept) : span_.resumption->tick();
        return {};
    }

    Result<> note_finished() {
        if (!span_.resumption) return {};
        for (size_t branch = 0; branch < kept_.size(); ++branch) {
            Kept kept = TRY(span_.target.finished(output_task(branch)));
            kept.position = position_;
            span_.resumption->note(output_task(branch), kept);
        }
        return {};
    }

    const Span& span_;
    const size_t task_;
    const std::span<Kept> kept_;
    int64_t before_;  // rows that come again, and are there already
    Position position_;
    std::chrono::nanoseconds saved_at_{0};
    RowNumbers numbers_;
    size_t turn_ = 0;
    std::vector<std::unique_ptr<Writer>> writers_;
};

// Runs the tasks between an origin and a target. Every task runs to its end, also when another
// failed (1.8.6). Those that are finished do not run.
class Run {
  public:
    // `kept`: by output task, each input task has `branches` of them.
    Run(const Span& span, std::vector<Kept>& kept, size_t branches)
        : span_(span), kept_(kept), branches_(branches) {}

    Result<> all(size_t threads) {
        size_t tasks = kept_.size() / branches_;
        span_.machinery.progress.tasks_total = static_cast<int64_t>(tasks);
        results_.resize(tasks);
        threads = tasks_at_once(span_.target, threads, tasks);
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
            std::span<Kept> kept = std::span(kept_).subspan(task * branches_, branches_);
            if (std::ranges::all_of(kept, [](const Kept& each) { return each.is_finished; })) {
                log::info("Skipped resumed task " + std::to_string(task));
            } else {
                results_[task] = guarded([&] { return one(task, kept); });
            }
            ++span_.machinery.progress.tasks_done;
        }
    }

    Result<> one(size_t task, std::span<Kept> kept) {
        if (span_.machinery.stop.stop_requested()) {
            return Error(Code::kCanceled, "the load was stopped");
        }
        return TaskRun(span_, task, kept).run();
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

    const Span& span_;
    std::vector<Kept>& kept_;
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
    Stages(std::vector<Stage> stages, const Execution& execution, const base::Clock& clock,
           Progress& progress, std::stop_token stop)
        : stages_(std::move(stages)),
          execution_(execution),
          clock_(clock),
          progress_(progress),
          stop_(std::move(stop)),
          workers_(execution.threads) {}

    const page::Schema& schema() const { return stages_.back().chain.schema(); }
    // A whole filter's rows are of all tasks: what one task gave cannot be told afterwards. The
    // same of rows that a filter keeps.
    bool can_resume() const { return stages_.size() == 1 && !stages_.front().chain.keeps_rows(); }
    // Of a run that begins; the tasks are those of the last stage.
    ResumeState state(const Origin& origin, const Context& context, bool scatters) const {
        size_t tasks = stages_.size() == 1 ? origin.tasks() : 1;
        size_t branches = scatters ? branches_of(tasks, execution_.output_tasks_min) : 1;
        return {.transaction_time = context.transaction_time,
                .input = origin.state(),
                .in_schema = origin.schema(),
                .out_schema = schema(),
                .kept = std::vector<Kept>(tasks * branches),
                .branches = branches};
    }

    // From `state` on. `resumption`: nothing where nobody can go on from this run.
    Result<> run(Origin& origin, Target& target, ResumeState state, Resumption* resumption) {
        stages_.back().chain.set_formatter(target.formatter());
        if (!rejects_) TRY(open_rejects(resumption && resumption->is_again() ? &state : nullptr));
        auto result = all(origin, target, state, resumption);
        auto kept = rejects_->finish();
        if (!result.ok()) return result;
        if (!kept.ok()) return kept;
        for (const Stage& stage : stages_) TRY(stage.chain.finish());
        return {};
    }

    // `again`: the entries of the tasks that it has done stay. Otherwise those that are there are
    // of another load; a state must not be written before they have another name.
    Result<> open_rejects(const ResumeState* again) {
        RejectLog::Options options = execution_.rejects;
        if (again) {
            options.kept = entries_of(*again);
            for (const Kept& kept : again->kept) options.counted_before += kept.position.rejects;
        }
        rejects_ = TRY(RejectLog::open(std::move(options), progress_));
        return {};
    }

    // The target has committed.
    Result<> commit() {
        for (const Stage& stage : stages_) TRY(stage.chain.commit());
        return {};
    }

  private:
    // How many entries of the quarantine each input task keeps.
    static std::vector<int64_t> entries_of(const ResumeState& state) {
        std::vector<int64_t> entries(state.tasks());
        for (size_t task = 0; task < entries.size(); ++task) {
            entries[task] = state.is_finished(task)
                                ? RejectLog::kAllEntries
                                : state.kept[task * state.branches].position.rejects;
        }
        return entries;
    }

    Result<> all(Origin& origin, Target& target, ResumeState& state, Resumption* resumption) {
        Progress between;  // what a whole filter gives was read and counted before
        Origin* from = &origin;
        Progress* reading = &progress_;
        for (Stage& stage : stages_) {
            if (!stage.whole) {
                state.kept.resize(from->tasks() * state.branches);
                Machinery machinery{workers_, stage.chain, *rejects_, *reading, stop_};
                return one({*from, target, machinery, progress_, clock_, resumption}, state.kept,
                           state.branches);
            }
            auto collector = target_of(*stage.whole);
            std::vector<Kept> kept(from->tasks());
            Machinery machinery{workers_, stage.chain, *rejects_, *reading, stop_};
            TRY(one({*from, *collector, machinery, between, clock_, nullptr}, kept, 1));
            auto input = TRY(stage.whole->give(stop_));
            inputs_.push_back(std::move(input));
            origins_.push_back(origin_of(*inputs_.back()));
            from = origins_.back().get();
            reading = &between;
            TRY(from->begin(between));
        }
        return {};
    }

    Result<> one(const Span& span, std::vector<Kept>& kept, size_t branches) {
        log_tasks(kept.size() / branches, branches, execution_.threads_max);
        return Run(span, kept, branches).all(static_cast<size_t>(execution_.threads));
    }

    std::vector<Stage> stages_;
    const Execution& execution_;
    const base::Clock& clock_;
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

// Whether this run can be gone on with; says so when somebody wants that, and it cannot.
Result<bool> keeps_rows(const Resumption& resumption, const Stages& stages, const Target& target) {
    if (!resumption.is_asked()) return false;
    if (stages.can_resume() && target.can_keep()) return true;
    const std::string reason = stages.can_resume() ? "its output keeps nothing of a failed run"
                                                   : "a filter of this load needs all rows";
    if (resumption.is_again()) {
        return Error(Code::kConflict,
                     "resume: " + reason + " (remove the resume state to begin anew)");
    }
    log::warn("no resume state is kept: " + reason + ", so a run that fails begins anew");
    return false;
}

// A failed commit with the row that it failed at.
Error at_row(const Error& failure, TaskRow row, const Origin& origin, size_t branches) {
    std::string source = "output task " + std::to_string(row.task);
    if (branches == 1 && row.task < origin.tasks() && !origin.name_of(row.task).empty()) {
        source = origin.name_of(row.task);
    }
    return RowNumbers(source, 1).place(failure, 0, {.first = row.row, .last = row.row});
}

// Of what must not change in the middle of a task. What people do change before they let a failed
// load go on is left out: whether a bad record stops it, and limits.
std::string way_of(const config::Map& config) {
    config::List parts;
    const auto add = [&](const config::Value* map, std::string_view key) {
        const config::Value* part = map ? map->find(key) : nullptr;
        parts.push_back(part ? *part : config::Value(nullptr));
        if (parts.back().is_map()) parts.back().map().erase("stop_on_invalid_record");
    };
    for (const char* key : {"decoders", "parser"}) add(config.find("in"), key);
    for (const char* key : {"formatter", "encoders", "column_options"})
        add(config.find("out"), key);
    const config::Value* filters = config.find("filters");
    parts.push_back(filters ? *filters : config::Value(nullptr));
    const std::string text = config::to_json(config::Value(std::move(parts)));
    return std::to_string(std::hash<std::string>()(text));
}

// Tasks in whose middle nobody can go on begin anew, in `state` and at the target.
Result<> restart_tasks(Origin& origin, Target& target, bool is_same_way, ResumeState& state) {
    for (size_t task = 0; task < state.tasks(); ++task) {
        const size_t first = task * state.branches;
        std::span<const Kept> kept = std::span(state.kept).subspan(first, state.branches);
        const bool has_begun = std::ranges::any_of(kept, [](const Kept& each) {
            return each.is_finished || !each.position.is_beginning();
        });
        if (!has_begun) origin.renew(task);
        if (!has_begun || state.is_finished(task)) continue;
        if (is_same_way && state.branches == 1 && origin.is_unchanged(task)) continue;
        const std::string name = origin.name_of(task);
        log::warn((name.empty() ? "task " + std::to_string(task) : name) +
                  (is_same_way
                       ? ": the task begins anew, its input is not what it was or cannot be "
                         "read from its middle on"
                       : ": the task begins anew, since the configuration has changed"));
        for (size_t branch = 0; branch < state.branches; ++branch) {
            TRY(target.restart(first + branch, state.kept));
        }
        origin.renew(task);
    }
    state.input = origin.state();
    return {};
}

// What is there already is not read again.
void count_less(const Origin& origin, const ResumeState& state, Progress& progress) {
    if (progress.bytes_total < 0) return;
    for (size_t task = 0; task < state.tasks(); ++task) {
        if (state.is_finished(task) && origin.size_bytes(task) > 0) {
            progress.bytes_total -= origin.size_bytes(task);
        }
    }
}

// A load from its target's begin to its end, kept for a later run or not.
class Transaction {
  public:
    Transaction(Origin& origin, Target& target, Stages& stages, Resumption& resumption,
                const Context& context)
        : origin_(origin),
          target_(target),
          stages_(stages),
          resumption_(resumption),
          context_(context) {}

    Result<> run(ResumeState state, bool keeps, Progress& progress) {
        branches_ = state.branches;
        if (keeps) return run_kept(std::move(state), progress);
        auto result = target_.begin(stages_.schema(), state.kept.size());
        if (result.ok()) result = stages_.run(origin_, target_, std::move(state), nullptr);
        if (result.ok()) result = commit();
        if (!result.ok()) target_.rollback();
        return result;
    }

  private:
    Result<> commit() {
        if (context_.before_commit) TRY(context_.before_commit());
        auto committed = target_.commit();
        if (committed.ok()) return committed;
        return at_row(committed.error(), target_.failed_row(), origin_, branches_);
    }

    Result<> begin_kept(Earlier& earlier, ResumeState& state, Progress& progress) {
        if (!resumption_.leftover().is_null()) target_.settle(resumption_.leftover());
        earlier.announce = [&](const config::Value& output) {
            state.output = output;
            return resumption_.announce(state);
        };
        state.kept = TRY(target_.begin_kept(stages_.schema(), state.kept.size(), earlier));
        if (resumption_.is_again()) TRY(restart(state));
        count_less(origin_, state, progress);
        state.output = target_.state();
        if (!resumption_.is_again()) TRY(stages_.open_rejects(nullptr));
        return resumption_.start(state);
    }

    Result<> restart(ResumeState& state) {
        return restart_tasks(origin_, target_, state.way == resumption_.earlier().way, state);
    }

    Result<> run_kept(ResumeState state, Progress& progress) {
        Earlier earlier;
        if (resumption_.is_again()) {
            const ResumeState& before = resumption_.earlier();
            if (before.is_done) {
                log::info("The earlier run has published all of its rows");
                target_.settle(before.output);
                resumption_.forget();
                return {};
            }
            earlier = {before.output, before.kept, before.is_publishing, nullptr};
            state.diff = before.diff;
            state.is_publishing = before.is_publishing;
        }
        auto result = begin_kept(earlier, state, progress);
        if (!result.ok()) {
            if (resumption_.is_again()) {
                target_.leave();
            } else {
                target_.rollback();
                // What an earlier run has left may still be there.
                if (resumption_.leftover().is_null()) resumption_.forget();
            }
            return result;
        }
        const config::Value output = state.output;
        result = stages_.run(origin_, target_, std::move(state), &resumption_);
        if (result.ok()) result = resumption_.publish();
        if (result.ok()) result = commit();
        if (result.ok()) {
            // What says that the rows are there goes only behind a state that says so.
            if (resumption_.done()) target_.settle(output);
            resumption_.forget();
        } else {
            resumption_.keep();
            target_.leave();
        }
        return result;
    }

    Origin& origin_;
    Target& target_;
    Stages& stages_;
    Resumption& resumption_;
    const Context& context_;
    size_t branches_ = 1;
};

Result<Summary> run_origin(Origin& origin, const Job& job, const Plugins& plugins,
                           const Context& context, Progress& progress, std::stop_token stop,
                           StateKeeper* keeper) {
    auto start = context.clock.monotonic();
    PluginConfig top{job.config, job.file, ""};
    Execution execution = TRY(read_execution(job, context));
    const config::Map* out = TRY(mapping_of(top, "out"));
    PluginConfig out_config{*out, job.file, "out"};
    std::unique_ptr<Target> target = TRY(make_target(out_config, plugins, context));
    Resumption resumption(keeper, context.clock);
    TRY(resumption.begin(origin, progress));
    std::vector<Stage> made = TRY(make_stages(top, origin.schema(), plugins, context));
    Stages stages(std::move(made), execution, context.clock, progress, std::move(stop));
    const bool keeps = TRY(keeps_rows(resumption, stages, *target));
    // Whoever goes on in a task's middle must know in which of its outputs a row is.
    const bool scatters = !keeps || !target->name_of(0).empty();
    ResumeState state = stages.state(origin, context, scatters);
    state.way = way_of(job.config);
    TRY(resumption.check(state));
    TRY(Transaction(origin, *target, stages, resumption, context)
            .run(std::move(state), keeps, progress));
    TRY(stages.commit());
    Summary summary = summary_of(progress);
    summary.diff.set("in", resumption.diff(origin));
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
                          Progress& progress, std::stop_token stop, StateKeeper* keeper) {
    const Context own = TRY(context_of(job, plugins, context, stop));
    TRY(check_names(job, plugins, true));
    const config::Map* in = TRY(mapping_of(PluginConfig{job.config, job.file, ""}, "in"));
    PluginConfig place{*in, job.file, "in"};
    std::unique_ptr<Origin> origin = TRY(make_origin(place, plugins, own));
    return run_origin(*origin, job, plugins, own, progress, std::move(stop), keeper);
}

}  // namespace

Result<Summary> run(const Job& job, const Plugins& plugins, const Context& context,
                    Progress& progress, std::stop_token stop) {
    return run_input(job, plugins, context, progress, std::move(stop), nullptr);
}

Result<Summary> run_resumable(const Job& job, const Plugins& plugins, const Context& context,
                              Progress& progress, StateKeeper& keeper, std::stop_token stop) {
    Context own = context;
    if (!keeper.earlier().empty()) {
        ResumeState earlier = TRY(ResumeState::read(keeper.earlier()));
        own.transaction_time = earlier.transaction_time;
    }
    return run_input(job, plugins, own, progress, std::move(stop), &keeper);
}

Result<Summary> run_from(Input& input, const Job& job, const Plugins& plugins,
                         const Context& context, Progress& progress, std::stop_token stop) {
    const Context own = TRY(context_of(job, plugins, context, stop));
    TRY(check_names(job, plugins, false));
    std::unique_ptr<Origin> origin = origin_of(input);
    return run_origin(*origin, job, plugins, own, progress, std::move(stop), nullptr);
}

}  // namespace mogura::load
