// The output `postgresql` against a real server (spec embulk 9.6, 9.7, 9.9, 9.12).

#include "pages.h"
#include "postgresql_fixture.h"

#include <atomic>
#include <cmath>
#include <thread>

namespace mogura::integration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const std::vector<std::string> kModes = {"insert",  "insert_direct", "truncate_insert",
                                         "replace", "merge",         "merge_direct"};

config::List words(std::initializer_list<const char*> texts) {
    config::List list;
    for (const char* text : texts) list.emplace_back(text);
    return list;
}

class PostgresqlOutput : public PostgresqlTest {
  protected:
    PostgresqlOutput() { plugins::add_output_postgresql(registry_); }

    Result<std::unique_ptr<load::Output>> make(const std::string& mode,
                                               const config::Map& more = {}) {
        options_ = connection_options();
        options_.set("table", "t");
        options_.set("mode", mode);
        options_.set("retry_wait", 10);
        config::merge(options_, more);
        config::Reader reader(options_, "load.yml", "out");
        return registry_.outputs.create("postgresql", reader, false, {.clock = clock_});
    }

    Result<> load(const std::string& mode, page::Page page, const config::Map& more = {}) {
        auto output = TRY(make(mode, more));
        return load_pages(*output, one(std::move(page)));
    }

    void expect_loaded(const std::string& mode, page::Page page, const config::Map& more = {}) {
        auto loaded = load(mode, std::move(page), more);
        ASSERT_TRUE(loaded.ok()) << mode << ": " << loaded.error().message();
    }

    // "merge" needs to know which rows are the same.
    static config::Map with_keys(const std::string& mode) {
        config::Map more;
        if (mode.starts_with("merge")) more.set("merge_keys", words({"id"}));
        return more;
    }

    static page::Page all_types() {
        using page::Type;
        page::Builder builder(page::Schema({{.name = "l", .type = Type::kLong},
                                            {.name = "d", .type = Type::kDouble},
                                            {.name = "b", .type = Type::kBoolean},
                                            {.name = "s", .type = Type::kString},
                                            {.name = "t", .type = Type::kTimestamp},
                                            {.name = "j", .type = Type::kJson}}));
        builder.set_long(0, INT64_MIN);
        builder.set_double(1, 0.1);
        builder.set_boolean(2, true);
        builder.set_text(3,
                         std::string_view("tab\t line\n back\\ 'quote' \xF0\x9F\x8D\x95 \0|", 32));
        builder.set_timestamp(4, {.seconds = 1435752754, .nanoseconds = 789'999'999});
        builder.set_text(5, "{\"a\":\"x\\ny\"}");
        builder.end_row();
        builder.end_row();  // nulls
        builder.set_long(0, 7);
        builder.set_double(1, HUGE_VAL);
        builder.set_text(3, "");
        builder.end_row();
        return builder.finish();
    }

    config::Map options_;
};

// 9.12.1, 9.12.17.
TEST_F(PostgresqlOutput, CreatesTheTableWithEveryType) {
    for (const std::string mode : {"insert", "insert_direct", "truncate_insert", "replace"}) {
        execute("drop table if exists t");
        expect_loaded(mode, all_types());
        EXPECT_THAT(rows("select * from t order by l"),
                    ElementsAre("-9223372036854775808|0.1|t|" +
                                    std::string("tab\t line\n back\\ 'quote' \xF0\x9F\x8D\x95 |") +
                                    "|2015-07-01 12:12:34.789999+00|{\"a\":\"x\\ny\"}",
                                "7|Infinity|NULL||NULL|NULL", "NULL|NULL|NULL|NULL|NULL|NULL"))
            << mode;
        EXPECT_THAT(rows("select format_type(atttypid, atttypmod) from pg_attribute where "
                         "attrelid = 't'::regclass and attnum > 0 order by attnum"),
                    ElementsAre("bigint", "double precision", "boolean", "text",
                                "timestamp with time zone", "json"));
        EXPECT_THAT(tables(), ElementsAre("t"));
    }
    execute("drop table t");
    // Without keys there is nothing to merge by, and nothing is created (9.12.11).
    for (const std::string mode : {"merge", "merge_direct"}) {
        EXPECT_THAT(load(mode, all_types()).error().message(),
                    StartsWith("Merging mode is used but the target table does not have primary"));
        EXPECT_THAT(tables(), IsEmpty());
    }
}

