#include "plugins/operator/statement/status.h"

#include "base/text.h"

#include <utility>
#include <vector>

namespace mogura::plugins::statement {
namespace {

std::string oldest(const Dialect& dialect, const Settings& settings) {
    return base::replace_all(dialect.oldest, "{}", std::to_string(settings.status_age_max.count()));
}

}  // namespace

std::string quoted_table(const source::Source& source, const std::string& name) {
    const size_t point = name.find('.');
    if (point == name.npos) return source.identifier(name);
    return source.identifier(name.substr(0, point)) + "." +
           source.identifier(name.substr(point + 1));
}

Status::Status(source::Source& source, const Dialect& dialect, const Settings& settings,
               std::string query_id)
    : source_(source), dialect_(dialect), settings_(settings), query_id_(std::move(query_id)) {
    std::string name = settings.status_table;
    if (dialect.has_table_per_statement) name += "_" + query_id_;
    table_ = source.identifier(name);
    if (!settings.status_schema.empty()) {
        table_ = source.identifier(settings.status_schema) + "." + table_;
    }
}

Result<> Status::create_table() {
    auto created =
        source_.run("CREATE TABLE IF NOT EXISTS " + table_ + " (" + dialect_.status_columns + ")");
    // Another task may just have done it.
    if (!created.ok() && created.error().code() != Code::kConflict) return created;
    return {};
}

// Does not wait for a lock on the row, as an INSERT would in MySQL.
Result<bool> Status::is_there() {
    TRY(source_.run(source_.begin_statement()));
    bool is_there = false;
    auto look = [&]() -> Result<> {
        TRY(source_.start("SELECT query_id FROM " + table_ +
                          " WHERE query_id = " + source_.literal(query_id_)));
        source::Cells cells;
        while (true) {
            const bool found = TRY(source_.next(cells));
            if (!found) return {};
            is_there = true;
        }
    };
    auto looked = look();
    TRY(source_.run("ROLLBACK"));
    if (!looked.ok()) return looked.error();
    return is_there;
}

Result<> Status::prepare() {
    auto there = is_there();
    if (there.ok() && *there) return {};
    if (!there.ok()) {
        if (there.error().code() != Code::kNotFound) return there.error();
        TRY(create_table());
    }
    auto inserted = source_.run("INSERT INTO " + table_ + " (query_id, created_at) VALUES (" +
                                source_.literal(query_id_) + ", CURRENT_TIMESTAMP)");
    // An earlier try of this task put it there.
    if (!inserted.ok() && inserted.error().code() == Code::kConflict) return {};
    return inserted;
}

Result<bool> Status::is_completed() {
    std::string select =
        "SELECT completed_at FROM " + table_ + " WHERE query_id = " + source_.literal(query_id_);
    if (dialect_.has_table_per_statement) {
        TRY(source_.run("LOCK TABLE " + table_));
    } else {
        select += " FOR UPDATE NOWAIT";
    }
    TRY(source_.start(select));
    source::Cells cells;
    bool is_there = false;
    bool is_completed = false;
    while (true) {
        const bool found = TRY(source_.next(cells));
        if (!found) break;
        is_there = true;
        is_completed = cells[0].has_value();
    }
    if (is_there) return is_completed;
    return Error(Code::kInternal, "status table " + table_ + ": the row of query " + query_id_ +
                                      " is gone (status_table_cleanup is shorter than the query?)");
}

Result<Ran> Status::run(const std::function<Result<>()>& statement) {
    TRY(source_.run(source_.begin_statement()));
    auto completed = is_completed();
    if (!completed.ok() || *completed) {
        TRY(source_.run("ROLLBACK"));
        if (completed.ok()) return Ran::kBefore;
        if (completed.error().code() == Code::kTimeout) return Ran::kLocked;
        return completed.error();
    }
    auto done = statement();
    if (done.ok()) {
        done = source_.run(
            "UPDATE " + table_ +
            " SET completed_at = CURRENT_TIMESTAMP WHERE query_id = " + source_.literal(query_id_));
    }
    if (done.ok()) done = source_.run("COMMIT");
    if (done.ok()) return Ran::kNow;
    [[maybe_unused]] auto undone = source_.run("ROLLBACK");  // the connection may be gone
    return done.error();
}

Result<> Status::clean_up() {
    if (dialect_.has_table_per_statement) return clean_up_tables();
    return source_.run("DELETE FROM " + table_ + " WHERE query_id <> " +
                       source_.literal(query_id_) + " AND created_at < " +
                       oldest(dialect_, settings_));
}

Result<> Status::clean_up_tables() {
    const std::string schema = settings_.status_schema.empty()
                                   ? std::string("current_schema()")
                                   : source_.literal(settings_.status_schema);
    TRY(source_.run(source_.begin_statement()));
    TRY(source_.start("SELECT tablename FROM pg_tables WHERE schemaname = " + schema +
                      " AND position(" + source_.literal(settings_.status_table + "_") +
                      " in tablename) = 1"));
    std::vector<std::string> tables;
    source::Cells cells;
    while (true) {
        const bool found = TRY(source_.next(cells));
        if (!found) break;
        const std::string prefix = settings_.status_schema.empty()
                                       ? ""
                                       : source_.identifier(settings_.status_schema) + ".";
        tables.push_back(prefix + source_.identifier(std::string(*cells[0])));
    }
    for (const std::string& table : tables) {
        if (table == table_) continue;
        TRY(source_.start("SELECT 1 FROM " + table + " WHERE created_at < " +
                          oldest(dialect_, settings_)));
        bool is_old = false;
        while (true) {
            const bool found = TRY(source_.next(cells));
            if (!found) break;
            is_old = true;
        }
        if (is_old) TRY(source_.run("DROP TABLE IF EXISTS " + table));
    }
    return source_.run("COMMIT");
}

}  // namespace mogura::plugins::statement
