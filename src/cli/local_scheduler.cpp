#include "cli/local_scheduler.h"

#include "base/check.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/interrupts.h"
#include "cli/local_attempts.h"
#include "cli/local_secrets.h"
#include "cli/progress.h"
#include "cli/settings.h"
#include "cli/timetable.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <optional>

namespace mogura::cli {
namespace {

constexpr const char* kProject = "default";
constexpr std::chrono::seconds kReload{5};
constexpr std::chrono::seconds kTick{1};
constexpr std::chrono::minutes kWaitWhenFull{10};
constexpr std::chrono::minutes kWaitAfterFailure{60};

class Watcher final : public engine::Observer {
  public:
    explicit Watcher(Progress& progress) : progress_(progress) {}

    void on_start(const engine::TaskStart& start) override { progress_.task_started(start); }
    void on_output(const std::string& full_name, std::string_view text) override {
        progress_.task_output(full_name, text);
    }
    void on_done(store::AttemptId, const store::Task& task) override {
        progress_.task_finished(task);
        const config::Value* message = task.error.find("message");
        if (task.state == store::TaskState::kError && message) {
            log::error("task failed",
                       {{"task", task.full_name}, {"message", engine::plain_text(*message)}});
        }
    }
    void on_retry(const store::Task& task, const std::string& message) override {
        progress_.task_retries(task, message);
    }

    void on_overdue(const store::Attempt& attempt, const std::string& reason) override {
        log::error(reason + ": the attempt is asked to end",
                   {{"workflow", attempt.session.workflow},
                    {"attempt", static_cast<int64_t>(attempt.id)}});
    }

  private:
    Progress& progress_;
};

class Scheduler {
  public:
    Scheduler(House& house, const SchedulerOptions& options) : house_(house), options_(options) {}

    Result<> run() {
        // Before all threads, which inherit what it blocks.
        Interrupts interrupts([this](int times) { interrupt(times); });
        TRY(open());
        while (!stops_ || !engine_->is_done()) {
            base::Instant now = house_.clock.now();
            if (!stops_) {
                // What is due goes first: a workflow that has never run would begin behind it.
                start_due(now);
                if (now >= reload_at_) reload(now);
            }
            TRY(engine_->turn(std::min(timetable_.next_run(), now + kTick)));
            report_finished();
            if (cancels_.exchange(false)) engine_->request_cancel();
        }
        log::info("scheduler stopped");
        return {};
    }

  private:
    Result<> open() {
        std::error_code failure;
        folder_ = std::filesystem::canonical(options_.project, failure).string();
        if (failure) return Error(Code::kNotFound, options_.project + ": " + failure.message());
        tasks_max_ = TRY(tasks_max(house_));
        attempts_max_ = TRY(attempts_max(house_));
        time_limits_ = TRY(time_limits(house_));
        project_ = TRY(workflow::load_project(folder_));
        std::string temporary = folder_ + "/.digdag/tmp";
        TRY(base::make_folders(temporary));
        TRY(lock(temporary + "/scheduler.lock"));
        store_ = store::open_memory();
        if (!options_.database.empty()) {
            TRY(base::make_folders(options_.database));
            store_ = TRY(store::open_sqlite(options_.database + "/mogura.db"));
        }
        evaluator_ = script::Evaluator::create({{house_.program, "script-sandbox"}}, {});
        secrets_ = std::make_unique<LocalSecrets>(house_.properties,
                                                  config_home(house_.environment) + "/secrets");
        executor_ = house_.registry.executors.at("process")(house_.environment);
        surround();
        make_engine(temporary);
        others_->begin(*engine_, base::Instant{});  // every attempt of this store counts
        TRY(resume());
        base::Instant now = house_.clock.now();
        TRY(timetable_.update(project_, now, last_session()));
        reload_at_ = now + kReload;
        log::info("scheduler started", {{"project", folder_},
                                        {"workflows", project_.workflows.size()},
                                        {"schedules", timetable_.size()},
                                        {"revision", revision_}});
        return {};
    }

    // Two schedulers of one folder would run every session twice.
    Result<> lock(const std::string& path) {
        lock_ = base::Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
        if (!lock_) return base::system_error(path, "open");
        if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
            return Error(Code::kConflict,
                         "another scheduler runs for this project (" + path + " is locked)");
        }
        return {};
    }

