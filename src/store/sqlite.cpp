// Sessions, attempts and tasks in one SQLite file. A task's names, configuration and upstreams are
// written once; a change of state writes the other columns only.

#include "base/mutex.h"
#include "database/database.h"
#include "store/session_uuid.h"
#include "store/store.h"
#include "store/task_row.h"

#include <utility>

namespace mogura::store {
namespace {

constexpr const char* kTables = R"sql(
CREATE TABLE IF NOT EXISTS sessions (
    id INTEGER PRIMARY KEY, project TEXT NOT NULL, workflow TEXT NOT NULL,
    time_us INTEGER NOT NULL, uuid TEXT NOT NULL, UNIQUE (project, workflow, time_us));
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY, session_id INTEGER NOT NULL, retry_name TEXT NOT NULL,
    time_zone TEXT NOT NULL, parameters TEXT NOT NULL, definition TEXT NOT NULL,
    is_done INTEGER NOT NULL DEFAULT 0, is_success INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, finished_at INTEGER,
    UNIQUE (session_id, retry_name));
CREATE INDEX IF NOT EXISTS attempts_unfinished ON attempts (id) WHERE is_done = 0;
CREATE TABLE IF NOT EXISTS tasks (
    attempt_id INTEGER NOT NULL, id INTEGER NOT NULL, parent_id INTEGER, full_name TEXT NOT NULL,
    is_group INTEGER NOT NULL, upstreams TEXT NOT NULL, config TEXT NOT NULL,
    state INTEGER NOT NULL, flags INTEGER NOT NULL, retry_count INTEGER NOT NULL,
    retry_at INTEGER, started_at INTEGER, updated_at INTEGER NOT NULL,
    state_parameters TEXT, results TEXT, PRIMARY KEY (attempt_id, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS resumed_tasks (
    attempt_id INTEGER NOT NULL, full_name TEXT NOT NULL, exported TEXT NOT NULL,
    stored TEXT NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (attempt_id, full_name))
    WITHOUT ROWID;
)sql";

// Older versions wrote stores without it and counted every session as the schedule's.
constexpr const char* kScheduleTable = R"sql(
CREATE TABLE IF NOT EXISTS schedules (
    project TEXT NOT NULL, workflow TEXT NOT NULL, last_session_us INTEGER NOT NULL,
    PRIMARY KEY (project, workflow)) WITHOUT ROWID;
INSERT OR IGNORE INTO schedules
    SELECT project, workflow, MAX(time_us) FROM sessions GROUP BY project, workflow;
)sql";

constexpr const char* kSelectAttempts =
    "SELECT a.id, a.session_id, s.project, s.workflow, s.time_us, s.uuid, a.retry_name,"
    " a.time_zone, a.parameters, a.definition, a.is_done, a.is_success, a.cancel_requested,"
    " a.created_at, a.finished_at FROM attempts a JOIN sessions s ON s.id = a.session_id ";

base::Instant instant_of(int64_t microseconds) {
    return base::Instant(std::chrono::microseconds(microseconds));
}
int64_t microseconds_of(base::Instant instant) {
    return instant.time_since_epoch().count();
}

Result<Attempt> read_attempt(const database::SqliteStatement& row) {
    Attempt attempt;
    attempt.id = AttemptId{row.integer(0)};
    attempt.session.id = SessionId{row.integer(1)};
    attempt.session.project = row.text(2);
    attempt.session.workflow = row.text(3);
    attempt.session.time = instant_of(row.integer(4));
    attempt.session.uuid = row.text(5);
    attempt.retry_name = row.text(6);
    attempt.time_zone = row.text(7);
    attempt.parameters = TRY(read_map(row.text(8)));
    attempt.definition = row.text(9);
    attempt.is_done = row.integer(10) != 0;
    attempt.is_success = row.integer(11) != 0;
    attempt.cancel_requested = row.integer(12) != 0;
    attempt.created_at = instant_of(row.integer(13));
    if (!row.is_null(14)) attempt.finished_at = instant_of(row.integer(14));
    return attempt;
}

class SqliteStore final : public Store {
  public:
    explicit SqliteStore(std::unique_ptr<database::Sqlite> connection)
        : connection_(std::move(connection)) {}

    Result<> open() {
        connection_->keep_log_on_close();
        TRY(connection_->execute(kTables));
        TRY(add_schedules());
        auto insert = TRY(connection_->prepare(kInsertTask));
        auto update = TRY(connection_->prepare(kUpdateTask));
        insert_ = std::move(insert);
        update_ = std::move(update);
        return {};
    }

