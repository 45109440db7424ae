// Rows into a table of MySQL or MariaDB.
//
// Rows go to intermediate tables first; the end of the load makes them visible at once: an INSERT
// ... SELECT in one transaction (insert), or a RENAME of the tables (replace). Whatever fails
// before leaves the table as it was, and the intermediate tables are dropped.

#include "base/log.h"
#include "base/text.h"
#include "plugins/output/mysql/connection.h"
#include "plugins/output/mysql/names.h"
#include "plugins/output/mysql/retry.h"
#include "plugins/output/mysql/target.h"
#include "plugins/output/mysql/task.h"
#include "plugins/output/table/columns.h"
#include "plugins/output/table/options.h"
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
using database::MysqlTransaction;
using mysql::Route;
using mysql::TargetColumn;
using table::Mode;

struct Options {
    MysqlOptions server;
    std::string temp_database;
    std::optional<std::string> isolation;  // as SET TRANSACTION spells it
    table::Options table;
};

Options read(config::Reader& reader) {
    Options options;
    options.server = read_mysql_connection(reader);
    options.server.local_load = true;
    options.temp_database = reader.optional(
        "temp_database", "", "Database for the intermediate tables; empty: the same.");
    options.table = table::read_options(reader);
    const auto isolation = reader.maybe<std::string>(
        "transaction_isolation",
        "read_uncommitted, read_committed, repeatable_read or serializable; else the server's.");
    if (isolation) {
        const std::vector<std::string> words = {"read_uncommitted", "read_committed",
                                                "repeatable_read", "serializable"};
        if (std::ranges::find(words, *isolation) == words.end()) {
            reader.problem("transaction_isolation", "must be one of " + base::join(words, ", "));
        }
        options.isolation = base::replace_all(*isolation, "_", " ");
    }
    if (reader.raw("merge_keys", "list of string", "MySQL merges by its unique keys.")) {
        reader.problem("merge_keys", "This output type does not accept 'merge_key' option.");
    }
    return options;
}

class MysqlOutput final : public load::Output {
  public:
    MysqlOutput(Options options, const base::Clock& clock)
        : options_(std::move(options)), clock_(clock) {}

    Result<> begin(const page::Schema& schema, size_t tasks) override;
    Result<std::unique_ptr<load::TaskOutput>> open(size_t task) override;
    Result<> commit() override;
    void rollback() noexcept override;

  private:
    bool is_replace() const { return options_.table.mode == Mode::kReplace; }
    std::string target() const { return mysql_identifier(table_); }
    std::string intermediate(size_t index) const { return in_temporary(intermediates_[index]); }
    std::string in_temporary(const std::string& name) const {
        if (options_.temp_database.empty()) return mysql_identifier(name);
        return mysql_identifier(options_.temp_database) + "." + mysql_identifier(name);
    }
    int64_t milliseconds() const {
        using std::chrono::milliseconds;
        const auto time = clock_.now().time_since_epoch();
        return std::chrono::duration_cast<milliseconds>(time).count();
    }

    Result<std::unique_ptr<Mysql>> connect() const;
    Result<> plan_columns(Mysql& connection, const page::Schema& schema);
    Result<mysql::Cells> cells_for(const page::Column& input, const std::string& type) const;
    Result<> plan_route(Mysql& connection);
    Result<> create_intermediates(Mysql& connection, size_t tasks);
    std::string create_table(const std::string& quoted_name, bool if_not_exists) const;
    static Result<> run_sql(Mysql& connection, std::string_view option,
                            const std::optional<std::string>& sql);
    Result<> publish_rows(Mysql& connection);
    Result<> publish_table(Mysql& connection);
    Result<> swap(Mysql& connection, bool has_target) const;
    Result<> swap_back(Mysql& connection, bool had_target) const;
    Result<> drop_intermediates(Mysql& connection);

    const Options options_;
    const base::Clock& clock_;
    std::string table_;                  // as the database has it
    bool exists_ = false;                // at begin()
    std::vector<TargetColumn> columns_;  // of the intermediate tables, and of a new target
    Route route_;
    std::vector<std::string> intermediates_;  // that must be dropped
};

Result<std::unique_ptr<Mysql>> MysqlOutput::connect() const {
    auto connection = TRY(mysql::connect(options_.server, options_.table));
    if (options_.isolation) {
        TRY(connection->execute("SET SESSION TRANSACTION ISOLATION LEVEL " + *options_.isolation));
    }
    return connection;
}

Result<> MysqlOutput::begin(const page::Schema& schema, size_t tasks) {
    if (schema.size() == 0) return Error(Code::kInvalid, options_.table.table + ": No column.");
    auto connection = TRY(connect());
    table_ = TRY(mysql::resolve_name(*connection, options_.table.table));
    TRY(plan_columns(*connection, schema));
    TRY(plan_route(*connection));
    return create_intermediates(*connection, is_replace() ? 1 : tasks);
}

