#include "store/shared_parameters.h"

#include "base/mutex.h"
#include "database/database.h"

#include <optional>
#include <utility>

namespace mogura::store {
namespace {

constexpr const char* kTable = R"sql(
CREATE TABLE IF NOT EXISTS shared_parameters (
    name TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;
)sql";

int64_t microseconds_of(base::Instant instant) {
    return instant.time_since_epoch().count();
}

class SqliteParameters final : public SharedParameters {
  public:
    explicit SqliteParameters(std::string path) : path_(std::move(path)) {}

    Result<> set(const std::map<std::string, std::string>& values, base::Instant now) override {
        base::Lock lock(mutex_);
        TRY(open());
        TRY(connection_->execute("BEGIN IMMEDIATE"));
        auto written = write(values, now);
        if (written.ok()) return connection_->execute("COMMIT");
        [[maybe_unused]] auto ignored = connection_->execute("ROLLBACK");
        return written;
    }

    Result<std::map<std::string, std::string>> get(const std::vector<std::string>& names,
                                                   base::Instant now) override {
        base::Lock lock(mutex_);
        TRY(open());
        auto select = TRY(connection_->prepare(
            "SELECT value FROM shared_parameters WHERE name = ? AND updated_at > ?"));
        std::map<std::string, std::string> found;
        for (const std::string& name : names) {
            select.reset();
            select.bind(1, std::string_view(name));
            select.bind(2, microseconds_of(now - kSharedParameterLife));
            bool has_row = TRY(select.step());
            if (has_row) found[name] = select.text(0);
        }
        return found;
    }

  private:
    Result<> open() REQUIRES(mutex_) {
        if (connection_) return {};
        auto opened =
            TRY(path_.empty() ? database::Sqlite::open_in_memory()
                              : database::Sqlite::open(path_, database::Sqlite::Mode::kReadWrite));
        opened->keep_log_on_close();
        TRY(opened->execute(kTable));
        connection_ = std::move(opened);
        return {};
    }

    Result<> write(const std::map<std::string, std::string>& values, base::Instant now)
        REQUIRES(mutex_) {
        auto expire =
            TRY(connection_->prepare("DELETE FROM shared_parameters WHERE updated_at <= ?"));
        expire.bind(1, microseconds_of(now - kSharedParameterLife));
        TRY(expire.run());
        auto replace = TRY(connection_->prepare(
            "INSERT OR REPLACE INTO shared_parameters (name, value, updated_at) VALUES (?, ?, ?)"));
        for (const auto& [name, value] : values) {
            replace.bind(1, std::string_view(name));
            replace.bind(2, std::string_view(value));
            replace.bind(3, microseconds_of(now));
            TRY(replace.run());
        }
        return {};
    }

    const std::string path_;
    base::Mutex mutex_;
    std::unique_ptr<database::Sqlite> connection_ GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<SharedParameters> shared_parameters_in(const std::string& path) {
    return std::make_unique<SqliteParameters>(path);
}

}  // namespace mogura::store