    void surround() {
        std::string shared = options_.database.empty() ? folder_ + "/.digdag" : options_.database;
        shared += "/mogura.db";
        others_ = std::make_unique<LocalAttempts>(
            *store_, LocalAttempts::Facts{.folder = folder_,
                                          .project = kProject,
                                          .parameters = options_.parameters,
                                          .clock = house_.clock});
        shared_parameters_ = store::shared_parameters_in(shared);
        locks_ = store::locks_in(shared);
        surroundings_.emplace(engine::Surroundings{.settings = house_.properties,
                                                   .environment = house_.environment,
                                                   .attempts = *others_,
                                                   .shared_parameters = shared_parameters_.get(),
                                                   .locks = locks_.get()});
    }

    void make_engine(const std::string& temporary) {
        bool is_strict = house_.called_as == "digdag";
        engine::EngineOptions engine_options{
            .folders = {.project = folder_, .temporary = temporary},
            .compatibility =
                is_strict ? engine::Compatibility::kStrict : engine::Compatibility::kFixed,
            .tasks_max = tasks_max_,
            .attempts_max = attempts_max_,
            .attempt_time_max = time_limits_.attempt,
            .task_time_max = time_limits_.task,
            .time_check_interval = time_limits_.interval,
            .threads = operator_threads(),
            .running_max = options_.threads_max};
        engine_ = std::make_unique<engine::Engine>(
            engine::EngineParts{.store = *store_,
                                .operators = house_.registry.operators,
                                .evaluator = *evaluator_,
                                .executor = *executor_,
                                .clock = house_.clock,
                                .observer = watcher_,
                                .gatekeeper = gatekeeper_,
                                .secrets = *secrets_,
                                .surroundings = *surroundings_},
            engine_options);
    }

    // What an earlier scheduler with the same database left unfinished.
    Result<> resume() {
        auto unfinished = TRY(store_->unfinished());
        for (const store::Attempt& attempt : unfinished) {
            auto zone = TRY(base::TimeZone::find(attempt.time_zone));
            TRY(engine_->resume(attempt, zone));
            running_.push_back({attempt.id, attempt.session.workflow});
            log::info("attempt goes on", {{"attempt", static_cast<int64_t>(attempt.id)},
                                          {"workflow", attempt.session.workflow}});
        }
        return {};
    }

    Timetable::LastSession last_session() {
        return [this](const std::string& workflow) -> std::optional<base::Instant> {
            auto last = store_->last_scheduled(kProject, workflow);
            return last.ok() ? *last : std::nullopt;
        };
    }

    // A folder that cannot be read keeps the old definition (9.7.6).
    void reload(base::Instant now) {
        reload_at_ = now + kReload;
        auto project = workflow::load_project(folder_);
        if (project.ok() && is_same(*project)) {
            problem_.clear();
            return;
        }
        auto updated = project.ok() ? timetable_.update(*project, now, last_session())
                                    : Result<>(project.error());
        if (!updated.ok()) {
            if (updated.error().message() != problem_) {
                problem_ = updated.error().message();
                log::error("the changed project cannot be used; the old one stays: " + problem_);
            }
            return;
        }
        problem_.clear();
        project_ = *std::move(project);
        log::info("project changed", {{"revision", ++revision_}, {"schedules", timetable_.size()}});
    }

    bool is_same(const workflow::Project& other) const {
        return std::equal(project_.workflows.begin(), project_.workflows.end(),
                          other.workflows.begin(), other.workflows.end(),
                          [](const workflow::Workflow& one, const workflow::Workflow& two) {
                              return one.name == two.name && one.config == two.config;
                          });
    }

    // Its newest attempt, whoever has started it, neither ended nor is asked to end (5.3.3).
    bool is_active(const std::string& workflow) const {
        auto newest = store_->newest_attempt(kProject, workflow);
        return newest.ok() && *newest && !(*newest)->is_done && !(*newest)->cancel_requested;
    }

    void start_due(base::Instant now) {
        auto is_busy = [this](const std::string& name) { return is_active(name); };
        while (auto slot = timetable_.due(now, is_busy)) {
            const workflow::Workflow* workflow = project_.find(slot->workflow);
            CHECK(workflow != nullptr);  // the timetable is of this project
            auto started = start(*slot, *workflow, now);
            // It counts as executed when the session is there already (5.3.5).
            if (started.ok() || started.error().code() == Code::kConflict) {
                timetable_.started(*slot);
                remember(*slot);
                continue;
            }
            // As if it were its time later (2.10.5).
            const bool is_full = started.error().code() == Code::kLimit;
            log::error(
                std::string("session not started, trying again in ") +
                    (is_full ? "ten minutes: " : "an hour: ") + started.error().message(),
                {{"workflow", slot->workflow},
                 {"session_time", base::format_iso(slot->time.session, workflow->time_zone)}});
            timetable_.failed(*slot, now + (is_full ? kWaitWhenFull : kWaitAfterFailure));
        }
    }

