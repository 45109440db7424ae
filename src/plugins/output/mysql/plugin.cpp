// Rows into a table of MySQL or MariaDB: the product behind table/output.h.
//
// replace takes the old table's place with one RENAME; merge leans on the table's unique keys.

#include "base/text.h"
#include "plugins/output/mysql/connection.h"
#include "plugins/output/mysql/failed_row.h"
#include "plugins/output/mysql/target.h"
#include "plugins/output/mysql/task.h"
#include "plugins/output/table/names.h"
#include "plugins/output/table/output.h"
#include "plugins/output/table/retry.h"
#include "plugins/plugins.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using database::Mysql;
using database::mysql_identifier;
using database::mysql_literal;
using database::MysqlOptions;
using table::Mode;

struct Options {
    MysqlOptions server;
    std::string temp_database;
    std::optional<std::string> isolation;
    table::Options table;
};

Options read(config::Reader& reader) {
    Options options;
    options.server = read_mysql_connection(reader);
    options.server.local_load = true;
    options.temp_database =
        reader
            .maybe<std::string>("temp_database",
                                "Database for the intermediate tables; default: the same.")
            .value_or("");
    options.table = table::read_options(reader);
    options.isolation = table::read_isolation(reader);
    if (options.table.merge_keys) {
        reader.problem("merge_keys",
                       "This output type does not accept 'merge_key' option. (MySQL merges by the "
                       "table's unique keys)");
    }
    return options;
}

class MysqlConnection final : public table::Connection {
  public:
    MysqlConnection(std::unique_ptr<Mysql> session, std::string temp_database)
        : session_(std::move(session)), temp_database_(std::move(temp_database)) {}

    Result<> execute(const std::string& sql) override {
        TRY(session_->execute(sql));
        return {};
    }
    Result<std::string> resolve_name(const std::string& table) override {
        const auto found = TRY(mysql::find_names(*session_, table));
        return table::resolve_among(table, found);
    }
    Result<std::vector<table::TargetColumn>> columns(const std::string& table) override {
        return mysql::read_columns(*session_, table);
    }
    Result<std::vector<std::string>> primary_key(const std::string& table) override {
        return mysql::read_primary_key(*session_, table);
    }
    Result<std::string> engine_without_transactions(const std::string& table) override {
        return session_->value(
            "SELECT t.ENGINE FROM information_schema.TABLES t JOIN information_schema.ENGINES e ON "
            "e.ENGINE = t.ENGINE WHERE e.TRANSACTIONS <> 'YES' AND t.TABLE_SCHEMA = DATABASE() AND "
            "t.TABLE_NAME = " +
            mysql_literal(table));
    }
    Result<std::string> default_type(page::Type type) override {
        if (!text_attributes_) {
            text_attributes_ = TRY(mysql::text_attributes(*session_));
        }
        return mysql::default_type(type, *text_attributes_);
    }
    Result<table::ColumnKind> kind_of_type(const std::string& type) override {
        return mysql::kind_of_type(type);
    }
    Result<std::vector<std::string>> list(const std::string& sql) override {
        return mysql::read_list(*session_, sql);
    }
    load::TaskRow failed_row(const Error& failure,
                             const std::vector<std::string>& tables) override {
        return mysql::failed_row(*session_, failure, tables);
    }
    Result<std::vector<std::string>> intermediate_tables() override {
        const std::string database =
            temp_database_.empty() ? "DATABASE()" : mysql_literal(temp_database_);
        return mysql::read_list(*session_,
                                "SELECT TABLE_NAME FROM information_schema.TABLES WHERE "
                                "TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA = " +
                                    database);
    }
    Mysql& session() { return *session_; }

  private:
    std::unique_ptr<Mysql> session_;
    const std::string temp_database_;
    std::optional<std::string> text_attributes_;
};

class MysqlProduct final : public table::Product {
  public:
    MysqlProduct(Options options, const base::Clock& clock)
        : options_(std::move(options)), clock_(clock) {}