    Result<Attempt> start_attempt(const Attempt& wanted, const std::vector<const Task*>& tasks,
                                  const std::vector<ResumedTask>& resumed) override {
        base::Lock lock(mutex_);
        auto transaction = TRY(database::SqliteTransaction::begin(*connection_));
        auto session = TRY(connection_->prepare(
            "INSERT INTO sessions (project, workflow, time_us, uuid) VALUES (?1, ?2, ?3, ?4)"
            " ON CONFLICT DO NOTHING"));
        session.bind(1, wanted.session.project);
        session.bind(2, wanted.session.workflow);
        session.bind(3, microseconds_of(wanted.session.time));
        session.bind(4, make_session_uuid());
        TRY(session.run());
        auto insert = TRY(connection_->prepare(
            "INSERT INTO attempts (session_id, retry_name, time_zone, parameters, definition,"
            " created_at) SELECT id, ?4, ?5, ?6, ?7, ?8 FROM sessions"
            " WHERE project = ?1 AND workflow = ?2 AND time_us = ?3"));
        insert.bind(1, wanted.session.project);
        insert.bind(2, wanted.session.workflow);
        insert.bind(3, microseconds_of(wanted.session.time));
        insert.bind(4, wanted.retry_name);
        insert.bind(5, wanted.time_zone);
        insert.bind(6, config::to_json(wanted.parameters));
        insert.bind(7, wanted.definition);
        insert.bind(8, microseconds_of(wanted.created_at));
        auto inserted = insert.run();
        if (!inserted.ok() && inserted.error().code() == Code::kConflict) {
            return Error(Code::kConflict, "the session already has such an attempt");
        }
        TRY(std::move(inserted));
        int64_t id = connection_->last_insert_id();
        for (const Task* task : tasks) TRY(insert_task(*insert_, id, *task));
        TRY(insert_resumed(id, resumed));
        TRY(transaction.commit());
        auto select = TRY(connection_->prepare(std::string(kSelectAttempts) + "WHERE a.id = ?1"));
        select.bind(1, id);
        TRY(select.step());
        return read_attempt(select);
    }

    Result<std::vector<ResumedTask>> resumed_tasks(AttemptId attempt) override {
        base::Lock lock(mutex_);
        auto select =
            TRY(connection_->prepare("SELECT full_name, exported, stored, updated_at"
                                     " FROM resumed_tasks WHERE attempt_id = ?1"));
        select.bind(1, static_cast<int64_t>(attempt));
        std::vector<ResumedTask> result;
        while (true) {
            bool is_row = TRY(select.step());
            if (!is_row) return result;
            ResumedTask task;
            task.full_name = select.text(0);
            task.export_parameters = TRY(read_map(select.text(1)));
            task.store_parameters = TRY(read_map(select.text(2)));
            task.updated_at = instant_of(select.integer(3));
            result.push_back(std::move(task));
        }
    }

    Result<> commit(const Changes& changes) override {
        base::Lock lock(mutex_);
        if (changes.empty()) return {};
        auto transaction = TRY(database::SqliteTransaction::begin(*connection_));
        int64_t attempt = static_cast<int64_t>(changes.attempt);
        for (const Task* task : changes.inserted) TRY(insert_task(*insert_, attempt, *task));
        for (const Task* task : changes.updated) TRY(update_task(*update_, attempt, *task));
        if (changes.cancel_requested || changes.finished_success) TRY(update_attempt(changes));
        return transaction.commit();
    }

    Result<std::vector<Task>> tasks(AttemptId attempt) override {
        base::Lock lock(mutex_);
        auto select = TRY(connection_->prepare(kSelectTasks));
        select.bind(1, static_cast<int64_t>(attempt));
        std::vector<Task> result;
        while (true) {
            bool is_row = TRY(select.step());
            if (!is_row) return result;
            Task task = TRY(read_task(select));
            result.push_back(std::move(task));
        }
    }

    Result<std::vector<Attempt>> unfinished() override {
        base::Lock lock(mutex_);
        auto select = TRY(connection_->prepare(std::string(kSelectAttempts) +
                                               "WHERE a.is_done = 0 ORDER BY a.id"));
        return read_attempts(select);
    }

    Result<std::vector<Attempt>> attempts(const std::string& project, const std::string& workflow,
                                          std::optional<base::Instant> session) override {
        base::Lock lock(mutex_);
        auto select = TRY(connection_->prepare(
            std::string(kSelectAttempts) +
            "WHERE s.project = ?1 AND s.workflow = ?2 AND (?3 IS NULL OR s.time_us = ?3)"
            " ORDER BY a.id"));
        select.bind(1, project);
        select.bind(2, workflow);
        if (session) {
            select.bind(3, microseconds_of(*session));
        } else {
            select.bind_null(3);
        }
        return read_attempts(select);
    }

