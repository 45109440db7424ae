#include "store/locks.h"

#include "base/mutex.h"
#include "base/process_life.h"
#include "database/database.h"

#include <utility>
#include <vector>

namespace mogura::store {
namespace {

// `process` is empty where the lock does not last while it runs. A row whose time was over when
// somebody wanted the lock stays, for its holder to be told.
constexpr const char* kTable = R"sql(
CREATE TABLE IF NOT EXISTS locks (
    holder TEXT PRIMARY KEY, name TEXT NOT NULL, attempt_id INTEGER NOT NULL,
    holders_max INTEGER NOT NULL, ends_with_attempt INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, life INTEGER NOT NULL DEFAULT 0,
    process TEXT NOT NULL DEFAULT '', has_expired INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS locks_by_name ON locks (name);
)sql";

// For a file of an earlier version.
constexpr const char* kNewColumns = R"sql(
ALTER TABLE locks ADD COLUMN life INTEGER NOT NULL DEFAULT 0;
ALTER TABLE locks ADD COLUMN process TEXT NOT NULL DEFAULT '';
ALTER TABLE locks ADD COLUMN has_expired INTEGER NOT NULL DEFAULT 0;
)sql";

// Attempts stand in the same file, when it is the store's.
constexpr const char* kForgetEnded =
    "DELETE FROM locks WHERE (ends_with_attempt = 1 OR has_expired = 1) AND attempt_id IN"
    " (SELECT id FROM attempts WHERE is_done = 1)";
constexpr const char* kRenew =
    "UPDATE locks SET expires_at = ?1 + life WHERE expires_at <= ?1 AND has_expired = 0 AND"
    " process = ?2 AND name = ?3";
constexpr const char* kOfRunningAttempts =
    " AND attempt_id NOT IN (SELECT id FROM attempts WHERE is_done = 1)";
constexpr std::chrono::hours kKeepsExpired{30 * 24};

int64_t microseconds_of(base::Instant instant) {
    return instant.time_since_epoch().count();
}

class SqliteLocks final : public Locks {
  public:
    explicit SqliteLocks(std::string path) : path_(std::move(path)) {}

    Result<bool> acquire(const LockRequest& request, base::Instant now) override {
        base::Lock lock(mutex_);
        TRY(open());
        TRY(connection_->execute("BEGIN IMMEDIATE"));
        auto taken = take(request, now);
        if (!taken.ok()) {
            [[maybe_unused]] auto ignored = connection_->execute("ROLLBACK");
            return taken;
        }
        TRY(connection_->execute("COMMIT"));
        return taken;
    }

    Result<Released> release(const std::string& holder) override {
        base::Lock lock(mutex_);
        TRY(open());
        Released released;
        auto find =
            TRY(connection_->prepare("SELECT name, life, has_expired FROM locks WHERE holder = ?"));
        find.bind(1, std::string_view(holder));
        const bool is_there = TRY(find.step());
        if (!is_there) return released;
        released.was_held = find.integer(2) == 0;
        if (!released.was_held) released.expired_name = find.text(0);
        released.life = std::chrono::duration_cast<std::chrono::seconds>(
            std::chrono::microseconds(find.integer(1)));
        find.reset();
        auto remove = TRY(connection_->prepare("DELETE FROM locks WHERE holder = ?"));
        remove.bind(1, std::string_view(holder));
        TRY(remove.run());
        return released;
    }

    Result<> adopt(int64_t attempt) override {
        base::Lock lock(mutex_);
        TRY(open());
        auto update = TRY(connection_->prepare(
            "UPDATE locks SET process = ? WHERE attempt_id = ? AND process <> ''"));
        update.bind(1, std::string_view(base::this_process()));
        update.bind(2, attempt);
        return update.run();
    }