    std::string_view word() const override { return "mysql"; }
    Result<std::unique_ptr<table::Connection>> connect() override {
        auto session = TRY(open_session());
        return std::make_unique<MysqlConnection>(std::move(session), options_.temp_database);
    }
    std::string identifier(const std::string& name) const override {
        return mysql_identifier(name);
    }
    std::string target(const std::string& table) const override { return mysql_identifier(table); }
    std::string intermediate(const std::string& table) const override {
        if (options_.temp_database.empty()) return mysql_identifier(table);
        return mysql_identifier(options_.temp_database) + "." + mysql_identifier(table);
    }
    size_t name_bytes_max() const override { return 64; }
    std::string_view transactional_table_option() const override { return "ENGINE=InnoDB"; }
    bool merges_by_keys() const override { return false; }
    bool replaces_in_transaction() const override { return false; }

    std::string merge(const table::Plan& plan, const std::string& source) const override {
        return "INSERT INTO " + plan.table + " (" + name_list(*this, plan.columns) + ") " + source +
               on_duplicate(plan);
    }
    Result<> replace(table::Connection& connection, const table::Replacement& replacement,
                     bool& keeps) override;
    Result<> run_sql(table::Connection& connection, std::string_view option,
                     const std::optional<std::string>& sql) override;
    Result<std::unique_ptr<load::TaskOutput>> open(const std::string& table,
                                                   const table::Plan& plan,
                                                   table::TaskMark mark) override;
    Result<table::RowsPlan> plan_rows(table::Connection& connection,
                                      const table::Receiver& receiver,
                                      const table::Plan& plan) override;

  private:
    Result<std::unique_ptr<Mysql>> open_session() const;
    Result<mysql::Route> route(Mysql& connection, const table::Plan& plan) const;
    std::string on_duplicate(const table::Plan& plan) const;
    Result<> swap(table::Connection& connection, const table::Replacement& replacement,
                  bool has_target) const;
    Result<> swap_back(table::Connection& connection, const table::Replacement& replacement,
                       bool had_target);

    const Options options_;
    const base::Clock& clock_;
};

Result<std::unique_ptr<Mysql>> MysqlProduct::open_session() const {
    auto session = TRY(table::connect_with_retry(word(), options_.table,
                                                 [&] { return Mysql::connect(options_.server); }));
    if (options_.isolation) {
        TRY(session->execute("SET SESSION TRANSACTION ISOLATION LEVEL " + *options_.isolation));
    }
    return session;
}

Result<mysql::Route> MysqlProduct::route(Mysql& connection, const table::Plan& plan) const {
    constexpr int64_t kInsertBytesMax = 1 << 20;  // longer statements are not faster
    constexpr int64_t kPacketReserve = 64 << 10;  // for the head of the statement
    mysql::Route route;
    if (options_.table.mode == Mode::kMergeDirect) {
        route.on_duplicate = on_duplicate(plan);
    } else {
        const std::string allowed = TRY(connection.value("SELECT @@local_infile"));
        route.by_load = allowed == "1";
    }
    int64_t batch = options_.table.batch_bytes;
    if (!route.by_load) {
        const std::string packet = TRY(connection.value("SELECT @@max_allowed_packet"));
        const int64_t packet_bytes = base::parse_integer(packet).value_or(kInsertBytesMax);
        batch = std::min({batch, kInsertBytesMax, packet_bytes - kPacketReserve});
        route.packet_bytes = static_cast<size_t>(std::max<int64_t>(packet_bytes, 0));
    }
    route.batch_bytes = static_cast<size_t>(std::max<int64_t>(batch, 1));
    return route;
}

std::string MysqlProduct::on_duplicate(const table::Plan& plan) const {
    constexpr std::string_view kHead = " ON DUPLICATE KEY UPDATE ";
    if (options_.table.merge_rule) {
        return std::string(kHead) + base::join(*options_.table.merge_rule, ", ");
    }
    std::string list;
    for (const table::FilledColumn& column : plan.columns) {
        if (!list.empty()) list += ", ";
        const std::string name = mysql_identifier(column.name);
        list += name + " = VALUES(" + name + ")";
    }
    return std::string(kHead) + list;
}

Result<std::unique_ptr<load::TaskOutput>> MysqlProduct::open(const std::string& table,
                                                             const table::Plan& plan,
                                                             table::TaskMark mark) {
    auto session = TRY(open_session());
    auto way = TRY(route(*session, plan));
    return std::make_unique<mysql::MysqlTask>(std::move(session), table, plan, std::move(way),
                                              options_.table, std::move(mark));
}