    Result<std::optional<Attempt>> newest_attempt(const std::string& project,
                                                  const std::string& workflow) override {
        base::Lock lock(mutex_);
        // The order makes it look at attempts, the newest first, until one fits.
        auto select = TRY(connection_->prepare(std::string(kSelectAttempts) +
                                               "WHERE +s.project = ?1 AND +s.workflow = ?2"
                                               " ORDER BY a.id DESC LIMIT 1"));
        select.bind(1, project);
        select.bind(2, workflow);
        auto found = TRY(read_attempts(select));
        if (found.empty()) return std::optional<Attempt>();
        return std::optional(std::move(found.front()));
    }

    Result<> forget_done_tasks(const std::string& project, const std::string& workflow) override {
        base::Lock lock(mutex_);
        auto remove = TRY(connection_->prepare(
            "DELETE FROM tasks WHERE attempt_id IN (SELECT a.id FROM attempts a"
            " JOIN sessions s ON s.id = a.session_id"
            " WHERE s.project = ?1 AND s.workflow = ?2 AND a.is_done = 1)"));
        remove.bind(1, project);
        remove.bind(2, workflow);
        return remove.run();
    }

    Result<> forget_tasks(AttemptId attempt) override {
        base::Lock lock(mutex_);
        auto remove = TRY(connection_->prepare("DELETE FROM tasks WHERE attempt_id = ?1"));
        remove.bind(1, static_cast<int64_t>(attempt));
        return remove.run();
    }

    Result<std::optional<base::Instant>> last_scheduled(const std::string& project,
                                                        const std::string& workflow) override {
        base::Lock lock(mutex_);
        auto select =
            TRY(connection_->prepare("SELECT last_session_us FROM schedules"
                                     " WHERE project = ?1 AND workflow = ?2"));
        select.bind(1, project);
        select.bind(2, workflow);
        bool is_row = TRY(select.step());
        if (!is_row) return std::optional<base::Instant>();
        return std::optional(instant_of(select.integer(0)));
    }

    Result<> set_last_scheduled(const std::string& project, const std::string& workflow,
                                base::Instant session) override {
        base::Lock lock(mutex_);
        auto insert =
            TRY(connection_->prepare("INSERT OR REPLACE INTO schedules"
                                     " (project, workflow, last_session_us) VALUES (?1, ?2, ?3)"));
        insert.bind(1, project);
        insert.bind(2, workflow);
        insert.bind(3, microseconds_of(session));
        return insert.run();
    }

  private:
    Result<> add_schedules() {
        {
            auto select = TRY(connection_->prepare(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schedules'"));
            bool is_there = TRY(select.step());
            if (is_there) return {};
        }
        auto transaction = TRY(database::SqliteTransaction::begin(*connection_));
        TRY(connection_->execute(kScheduleTable));
        return transaction.commit();
    }

    Result<> insert_resumed(int64_t attempt, const std::vector<ResumedTask>& resumed)
        REQUIRES(mutex_) {
        if (resumed.empty()) return {};
        auto insert =
            TRY(connection_->prepare("INSERT INTO resumed_tasks (attempt_id, full_name, exported,"
                                     " stored, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)"));
        for (const ResumedTask& task : resumed) {
            insert.bind(1, attempt);
            insert.bind(2, task.full_name);
            insert.bind(3, config::to_json(task.export_parameters));
            insert.bind(4, config::to_json(task.store_parameters));
            insert.bind(5, microseconds_of(task.updated_at));
            TRY(insert.run());
        }
        return {};
    }

    Result<> update_attempt(const Changes& changes) {
        auto update = TRY(connection_->prepare(
            "UPDATE attempts SET cancel_requested = cancel_requested OR ?2,"
            " is_done = is_done OR ?3, is_success = is_success OR ?4,"
            " finished_at = CASE WHEN ?3 THEN ?5 ELSE finished_at END WHERE id = ?1"));
        update.bind(1, static_cast<int64_t>(changes.attempt));
        update.bind(2, int64_t{changes.cancel_requested});
        update.bind(3, int64_t{changes.finished_success.has_value()});
        update.bind(4, int64_t{changes.finished_success.value_or(false)});
        update.bind(5, microseconds_of(changes.at));
        return update.run();
    }

    static Result<std::vector<Attempt>> read_attempts(database::SqliteStatement& select) {
        std::vector<Attempt> result;
        while (true) {
            bool is_row = TRY(select.step());
            if (!is_row) return result;
            Attempt attempt = TRY(read_attempt(select));
            result.push_back(std::move(attempt));
        }
    }

    base::Mutex mutex_;
    std::unique_ptr<database::Sqlite> connection_ GUARDED_BY(mutex_);
    std::optional<database::SqliteStatement> insert_ GUARDED_BY(mutex_);
    std::optional<database::SqliteStatement> update_ GUARDED_BY(mutex_);
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path) {
    auto connection = TRY(database::Sqlite::open(path, database::Sqlite::Mode::kReadWrite));
    auto store = std::make_unique<SqliteStore>(std::move(connection));
    TRY(store->open());
    return std::unique_ptr<Store>(std::move(store));
}

}  // namespace mogura::store
