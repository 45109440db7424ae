#include "store/locks.h"

#include "base/mutex.h"
#include "database/database.h"

#include <utility>

namespace mogura::store {
namespace {

constexpr const char* kTable = R"sql(
CREATE TABLE IF NOT EXISTS locks (
    holder TEXT PRIMARY KEY, name TEXT NOT NULL, attempt_id INTEGER NOT NULL,
    holders_max INTEGER NOT NULL, ends_with_attempt INTEGER NOT NULL,
    expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS locks_by_name ON locks (name);
)sql";

// Attempts stand in the same file, when it is the store's.
constexpr const char* kForgetEnded =
    "DELETE FROM locks WHERE ends_with_attempt = 1 AND attempt_id IN"
    " (SELECT id FROM attempts WHERE is_done = 1)";

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

    Result<bool> release(const std::string& holder) override {
        base::Lock lock(mutex_);
        TRY(open());
        auto remove = TRY(connection_->prepare("DELETE FROM locks WHERE holder = ?"));
        remove.bind(1, std::string_view(holder));
        TRY(remove.run());
        return connection_->changes() > 0;
    }

  private:
    Result<> open() REQUIRES(mutex_) {
        if (connection_) return {};
        auto opened =
            TRY(path_.empty() ? database::Sqlite::open_in_memory()
                              : database::Sqlite::open(path_, database::Sqlite::Mode::kReadWrite));
        opened->keep_log_on_close();
        TRY(opened->execute(kTable));
        auto tables = TRY(opened->prepare(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'attempts'"));
        has_attempts_ = TRY(tables.step());
        connection_ = std::move(opened);
        return {};
    }

    Result<bool> take(const LockRequest& request, base::Instant now) REQUIRES(mutex_) {
        TRY(forget_ended(now));
        auto others = TRY(connection_->prepare(
            "SELECT count(*), coalesce(max(holders_max), 0), coalesce(min(holders_max), 0)"
            " FROM locks WHERE name = ? AND holder <> ?"));
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

    Result<> forget_ended(base::Instant now) REQUIRES(mutex_) {
        auto expired = TRY(connection_->prepare("DELETE FROM locks WHERE expires_at <= ?"));
        expired.bind(1, microseconds_of(now));
        TRY(expired.run());
        if (!has_attempts_) return {};
        return connection_->execute(kForgetEnded);
    }

    Result<> write(const LockRequest& request, base::Instant now) REQUIRES(mutex_) {
        auto insert = TRY(connection_->prepare(
            "INSERT OR REPLACE INTO locks (holder, name, attempt_id, holders_max,"
            " ends_with_attempt, expires_at) VALUES (?, ?, ?, ?, ?, ?)"));
        insert.bind(1, std::string_view(request.holder));
        insert.bind(2, std::string_view(request.name));
        insert.bind(3, request.attempt);
        insert.bind(4, request.holders_max);
        insert.bind(5, int64_t{request.ends_with_attempt ? 1 : 0});
        insert.bind(6, microseconds_of(now + request.life));
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
