#include "load_cases.h"

#include "base/check.h"
#include "database/database.h"
#include "mariadb_server.h"
#include "postgresql_server.h"

#include <filesystem>
#include <memory>

namespace mogura::bench {
namespace {

// What both sides write to: no key, made anew before each run.
std::string create_table(const std::string& time, const std::string& real) {
    return "CREATE TABLE typed (id BIGINT, account BIGINT, time " + time + ", purchase " + time +
           ", comment TEXT, price " + real + ", flag BOOLEAN, country TEXT)";
}

Line rows_line(const std::string& wanted, Contender ours, std::vector<Contender> peers) {
    Line line;
    line.unit = Line::Unit::kRows;
    line.wanted = wanted;
    line.ours = std::move(ours);
    line.peers = std::move(peers);
    return line;
}

void around(Contender& contender, const std::function<void()>& before,
            const std::function<void()>& check) {
    contender.before = before;
    contender.after = [first = contender.after, check] {
        first();
        check();
    };
}

// What is in the table as one text that begins with the number of rows. `sums` are those of the
// columns whose sums differ from database to database.
std::string digest(const std::string& sums) {
    return "SELECT CONCAT(COUNT(*), ' rows ', COUNT(DISTINCT id), ' ', SUM(account), ' ', "
           "MAX(time), ' ', MIN(purchase), ' ', SUM(LENGTH(comment)), ' ', MAX(country), ' ', " +
           sums + ") FROM typed";
}

// Fails unless all rows are there, and what every contender of the line leaves is the same.
std::function<void()> same_content(int64_t rows, const std::function<std::string()>& digest) {
    auto first = std::make_shared<std::string>();
    return [first, start = std::to_string(rows) + " rows ", digest] {
        const std::string found = digest();
        if (first->empty()) *first = found;
        if (found.starts_with(start) && found == *first) return;
        throw std::runtime_error("the table should have " + start + "\n" + *first + "\n" + found);
    };
}

std::string load_data(const std::string& path) {
    return "LOAD DATA LOCAL INFILE '" + path +
           "' INTO TABLE typed CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED "
           "BY '\"' ESCAPED BY '' LINES TERMINATED BY '\\n' IGNORE 1 LINES";
}

Result<Line> mariadb_line(Bench& bench) {
    std::shared_ptr<integration::MariadbServer> server = TRY(integration::MariadbServer::start(
        {"--innodb-buffer-pool-size=1G", "--innodb-log-file-size=512M",
         "--innodb-flush-log-at-trx-commit=1"}));
    std::shared_ptr<database::Mysql> session =
        TRY(database::Mysql::connect(server->administrator()));
    TRY(session->execute("CREATE DATABASE bench CHARACTER SET utf8mb4"));
    TRY(session->execute("USE bench"));
    const Table& table = bench.tables.numeric_flags();
    const auto rows = static_cast<double>(table.rows);
    const std::string socket = server->socket();
    Contender ours = bench.mogura(table, rows,
                                  "out: {type: mysql, socket: " + socket +
                                      ", user: root, database: bench, table: typed, "
                                      "mode: insert_direct}\n");
    Contender theirs{.name = "LOAD DATA", .amount = rows};
    theirs.commands = {{"mariadb", "--no-defaults", "--local-infile=1", "--socket=" + socket,
                        "--user=root", "bench", "-e", load_data(table.path)}};
    auto before = [server, session] {
        must(session->execute("DROP TABLE IF EXISTS typed"));
        must(session->execute(create_table("DATETIME", "DOUBLE")));
    };
    auto check = same_content(table.rows, [session] {
        return must(session->value(digest("ROUND(SUM(price)), ' ', SUM(flag)")));
    });
    around(ours, before, check);
    around(theirs, before, check);
    return rows_line("0.95 x LOAD DATA", ours, {theirs});
}

Words copy(const integration::PostgresqlServer& server, const std::string& path) {
    return {"psql",
            "-X",
            "-q",
            "-h",
            server.socket(),
            "-p",
            std::to_string(server.port()),
            "-U",
            "postgres",
            "-d",
            "postgres",
            "-c",
            "\\copy typed from '" + path + "' csv header"};
}

Result<Line> postgresql_line(Bench& bench) {
    std::shared_ptr<integration::PostgresqlServer> server =
        TRY(integration::PostgresqlServer::start(
            {"fsync=on", "shared_buffers=512MB", "max_wal_size=4GB"}));
    std::shared_ptr<database::Postgresql> session =
        TRY(database::Postgresql::connect(server->administrator()));
    const Table& table = bench.tables.numeric_flags();
    const auto rows = static_cast<double>(table.rows);
    Contender ours = bench.mogura(table, rows,
                                  "out: {type: postgresql, host: " + server->socket() +
                                      ", port: " + std::to_string(server->port()) +
                                      ", user: postgres, database: postgres, table: typed, "
                                      "mode: insert_direct}\n");
    Contender one{.name = "\\copy", .amount = rows, .commands = {copy(*server, table.path)}};
    Contender two{.name = "two \\copy of halves", .amount = rows, .counts = false};
    two.commands = {copy(*server, bench.tables.first_half().path),
                    copy(*server, bench.tables.second_half().path)};
    auto before = [server, session] {
        must(session->execute("DROP TABLE IF EXISTS typed"));
        must(session->execute(create_table("TIMESTAMP", "DOUBLE PRECISION")));
        must(session->execute("CHECKPOINT"));  // what earlier runs left to write
    };
    auto check = same_content(table.rows, [session] {
        return must(session->value(digest("ROUND(SUM(price)), ' ', SUM(flag::int)")));
    });
    for (Contender* contender : {&ours, &one, &two}) around(*contender, before, check);
    return rows_line("1.3 x one \\copy", ours, {one, two});
}

// Times are texts there, which each side writes in its own way.
std::string sqlite_digest(const std::string& path) {
    auto file = must(database::Sqlite::open(path, database::Sqlite::Mode::kReadOnly));
    auto statement = must(
        file->prepare("SELECT COUNT(*) || ' rows ' || COUNT(DISTINCT id) || ' ' || SUM(account) || "
                      "' ' || COUNT(time) || ' ' || COUNT(purchase) || ' ' || SUM(LENGTH(comment)) "
                      "|| ' ' || MAX(country) || ' ' || ROUND(SUM(price)) || ' ' || SUM(flag) "
                      "FROM typed"));
    CHECK(must(statement.step()));
    return std::string(statement.text(0));
}

void remove_file(const std::string& path) {
    for (const char* end : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path + end);
}

// A new file with a rollback journal, as sqlite3 makes it, and the table as we make it.
void make_file(const std::string& path) {
    remove_file(path);
    auto file = must(database::Sqlite::open(path, database::Sqlite::Mode::kForeign));
    must(file->execute("PRAGMA journal_mode = DELETE; " + create_table("TIMESTAMP", "REAL")));
}

// New files that are written as each program writes new files: ours with a write-ahead log. How we
// write into a file with a rollback journal is shown, too.
Result<Line> sqlite_line(Bench& bench) {
    const Table& table = bench.tables.numeric_flags();
    const auto rows = static_cast<double>(table.rows);
    const std::string path = bench.folder + "/typed.sqlite";
    Contender ours = bench.mogura(
        table, rows,
        "out: {type: sqlite, database: " + path + ", table: typed, mode: insert_direct}\n");
    Contender journal = ours;
    journal.name = "mogura, rollback journal";
    journal.counts = false;
    Contender theirs{.name = ".import", .amount = rows};
    theirs.commands = {{"sqlite3", path, ".import --csv --skip 1 '" + table.path + "' typed"}};
    auto check = same_content(table.rows, [path] { return sqlite_digest(path); });
    around(ours, [path] { remove_file(path); }, check);
    for (Contender* contender : {&journal, &theirs}) {
        around(*contender, [path] { make_file(path); }, check);
    }
    return rows_line("1 x .import", ours, {theirs, journal});
}

}  // namespace

std::vector<Case> database_cases() {
    return {{"mariadb", "CSV -> MariaDB", mariadb_line},
            {"postgresql", "CSV -> PostgreSQL", postgresql_line},
            {"sqlite", "CSV -> SQLite", sqlite_line}};
}

}  // namespace mogura::bench
