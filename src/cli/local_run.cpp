#include "cli/local_run.h"

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/interrupts.h"
#include "cli/local_attempts.h"
#include "cli/local_secrets.h"
#include "cli/output_file.h"
#include "cli/progress.h"
#include "cli/run_record.h"
#include "cli/run_report.h"
#include "cli/run_set.h"
#include "cli/session_lock.h"
#include "cli/session_time.h"
#include "cli/settings.h"
#include "cli/status_files.h"
#include "cli/task_logs.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>

namespace mogura::cli {
namespace {

constexpr const char* kProject = "default";
constexpr int kInterrupted = 130;

engine::Compatibility compatibility_of(const House& house) {
    return house.called_as == "digdag" ? engine::Compatibility::kStrict
                                       : engine::Compatibility::kFixed;
}

Error no_such_workflow(const std::string& name, const RunOptions& options) {
    std::string text = "Workflow '" + name + "' does not exist in ";
    size_t slash = name.rfind('/');
    if (options.project != ".") {
        text += "project directory '" + options.project + "'.";
    } else if (slash != std::string::npos) {
        std::string folder = name.substr(0, slash);
        text += "current directory. You may need to type \"cd " + folder +
                "\" first, or set \"--project " + folder + "\" option.";
    } else {
        text +=
            "current directory. You may need to change directory first, or set --project "
            "option.";
    }
    return {Code::kNotFound, text + " (resource not found)"};
}

Result<const workflow::Workflow*> choose_workflow(const workflow::Project& project,
                                                  const RunOptions& options) {
    std::vector<std::string> names;
    for (const workflow::Workflow& one : project.workflows) names.push_back(one.name);
    if (options.workflow.empty()) {
        if (names.size() == 1) return &project.workflows.front();
        std::sort(names.begin(), names.end());
        return Error(Code::kInvalid,
                     names.empty()
                         ? "There is no workflow in " + project.folder + " (files ending in .dig)"
                         : "Which workflow? Name one of: " + base::join(names, ", "));
    }
    std::string name = std::filesystem::path(options.workflow).lexically_normal().string();
    if (name.ends_with(".dig")) name.resize(name.size() - 4);
    if (const workflow::Workflow* found = project.find(name)) return found;
    Error error = no_such_workflow(name, options);
    return Error(error.code(), error.message() + base::did_you_mean(name, names));
}

// Changes when the rest of an unfinished run would be something else (FNV-1a, 64 bits). Of the
// options only what limits a run counts: from --rerun and --start on it is like any other.
std::string digest(const std::vector<workflow::TaskDefinition>& tasks,
                   const config::Map& parameters, const std::string& goal, const std::string& end) {
    uint64_t hash = 0xcbf29ce484222325;
    auto add = [&](std::string_view text) {
        for (unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3;
        hash = (hash ^ 0xff) * 0x100000001b3;
    };
    for (const workflow::TaskDefinition& task : tasks) {
        add(task.full_name);
        add(config::to_json(task.config));
        for (size_t upstream : task.upstreams) add(std::to_string(upstream));
    }
    add(config::to_json(parameters));
    add(goal);
    add(end);
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

class Watcher final : public engine::Observer {
  public:
    Watcher(Progress& progress, StatusFiles* status, TaskLogs* logs, const RunSet& run_set,
            RunRecord& record)
        : progress_(progress), status_(status), logs_(logs), run_set_(run_set), record_(record) {}

    void on_start(const engine::TaskStart& start) override {
        progress_.task_started(start);
        if (logs_) logs_->task_started(start);
    }
    void on_output(const std::string& full_name, std::string_view text) override {
        progress_.task_output(full_name, text);
        if (logs_) logs_->task_output(full_name, text);
        record_.task_printed(full_name, text);
    }
    void on_done(store::AttemptId attempt, const store::Task& task) override {
        progress_.task_finished(task);
        if (logs_) logs_->task_finished(task);
        if (attempt == attempt_) {
            save(task);
            return;
        }
        // The list at the end holds the run's own tasks only.
        const config::Value* message = task.error.find("message");
        if (task.state == store::TaskState::kError && message) {
            log::error("task failed",
                       {{"task", task.full_name}, {"message", engine::plain_text(*message)}});
        }
    }
    // The attempt whose results are kept; those that its tasks start leave none.
    void set_attempt(store::AttemptId attempt) { attempt_ = attempt; }
    void on_retry(const store::Task& task, const std::string& message) override {
        progress_.task_retries(task, message);
        if (logs_) logs_->task_retries(task, message);
        record_.task_retries(task, message);
    }
    Result<> before_finish() override { return status_ ? status_->flush() : Result<>(); }
    void save(const store::Task& task) {
        bool saved = status_ && task.state == store::TaskState::kSuccess &&
                     run_set_.may_save(task.full_name);
        if (saved) status_->save(task);
    }

  private:
    Progress& progress_;
    StatusFiles* status_;
    TaskLogs* logs_;
    const RunSet& run_set_;
    store::AttemptId attempt_{};
    RunRecord& record_;
};

// What the run set says, and what tasks see for the record of it.
class RecordingGate final : public engine::Gatekeeper {
  public:
    RecordingGate(RunSet& run_set, RunRecord& record) : run_set_(run_set), record_(record) {}

    std::optional<engine::Done> instead_of(const std::string& full_name, bool is_repeat) override {
        return run_set_.instead_of(full_name, is_repeat);
    }
    std::optional<engine::Done> instead_of_operator(const engine::TaskStart& start,
                                                    const config::Map& parameters) override {
        record_.task_called(start, parameters);
        return run_set_.instead_of_operator(start, parameters);
    }

  private:
    RunSet& run_set_;
    RunRecord& record_;
};

// Everything about one run, in the order in which it is made.
class LocalRun {
  public:
    LocalRun(House& house, const RunOptions& options)
        : house_(house), options_(options), compatibility_(compatibility_of(house)) {}

    Result<int> run() {
        // Before all threads, which inherit what it blocks.
        Interrupts interrupts([this](int times) { interrupt(times); });
        set_up_log();
        TRY(prepare());
        TRY(open());
        return work();
    }

  private:
    bool keeps_state() const { return !options_.no_save && !options_.dry_run; }

    Result<> prepare() {
        std::error_code failure;
        folder_ = std::filesystem::canonical(options_.project, failure).string();
        if (failure) {
            return Error(Code::kNotFound, options_.project + ": " + failure.message());
        }
        if (!options_.report.empty())
            TRY(check_output_file("--report", options_.report, "run.html"));
        tasks_max_ = TRY(tasks_max(house_));
        attempts_max_ = TRY(attempts_max(house_));
        project_ = TRY(workflow::load_project(folder_));
        workflow_ = TRY(choose_workflow(project_, options_));
        tasks_ = TRY(tasks_to_run(*workflow_, options_.task));
        TRY(check_exports());
        // Before older results are given up for this run.
        TRY(engine::sla_time(tasks_.front().config, house_.clock.now(), workflow_->time_zone,
                             compatibility_));
        schedule_ = TRY(schedule_of(*workflow_));
        std::filesystem::path states = options_.save;
        states_ = (states.is_absolute() ? states : folder_ / states).string();
        session_ = TRY(
            choose_session(options_.session, *workflow_, schedule_, states_, house_.clock.now()));
        session_.time = std::chrono::floor<std::chrono::seconds>(session_.time);
        state_folder_ = states_ + "/" + session_folder(session_.time, workflow_->time_zone);
        return {};
    }

    Result<> check_exports() const {
        for (const workflow::TaskDefinition& task : tasks_) {
            const config::Value* exported = task.config.find("_export");
            if (!exported || !exported->is_map()) continue;
            auto checked = house_.registry.operators.check(exported->map());
            if (!checked.ok()) {
                return checked.error().at(workflow_->file + ": " + task.full_name);
            }
        }
        return {};
    }

    bool is_live() const { return house_.is_terminal && !options_.json; }

    // Before anything is logged.
    void set_up_log() const {
        log::set_level(options_.log_level.value_or(is_live() || options_.json ? log::Level::kWarn
                                                                              : log::Level::kInfo));
        if (options_.json) log::set_format(log::Format::kJson);
    }

    Result<> open() {
        const bool live = is_live();
        if (schedule_) {
            for (const auto& entry : schedule_->unused()) {
                log::warn(schedule::unused_message(entry.key));
            }
        }
        if (!session_.notice.empty()) log::warn(session_.notice);
        log::info("Using session " + state_folder_ + ".");
        TRY(base::make_folders(folder_ + "/.digdag/tmp"));
        if (!keeps_state()) {
            store_ = store::open_memory();
        } else {
            TRY(base::make_folders(state_folder_));
            lock_ =
                TRY(lock_session(folder_, workflow_->name, session_.time, workflow_->time_zone));
            store_ = TRY(store::open_sqlite(folder_ + "/.digdag/mogura.db"));
            status_ = TRY(StatusFiles::open(state_folder_));
        }
        progress_ = std::make_unique<Progress>(options_.json ? ProgressStyle::kJson
                                               : live        ? ProgressStyle::kLive
                                                             : ProgressStyle::kPlain,
                                               house_.clock, options_.summary);
        auto print = [this](std::string_view text) { progress_->print_text(text); };
        run_set_ = TRY(RunSet::create(tasks_, options_, compatibility_, status_.get(), print));
        if (!options_.task_log.empty()) {
            logs_ = std::make_unique<TaskLogs>(options_.task_log, house_.registry, house_.clock);
        }
        watcher_ =
            std::make_unique<Watcher>(*progress_, status_.get(), logs_.get(), *run_set_, record_);
        gate_ = std::make_unique<RecordingGate>(*run_set_, record_);
        evaluator_ = script::Evaluator::create({{house_.program, "script-sandbox"}}, {});
        secrets_ = std::make_unique<LocalSecrets>(house_.properties,
                                                  config_home(house_.environment) + "/secrets");
        executor_ = house_.registry.executors.at("process")(house_.environment);
        others_ = std::make_unique<LocalAttempts>(
            *store_, LocalAttempts::Facts{.folder = folder_,
                                          .project = kProject,
                                          .parameters = run_parameters(),
                                          .locks_sessions = keeps_state(),
                                          .clock = house_.clock});
        // Runs that keep nothing share nothing.
        std::string shared = keeps_state() ? folder_ + "/.digdag/mogura.db" : "";
        shared_parameters_ = store::shared_parameters_in(shared);
        locks_ = store::locks_in(shared);
        surroundings_.emplace(engine::Surroundings{.settings = house_.properties,
                                                   .environment = house_.environment,
                                                   .attempts = *others_,
                                                   .shared_parameters = shared_parameters_.get(),
                                                   .locks = locks_.get()});
        return {};
    }

    std::unique_ptr<engine::Engine> make_engine() {
        engine::EngineOptions engine_options{
            .folders = {.project = folder_, .temporary = folder_ + "/.digdag/tmp"},
            .compatibility = compatibility_,
            .tasks_max = tasks_max_,
            .attempts_max = attempts_max_,
            .threads = operator_threads(),
            .running_max = options_.threads_max};
        if (options_.threads_max > 0) {
            engine_options.threads = static_cast<int>(std::min<int64_t>(options_.threads_max, 256));
        }
        return std::make_unique<engine::Engine>(
            engine::EngineParts{.store = *store_,
                                .operators = house_.registry.operators,
                                .evaluator = *evaluator_,
                                .executor = *executor_,
                                .clock = house_.clock,
                                .observer = *watcher_,
                                .gatekeeper = options_.report.empty()
                                                  ? static_cast<engine::Gatekeeper&>(*run_set_)
                                                  : *gate_,
                                .secrets = *secrets_,
                                .surroundings = *surroundings_},
            engine_options);
    }

    // Those that every attempt of this run has.
    config::Map run_parameters() const {
        config::Map parameters = options_.parameters;
        if (std::filesystem::canonical(".").string() != folder_) {
            parameters.set("_project_path", folder_);
        }
        return parameters;
    }

    store::Attempt wanted_attempt() const {
        store::Attempt attempt;
        attempt.session.project = kProject;
        attempt.session.workflow = workflow_->name;
        attempt.session.time = session_.time;
        attempt.time_zone = workflow_->time_zone.name();
        attempt.parameters = run_parameters();
        attempt.parameters.erase("last_executed_session_time");  // a schedule's alone (2.11.3)
        if (schedule_) {
            set_neighbours(attempt.parameters, *schedule_, session_.time, workflow_->time_zone);
        }
        attempt.definition = digest(tasks_, options_.parameters, options_.goal, options_.end);
        attempt.created_at = house_.clock.now();
        return attempt;
    }

    // The attempt of this session that a process left behind, if it may go on. Others of the
    // session are closed: this run replaces them.
    Result<std::optional<store::Attempt>> find_unfinished(store::Attempt& wanted) {
        TRY(store_->forget_done_tasks(kProject, workflow_->name));
        auto earlier = TRY(store_->attempts(kProject, workflow_->name, session_.time));
        std::optional<store::Attempt> unfinished;
        for (store::Attempt& attempt : earlier) {
            if (attempt.is_done) continue;
            bool same = attempt.definition == wanted.definition && !attempt.cancel_requested;
            bool may = same && !options_.rerun && options_.start.empty() && options_.goal.empty();
            if (may) {
                unfinished = attempt;
                continue;
            }
            TRY(end_commands(attempt));
            TRY(take_over_results(attempt));
            TRY(store_->commit({.attempt = attempt.id,
                                .cancel_requested = true,
                                .finished_success = false,
                                .at = house_.clock.now()}));
        }
        // Attempts of a session need names of their own; only the first has none.
        if (!earlier.empty()) wanted.retry_name = "run " + std::to_string(earlier.size() + 1);
        return unfinished;
    }

    // Those that outlived the process that started them; nobody looks after them any more.
    Result<> end_commands(const store::Attempt& attempt) {
        auto tasks = TRY(store_->tasks(attempt.id));
        for (const store::Task& task : tasks) {
            const config::Value* handle = task.state_parameters.find("commandStatus");
            bool may_run = handle && handle->is_map() && !store::is_done(task.state);
            if (may_run) TRY(executor_->kill(handle->map(), /*force=*/true));
        }
        return {};
    }

    // Of an attempt that this run replaces: what it finished serves like the results of any run
    // before. When it was limited, empty results of skipped tasks are among its own.
    Result<> take_over_results(const store::Attempt& attempt) {
        if (options_.rerun || !status_) return {};
        if (attempt.definition == digest(tasks_, options_.parameters, "", "")) {
            auto tasks = TRY(store_->tasks(attempt.id));
            for (const store::Task& task : tasks) {
                bool is_missing =
                    task.state == store::TaskState::kSuccess && !status_->has(task.full_name);
                if (is_missing) status_->save(task);
            }
            return status_->flush();
        }
        if (attempt.cancel_requested) return {};
        const char* why = attempt.definition.empty()
                              ? "it was started by require> of another run"
                              : "the workflow, its parameters, --goal or --end have changed";
        log::warn(std::string("The unfinished run of this session cannot go on: ") + why +
                  ". Starting a new one.");
        return {};
    }

    Result<int> work() {
        store::Attempt attempt = wanted_attempt();
        auto unfinished = TRY(find_unfinished(attempt));
        auto engine = make_engine();
        engine_ = engine.get();
        if (unfinished) {
            log::warn("Going on with the unfinished run of this session.");
            TRY(engine->resume(*unfinished, workflow_->time_zone));
            attempt = *unfinished;
            for (engine::Node& node : engine->tree(attempt.id).nodes()) {
                if (status_ && !status_->has(node.row.full_name)) watcher_->save(node.row);
            }
        } else {
            // Before the attempt is there: when it is left unfinished, the next run goes on with
            // it and must not find what is older.
            auto is_forced = [this](const std::string& name) { return run_set_->is_forced(name); };
            if (status_) TRY(status_->forget(is_forced));
            TRY(engine->start(attempt, tasks_, workflow_->time_zone));
            auto rows = TRY(store_->attempts(kProject, workflow_->name, session_.time));
            attempt = std::move(rows.back());
        }
        if (logs_) logs_->attempt_started(attempt, workflow_->time_zone);
        watcher_->set_attempt(attempt.id);
        others_->begin(*engine, attempt.created_at);
        progress_->attempt_started(attempt, unfinished.has_value());
        auto finished = engine->run();
        engine_ = nullptr;
        if (!finished.ok()) {
            progress_->stop();
            executor_->kill_all();  // nobody watches them any more; they run again
            return Error(finished.error().code(), finished.error().message() +
                                                      "\nWhat is finished is kept: run the same "
                                                      "command again to go on.");
        }
        return report(attempt, engine->tree(attempt.id));
    }

    void interrupt(int times) {
        engine::Engine* engine = engine_;
        if (times == 1 && engine) {
            interrupted_ = true;
            log::warn("Interrupted: ending the running tasks. Once more kills them.");
            engine->request_cancel();
        } else if (times == 2 && engine) {
            executor_->kill_all();
        } else {
            ::_exit(kInterrupted);  // the store goes on from here the next time
        }
    }

    void print_hints() const {
        if (!keeps_state()) return;
        std::fprintf(stderr,
                     "  * Use --session <daily | hourly | \"yyyy-MM-dd[ HH:mm:ss]\"> to not reuse "
                     "the last session time.\n"
                     "  * Use --rerun, --start +NAME, or --goal +NAME argument to rerun skipped "
                     "tasks.\n");
    }

    Result<int> report(const store::Attempt& attempt, engine::TaskTree& tree) {
        std::string errors;
        for (const engine::Node& node : tree.nodes()) {
            if (node.row.state == store::TaskState::kError) errors += describe(node.row);
        }
        bool was_cut_short = interrupted_ && !tree.is_success();
        bool success =
            !was_cut_short &&
            (engine::judges_by_error_rows(compatibility_) ? errors.empty() : tree.is_success());
        progress_->attempt_finished(attempt, success);
        if (options_.summary) progress_->print_summary();
        TRY(write_report(attempt, tree, success));
        if (was_cut_short) {
            std::fprintf(stderr, "error: interrupted.%s\n",
                         keeps_state() ? " Finished tasks are kept: run the same command again "
                                         "to go on with the others."
                                       : "");
            return kInterrupted;
        }
        if (success) {
            std::fprintf(stderr, "Success.%s\n",
                         keeps_state()
                             ? (" Task state is saved at " + shown_folder() + " directory.").c_str()
                             : "");
            print_hints();
            return 0;
        }
        std::fprintf(stderr, "error: \n%s\n", errors.c_str());
        if (keeps_state()) {
            std::fprintf(stderr, "Task state is saved at %s directory.\n", shown_folder().c_str());
        }
        print_hints();
        return 1;
    }

    Result<> write_report(const store::Attempt& attempt, engine::TaskTree& tree, bool success) {
        if (options_.report.empty()) return {};
        ReportSubject subject{.workflow = workflow_->name,
                              .attempt = attempt,
                              .tasks = {},
                              .records = record_.tasks(),
                              .zone = workflow_->time_zone,
                              .started_at = started_at_,
                              .finished_at = house_.clock.now(),
                              .is_success = success};
        for (const engine::Node& node : tree.nodes()) subject.tasks.push_back(node.row);
        return base::write_file(options_.report, run_report(subject));
    }

    static std::string describe(const store::Task& task) {
        const config::Value* message = task.error.find("message");
        std::string text = message ? engine::plain_text(*message) : "";
        size_t place = text.find("Exception: ");
        if (place != std::string::npos) text = text.substr(place + 11);
        return "  * " + task.full_name + ":\n    " + base::replace_all(text, "\n", "\n    ") + "\n";
    }

    std::string shown_folder() const { return state_folder_; }

    House& house_;
    const RunOptions& options_;
    const engine::Compatibility compatibility_;
    std::string folder_;
    workflow::Project project_;
    const workflow::Workflow* workflow_ = nullptr;
    std::vector<workflow::TaskDefinition> tasks_;
    int64_t tasks_max_ = 0;
    int64_t attempts_max_ = 0;
    std::string states_;
    std::string state_folder_;
    std::optional<schedule::Schedule> schedule_;
    SessionChoice session_;
    std::unique_ptr<store::Store> store_;
    SessionLock lock_;
    std::unique_ptr<StatusFiles> status_;
    std::unique_ptr<Progress> progress_;
    std::unique_ptr<RunSet> run_set_;
    std::unique_ptr<TaskLogs> logs_;
    RunRecord record_{house_.clock};
    base::Instant started_at_ = house_.clock.now();
    std::unique_ptr<Watcher> watcher_;
    std::unique_ptr<RecordingGate> gate_;
    std::unique_ptr<script::Evaluator> evaluator_;
    std::unique_ptr<LocalSecrets> secrets_;
    std::unique_ptr<executor::Executor> executor_;
    std::unique_ptr<LocalAttempts> others_;
    std::unique_ptr<store::SharedParameters> shared_parameters_;
    std::unique_ptr<store::Locks> locks_;
    std::optional<engine::Surroundings> surroundings_;
    std::atomic<engine::Engine*> engine_ = nullptr;
    std::atomic<bool> interrupted_ = false;
};

}  // namespace

Result<int> run_locally(House& house, const RunOptions& options) {
    return LocalRun(house, options).run();
}

}  // namespace mogura::cli