  private:
    Result<> open() REQUIRES(mutex_) {
        if (connection_) return {};
        auto opened =
            TRY(path_.empty() ? database::Sqlite::open_in_memory()
                              : database::Sqlite::open(path_, database::Sqlite::Mode::kReadWrite));
        opened->keep_log_on_close();
        TRY(opened->execute(kTable));
        TRY(add_columns(*opened));
        auto tables = TRY(opened->prepare(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'attempts'"));
        has_attempts_ = TRY(tables.step());
        connection_ = std::move(opened);
        return {};
    }

    static Result<bool> has_all_columns(database::Sqlite& connection) {
        auto find = TRY(connection.prepare(
            "SELECT 1 FROM pragma_table_info('locks') WHERE name = 'has_expired'"));
        return find.step();
    }

    // Another process may be doing the same.
    static Result<> add_columns(database::Sqlite& connection) {
        const bool has_them = TRY(has_all_columns(connection));
        if (has_them) return {};
        TRY(connection.execute("BEGIN IMMEDIATE"));
        const bool has_them_now = TRY(has_all_columns(connection));
        if (!has_them_now) TRY(connection.execute(kNewColumns));
        return connection.execute("COMMIT");
    }

    Result<bool> take(const LockRequest& request, base::Instant now) REQUIRES(mutex_) {
        TRY(forget_ended(request.name, now));
        auto others = TRY(connection_->prepare(
            "SELECT count(*), coalesce(max(holders_max), 0), coalesce(min(holders_max), 0)"
            " FROM locks WHERE name = ? AND holder <> ? AND has_expired = 0"));
        others.bind(1, std::string_view(request.name));
        others.bind(2, std::string_view(request.holder));
        TRY(others.step());
        int64_t count = others.integer(0);
        bool differs = count > 0 && (others.integer(1) != request.holders_max ||
                                     others.integer(2) != request.holders_max);
        if (differs) {
            return Error(Code::kInvalid, "the lock " + request.name + " is held with a limit of " +
                                             std::to_string(others.integer(1)) + ", not " +
                                             std::to_string(request.holders_max) +
                                             ": all tasks must name the same limit");
        }
        if (count >= request.holders_max) return false;
        TRY(write(request, now));
        return true;
    }

    Result<> forget_ended(const std::string& name, base::Instant now) REQUIRES(mutex_) {
        if (has_attempts_) TRY(connection_->execute(kForgetEnded));
        TRY(renew(name, now));
        auto expire = TRY(connection_->prepare(
            "UPDATE locks SET has_expired = 1 WHERE name = ? AND expires_at <= ?"));
        expire.bind(1, std::string_view(name));
        expire.bind(2, microseconds_of(now));
        TRY(expire.run());
        auto forget = TRY(connection_->prepare(
            "DELETE FROM locks WHERE (process = '' OR has_expired = 1) AND expires_at <= ?"));
        forget.bind(1, microseconds_of(now - kKeepsExpired));
        return forget.run();
    }

    // Where processes that hold it still run.
    Result<> renew(const std::string& name, base::Instant now) REQUIRES(mutex_) {
        auto find = TRY(connection_->prepare(
            "SELECT DISTINCT process FROM locks WHERE name = ? AND expires_at <= ? AND"
            " has_expired = 0 AND process <> ''"));
        find.bind(1, std::string_view(name));
        find.bind(2, microseconds_of(now));
        std::vector<std::string> processes;
        while (true) {
            const bool is_there = TRY(find.step());
            if (!is_there) break;
            processes.emplace_back(find.text(0));
        }
        for (const std::string& process : processes) {
            if (!base::is_running(process)) continue;
            const std::string sql = std::string(kRenew) + (has_attempts_ ? kOfRunningAttempts : "");
            auto update = TRY(connection_->prepare(sql));
            update.bind(1, microseconds_of(now));
            update.bind(2, std::string_view(process));
            update.bind(3, std::string_view(name));
            TRY(update.run());
        }
        return {};
    }

    Result<> write(const LockRequest& request, base::Instant now) REQUIRES(mutex_) {
        auto insert = TRY(connection_->prepare(
            "INSERT OR REPLACE INTO locks (holder, name, attempt_id, holders_max,"
            " ends_with_attempt, expires_at, life, process) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
        insert.bind(1, std::string_view(request.holder));
        insert.bind(2, std::string_view(request.name));
        insert.bind(3, request.attempt);
        insert.bind(4, request.holders_max);
        insert.bind(5, int64_t{request.ends_with_attempt ? 1 : 0});
        insert.bind(6, microseconds_of(now + request.life));
        insert.bind(7, int64_t{std::chrono::microseconds(request.life).count()});
        insert.bind(8, request.lasts_while_running ? std::string_view(base::this_process())
                                                   : std::string_view(""));
        return insert.run();
    }

    const std::string path_;
    base::Mutex mutex_;
    std::unique_ptr<database::Sqlite> connection_ GUARDED_BY(mutex_);
    bool has_attempts_ GUARDED_BY(mutex_) = false;
};

}  // namespace

std::unique_ptr<Locks> locks_in(const std::string& path) {
    return std::make_unique<SqliteLocks>(path);
}

}  // namespace mogura::store