Result<table::RowsPlan> MysqlProduct::plan_rows(table::Connection& connection,
                                                const table::Receiver& receiver,
                                                const table::Plan& plan) {
    const auto way = TRY(route(static_cast<MysqlConnection&>(connection).session(), plan));
    table::RowsPlan rows{.statements = mysql::batch_statements(receiver.table, plan, way)};
    rows.notes.push_back(
        "a batch has up to " + base::with_unit_bytes(static_cast<int64_t>(way.batch_bytes)) +
        (way.by_load || options_.table.mode == Mode::kMergeDirect
             ? ""
             : "; LOAD DATA would be faster: the server does not allow it (local_infile)"));
    return rows;
}

Result<> MysqlProduct::run_sql(table::Connection& connection, std::string_view option,
                               const std::optional<std::string>& sql) {
    if (!sql) return {};
    for (std::string_view statement : database::split_mysql_statements(*sql)) {
        auto done = connection.execute(std::string(statement));
        if (!done.ok()) return done.error().at(option);
    }
    return {};
}

Result<> MysqlProduct::replace(table::Connection& connection, const table::Replacement& replacement,
                               bool& keeps) {
    const auto& after_load = options_.table.after_load;
    auto existing = TRY(connection.columns(replacement.table));
    const bool has_target = !existing.empty();
    TRY(swap(connection, replacement, has_target));
    if (!after_load) return {};
    auto after = [&]() -> Result<> {
        auto transaction = TRY(table::Transaction::begin(connection));
        TRY(run_sql(connection, "after_load", after_load));
        if (!replacement.published.empty()) TRY(connection.execute(replacement.published));
        return transaction.commit();
    };
    auto done = after();
    if (done.ok()) return {};
    // A COMMIT may have arrived without its answer. The marks know that, and the next run asks
    // them.
    if (!replacement.published.empty() && done.error().code() == Code::kUnavailable) {
        return Error(done.error().code(), done.error().message() +
                                              "; the new rows are in place, the next run does "
                                              "what is missing");
    }
    // The rename cannot be part of the transaction, so it is undone by hand.
    auto undone = swap_back(connection, replacement, has_target);
    if (undone.ok()) return done.error();
    keeps = true;
    return Error(done.error().code(), done.error().message() +
                                          "; and the old table could not be put back (its rows "
                                          "are in " +
                                          replacement.intermediate +
                                          "): " + undone.error().message());
}

// The new table takes the old one's place and name in one step.
Result<> MysqlProduct::swap(table::Connection& connection, const table::Replacement& replacement,
                            bool has_target) const {
    const std::string rows = intermediate(replacement.intermediate);
    const std::string place = target(replacement.table);
    std::string marks;
    if (!replacement.marks.empty()) {
        marks = ", " + intermediate(replacement.marks) + " TO " +
                intermediate(replacement.published_marks);
    }
    if (!has_target) return connection.execute("RENAME TABLE " + rows + " TO " + place + marks);
    using std::chrono::milliseconds;
    const auto now = clock_.now().time_since_epoch();
    const std::string between =
        intermediate(table::swap_name(std::chrono::duration_cast<milliseconds>(now).count()));
    return connection.execute("RENAME TABLE " + rows + " TO " + between + ", " + place + " TO " +
                              rows + ", " + between + " TO " + place + marks);
}

Result<> MysqlProduct::swap_back(table::Connection& connection,
                                 const table::Replacement& replacement, bool had_target) {
    // What failed may have been the connection.
    auto alive = connection.execute("ROLLBACK");
    std::unique_ptr<table::Connection> fresh;
    if (!alive.ok()) {
        fresh = TRY(connect());
    }
    table::Connection& usable = fresh ? *fresh : connection;
    table::Replacement back = replacement;
    std::swap(back.marks, back.published_marks);
    if (had_target) return swap(usable, back, true);
    std::string sql = "RENAME TABLE " + target(replacement.table) + " TO " +
                      intermediate(replacement.intermediate);
    if (!back.marks.empty()) {
        sql += ", " + intermediate(back.marks) + " TO " + intermediate(back.published_marks);
    }
    return usable.execute(sql);
}

Result<std::unique_ptr<load::Output>> make(const Options& options, const load::Context& context) {
    return std::make_unique<table::TableOutput>(
        std::make_unique<MysqlProduct>(options, context.clock), options.table, context.clock);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(output, mysql) {
    registry.outputs.add("mysql", "Rows into a table of MySQL or MariaDB.", read, make);
}
