#include "database/database.h"
#include "plugins/plugins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>
#include <regex>
#include <string>

namespace mogura::plugins {
namespace {

using database::Sqlite;

class SqliteOutputTest : public testing::Test {
  protected:
    SqliteOutputTest() : folder_(testing::TempDir() + "sqlite_output_" + std::to_string(getpid())) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        context_.folder = folder_;
        add_output_sqlite(registry_);
    }
    ~SqliteOutputTest() override { std::filesystem::remove_all(folder_); }

    Result<std::unique_ptr<load::Output>> make(config::Map options) {
        options.set("database", "out.db");
        options.set("table", "t");
        config::Reader reader(options, "load.yml", "out");
        return registry_.outputs.create("sqlite", reader, false, context_);
    }

    static page::Schema schema() {
        using page::Type;
        return page::Schema({{.name = "id", .type = Type::kLong},
                             {.name = "name", .type = Type::kString},
                             {.name = "d", .type = Type::kDouble},
                             {.name = "b", .type = Type::kBoolean},
                             {.name = "at", .type = Type::kTimestamp},
                             {.name = "j", .type = Type::kJson}});
    }

    static page::Schema id_and_name() { return schema().select(std::vector<size_t>{0, 1}); }

    static page::Page page_of(int64_t first, int64_t rows) {
        page::Builder builder(schema());
        for (int64_t id = first; id < first + rows; ++id) {
            builder.set_long(0, id);
            builder.set_text(1, "name " + std::to_string(id));
            builder.set_double(2, static_cast<double>(id) + 0.5);
            builder.set_boolean(3, id % 2 == 1);
            builder.set_timestamp(4, {.seconds = id, .nanoseconds = id % 2 == 1 ? 1'500 : 0});
            builder.set_text(5, "1.0");
            builder.end_row();
        }
        builder.end_row();
        return builder.finish();
    }

    static Result<> load(load::Output& output, int64_t first, int64_t rows) {
        TRY(output.begin(schema(), 1));
        auto task = TRY(output.open(0));
        TRY(task->write(page_of(first, rows)));
        TRY(task->finish());
        return output.commit();
    }

    // Rows from `first` on, without the empty one at the end.
    Result<> load_numbers(const config::Map& options, int64_t count, int64_t first = 1) {
        auto output = TRY(make(options));
        TRY(output->begin(schema(), 1));
        auto task = TRY(output->open(0));
        std::vector<uint8_t> kept(static_cast<size_t>(count), 1);
        kept.push_back(0);
        auto written = task->write(page_of(first, count).filter(kept));
        if (written.ok()) written = task->finish();
        task.reset();
        if (written.ok()) written = output->commit();
        if (!written.ok()) output->rollback();
        return written;
    }

    std::vector<std::string> rows(const std::string& sql) {
        auto connection = Sqlite::open(folder_ + "/out.db", Sqlite::Mode::kReadWrite);
        EXPECT_TRUE(connection.ok()) << connection.error().message();
        auto statement = (*connection)->prepare(sql);
        EXPECT_TRUE(statement.ok()) << statement.error().message();
        std::vector<std::string> lines;
        while (*statement->step()) {
            std::string line;
            for (int column = 0; column < statement->columns(); ++column) {
                if (column > 0) line += '|';
                line += statement->is_null(column) ? "NULL" : std::string(statement->text(column));
            }
            lines.push_back(line);
        }
        return lines;
    }

    void execute(const std::string& sql) {
        auto connection = Sqlite::open(folder_ + "/out.db", Sqlite::Mode::kReadWrite);
        auto done = (*connection)->execute(sql);
        ASSERT_TRUE(done.ok()) << done.error().message();
    }

    const std::string folder_;
    Registry registry_;
    base::SystemClock clock_;
    load::Context context_{.clock = clock_};
};

TEST_F(SqliteOutputTest, InsertCreatesTheTableAndKeepsTypesAndNulls) {
    auto output = make({});
    ASSERT_FALSE(output.ok());  // mode is required
    config::Map options;
    options.set("mode", "insert");
    output = make(options);
    ASSERT_TRUE(output.ok()) << output.error().message();
    auto loaded = load(**output, 1, 2);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    EXPECT_THAT(rows("select *, typeof(j) from t order by id is null, id"),
                testing::ElementsAre("1|name 1|1.5|1|1970-01-01 00:00:01.000001|1.0|text",
                                     "2|name 2|2.5|0|1970-01-01 00:00:02|1.0|text",
                                     "NULL|NULL|NULL|NULL|NULL|NULL|null"));
    ASSERT_TRUE(load(**make(options), 10, 1).ok());
    EXPECT_THAT(rows("select count(*) from t"), testing::ElementsAre("5"));
}

TEST_F(SqliteOutputTest, LeavesTheJournalModeOfAFileThatWasThere) {
    auto journal_mode = [&] {
        auto file = Sqlite::open(folder_ + "/out.db", Sqlite::Mode::kReadOnly);
        auto statement = (*file)->prepare("PRAGMA journal_mode");
        EXPECT_TRUE(statement->step().ok());
        return std::string(statement->text(0));
    };
    execute("create table t (id integer primary key, name text); PRAGMA journal_mode=DELETE");
    int64_t first = 1;
    for (const char* mode :
         {"insert", "insert_direct", "merge", "merge_direct", "truncate_insert", "replace"}) {
        config::Map options;
        options.set("mode", mode);
        auto loaded = load_numbers(options, 3, first);
        ASSERT_TRUE(loaded.ok()) << mode << ": " << loaded.error().message();
        EXPECT_EQ(journal_mode(), "delete") << mode;
        first += 10;
    }
    std::filesystem::remove(folder_ + "/out.db");
    config::Map options;
    options.set("mode", "insert");
    ASSERT_TRUE(load_numbers(options, 3).ok());
    EXPECT_EQ(journal_mode(), "wal");
}

TEST_F(SqliteOutputTest, InsertMatchesColumnsByNameAndSkipsTheOthers) {
    execute("create table t (NAME varchar, extra int default 7)");
    config::Map options;
    options.set("mode", "insert");
    auto loaded = load(**make(options), 1, 1);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    EXPECT_THAT(rows("select * from t"), testing::ElementsAre("name 1|7", "NULL|7"));
}

TEST_F(SqliteOutputTest, ReplaceSwapsRowsAndSchema) {
    execute("create table t (old int); insert into t values (1)");
    config::Map type;
    type.set("type", "VARCHAR(9)");
    config::Map columns;
    columns.set("name", type);
    config::Map options;
    options.set("mode", "replace");
    options.set("column_options", columns);
    options.set("create_table_constraint", "UNIQUE(name)");
    options.set("after_load", "create index by_id on t (id)");
    auto output = make(options);
    ASSERT_TRUE(output.ok()) << output.error().message();
    ASSERT_TRUE((*output)->begin(schema(), 1).ok());
    auto task = (*output)->open(0);
    ASSERT_TRUE((*task)->write(page_of(1, 3)).ok());
    EXPECT_THAT(rows("select old from t"), testing::ElementsAre("1"));  // not yet visible
    ASSERT_TRUE((*task)->finish().ok());
    auto committed = (*output)->commit();
    ASSERT_TRUE(committed.ok()) << committed.error().message();
    EXPECT_THAT(rows("select count(*), count(id) from t"), testing::ElementsAre("4|3"));
    EXPECT_THAT(rows("select type from pragma_table_info('t') where name = 'name'"),
                testing::ElementsAre("VARCHAR(9)"));
    EXPECT_THAT(rows("select name from sqlite_master where type in ('table') order by 1"),
                testing::ElementsAre("t"));
}

TEST_F(SqliteOutputTest, LeavesTheTableAsItWasWhenTheLoadFails) {
    execute("create table t (id integer primary key); insert into t values (2)");
    config::Map options;
    options.set("mode", "insert");
    auto output = make(options);
    auto loaded = load(**output, 1, 5);  // the key 2 is there already
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code(), Code::kConflict);
    EXPECT_THAT(loaded.error().message(), testing::HasSubstr("UNIQUE constraint failed: t.id"));
    (*output)->rollback();
    EXPECT_THAT(rows("select id from t"), testing::ElementsAre("2"));

    options.set("mode", "replace");
    options.set("after_load", "insert into nowhere values (1)");
    output = make(options);
    loaded = load(**output, 1, 5);
    ASSERT_FALSE(loaded.ok());
    EXPECT_THAT(loaded.error().message(), testing::StartsWith("after_load: "));
    (*output)->rollback();
    EXPECT_THAT(rows("select id from t"), testing::ElementsAre("2"));
}

// Embulk 9.6.18 to 9.6.22.
TEST_F(SqliteOutputTest, LeavesTheRowsOfItsMode) {
    struct Case {
        const char* mode;
        std::vector<std::string> expected;
    };
    for (const Case& one : {Case{"insert", {"1|name 1|5", "2|name 2|5", "4|old|7"}},
                            Case{"insert_direct", {"1|name 1|5", "2|name 2|5", "4|old|7"}},
                            Case{"truncate_insert", {"1|name 1|5", "2|name 2|5"}},
                            Case{"merge", {"1|name 1|5", "2|name 2|5", "4|old|7"}},
                            Case{"merge_direct", {"1|name 1|5", "2|name 2|5", "4|old|7"}}}) {
        execute(
            "drop table if exists t; drop table if exists log; create table log (a, n); create "
            "table t (id integer primary key, name text, n int default 5); insert into t "
            "values (4, 'old', 7)");
        config::Map options;
        options.set("mode", one.mode);
        options.set("before_load", "insert into log select 'before', count(*) from t");
        options.set("after_load", "insert into log select 'after', count(*) from t");
        auto loaded = load_numbers(options, 2);
        ASSERT_TRUE(loaded.ok()) << one.mode << ": " << loaded.error().message();
        EXPECT_EQ(rows("select * from t order by id"), one.expected) << one.mode;
        const bool truncates = one.mode == std::string("truncate_insert");
        EXPECT_THAT(rows("select n from log order by a desc"),
                    testing::ElementsAre(truncates ? "0" : "1", truncates ? "2" : "3"));
    }
    for (const char* mode : {"insert_direct", "truncate_insert"}) {
        execute("drop table if exists t");
        config::Map options;
        options.set("mode", mode);
        ASSERT_TRUE(load_numbers(options, 2).ok());
        EXPECT_THAT(rows("select count(*) from t"), testing::ElementsAre("2"));
    }
}

// Embulk 9.6.11, 9.8.3.
TEST_F(SqliteOutputTest, MergesByKeysAndRule) {
    for (const char* mode : {"merge", "merge_direct"}) {
        execute(
            "drop table if exists t; create table t (id int, name text, n int default 1); "
            "insert into t values (1, 'old', 5), (9, 'old', 5)");
        config::Map options;
        options.set("mode", mode);
        auto loaded = load_numbers(options, 2);
        ASSERT_FALSE(loaded.ok());
        EXPECT_THAT(loaded.error().message(), testing::HasSubstr("Please set merge_keys option."));
        options.set("merge_keys", config::List{"id"});
        loaded = load_numbers(options, 2);
        ASSERT_TRUE(loaded.ok()) << loaded.error().message();
        EXPECT_THAT(rows("select * from t order by id"),
                    testing::ElementsAre("1|name 1|5", "2|name 2|1", "9|old|5"))
            << mode;
        options.set("merge_rule", config::List{"name = S.name || '!'", "n = n + 1"});
        loaded = load_numbers(options, 2);
        ASSERT_TRUE(loaded.ok()) << loaded.error().message();
        EXPECT_THAT(rows("select * from t where id < 9 order by id"),
                    testing::ElementsAre("1|name 1!|6", "2|name 2!|2"))
            << mode;
    }
}

std::vector<std::string> sql_of(const load::OutputPlan& plan) {
    std::vector<std::string> statements;
    for (const auto& statement : plan.statements) {
        // The time is part of the name of an intermediate table.
        static const std::regex name("t_[0-9a-f]{16}_embulk");
        statements.push_back(std::regex_replace(statement.sql, name, "N"));
    }
    return statements;
}

TEST_F(SqliteOutputTest, PlansWithoutAFile) {
    config::Map options;
    options.set("mode", "insert");
    auto plan = (*make(options))->plan(id_and_name(), 3);
    ASSERT_TRUE(plan.ok()) << plan.error().message();
    EXPECT_EQ(plan->target, "sqlite table t, mode insert (new)");
    EXPECT_THAT(plan->added, testing::ElementsAre("id INTEGER", "name TEXT"));
    EXPECT_THAT(
        sql_of(*plan),
        testing::ElementsAre(
            R"(CREATE TABLE temp."N" ("id" INTEGER, "name" TEXT))", "BEGIN",
            R"(INSERT INTO temp."N" ("id", "name") VALUES (?1, ?2))", "COMMIT",
            R"(CREATE TABLE IF NOT EXISTS main."t" ("id" INTEGER, "name" TEXT))", "BEGIN IMMEDIATE",
            R"(INSERT INTO main."t" ("id", "name") SELECT "id", "name" FROM temp."N")", "COMMIT",
            R"(DROP TABLE IF EXISTS temp."N")"));
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
    options.set("mode", "merge");
    EXPECT_THAT((*make(options))->plan(schema(), 1).error().message(),
                testing::HasSubstr("Please set merge_keys option."));
}

TEST_F(SqliteOutputTest, PlansWhatATableLacksAndLoses) {
    execute("create table t (NAME varchar, extra int default 7)");
    config::Map options;
    options.set("mode", "insert_direct");
    options.set("before_load", "delete from t");
    auto plan = (*make(options))->plan(id_and_name(), 1);
    ASSERT_TRUE(plan.ok()) << plan.error().message();
    EXPECT_THAT(plan->cut, testing::ElementsAre("id"));
    EXPECT_THAT(plan->added, testing::IsEmpty());
    EXPECT_THAT(plan->notes, testing::Contains(testing::HasSubstr("NULL in new rows: extra")));
    EXPECT_EQ(sql_of(*plan).front(), "delete from t");
    options.set("mode", "replace");
    options.erase("before_load");
    plan = (*make(options))->plan(id_and_name(), 1);
    EXPECT_THAT(plan->added, testing::ElementsAre("id INTEGER", "name TEXT"));
    EXPECT_THAT(plan->dropped, testing::ElementsAre("NAME varchar", "extra INT"));
    EXPECT_THAT(rows("select * from t"), testing::IsEmpty());
    EXPECT_THAT((*make(options))->plan(page::Schema(), 1).error().message(),
                testing::HasSubstr("No column."));
}

// Embulk 9.7.4, as far as SQLite's columns have types.
TEST_F(SqliteOutputTest, CoercesByTheDeclaredType) {
    struct Case {
        const char* column;  // that takes the value
        const char* type;
        const char* expected;
    };
    for (const Case& one : {Case{"id", "smallint", "NULL"},  // 40000
                            Case{"id", "boolean", "1"},
                            Case{"id", "text", "40000"},
                            Case{"id", "timestamp", "NULL"},
                            Case{"id", "decimal(9,2)", "40000"},
                            Case{"d", "int", "40001"},  // 40000.5
                            Case{"d", "text", "40000.5"},
                            Case{"d", "boolean", "1"},
                            Case{"name", "int", "NULL"},  // "name 40000"
                            Case{"name", "date", "NULL"},
                            Case{"name", "", "name 40000"},
                            Case{"b", "int", "0"},  // false
                            Case{"b", "varchar(9)", "false"},
                            Case{"b", "real", "0.0"},
                            Case{"at", "date", "1970-01-01"},  // 11:06:40
                            Case{"at", "time", "11:06:40"},
                            Case{"at", "datetime", "1970-01-01 11:06:40"},
                            Case{"at", "text", "1970-01-01 11:06:40.000000"},
                            Case{"at", "int", "NULL"},
                            Case{"j", "json text", "1.0"},
                            Case{"j", "int", "NULL"}}) {
        execute("drop table if exists t; create table t (\"" + std::string(one.column) + "\" " +
                one.type + ")");
        config::Map options;
        options.set("mode", "insert");
        auto loaded = load_numbers(options, 1, 40'000);
        ASSERT_TRUE(loaded.ok()) << loaded.error().message();
        EXPECT_THAT(rows("select * from t"), testing::ElementsAre(one.expected))
            << one.column << " into " << one.type;
    }
}

// The second page's last row has no name, and its first a key that is there.
TEST_F(SqliteOutputTest, TellsTheRowThatTheTableRefuses) {
    struct Case {
        const char* columns;
        const char* message;
        int64_t row;
    };
    for (const Case& one : {Case{"id integer primary key, name text not null",
                                 "NOT NULL constraint failed: t.name", 5},
                            Case{"id integer, name text, unique (name, id)",
                                 "UNIQUE constraint failed: t.name, t.id", 3},
                            Case{"id integer, name text unique check (length(name) > 0)",
                                 "UNIQUE constraint failed: t.name", 3}}) {
        for (const char* mode : {"insert_direct", "insert"}) {
            std::filesystem::remove(folder_ + "/out.db");
            execute(std::string("create table t (") + one.columns + ")");
            if (one.row == 3) execute("insert into t (id, name) values (7, 'name 7')");
            config::Map options;
            options.set("mode", mode);
            auto output = make(options);
            ASSERT_TRUE((*output)->begin(schema(), 1).ok());
            auto task = (*output)->open(0);
            ASSERT_TRUE((*task)->write(page_of(1, 2).filter(std::vector<uint8_t>{1, 1, 0})).ok());
            auto written = (*task)->write(page_of(7, 2));
            int64_t row = (*task)->failed_rows().first;
            EXPECT_EQ((*task)->failed_rows().last, row);
            if (written.ok()) {
                EXPECT_STREQ(mode, "insert");
                ASSERT_TRUE((*task)->finish().ok());
                task->reset();
                written = (*output)->commit();
                row = (*output)->failed_row().row;
            }
            ASSERT_FALSE(written.ok());
            EXPECT_THAT(written.error().message(), testing::HasSubstr(one.message));
            EXPECT_THAT(written.error().message(), testing::HasSubstr(" (correct the row"));
            EXPECT_EQ(row, one.row) << mode << " " << one.columns;
            (*output)->rollback();
        }
    }
}

TEST_F(SqliteOutputTest, LeavesNoPartOfAPageThatFails) {
    execute("create table t (id integer primary key); insert into t values (2)");
    for (const char* mode : {"insert_direct", "insert"}) {
        config::Map options;
        options.set("mode", mode);
        auto loaded = load_numbers(options, 5);
        ASSERT_FALSE(loaded.ok());
        EXPECT_EQ(loaded.error().code(), Code::kConflict);
        EXPECT_THAT(rows("select id from t"), testing::ElementsAre("2"));
    }
    config::Map options;
    options.set("mode", "nosuch");
    EXPECT_THAT(make(options).error().message(), testing::HasSubstr("Unknown mode 'nosuch'."));
}

}  // namespace
}  // namespace mogura::plugins