    // Where the next scheduler goes on. Without it that one finds the session there (5.3.5).
    void remember(const Slot& slot) {
        auto done = store_->set_last_scheduled(kProject, slot.workflow, slot.time.session);
        if (!done.ok()) log::warn("the last session is not remembered: " + done.error().message());
    }

    Result<> start(const Slot& slot, const workflow::Workflow& workflow, base::Instant now) {
        const base::TimeZone& zone = workflow.time_zone;
        store::Attempt attempt;
        attempt.session.project = kProject;
        attempt.session.workflow = workflow.name;
        attempt.session.time = slot.time.session;
        attempt.time_zone = zone.name();
        attempt.parameters = options_.parameters;
        attempt.parameters.set("last_session_time", base::format_iso(slot.last.session, zone));
        attempt.parameters.set("next_session_time", base::format_iso(slot.next.session, zone));
        attempt.parameters.set(
            "last_executed_session_time",
            slot.last_started ? base::format_iso(*slot.last_started, zone) : std::string());
        attempt.created_at = now;
        auto id = TRY(engine_->start(attempt, workflow.tasks, zone, {}, slot.time.run));
        running_.push_back({id, workflow.name});
        log::info("session started", {{"workflow", workflow.name},
                                      {"session_time", base::format_iso(slot.time.session, zone)},
                                      {"attempt", static_cast<int64_t>(id)}});
        return {};
    }

    void report_finished() {
        std::erase_if(running_, [this](Running& one) {
            if (!engine_->is_done(one.id)) return false;
            if (!one.is_told) {
                bool success = engine_->tree(one.id).is_success();
                (success ? log::info : log::error)("session finished",
                                                   {{"workflow", one.workflow},
                                                    {"attempt", static_cast<int64_t>(one.id)},
                                                    {"success", success ? "true" : "false"}});
                one.is_told = true;
            }
            if (!engine_->forget(one.id)) return false;
            // Nobody asks for them again (2.2.14).
            auto dropped = store_->forget_tasks(one.id);
            if (!dropped.ok()) log::warn("tasks stay in the store: " + dropped.error().message());
            return true;
        });
    }

    void interrupt(int times) {
        if (times == 1) {
            log::warn("stopping: no new sessions; what runs may end. Once more ends it now.");
            stops_ = true;
        } else if (times == 2) {
            cancels_ = true;
        } else {
            constexpr int kInterrupted = 130;
            ::_exit(kInterrupted);
        }
    }

    struct Running {
        store::AttemptId id;
        std::string workflow;
        bool is_told = false;
    };

    House& house_;
    const SchedulerOptions& options_;
    std::string folder_;
    base::Descriptor lock_;
    workflow::Project project_;
    Timetable timetable_;
    int64_t revision_ = 1;
    int64_t tasks_max_ = 0;
    int64_t attempts_max_ = 0;
    TimeLimits time_limits_{};
    base::Instant reload_at_{};
    std::string problem_;  // of the last reload, said once
    std::vector<Running> running_;
    Progress progress_{ProgressStyle::kPlain, house_.clock, /*keeps_summary=*/false};
    Watcher watcher_{progress_};
    engine::Gatekeeper gatekeeper_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<script::Evaluator> evaluator_;
    std::unique_ptr<LocalSecrets> secrets_;
    std::unique_ptr<executor::Executor> executor_;
    std::unique_ptr<LocalAttempts> others_;
    std::unique_ptr<store::SharedParameters> shared_parameters_;
    std::unique_ptr<store::Locks> locks_;
    std::optional<engine::Surroundings> surroundings_;
    std::unique_ptr<engine::Engine> engine_;
    std::atomic<bool> stops_ = false;
    std::atomic<bool> cancels_ = false;
};

}  // namespace

Result<> run_scheduler(House& house, const SchedulerOptions& options) {
    return Scheduler(house, options).run();
}

}  // namespace mogura::cli