// 9.7.4, 9.12.15: one row of the table a line.
TEST_F(PostgresqlOutput, CoercesByTheColumnsType) {
    struct Case {
        Value value;
        const char* column;
        const char* expected;
    };
    const std::vector<Case> cases = {
        {a_long(40'000), "smallint", "NULL"},
        {a_long(-32'768), "smallint", "-32768"},
        {a_long(3'000'000'000), "int", "NULL"},
        {a_long(INT64_MAX), "bigint", "9223372036854775807"},
        {a_long(5), "boolean", "t"},
        {a_long(0), "boolean", "f"},
        {a_long(5), "double precision", "5"},
        {a_long(5), "real", "5"},
        {a_long(-12'345'678), "numeric(12,2)", "-12345678.00"},
        {a_long(5), "text", "5"},
        {a_long(5), "date", "NULL"},
        {a_long(5), "json", "NULL"},
        {a_double(1.5), "int", "2"},
        {a_double(-2.5), "int", "-3"},
        {a_double(1e20), "int", "NULL"},
        {a_double(std::nan("")), "bigint", "NULL"},
        {a_double(std::nan("")), "double precision", "NaN"},
        {a_double(-0.001), "boolean", "f"},
        {a_double(0.1), "numeric", "0.1"},
        {a_double(1e22), "numeric", "10000000000000000000000"},
        {a_double(1e10), "varchar(9)", "1.0E10"},
        {a_double(0.1), "real", "0.1"},
        {a_double(1e300), "real", "NULL"},
        {a_double(HUGE_VAL), "real", "Infinity"},
        {a_string("12"), "int", "12"},
        {a_string("x"), "int", "NULL"},
        {a_string("1.25"), "numeric(5,3)", "1.250"},
        {a_string("-0.000012"), "numeric", "-0.000012"},
        {a_string("1.5e3"), "double precision", "1500"},
        {a_string("2015-07-01"), "date", "NULL"},
        {a_string("2015-07-01"), "timestamp", "NULL"},
        {a_string("true"), "boolean", "NULL"},
        {a_string("{}"), "json", "NULL"},
        {a_string("ab "), "char(5)", "ab   "},
        {a_boolean(true), "int", "1"},
        {a_boolean(true), "double precision", "1"},
        {a_boolean(true), "text", "true"},
        {a_boolean(true), "date", "NULL"},
        {a_timestamp(), "timestamptz", "2015-07-01 12:34:56.789+00"},
        {a_timestamp(), "timestamp", "2015-07-01 21:34:56.789"},
        {a_timestamp(), "date", "2015-07-01"},
        {a_timestamp(), "time", "21:34:56.789"},
        {a_timestamp(), "text", "2015-07-01 21:34:56.789000"},
        {a_timestamp(), "bigint", "NULL"},
        {a_timestamp(), "boolean", "NULL"},
        {a_json("{\"a\":1}"), "jsonb", "{\"a\": 1}"},
        {a_json("\"x\""), "text", "\"x\""},
        {a_json("1"), "int", "NULL"},
        {a_string("happy"), "mood", "happy"},  // an enumeration: text
        {a_long(7), "positive", "7"},          // a domain over int
        {a_double(2.5), "money", "$2.50"},
        {a_boolean(true), "bit", "1"},
        {a_timestamp(), "timetz", "21:34:56.789+00"},
    };
    execute("create type mood as enum ('happy'); create domain positive as int check (value > 0)");
    config::Map more;
    more.set("default_timezone", "Asia/Tokyo");
    for (const Case& one : cases) {
        execute(std::string("drop table if exists t; create table t (c ") + one.column + ")");
        expect_loaded("insert", page_of(one.value), more);
        EXPECT_THAT(rows("select c from t"), ElementsAre(one.expected))
            << one.value.text << " into " << one.column;
    }
}

// 9.7.3, 9.7.5, 9.7.6, 9.12.14, 9.12.16.
TEST_F(PostgresqlOutput, SendsWhatValueTypeSays) {
    struct Case {
        Value value;
        const char* column;
        const char* value_type;
        const char* expected;  // a row, or the beginning of a message
    };
    const std::vector<Case> cases = {
        {a_string("2015-07-01 00:00:00"), "timestamp", "pass", "2015-07-01 00:00:00"},
        {a_string("5ea70000-0000-4000-8000-000000000001"), "uuid", "string",
         "5ea70000-0000-4000-8000-000000000001"},
        {a_string("{1,2}"), "int[]", "pass", "{1,2}"},
        {a_string("{\"a\": 1}"), "jsonb", "string", "{\"a\": 1}"},
        {a_long(7), "text", "null", "NULL"},
        {a_long(300), "int", "byte", "NULL"},
        {a_timestamp(), "text", "date", "2015-07-01"},
        {a_timestamp(), "timestamptz", "string", "2015-07-01 12:34:56.789+00"},
        {a_string("x"), "uuid", "coerce", "t.c: Unsupported type uuid"},
        {a_string("x"), "text[]", "coerce", "t.c: Unsupported type text[]"},
        {a_string("x"), "bytea", "coerce", "t.c: Unsupported type bytea"},
    };
    for (const Case& one : cases) {
        execute(std::string("drop table if exists t; create table t (c ") + one.column + ")");
        config::Map column;
        column.set("value_type", one.value_type);
        config::Map columns;
        columns.set("c", column);
        config::Map more;
        more.set("column_options", columns);
        auto loaded = load("insert", page_of(one.value), more);
        const std::string got = loaded.ok() ? rows("select c from t")[0] : loaded.error().message();
        EXPECT_THAT(got, StartsWith(one.expected)) << one.value.text << " into " << one.column;
    }
    execute("drop table if exists t; create table t (c timestamp)");
    config::Map column;
    column.set("value_type", "pass");
    config::Map columns;
    columns.set("c", column);
    config::Map more;
    more.set("column_options", columns);
    EXPECT_THAT(load("insert", page_of(a_string("12")), more).error().message(),
                HasSubstr("invalid input syntax for type timestamp"));
    column.set("value_type", "bogus");
    columns.set("c", column);
    more.set("column_options", columns);
    EXPECT_THAT(make("insert", more).error().message(),
                HasSubstr("Unknown value_type 'bogus' for column 'c'"));
    EXPECT_THAT(tables(), ElementsAre("t"));
}

// 9.12.18: correct in summer too.
TEST_F(PostgresqlOutput, KeepsInstantsAcrossDaylightTime) {
    execute("create table t (c timestamptz, l timestamp)");
    page::Builder builder(page::Schema({{.name = "c", .type = page::Type::kTimestamp},
                                        {.name = "l", .type = page::Type::kTimestamp}}));
    for (const int64_t seconds : {1435752000, 1421323200}) {
        builder.set_timestamp(0, {.seconds = seconds});
        builder.set_timestamp(1, {.seconds = seconds});
        builder.end_row();
    }
    config::Map more;
    more.set("default_timezone", "America/New_York");
    expect_loaded("insert", builder.finish(), more);
    EXPECT_THAT(rows("select * from t order by 1"),
                ElementsAre("2015-01-15 12:00:00+00|2015-01-15 07:00:00",
                            "2015-07-01 12:00:00+00|2015-07-01 08:00:00"));
}

// 9.12.8, 9.6.10.
TEST_F(PostgresqlOutput, FitsTheTableThatIsThere) {
    execute("create table t (\"ID\" int, name varchar(8), extra int default 7)");
    for (const std::string mode : {"insert", "insert_direct", "truncate_insert"}) {
        expect_loaded(mode, numbers(1, 2));
        EXPECT_THAT(rows("select * from t order by 1"), ElementsAre("1|name 1|7", "2|name 2|7"))
            << mode;
        execute("delete from t");
    }
    execute("drop table t; create table t (other int)");
    EXPECT_THAT(load("insert", numbers(1, 1)).error().message(), HasSubstr("No column to insert."));
    execute("drop table t; create table \"T\" (id int)");
    expect_loaded("insert", numbers(1, 1));
    EXPECT_THAT(tables(), ElementsAre("T"));
}

// 9.12.2 to 9.12.7: what each mode leaves.
TEST_F(PostgresqlOutput, LeavesTheRowsOfItsMode) {
    struct Case {
        const char* mode;
        std::vector<std::string> expected;
    };
    for (const Case& one : {Case{"insert", {"1|name 1", "2|name 2", "2|old", "3|old"}},
                            Case{"insert_direct", {"1|name 1", "2|name 2", "2|old", "3|old"}},
                            Case{"truncate_insert", {"1|name 1", "2|name 2"}},
                            Case{"replace", {"1|name 1", "2|name 2"}},
                            Case{"merge", {"1|name 1", "2|name 2", "3|old"}},
                            Case{"merge_direct", {"1|name 1", "2|name 2", "3|old"}}}) {
        execute(
            "drop table if exists t; create table t (id int, name text);"
            "insert into t values (2, 'old'), (3, 'old')");
        config::Map more = with_keys(one.mode);
        more.set("after_load", "create table after_" + std::string(one.mode) + " (a int)");
        expect_loaded(one.mode, numbers(1, 2), more);
        EXPECT_EQ(rows("select * from t order by id, name"), one.expected) << one.mode;
    }
    EXPECT_THAT(tables(),
                ElementsAre("after_insert", "after_insert_direct", "after_merge",
                            "after_merge_direct", "after_replace", "after_truncate_insert", "t"));
}

// 9.6.11, 9.12.5 to 9.12.7.
TEST_F(PostgresqlOutput, MergesByKeysAndRule) {
    for (const std::string mode : {"merge", "merge_direct"}) {
        execute(
            "drop table if exists t; create table t (id int, name text, n int default 1, "
            "primary key (id)); insert into t values (1, 'old', 5), (9, 'old', 5)");
        expect_loaded(mode, numbers(1, 2));  // by the primary key
        EXPECT_THAT(rows("select * from t order by id"),
                    ElementsAre("1|name 1|5", "2|name 2|1", "9|old|5"))
            << mode;
        config::Map more;
        more.set("merge_rule", words({"name = S.name || chr(33)", "n = t.n + 1"}));
        expect_loaded(mode, numbers(2, 1), more);
        EXPECT_THAT(rows("select * from t where id = 2"), ElementsAre("2|name 2!|2")) << mode;
        more = {};
        more.set("merge_keys", words({"nothing"}));
        EXPECT_THAT(load(mode, numbers(2, 1), more).error().message(),
                    StartsWith("Merge key 'nothing' does not exist in the target table."));
        EXPECT_THAT(tables(), ElementsAre("t"));
    }
}

// As if the rows had come one by one.
TEST_F(PostgresqlOutput, MergesRepeatedKeysOfABatchInOrder) {
    page::Builder builder(page::Schema(
        {{.name = "id", .type = page::Type::kLong}, {.name = "n", .type = page::Type::kLong}}));
    for (const int64_t n : {1, 2, 3}) {
        builder.set_long(0, 7);
        builder.set_long(1, n);
        builder.end_row();
        builder.set_long(1, 10 * n);  // no key: never the same
        builder.end_row();
    }
    page::Page page = builder.finish();
    execute("create table t (id int, n int)");
    config::Map more = with_keys("merge_direct");
    expect_loaded("merge_direct", std::move(page), more);
    EXPECT_THAT(rows("select * from t order by 1, 2"),
                ElementsAre("7|3", "NULL|10", "NULL|20", "NULL|30"));
    for (const int64_t n : {1, 2, 3}) {
        builder.set_long(0, 7);
        builder.set_long(1, n);
        builder.end_row();
    }
    more.set("merge_rule", words({"n = t.n + S.n"}));
    expect_loaded("merge_direct", builder.finish(), more);
    EXPECT_THAT(rows("select n from t where id = 7"), ElementsAre("9"));
}

// Files with the same new keys.
TEST_F(PostgresqlOutput, MergesTheSameKeysFromTasksAtOnce) {
    for (const std::string key : {"primary key", ""}) {
        for (const char* isolation : {"read_committed", "repeatable_read"}) {
            execute("drop table if exists t; create table t (id bigint " + key + ", name text)");
            config::Map more = with_keys("merge_direct");
            more.set("transaction_isolation", isolation);
            auto output = make("merge_direct", more);
            ASSERT_TRUE(output.ok()) << output.error().message();
            ASSERT_TRUE((*output)->begin(numbers(0, 1).schema(), 2).ok());
            auto run = [&](size_t index) {
                auto task = (*output)->open(index);
                ASSERT_TRUE(task.ok()) << task.error().message();
                for (int64_t first = 0; first < 20000; first += 5000) {
                    ASSERT_TRUE((*task)->write(numbers(first, 5000)).ok());
                }
                auto finished = (*task)->finish();
                EXPECT_TRUE(finished.ok()) << finished.error().message();
            };
            std::jthread other([&] { run(1); });
            run(0);
            other.join();
            ASSERT_TRUE((*output)->commit().ok());
            EXPECT_THAT(rows("select count(*), count(distinct id) from t"),
                        ElementsAre("20000|20000"))
                << key << isolation;
        }
    }
}

// 9.6.8, 9.6.18 to 9.6.22, 11.11.2: seen through what the SQL finds in the table.
TEST_F(PostgresqlOutput, RunsSqlBeforeAndAfterTheLoad) {
    struct Case {
        const char* mode;
        const char* before;  // rows that before_load sees
        const char* after;
    };
    for (const Case& one : {Case{"insert", "1", "3"}, Case{"insert_direct", "1", "3"},
                            Case{"truncate_insert", "0", "2"}, Case{"replace", nullptr, "2"},
                            Case{"merge", "1", "3"}, Case{"merge_direct", "1", "3"}}) {
        execute(
            "drop table if exists t, log; create table t (id int, name text); "
            "insert into t values (9, 'old'); create table log (step text, n int)");
        config::Map more = with_keys(one.mode);
        if (one.before) more.set("before_load", "insert into log select 'before', count(*) from t");
        more.set("after_load",
                 "select 1; insert into log select 'after', count(*) from t; analyze t");
        expect_loaded(one.mode, numbers(1, 2), more);
        std::vector<std::string> expected;
        if (one.before) expected.push_back(std::string("before|") + one.before);
        expected.push_back(std::string("after|") + one.after);
        EXPECT_EQ(rows("select * from log order by step desc"), expected) << one.mode;
    }
    config::Map before;
    before.set("before_load", "select 1");
    EXPECT_THAT(make("replace", before).error().message(), HasSubstr("no meaning with mode"));
}

TEST_F(PostgresqlOutput, LoadsManyRowsFromSeveralTasks) {
    constexpr int64_t kRows = 25'000;
    for (const std::string& mode : kModes) {
        execute("drop table if exists t");
        config::Map more = with_keys(mode);
        more.set("batch_size", 100'000);
        std::vector<page::Page> pages;
        for (int64_t task = 0; task < 4; ++task) pages.push_back(numbers(task * kRows, kRows));
        auto output = make(mode, more);
        ASSERT_TRUE(output.ok()) << output.error().message();
        ASSERT_TRUE((*output)->begin(pages.front().schema(), pages.size()).ok());
        std::atomic<int> failures = 0;
        {
            std::vector<std::jthread> threads;
            for (size_t task = 0; task < pages.size(); ++task) {
                threads.emplace_back([&, task] {
                    auto opened = (*output)->open(task);
                    if (!opened.ok() || !(*opened)->write(std::move(pages[task])).ok() ||
                        !(*opened)->finish().ok()) {
                        ++failures;
                    }
                });
            }
        }
        EXPECT_EQ(failures, 0) << mode;
        auto committed = (*output)->commit();
        ASSERT_TRUE(committed.ok()) << committed.error().message();
        EXPECT_THAT(rows("select count(*), count(distinct id), sum(id), max(name) from t"),
                    ElementsAre("100000|100000|4999950000|name 99999"))
            << mode;
        EXPECT_THAT(tables(), ElementsAre("t")) << mode;
    }
}

// 9.12.12, 9.12.13, 9.9.1.
TEST_F(PostgresqlOutput, NamesAndPlacesItsTables) {
    execute(
        "create schema stage; create schema data; create role loader; "
        "grant all on schema stage, data to loader");
    config::Map more;
    more.set("schema", "data");
    more.set("temp_schema", "stage");
    more.set("role_name", "loader");
    more.set("table", std::string(60, 'x'));
    more.set("create_table_constraint", "UNIQUE(name)");
    more.set("create_table_option", "WITH (fillfactor=70)");
    auto output = make("insert", more);
    ASSERT_TRUE(output.ok()) << output.error().message();
    ASSERT_TRUE((*output)->begin(numbers(1, 1).schema(), 1).ok());
    EXPECT_THAT(rows("select nspname, length(relname), reloptions, rolname from pg_class c join "
                     "pg_namespace n on n.oid = relnamespace join pg_roles r on r.oid = relowner "
                     "where nspname in ('stage', 'data') and relkind = 'r'"),
                ElementsAre("stage|63|{fillfactor=70}|loader"));
    (*output)->rollback();
    EXPECT_THAT(tables(), IsEmpty());
    for (const char* mode : {"insert", "replace"}) {
        auto loaded = load(mode, numbers(1, 1), more);
        ASSERT_TRUE(loaded.ok()) << loaded.error().message();
        EXPECT_THAT(rows("select schemaname from pg_tables where tablename like 'xxx%'"),
                    ElementsAre("data"));
    }
}

// 9.12.9, 9.12.10.
TEST_F(PostgresqlOutput, LeavesTheTableAsItWasWhenSomethingFails) {
    config::Map broken_end;
    broken_end.set("after_load", "delete from t; insert into nowhere values (1)");
    config::Map broken_start;
    broken_start.set("before_load", "delete from t; insert into nowhere values (1)");
    for (const std::string& mode : kModes) {
        execute(
            "drop table if exists t; create table t (id int primary key, name varchar(6)); "
            "insert into t values (1, 'old')");
        if (mode != "replace") {
            EXPECT_THAT(load(mode, numbers(10, 1)).error().message(),  // "name 10" is too long
                        HasSubstr("value too long for type character varying(6)"));
            EXPECT_THAT(load(mode, numbers(5, 2), broken_start).error().message(),
                        StartsWith("before_load: "));
            EXPECT_THAT(rows("select * from t"), ElementsAre("1|old")) << mode;
        }
        EXPECT_THAT(load(mode, numbers(5, 2), broken_end).error().message(),
                    StartsWith("after_load: "));
        // What the direct modes sent stays.
        if (!mode.ends_with("direct")) {
            EXPECT_THAT(rows("select * from t"), ElementsAre("1|old")) << mode;
        }
        EXPECT_THAT(tables(), ElementsAre("t")) << mode;
    }
    execute(
        "drop table t; create table t (id int primary key, name text); insert into t values "
        "(1, 'old')");
    EXPECT_EQ(load("insert", numbers(1, 2)).error().code(), Code::kConflict);
    EXPECT_THAT(tables(), ElementsAre("t"));
}

// The server ends the connection of a task, or of the commit, half-way.
TEST_F(PostgresqlOutput, IsAsBeforeOrCompleteWhenConnectionsAreKilled) {
    const std::string kill_others =
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> "
        "pg_backend_pid() and datname = current_database()";
    for (const std::string& mode : kModes) {
        execute(
            "drop table if exists t; create table t (id int, name text); "
            "insert into t values (1, 'old')");
        auto output = make(mode, with_keys(mode));
        ASSERT_TRUE((*output)->begin(numbers(1, 1).schema(), 1).ok());
        auto task = (*output)->open(0);
        ASSERT_TRUE(task.ok()) << task.error().message();
        ASSERT_TRUE((*task)->write(numbers(1, 1000)).ok());
        EXPECT_NE(rows(kill_others).front(), "0");
        auto finished = (*task)->finish();
        ASSERT_FALSE(finished.ok()) << mode;
        EXPECT_EQ(finished.error().code(), Code::kUnavailable) << finished.error().message();
        (*task)->abort();
        (*output)->rollback();
        EXPECT_THAT(rows("select * from t"), ElementsAre("1|old")) << mode;
        EXPECT_THAT(tables(), ElementsAre("t")) << mode;

        // In the middle of the last transaction.
        config::Map more = with_keys(mode);
        more.set("after_load", "select pg_terminate_backend(pg_backend_pid())");
        auto loaded = load(mode, numbers(1, 10), more);
        ASSERT_FALSE(loaded.ok()) << mode;
        EXPECT_THAT(loaded.error().message(), StartsWith("after_load: "));
        if (!mode.ends_with("direct")) {
            EXPECT_THAT(rows("select * from t"), ElementsAre("1|old")) << mode;
        }
        EXPECT_THAT(tables(), ElementsAre("t")) << mode;
        expect_loaded(mode, numbers(1, 10), with_keys(mode));  // again
        EXPECT_THAT(tables(), ElementsAre("t")) << mode;
    }
}

// Left behind by a process that was killed.
TEST_F(PostgresqlOutput, CleansUpIntermediateTables) {
    execute("create table t (id int primary key, name text)");
    execute("create table t_not_embulk (a int)");
    for (const std::string mode : {"insert", "replace", "merge"}) {
        auto output = make(mode);
        ASSERT_TRUE((*output)->begin(numbers(1, 1).schema(), 2).ok());
    }
    EXPECT_EQ(tables().size(), 7u);
    auto gone = (*make("insert"))->clean_up();
    ASSERT_TRUE(gone.ok()) << gone.error().message();
    EXPECT_EQ(gone->size(), 5u);
    EXPECT_THAT(tables(), ElementsAre("t", "t_not_embulk"));
    EXPECT_TRUE((*make("insert"))->clean_up()->empty());
}

TEST_F(PostgresqlOutput, TriesALockConflictAgain) {
    execute("create table t (id int primary key, name text); insert into t values (1, 'old')");
    config::Map more = with_keys("merge_direct");
    more.set("options", config::Map());
    auto other = database::Postgresql::connect(options());
    ASSERT_TRUE((*other)->execute("begin; update t set name = 'held' where id = 1").ok());
    execute("alter database " + database_ + " set lock_timeout = '100ms'");
    std::jthread release([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(400));
        EXPECT_TRUE((*other)->execute("commit").ok());
    });
    expect_loaded("merge_direct", numbers(1, 2), more);
    EXPECT_THAT(rows("select * from t order by 1"), ElementsAre("1|name 1", "2|name 2"));
    more.set("retry_limit", 0);
    ASSERT_TRUE((*other)->execute("begin; update t set name = 'held' where id = 1").ok());
    EXPECT_EQ(load("merge_direct", numbers(1, 2), more).error().code(), Code::kTimeout);
}

// The server's limits are for statements, not for the wait for other merges.
TEST_F(PostgresqlOutput, WaitsForItsTurnHoweverShortStatementsMustBe) {
    execute("create table t (id int primary key, name text)");
    auto other = database::Postgresql::connect(options());
    ASSERT_TRUE((*other)
                    ->execute("begin; select pg_advisory_xact_lock(1836017525, "
                              "'t'::regclass::oid::integer)")
                    .ok());
    for (const char* limit : {"statement_timeout", "lock_timeout"}) {
        execute("alter database " + database_ + " set " + limit + " = '100ms'");
    }
    std::jthread release([&](const std::stop_token& stop) {
        // Until it has waited for three times what a statement may take.
        bool waits = false;
        for (int tries = 0; !waits && tries < 3000 && !stop.stop_requested(); ++tries) {
            auto count = (*other)->value(
                "select count(*) from pg_sleep(0.02), pg_locks where locktype = 'advisory' and "
                "not granted and waitstart < clock_timestamp() - interval '300 ms'");
            waits = count.ok() && *count != "0";
        }
        EXPECT_TRUE(waits);
        EXPECT_TRUE((*other)->execute("commit").ok());
    });
    config::Map more = with_keys("merge_direct");
    more.set("retry_limit", 0);
    more.set("after_load", "create table limits as select current_setting('statement_timeout') l");
    expect_loaded("merge_direct", numbers(1, 2), more);
    EXPECT_THAT(rows("select l from limits"), ElementsAre("100ms"));
    // The merge itself has them.
    ASSERT_TRUE((*other)->execute("begin; lock table t in exclusive mode").ok());
    EXPECT_FALSE(load("merge_direct", numbers(1, 2), more).ok());
}

// 294276-12-31 23:59:59.999999 and 4714-11-24 BC are its first and last; beyond that it refuses.
TEST_F(PostgresqlOutput, HoldsEveryTimeThatTheServerHolds) {
    const auto at = [](int64_t seconds, int32_t nanoseconds) {
        return page_of({page::Type::kTimestamp,
                        [=](page::Builder& builder) {
                            builder.set_timestamp(0,
                                                  {.seconds = seconds, .nanoseconds = nanoseconds});
                        },
                        "a time"});
    };
    constexpr int64_t kLast = 9'224'318'015'999;
    constexpr int64_t kFirst = -210'866'803'200;
    for (const char* type : {"timestamp", "timestamptz"}) {
        execute(std::string("drop table if exists t; create table t (c ") + type + ")");
        expect_loaded("insert_direct", at(kLast, 999'999'999));
        expect_loaded("insert_direct", at(kFirst, 0));
        const std::string zone = std::string(type) == "timestamptz" ? "+00" : "";
        EXPECT_THAT(rows("select * from t order by c desc"),
                    ElementsAre("294276-12-31 23:59:59.999999" + zone,
                                "4714-11-24 00:00:00" + zone + " BC"));
        for (int64_t seconds : {kLast + 1, kFirst - 1, int64_t{31'556'889'864'403'199}}) {
            EXPECT_THAT(load("insert_direct", at(seconds, 0)).error().message(),
                        HasSubstr("timestamp out of range"));
        }
    }
}

TEST_F(PostgresqlOutput, SaysWhatIsWrongWithItsOptions) {
    EXPECT_THAT(make("nosuch").error().message(),
                HasSubstr("Unknown mode 'nosuch'. Supported modes are insert, insert_direct, "
                          "merge, merge_direct, truncate_insert, replace"));
    config::Map more;
    more.set("merge_keys", config::List());
    EXPECT_THAT(make("merge", more).error().message(), HasSubstr("merge_keys: the list is empty"));
    more = {};
    more.set("host", "/nowhere");
    EXPECT_THAT(load("insert", numbers(1, 1), more).error().message(),
                StartsWith("cannot reach PostgreSQL at /nowhere: "));
    more = {};
    more.set("transaction_isolation", "chaos");
    EXPECT_THAT(make("insert", more).error().message(), HasSubstr("must be one of read_uncom"));
    more.set("transaction_isolation", "serializable");
    more.set("after_load",
             "create table levels as select current_setting('transaction_isolation') l");
    expect_loaded("insert", numbers(1, 1), more);
    EXPECT_THAT(rows("select l from levels"), ElementsAre("serializable"));
}

}  // namespace
}  // namespace mogura::integration
