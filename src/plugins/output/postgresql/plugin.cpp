// Rows into a table of PostgreSQL: the product behind table/output.h.
//
// Everything, a replaced table included, becomes visible with one COMMIT.

#include "base/text.h"
#include "plugins/output/postgresql/connection.h"
#include "plugins/output/postgresql/failed_row.h"
#include "plugins/output/postgresql/target.h"
#include "plugins/output/postgresql/task.h"
#include "plugins/output/table/output.h"
#include "plugins/output/table/retry.h"
#include "plugins/plugins.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using database::Postgresql;
using database::postgresql_identifier;
using database::postgresql_literal;
using table::Mode;

constexpr int kPort = 5432;

struct Options {
    PostgresqlPlace place;
    std::string temp_schema;
    std::optional<std::string> isolation;
    table::Options table;
};

Options read(config::Reader& reader) {
    Options options;
    options.place = read_postgresql_place(reader, "embulk-output-postgresql", kPort);
    options.temp_schema =
        reader
            .maybe<std::string>(
                "temp_schema",
                "Schema for the intermediate tables (not for replace); default: the same.")
            .value_or("");
    options.place.role = reader.maybe<std::string>("role_name", "Role that the sessions take.");
    options.table = table::read_options(reader);
    options.isolation = table::read_isolation(reader);
    return options;
}

class PostgresqlConnection final : public table::Connection {
  public:
    PostgresqlConnection(std::unique_ptr<Postgresql> session, std::string schema,
                         std::string temp_schema)
        : session_(std::move(session)),
          schema_(std::move(schema)),
          temp_schema_(std::move(temp_schema)) {}

    Result<> execute(const std::string& sql) override {
        TRY(session_->execute(sql));
        return {};
    }
    Result<std::string> resolve_name(const std::string& table) override {
        const auto found =
            TRY(postgresql::find_names(*session_, {.schema = schema_, .table = table}));
        return table::resolve_among(table, found);
    }
    Result<std::vector<table::TargetColumn>> columns(const std::string& table) override {
        return postgresql::read_columns(*session_, {.schema = schema_, .table = table});
    }
    Result<std::vector<std::string>> primary_key(const std::string& table) override {
        return postgresql::read_primary_key(*session_, {.schema = schema_, .table = table});
    }
    Result<std::string> default_type(page::Type type) override {
        return postgresql::default_type(type);
    }
    Result<table::ColumnKind> kind_of_type(const std::string& type) override {
        return postgresql::kind_of_type(*session_, type);
    }
    Result<std::vector<std::string>> list(const std::string& sql) override {
        return postgresql::read_list(*session_, sql);
    }
    load::TaskRow failed_row(const Error& failure,
                             const std::vector<std::string>& tables) override {
        return postgresql::failed_row(*session_, failure, tables);
    }
    Result<std::vector<std::string>> intermediate_tables() override {
        return postgresql::read_list(
            *session_,
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
            "c.relkind = 'r' AND n.nspname = " +
                postgresql_literal(temp_schema_));
    }
    Postgresql& session() { return *session_; }

  private:
    std::unique_ptr<Postgresql> session_;
    const std::string schema_;
    const std::string temp_schema_;
};

class PostgresqlProduct final : public table::Product {
  public:
    explicit PostgresqlProduct(Options options) : options_(std::move(options)) {}

    std::string_view word() const override { return "postgresql"; }
    Result<std::unique_ptr<table::Connection>> connect() override {
        auto session = TRY(open_session());
        return std::make_unique<PostgresqlConnection>(std::move(session), options_.place.schema,
                                                      temp_schema());
    }
    std::string identifier(const std::string& name) const override {
        return postgresql_identifier(name);
    }
    std::string target(const std::string& table) const override {
        return postgresql_identifier(options_.place.schema) + "." + postgresql_identifier(table);
    }
    std::string intermediate(const std::string& table) const override {
        return postgresql_identifier(temp_schema()) + "." + postgresql_identifier(table);
    }
    size_t name_bytes_max() const override { return 63; }
    bool keeps_not_finite() const override { return true; }

    std::string merge(const table::Plan& plan, const std::string& source) const override {
        std::string keys;
        for (const std::string& key : plan.merge_keys) {
            keys += (keys.empty() ? "" : ", ") + postgresql_identifier(key);
        }
        return merge_statement(plan, source, "SELECT DISTINCT ON (" + keys + ") *");
    }
    Result<> replace(table::Connection& connection, const table::Replacement& replacement,
                     bool& keeps) override;
    Result<std::unique_ptr<load::TaskOutput>> open(const std::string& table,
                                                   const table::Plan& plan,
                                                   table::TaskMark mark) override;
    Result<table::RowsPlan> plan_rows(table::Connection& connection,
                                      const table::Receiver& receiver,
                                      const table::Plan& plan) override;

