// Rows into a table of a SQLite file: the product behind table/output.h.
//
// Intermediate rows live in a temporary table, outside the file, which locks nothing and which no
// crash leaves behind; in the file where a later run is to go on after a crash. Then one
// transaction makes them visible: whoever reads sees the old rows or the new ones, and a load that
// fails, or a process that dies, leaves the file as it was. A file that was there keeps its journal
// mode, too.

#include "base/mutex.h"
#include "base/text.h"
#include "database/database.h"
#include "plugins/output/sqlite/rows.h"
#include "plugins/output/table/output.h"
#include "plugins/plugins.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using database::Sqlite;
using database::sqlite_identifier;
using table::Mode;

struct Options {
    std::string database;
    table::Options table;
};

Options read(config::Reader& reader) {
    Options options;
    options.database =
        reader.required<std::string>("database", "SQLite file; it is created when missing.");
    options.table = table::read_options(reader);
    return options;
}

class SqliteConnection final : public table::Connection {
  public:
    explicit SqliteConnection(std::shared_ptr<Sqlite> session) : session_(std::move(session)) {}

    Result<> execute(const std::string& sql) override { return session_->execute(sql); }
    std::string begin_statement() const override { return "BEGIN IMMEDIATE"; }
    // SQLite's names have no case.
    Result<std::string> resolve_name(const std::string& table) override { return table; }
    Result<std::vector<table::TargetColumn>> columns(const std::string& table) override {
        std::vector<table::TargetColumn> columns;
        auto statement = TRY(session_->prepare(table_info(table)));
        while (true) {
            const bool found = TRY(statement.step());
            if (!found) return columns;
            columns.push_back(
                {.name = std::string(statement.text(1)), .type = std::string(statement.text(2))});
        }
    }
    Result<std::vector<std::string>> primary_key(const std::string& table) override {
        std::vector<std::string> key;
        auto statement = TRY(session_->prepare(table_info(table)));
        while (true) {
            const bool found = TRY(statement.step());
            if (!found) return key;
            const auto place = static_cast<size_t>(statement.integer(5));
            if (place == 0) continue;
            if (key.size() < place) key.resize(place);
            key[place - 1] = statement.text(1);
        }
    }
    Result<std::string> default_type(page::Type type) override {
        return sqlite::default_type(type);
    }
    Result<table::ColumnKind> kind_of_type(const std::string& type) override {
        return sqlite::kind_of_type(type);
    }
    load::TaskRow failed_row(const Error& failure,
                             const std::vector<std::string>& tables) override {
        return sqlite::failed_row(*session_, failure.message(), tables.front());
    }
    Result<std::vector<std::string>> list(const std::string& sql) override {
        std::vector<std::string> values;
        auto statement = TRY(session_->prepare(sql));
        while (true) {
            const bool found = TRY(statement.step());
            if (!found) return values;
            values.emplace_back(statement.text(0));
        }
    }
    // The temporary ones go with the connection.
    Result<std::vector<std::string>> intermediate_tables() override {
        return list("SELECT name FROM main.sqlite_master WHERE type = 'table'");
    }

  private:
    static std::string table_info(const std::string& table) {
        return "PRAGMA main.table_info(" + sqlite_identifier(table) + ")";
    }
    std::shared_ptr<Sqlite> session_;
};

class SqliteProduct final : public table::Product {
  public:
    SqliteProduct(std::string path, table::Options options)
        : path_(std::move(path)), options_(std::move(options)) {}

    std::string_view word() const override { return "sqlite"; }
    Result<std::unique_ptr<table::Connection>> connect() override {
        auto shared = TRY(session());
        return std::make_unique<SqliteConnection>(std::move(shared));
    }
    std::string identifier(const std::string& name) const override {
        return sqlite_identifier(name);
    }
    std::string target(const std::string& table) const override {
        return "main." + sqlite_identifier(table);
    }
    std::string intermediate(const std::string& table) const override {
        return (keeps_ ? "main." : "temp.") + sqlite_identifier(table);
    }
    size_t name_bytes_max() const override { return 1000; }
    bool has_table_per_task() const override { return false; }
    void keep() override { keeps_ = true; }
    std::string_view waiting_read() const override { return ""; }  // a dead process holds no lock
    bool is_parallel() const override { return false; }            // SQLite has one writer
    bool keeps_not_finite() const override { return true; }

    std::string merge(const table::Plan& plan, const std::string& source) const override {
        return update(plan, source) + "; INSERT INTO " + plan.table + " (" +
               name_list(*this, plan.columns) + ") SELECT " + name_list(*this, plan.columns) +
               " FROM (" + source + ") AS S WHERE NOT EXISTS (SELECT 1 FROM " + plan.table +
               " AS T WHERE " + same_keys("T", plan) + ") GROUP BY " + keys(plan);
    }
    Result<> replace(table::Connection& connection, const table::Replacement& replacement,
                     bool& keeps) override;
    Result<std::unique_ptr<load::TaskOutput>> open(const std::string& table,
                                                   const table::Plan& plan,
                                                   table::TaskMark mark) override;
    Result<std::unique_ptr<table::Connection>> connect_to_ask() override;
    Result<table::RowsPlan> plan_rows(table::Connection& connection,
                                      const table::Receiver& receiver,
                                      const table::Plan& plan) override;

  private:
    Result<std::shared_ptr<Sqlite>> session();
    static std::string keys(const table::Plan& plan);
    static std::string same_keys(const std::string& target, const table::Plan& plan);
    std::string update(const table::Plan& plan, const std::string& source) const;
    std::vector<std::string> row_statements(const std::string& table,
                                            const table::Plan& plan) const;

