// SQL on a SQLite file. All statements of a text are one transaction.

#include "base/check.h"
#include "database/database.h"
#include "plugins/plugins.h"
#include "plugins/query/sqlite/rows.h"
#include "plugins/query/text/failure.h"
#include "plugins/query/text/no_rows.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

using database::Sqlite;
using database::SqliteStatement;

struct Options {
    std::string database;
    bool read_only;
};

Options read(config::Reader& reader) {
    const auto database = reader.maybe<std::string>(
        "database", "SQLite file, or \":memory:\"; created when missing.");
    const auto path = reader.maybe<std::string>("path", "The same as database.");
    if (!reader.is_manual()) {
        if (!database && !path) reader.problem("database", "this option is required (SQLite file)");
        if (database && path) reader.problem("path", "give either path or database, not both");
    }
    const bool read_only =
        reader.optional("read_only", false, "Only read; then a missing file is an error.");
    return {.database = database.value_or(path.value_or("")), .read_only = read_only};
}

// A transaction that reads first and writes later can find that another writer was there in
// between, and waiting does not help it then. So a text that may write says so at its beginning.
bool may_write(std::string_view sql) {
    constexpr std::array kWriting = {"INSERT", "UPDATE", "DELETE", "REPLACE",
                                     "CREATE", "DROP",   "ALTER"};
    return std::ranges::any_of(database::sql_words(sql, sql.size()), [&](const std::string& word) {
        return std::ranges::find(kWriting, word) != kWriting.end();
    });
}

class SqliteEngine final : public query::Engine {
  public:
    explicit SqliteEngine(std::shared_ptr<Sqlite> connection)
        : connection_(std::move(connection)) {}

    Result<std::unique_ptr<query::Rows>> execute(const query::Text& text) override {
        auto rows = run(text);
        if (!rows.ok() && connection_->is_in_transaction()) {
            auto rolled_back = connection_->execute("ROLLBACK");
            if (!rolled_back.ok()) return rolled_back.error();
        }
        return rows;
    }

    void cancel() override { connection_->interrupt(); }

  private:
    Result<std::unique_ptr<query::Rows>> run(const query::Text& text) {
        const auto head = database::sql_words(text.sql, 1);
        const bool has_own = !head.empty() && (head[0] == "BEGIN" || head[0] == "SAVEPOINT");
        std::unique_ptr<query::Rows> rows = std::make_unique<NoRows>();
        std::string_view rest = text.sql;
        while (!database::is_blank_sql(rest)) {
            const size_t begin = text.sql.size() - rest.size() + database::start_of_sql(rest);
            auto statement = TRY(prepare(text, rest));
            const bool is_last = database::is_blank_sql(rest);
            // A statement alone is a transaction by itself.
            if (!is_last && !has_own && !connection_->is_in_transaction()) {
                TRY(connection_->execute(may_write(text.sql) ? "BEGIN IMMEDIATE" : "BEGIN"));
            }
            if (is_last && statement.columns() > 0) {
                auto started = SqliteRows::start(connection_, std::move(statement));
                if (!started.ok()) return failure_at(text, begin, started.error());
                rows = *std::move(started);
            } else {
                auto done = statement.run();
                if (!done.ok()) return failure_at(text, begin, done.error());
            }
        }
        if (connection_->is_in_transaction()) {
            if (has_own) {
                return failure_at(text, text.sql.size(),
                                  Error(Code::kInvalid,
                                        "the transaction is not ended (add COMMIT, "
                                        "or leave BEGIN out: a text is one)"));
            }
            TRY(connection_->execute("COMMIT"));  // rows that are still being read stay readable
        }
        return rows;
    }

    // Takes the next statement off `rest`, which has one.
    Result<SqliteStatement> prepare(const query::Text& text, std::string_view& rest) {
        auto statement = connection_->prepare_next(rest);
        if (!statement.ok()) {
            const size_t failed = text.sql.size() - rest.size();
            return failure_at(text, failed + failing_offset(rest, statement.error()),
                              statement.error());
        }
        CHECK(statement->has_value());
        return **std::move(statement);
    }

    size_t failing_offset(std::string_view statement, const Error& error) const {
        if (auto offset = connection_->error_offset()) return *offset;
        // "no such table: NAME" comes without a place.
        const size_t colon = error.message().rfind(": ");
        const std::string name = error.message().substr(colon == std::string::npos ? 0 : colon + 2);
        const size_t found = statement.find(name);
        return found == statement.npos ? database::start_of_sql(statement) : found;
    }

    std::shared_ptr<Sqlite> connection_;
};

Result<std::unique_ptr<query::Engine>> make(const Options& options, const query::Context& context) {
    if (options.database == ":memory:") {
        auto memory = TRY(Sqlite::open_in_memory());
        return std::make_unique<SqliteEngine>(std::move(memory));
    }
    const std::string path =
        (std::filesystem::path(context.folder) / options.database).lexically_normal().string();
    auto connection = TRY(
        Sqlite::open(path, options.read_only ? Sqlite::Mode::kReadOnly : Sqlite::Mode::kForeign));
    return std::make_unique<SqliteEngine>(std::move(connection));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(query, sqlite) {
    registry.engines.add("sqlite", "SQL on a SQLite file.", read, make);
}
