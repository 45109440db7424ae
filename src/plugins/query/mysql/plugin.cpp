// SQL on MySQL or MariaDB. All statements of a text are one transaction, as far as MySQL has them:
// CREATE, ALTER, DROP and RENAME commit what was before.

#include "base/text.h"
#include "database/database.h"
#include "plugins/output/mysql/connection.h"
#include "plugins/plugins.h"
#include "plugins/query/mysql/rows.h"
#include "plugins/query/text/failure.h"
#include "plugins/query/text/no_rows.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using database::Mysql;
using database::MysqlTransaction;

bool only_reads(std::string_view statement) {
    constexpr std::array kReading = {"SELECT",  "SHOW",   "DESCRIBE", "DESC",
                                     "EXPLAIN", "VALUES", "TABLE",    "WITH"};
    constexpr std::array kWriting = {"INSERT", "UPDATE", "DELETE", "REPLACE"};
    const auto words = database::sql_words(statement, statement.size());
    if (words.empty() || std::ranges::find(kReading, words[0]) == kReading.end()) return false;
    return words[0] != "WITH" || std::ranges::find_first_of(words, kWriting) == words.end();
}

bool begins_transaction(std::string_view statement) {
    const auto head = database::sql_words(statement, 2);
    if (head.empty()) return false;
    return head[0] == "BEGIN" ||
           (head.size() > 1 && head[0] == "START" && head[1] == "TRANSACTION");
}

// Where in the statement the server stopped: "... near 'TEXT' at line 3". The text is the rest of
// the statement, cut after some characters.
size_t failing_offset(std::string_view statement, std::string_view message) {
    constexpr std::string_view kNear = "near '";
    const size_t near = message.find(kNear);
    if (near != message.npos) {
        std::string_view rest = message.substr(near + kNear.size());
        const size_t line_at = rest.rfind("' at line ");
        if (line_at == rest.npos) return 0;
        const std::string_view text = rest.substr(0, line_at);
        if (text.empty()) return statement.size() - 1;  // it ended too early
        // What stands furthest behind is the rest of the statement, unless it was cut.
        if (statement.ends_with(text)) return statement.size() - text.size();
        const size_t found = statement.find(text);
        return found == statement.npos ? 0 : found;
    }
    // "Unknown column 'x' in ...", "Table 'database.x' doesn't exist".
    const size_t open = message.find('\'');
    const size_t close = open == message.npos ? open : message.find('\'', open + 1);
    if (close == message.npos) return 0;
    std::string_view name = message.substr(open + 1, close - open - 1);
    size_t found = statement.find(name);
    if (found == statement.npos && name.find('.') != name.npos) {
        name.remove_prefix(name.rfind('.') + 1);
        found = statement.find(name);
    }
    return name.empty() || found == statement.npos ? 0 : found;
}

class MysqlEngine final : public query::Engine {
  public:
    explicit MysqlEngine(std::shared_ptr<Mysql> connection) : connection_(std::move(connection)) {}

    Result<std::unique_ptr<query::Rows>> execute(const query::Text& text) override {
        const auto statements = database::split_mysql_statements(text.sql);
        if (statements.empty()) return std::make_unique<NoRows>();
        const bool has_own = std::ranges::any_of(statements, begins_transaction);
        const bool only_reads_all = std::ranges::all_of(statements, only_reads);
        if (statements.size() == 1 || has_own || only_reads_all) return run(text, statements);
        auto transaction = TRY(MysqlTransaction::begin(*connection_));
        auto rows = TRY(run(text, statements));
        TRY(transaction.commit());
        return rows;
    }

    void cancel() override { connection_->cancel(); }

  private:
    Result<std::unique_ptr<query::Rows>> run(const query::Text& text,
                                             const std::vector<std::string_view>& statements) {
        for (size_t index = 0; index + 1 < statements.size(); ++index) {
            auto done = connection_->execute(statements[index]);
            if (!done.ok()) return failure(text, statements[index], done.error());
        }
        auto rows = connection_->query(statements.back());
        if (!rows.ok()) return failure(text, statements.back(), rows.error());
        if (rows->fields().empty()) return std::make_unique<NoRows>();
        auto pages = std::make_unique<MysqlRows>(connection_, *std::move(rows));
        // COMMIT needs the connection, and a change is done when its rows are taken.
        if (!std::ranges::all_of(statements, only_reads)) {
            auto read = pages->read_all();
            if (!read.ok()) return failure(text, statements.back(), read.error());
        }
        return pages;
    }

    static Error failure(const query::Text& text, std::string_view statement, const Error& error) {
        const auto begin = static_cast<size_t>(statement.data() - text.sql.data());
        return failure_at(text, begin + failing_offset(statement, error.message()), error);
    }

    std::shared_ptr<Mysql> connection_;
};

Result<std::unique_ptr<query::Engine>> make(const database::MysqlOptions& options,
                                            const query::Context&) {
    auto connection = TRY(Mysql::connect(options));
    return std::make_unique<MysqlEngine>(std::move(connection));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(query, mysql) {
    registry.engines.add("mysql", "SQL on MySQL or MariaDB.", read_mysql_connection, make);
}