Result<> MysqlOutput::plan_columns(Mysql& connection, const page::Schema& schema) {
    if (!is_replace()) {
        columns_ = TRY(mysql::read_columns(connection, table_));
    }
    exists_ = !columns_.empty();
    std::vector<table::Match> matches;
    if (exists_) {
        std::vector<std::string> names;
        for (const TargetColumn& column : columns_) names.push_back(column.name);
        matches = TRY(table::match_columns(schema, names, table_));
    } else {
        const std::string attributes = TRY(mysql::text_attributes(connection));
        for (size_t input = 0; input < schema.size(); ++input) {
            columns_.push_back({.name = schema[input].name,
                                .type = mysql::default_type(schema[input].type, attributes)});
            matches.push_back({.input = input, .target = input});
        }
    }
    for (const table::Match& match : matches) {
        const page::Column& input = schema[match.input];
        TargetColumn& column = columns_[match.target];
        const auto option = options_.table.columns.find(input.name);
        if (option != options_.table.columns.end() && option->second.type) {
            column.type = *option->second.type;
        }
        auto cells = TRY(cells_for(input, column.type));
        route_.columns.push_back({match.input, column.name, std::move(cells)});
    }
    return {};
}

Result<mysql::Cells> MysqlOutput::cells_for(const page::Column& input,
                                            const std::string& type) const {
    const auto found = options_.table.columns.find(input.name);
    const table::ColumnOption option =
        found == options_.table.columns.end() ? table::ColumnOption() : found->second;
    const auto by_type = mysql::kind_of_type(type);
    auto kind = mysql::kind_of_word(option.value_type);
    if (!kind && !by_type.ok()) return by_type.error().at(table_ + "." + input.name);
    if (!kind) kind = *by_type;
    if (by_type.ok()) {
        kind->is_bit = by_type->is_bit;
        kind->is_instant = by_type->is_instant;
        kind->fraction_digits = by_type->fraction_digits;
    }
    const auto zone =
        TRY(base::TimeZone::find(option.time_zone.value_or(options_.table.default_time_zone)));
    return mysql::Cells::create({.type = input.type,
                                 .kind = *kind,
                                 .zone = zone,
                                 .timestamp_format = option.timestamp_format});
}

Result<> MysqlOutput::plan_route(Mysql& connection) {
    constexpr int64_t kInsertBytesMax = 1 << 20;  // longer statements are not faster
    constexpr int64_t kPacketReserve = 64 << 10;  // for the head of the statement
    const std::string allowed = TRY(connection.value("SELECT @@local_infile"));
    route_.by_load = allowed == "1";
    int64_t batch = options_.table.batch_bytes;
    if (!route_.by_load) {
        const std::string packet = TRY(connection.value("SELECT @@max_allowed_packet"));
        const int64_t packet_bytes = base::parse_integer(packet).value_or(kInsertBytesMax);
        batch = std::min({batch, kInsertBytesMax, packet_bytes - kPacketReserve});
    }
    route_.batch_bytes = static_cast<size_t>(std::max<int64_t>(batch, 1));
    return {};
}

Result<> MysqlOutput::create_intermediates(Mysql& connection, size_t tasks) {
    constexpr int kNamesMax = 100;  // of other loads that began in the same millisecond
    int64_t stamp = milliseconds();
    for (size_t task = 0; task < tasks; ++task) {
        for (int names = 0;; ++names, ++stamp) {
            std::optional<mysql::TaskNumber> number;
            if (!is_replace()) number = mysql::TaskNumber{.task = task, .tasks = tasks};
            const std::string name = TRY(mysql::intermediate_name(table_, stamp, number));
            auto created = connection.execute(create_table(in_temporary(name), false));
            if (created.ok()) {
                intermediates_.push_back(name);
                break;
            }
            if (created.error().code() != Code::kConflict || names >= kNamesMax) {
                return created.error().at("cannot create the intermediate table " + name);
            }
        }
    }
    return {};
}

std::string MysqlOutput::create_table(const std::string& quoted_name, bool if_not_exists) const {
    std::string sql = if_not_exists ? "CREATE TABLE IF NOT EXISTS " : "CREATE TABLE ";
    sql += quoted_name + " (";
    for (size_t column = 0; column < columns_.size(); ++column) {
        if (column > 0) sql += ", ";
        sql += mysql_identifier(columns_[column].name) + " " + columns_[column].type;
    }
    const table::Options& options = options_.table;
    if (options.create_table_constraint) sql += ", " + *options.create_table_constraint;
    sql += ")";
    if (options.create_table_option) sql += " " + *options.create_table_option;
    return sql;
}

Result<std::unique_ptr<load::TaskOutput>> MysqlOutput::open(size_t task) {
    auto connection = TRY(connect());
    return std::make_unique<mysql::MysqlTask>(
        std::move(connection), intermediate(is_replace() ? 0 : task), route_, options_.table);
}