    const std::string path_;
    const table::Options options_;
    bool keeps_ = false;
    base::Mutex mutex_;
    // All of a load: the temporary table belongs to it.
    std::shared_ptr<Sqlite> session_ GUARDED_BY(mutex_);
    std::shared_ptr<sqlite::RowWriter> writer_ GUARDED_BY(mutex_);
};

Result<std::shared_ptr<Sqlite>> SqliteProduct::session() {
    base::Lock lock(mutex_);
    writer_.reset();  // its statements would keep the tables in use
    if (!session_) {
        std::shared_ptr<Sqlite> opened = TRY(Sqlite::open(path_, Sqlite::Mode::kForeign));
        // Others may publish large tables to the same file meanwhile.
        TRY(
            opened->execute("PRAGMA busy_timeout=600000; PRAGMA temp.journal_mode=MEMORY; "
                            "PRAGMA temp.cache_size=-65536"));
        session_ = std::move(opened);
    }
    return session_;
}

std::string SqliteProduct::keys(const table::Plan& plan) {
    std::string list;
    for (const std::string& key : plan.merge_keys) {
        list += (list.empty() ? "" : ", ") + sqlite_identifier(key);
    }
    return list;
}

std::string SqliteProduct::same_keys(const std::string& target, const table::Plan& plan) {
    std::string condition;
    for (const std::string& key : plan.merge_keys) {
        const std::string name = sqlite_identifier(key);
        if (!condition.empty()) condition += " AND ";
        condition.append(target).append(".").append(name).append(" = S.").append(name);
    }
    return condition;
}

std::string SqliteProduct::update(const table::Plan& plan, const std::string& source) const {
    std::string assignments;
    if (options_.merge_rule) {
        assignments = base::join(*options_.merge_rule, ", ");
    } else {
        for (const table::FilledColumn& column : plan.columns) {
            const std::string name = sqlite_identifier(column.name);
            if (!assignments.empty()) assignments += ", ";
            assignments.append(name).append(" = S.").append(name);
        }
    }
    return "UPDATE " + plan.table + " SET " + assignments + " FROM (" + source + ") AS S WHERE " +
           same_keys(sqlite_identifier(options_.table), plan);
}

// A row of its own is the source of a merge.
std::vector<std::string> SqliteProduct::row_statements(const std::string& table,
                                                       const table::Plan& plan) const {
    std::string values;
    std::string row;
    for (size_t index = 0; index < plan.columns.size(); ++index) {
        const std::string value = "?" + std::to_string(index + 1);
        if (index > 0) values += ", ";
        if (index > 0) row += ", ";
        values += value;
        row.append(value).append(" AS ").append(sqlite_identifier(plan.columns[index].name));
    }
    std::vector<std::string> statements;
    if (options_.mode == Mode::kMergeDirect) statements.push_back(update(plan, "SELECT " + row));
    statements.push_back("INSERT INTO " + table + " (" + name_list(*this, plan.columns) +
                         ") VALUES (" + values + ")");
    return statements;
}

Result<> SqliteProduct::replace(table::Connection& connection,
                                const table::Replacement& replacement, bool&) {
    auto transaction = TRY(table::Transaction::begin(connection));
    TRY(connection.execute("DROP TABLE IF EXISTS " + target(replacement.table)));
    TRY(connection.execute(replacement.create_table));
    // Between tables of the same columns SQLite moves whole records, if it is asked with "*".
    auto copied = connection.execute("INSERT INTO " + target(replacement.table) +
                                     " SELECT * FROM " + intermediate(replacement.intermediate));
    if (!copied.ok()) return copied.error().at("table " + replacement.table);
    TRY(run_sql(connection, "after_load", options_.after_load));
    if (!replacement.published.empty()) TRY(connection.execute(replacement.published));
    return transaction.commit();
}

Result<std::unique_ptr<table::Connection>> SqliteProduct::connect_to_ask() {
    const std::filesystem::path place(path_);
    const bool is_new =
        !std::filesystem::exists(place) &&
        std::filesystem::is_directory(std::filesystem::absolute(place).parent_path());
    std::shared_ptr<Sqlite> session;
    if (is_new) {
        session = TRY(Sqlite::open_in_memory());
    } else {
        session = TRY(Sqlite::open(path_, Sqlite::Mode::kReadOnly));
    }
    return std::make_unique<SqliteConnection>(std::move(session));
}

Result<table::RowsPlan> SqliteProduct::plan_rows(table::Connection&,
                                                 const table::Receiver& receiver,
                                                 const table::Plan& plan) {
    table::RowsPlan rows{.statements = row_statements(receiver.table, plan)};
    rows.statements.insert(rows.statements.begin(), "BEGIN");
    rows.statements.emplace_back("COMMIT");
    if (options_.mode == Mode::kMergeDirect) {
        rows.notes.emplace_back("a row is inserted where its UPDATE changes none");
    }
    return rows;
}

Result<std::unique_ptr<load::TaskOutput>> SqliteProduct::open(const std::string& table,
                                                              const table::Plan& plan,
                                                              table::TaskMark mark) {
    base::Lock lock(mutex_);
    if (!writer_) {
        writer_ = TRY(sqlite::RowWriter::create(*session_, row_statements(table, plan), plan));
    }
    return std::make_unique<sqlite::SqliteTask>(writer_, std::move(mark));
}

Result<std::unique_ptr<load::Output>> make(const Options& options, const load::Context& context) {
    const std::string path =
        (std::filesystem::path(context.folder) / options.database).lexically_normal().string();
    return std::make_unique<table::TableOutput>(
        std::make_unique<SqliteProduct>(path, options.table), options.table, context.clock);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(output, sqlite) {
    registry.outputs.add("sqlite", "Rows into a table of a SQLite file.", read, make);
}