  private:
    Result<std::unique_ptr<Postgresql>> open_session() const;
    // How a task of merge_direct merges a batch; nothing in the other modes.
    postgresql::MergeStatement batch_merge(const table::Plan& plan) const;
    const std::string& temp_schema() const {
        const bool has_own = !options_.temp_schema.empty() && options_.table.mode != Mode::kReplace;
        return has_own ? options_.temp_schema : options_.place.schema;
    }
    std::string assignments(const table::Plan& plan) const;
    // `select`: how the rows are taken that are not there yet.
    std::string merge_statement(const table::Plan& plan, const std::string& source,
                                const std::string& select) const;

    const Options options_;
};

Result<std::unique_ptr<Postgresql>> PostgresqlProduct::open_session() const {
    auto session = TRY(table::connect_with_retry(word(), options_.table,
                                                 [&] { return open_postgresql(options_.place); }));
    if (options_.isolation) {
        TRY(session->execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL " +
                             *options_.isolation));
    }
    return session;
}

std::string PostgresqlProduct::assignments(const table::Plan& plan) const {
    if (options_.table.merge_rule) return base::join(*options_.table.merge_rule, ", ");
    std::string list;
    for (const table::FilledColumn& column : plan.columns) {
        if (!list.empty()) list += ", ";
        const std::string name = postgresql_identifier(column.name);
        list.append(name).append(" = S.").append(name);
    }
    return list;
}

// One statement: its UPDATE and its INSERT see the same rows of the target.
std::string PostgresqlProduct::merge_statement(const table::Plan& plan, const std::string& source,
                                               const std::string& select) const {
    std::string same;
    std::string updated;
    std::string source_keys;
    for (const std::string& key : plan.merge_keys) {
        const std::string name = postgresql_identifier(key);
        const std::string_view and_word = same.empty() ? "" : " AND ";
        const std::string_view comma = source_keys.empty() ? "" : ", ";
        same.append(and_word).append(plan.table).append(".").append(name);
        same.append(" = S.").append(name);
        updated.append(and_word).append("S.").append(name).append(" = updated.").append(name);
        source_keys.append(comma).append("S.").append(name);
    }
    return "WITH updated AS (UPDATE " + plan.table + " SET " + assignments(plan) + " FROM (" +
           source + ") S WHERE " + same + " RETURNING " + source_keys + ") INSERT INTO " +
           plan.table + " (" + name_list(*this, plan.columns) + ") " + select + " FROM (" + source +
           ") S WHERE NOT EXISTS (SELECT 1 FROM updated WHERE " + updated + ")";
}

Result<> PostgresqlProduct::replace(table::Connection& connection,
                                    const table::Replacement& replacement, bool&) {
    auto transaction = TRY(table::Transaction::begin(connection));
    TRY(connection.execute("DROP TABLE IF EXISTS " + target(replacement.table)));
    TRY(connection.execute("ALTER TABLE " + intermediate(replacement.intermediate) + " RENAME TO " +
                           postgresql_identifier(replacement.table)));
    TRY(run_sql(connection, "after_load", options_.table.after_load));
    if (!replacement.published.empty()) TRY(connection.execute(replacement.published));
    return transaction.commit();
}

postgresql::MergeStatement PostgresqlProduct::batch_merge(const table::Plan& plan) const {
    if (options_.table.mode != Mode::kMergeDirect) return {};
    return [this, &plan](const std::string& source) {
        return merge_statement(plan, source, "SELECT *");  // a key comes once
    };
}

Result<table::RowsPlan> PostgresqlProduct::plan_rows(table::Connection& connection,
                                                     const table::Receiver& receiver,
                                                     const table::Plan& plan) {
    return postgresql::plan_task(static_cast<PostgresqlConnection&>(connection).session(), receiver,
                                 name_list(*this, plan.columns), plan, options_.table,
                                 batch_merge(plan));
}

Result<std::unique_ptr<load::TaskOutput>> PostgresqlProduct::open(const std::string& table,
                                                                  const table::Plan& plan,
                                                                  table::TaskMark mark) {
    auto session = TRY(open_session());
    auto task = TRY(postgresql::PostgresqlTask::create(
        std::move(session), table, name_list(*this, plan.columns), plan, options_.table,
        batch_merge(plan), std::move(mark)));
    return std::unique_ptr<load::TaskOutput>(std::move(task));
}

Result<std::unique_ptr<load::Output>> make(const Options& options, const load::Context& context) {
    return std::make_unique<table::TableOutput>(std::make_unique<PostgresqlProduct>(options),
                                                options.table, context.clock);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(output, postgresql) {
    registry.outputs.add("postgresql", "Rows into a table of PostgreSQL.", read, make);
}