Result<> MysqlOutput::run_sql(Mysql& connection, std::string_view option,
                              const std::optional<std::string>& sql) {
    if (!sql) return {};
    for (std::string_view statement : database::split_mysql_statements(*sql)) {
        auto done = connection.execute(statement);
        if (!done.ok()) return done.error().at(option);
    }
    return {};
}

Result<> MysqlOutput::commit() {
    auto connection = TRY(connect());
    TRY(is_replace() ? publish_table(*connection) : publish_rows(*connection));
    auto dropped = drop_intermediates(*connection);
    if (!dropped.ok()) {  // the rows are published: the load has succeeded
        log::warn(
            "mysql: an intermediate table stays behind",
            {{"table", base::join(intermediates_, ", ")}, {"because", dropped.error().message()}});
    }
    return {};
}

Result<> MysqlOutput::publish_rows(Mysql& connection) {
    if (!exists_) {
        TRY(connection.execute(create_table(target(), true)));
    }
    if (intermediates_.empty()) return {};
    std::string names;
    for (const Route::Column& column : route_.columns) {
        if (!names.empty()) names += ", ";
        names += mysql_identifier(column.name);
    }
    std::string insert = "INSERT INTO " + target() + " (" + names + ")";
    for (size_t index = 0; index < intermediates_.size(); ++index) {
        insert += index > 0 ? " UNION ALL " : " ";
        insert += "SELECT " + names + " FROM " + intermediate(index);
    }
    auto publish = [&]() -> Result<> {
        auto transaction = TRY(MysqlTransaction::begin(connection));
        const table::Options& options = options_.table;
        TRY(run_sql(connection, "before_load", options.before_load));
        auto inserted = connection.execute(insert);
        if (!inserted.ok()) return inserted.error().at("table " + table_);
        TRY(run_sql(connection, "after_load", options.after_load));
        return transaction.commit();
    };
    return mysql::retry(options_.table, options_.table.retry_limit, mysql::is_lock_failure,
                        publish);
}

Result<> MysqlOutput::publish_table(Mysql& connection) {
    const std::string found = TRY(connection.value(
        "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND "
        "TABLE_NAME = " +
        mysql_literal(table_)));
    const bool has_target = found != "0";
    TRY(swap(connection, has_target));
    if (!options_.table.after_load) return {};
    auto transaction = TRY(MysqlTransaction::begin(connection));
    auto done = run_sql(connection, "after_load", options_.table.after_load);
    if (done.ok()) done = transaction.commit();
    if (done.ok()) return {};
    // The rename cannot be part of the transaction, so it is undone by hand.
    auto undone = swap_back(connection, has_target);
    if (undone.ok()) return done.error();
    const std::string kept = base::join(intermediates_, ", ");
    intermediates_.clear();  // the old rows are in there
    return Error(done.error().code(), done.error().message() +
                                          "; and the old table could not be "
                                          "put back (its rows are in " +
                                          kept + "): " + undone.error().message());
}

// The new table takes the old one's place and name in one step.
Result<> MysqlOutput::swap(Mysql& connection, bool has_target) const {
    const std::string rows = intermediate(0);
    if (!has_target) {
        TRY(connection.execute("RENAME TABLE " + rows + " TO " + target()));
        return {};
    }
    const std::string between = in_temporary(mysql::swap_name(milliseconds()));
    TRY(connection.execute("RENAME TABLE " + rows + " TO " + between + ", " + target() + " TO " +
                           rows + ", " + between + " TO " + target()));
    return {};
}

Result<> MysqlOutput::swap_back(Mysql& connection, bool had_target) const {
    // What failed may have been the connection.
    auto alive = connection.execute("ROLLBACK");
    std::unique_ptr<Mysql> fresh;
    if (!alive.ok()) {
        fresh = TRY(connect());
    }
    Mysql& usable = fresh ? *fresh : connection;
    if (had_target) return swap(usable, true);
    TRY(usable.execute("RENAME TABLE " + target() + " TO " + intermediate(0)));
    return {};
}

Result<> MysqlOutput::drop_intermediates(Mysql& connection) {
    while (!intermediates_.empty()) {
        const std::string name = in_temporary(intermediates_.back());
        TRY(connection.execute("DROP TABLE IF EXISTS " + name));
        intermediates_.pop_back();
    }
    return {};
}

void MysqlOutput::rollback() noexcept {
    if (intermediates_.empty()) return;
    MysqlOptions server = options_.server;
    server.connect_timeout = std::min(server.connect_timeout, std::chrono::seconds(10));
    auto connection = Mysql::connect(server);
    auto dropped = connection.ok() ? drop_intermediates(**connection) : connection.error();
    if (dropped.ok()) return;
    log::warn(
        "mysql: intermediate tables stay behind; drop them",
        {{"tables", base::join(intermediates_, ", ")}, {"because", dropped.error().message()}});
}

Result<std::unique_ptr<load::Output>> make(const Options& options, const load::Context& context) {
    return std::make_unique<MysqlOutput>(options, context.clock);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(output, mysql) {
    registry.outputs.add("mysql", "Rows into a table of MySQL or MariaDB.", read, make);
}
