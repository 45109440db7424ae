// The inputs `postgresql` and `redshift` against a real server (spec embulk 8.4, 8.6, 8.7).

#include "input_reader.h"
#include "postgresql_fixture.h"

namespace mogura::integration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class PostgresqlInput : public PostgresqlTest {
  protected:
    PostgresqlInput() {
        plugins::add_input_postgresql(registry_);
        plugins::add_input_redshift(registry_);
    }

    Read read(const std::string& yaml, const std::string& type = "postgresql") {
        return read_input(registry_, type, yaml, connection_options(), {.clock = clock_});
    }

    Read select(const std::string& expression) {
        config::Map options = connection_options();
        options.set("query", "select " + expression + " as c");
        return read_input(registry_, "postgresql", "{}", options, {.clock = clock_});
    }

    void make_increments() {
        execute(
            "create table inc (id int primary key, up timestamptz, v text); insert into inc "
            "select n, timestamptz '2017-01-01 00:00Z' + n * interval '1 day', 'v' || n from "
            "generate_series(1, 5) n");
    }
};

// 8.7.9, 8.6.3: one type a line.
TEST_F(PostgresqlInput, ReadsEveryType) {
    execute("create extension if not exists hstore; create type mood as enum ('happy')");
    struct Case {
        const char* expression;
        const char* expected;  // TYPE VALUE
    };
    for (const Case& one : {
             Case{"1::smallint", "long 1"},
             Case{"-2::int", "long -2"},
             Case{"9223372036854775807::bigint", "long 9223372036854775807"},
             Case{"0.5::real", "double 0.5"},
             Case{"0.1::double precision", "double 0.1"},
             Case{"12.25::numeric(9,4)", "double 12.25"},
             Case{"'$1,234.50'::money", "double 1234.5"},
             Case{"true", "boolean true"},
             Case{"'ab'::char(3)", "string ab "},
             Case{"'it''s'::text", "string it's"},
             Case{"'x'::varchar(5)", "string x"},
             Case{"'happy'::mood", "string happy"},
             Case{"'5ea70000-0000-4000-8000-000000000001'::uuid",
                  "string 5ea70000-0000-4000-8000-000000000001"},
             Case{"'{1,2}'::int[]", "string {1,2}"},
             Case{"array['a,b', null, 'c\"d']", "string {\"a,b\",,\"c\\\"d\"}"},
             Case{"'{{1,2},{3,4}}'::int[]", "string {{1,2},{3,4}}"},
             Case{"'{ \"a\" : [1, 2] }'::json", "json {\"a\":[1,2]}"},
             Case{"'{\"a\": 1}'::jsonb", "json {\"a\":1}"},
             Case{"'a=>1'::hstore", "string \"a\"=>\"1\""},
             Case{"date '2015-01-27'", "timestamp 2015-01-27"},
             Case{"time '10:11:12.5'", "timestamp 1970-01-01 10:11:12.500000"},
             Case{"timestamp '2015-01-27 19:23:49'", "timestamp 2015-01-27 19:23:49"},
             Case{"timestamptz '2015-01-27 19:23:49.123456+09'",
                  "timestamp 2015-01-27 10:23:49.123456"},
             Case{"null::int", "long NULL"},
         }) {
        const Read got = select(one.expression);
        const std::string shown = got.schema.substr(got.schema.find(':') + 1) + " " +
                                  (got.rows.empty() ? std::string("nothing") : got.rows.front());
        EXPECT_EQ(shown, one.expected) << one.expression;
    }
    for (const char* expression : {"'\\x00'::bytea", "interval '1 day'", "'10.0.0.1'::inet",
                                   "'101'::bit(3)", "point '(1,2)'"}) {
        EXPECT_THAT(select(expression).schema, AllOf(StartsWith("error: Unsupported type "),
                                                     HasSubstr("{value_type: string}")))
            << expression;
    }
}

// 8.4.18, 8.4.19, 8.7.11.
TEST_F(PostgresqlInput, ConvertsToTheTypeOfTheColumnOptions) {
    struct Case {
        const char* expression;
        const char* options;
        const char* expected;
    };
    for (const Case& one : {
             Case{"5", "{type: boolean}", "true"},
             Case{"0", "{type: boolean}", "false"},
             Case{"5", "{type: double}", "5"},
             Case{"5", "{type: string}", "5"},
             Case{"5", "{type: timestamp}", "NULL"},
             Case{"2.5::float8", "{type: long}", "3"},
             Case{"-2.5::float8", "{type: long}", "-3"},
             Case{"'NaN'::float8", "{type: long}", "NULL"},
             Case{"1e10::float8", "{type: string}", "1.0E10"},
             Case{"12.90", "{type: long}", "12"},
             Case{"12.90", "{type: string}", "12.90"},
             Case{"-0.5", "{type: boolean}", "false"},
             Case{"true", "{type: long}", "1"},
             Case{"false", "{type: string}", "false"},
             Case{"'12'::text", "{type: long}", "12"},
             Case{"'x'::text", "{type: long}", "NULL"},
             Case{"'[1, 2]'::text", "{type: json}", "[1,2]"},
             Case{"'nope'::text", "{type: json}", "NULL"},
             Case{"'{\"a\": 1}'::jsonb", "{type: string}", "{\"a\":1}"},
             Case{"'{1,NULL}'::int[]", "{type: json}", "[1,null]"},
             Case{"'{t,f}'::bool[]", "{type: json}", "[true,false]"},
             Case{"array['a','b']", "{type: json}", "[\"a\",\"b\"]"},
             Case{"'\\x00ff'::bytea", "{value_type: string}", "\\x00ff"},
             Case{"12", "{value_type: string}", "12"},
             Case{"timestamptz '2017-01-01 00:00Z'",
                  "{type: string, timestamp_format: '%Y/%m/%d %H', timezone: '+0900'}",
                  "2017/01/01 09"},
             Case{"timestamp '2017-01-01 01:02:03'", "{type: string}", "2017-01-01 01:02:03"},
             Case{"date '2017-01-01'", "{type: string}", "2017-01-01"},
             Case{"time '10:11:12'", "{type: string}", "10:11:12"},
         }) {
        execute(std::string("drop view if exists v; create view v as select ") + one.expression +
                " as c");
        const Read got = read(std::string("table: v\ncolumn_options: {C: ") + one.options + "}");
        EXPECT_THAT(got.rows, ElementsAre(one.expected))
            << one.expression << " " << one.options << " " << got.schema;
    }
    EXPECT_THAT(
        read("query: select 1 as c\ndefault_column_options: {INTEGER: {type: string}}").schema,
        "c:string");
    EXPECT_THAT(read("query: select 1 as c\ncolumn_options: {c: {type: string}, C: {type: long}, "
                     "other: {type: long}}")
                    .schema,
                "c:string");
    EXPECT_THAT(read("query: select 1 as \"Cc\"\ncolumn_options: {cC: {}, CC: {}}").schema,
                HasSubstr("could mean the column Cc"));
}

// 8.7.1, 8.7.2.
TEST_F(PostgresqlInput, StartsBehindTheLastRecord) {
    make_increments();
    const std::string table = "table: inc\nincremental: true\n";
    Read got = read(table + "select: id");
    EXPECT_THAT(got.rows, ElementsAre("1", "2", "3", "4", "5"));
    EXPECT_EQ(got.diff, R"({"last_record":[5]})");
    got = read(table + "last_record: [3]\nwhere: v <> 'v4'\nselect: 'id, v'");
    EXPECT_THAT(got.rows, ElementsAre("5|v5"));
    got = read(table + "last_record: [5]");
    EXPECT_THAT(got.rows, IsEmpty());
    EXPECT_EQ(got.diff, R"({"last_record":[5]})");

    execute("update inc set up = timestamptz '2018-01-01 00:00Z' where id in (4, 5)");
    got = read(table +
               "incremental_columns: [up, id]\nwhere: id > 0 or true\nselect: 'id, up'\n"
               "last_record: ['2018-01-01T00:00:00.000000Z', 4]");
    EXPECT_THAT(got.rows, ElementsAre("5|2018-01-01 00:00:00"));
    EXPECT_EQ(got.diff, R"({"last_record":["2018-01-01T00:00:00.000000Z",5]})");
    execute(
        "create table local (at timestamp, t text); insert into local values "
        "('2017-01-01 02:03:04.5', 'it''s')");
    got = read("table: local\nincremental: true\nincremental_columns: [at, t]");
    EXPECT_EQ(got.diff, R"({"last_record":["2017-01-01T02:03:04.500000","it's"]})");
    got = read(
        "table: local\nincremental: true\nincremental_columns: [at, t]\n"
        "last_record: ['2017-01-01T02:03:04.500000', \"it's\"]");
    EXPECT_THAT(got.rows, IsEmpty());
    EXPECT_EQ(read("table: local").diff, "{}");
}

// 8.7.3, 8.4.8.
TEST_F(PostgresqlInput, PutsTheLastRecordIntoTheUsersQuery) {
    make_increments();
    const std::string raw = "incremental: true\nuse_raw_query_with_incremental: true\n";
    Read got = read(raw +
                    "query: select id, v from inc where id > :id order by id\n"
                    "incremental_columns: [id]\nlast_record: [2]");
    EXPECT_THAT(got.rows, ElementsAre("3|v3", "4|v4", "5|v5"));
    EXPECT_EQ(got.diff, R"({"last_record":[5]})");
    got = read(raw +
               "query: \"select id::int, id as id2 from inc where id > :id and id < :id2 + 4 "
               "order by id\"\nincremental_columns: [id, id2]\nlast_record: [2, 1]");
    EXPECT_THAT(got.rows, ElementsAre("3|3", "4|4"));
    EXPECT_EQ(got.diff, R"({"last_record":[4,4]})");
    EXPECT_THAT(
        read(raw + "query: select id from inc\nincremental_columns: [id]\nlast_record: [2]").schema,
        HasSubstr("Column \":id\" doesn't exist in query string"));
}

// 8.7.4, 8.7.5, 8.4.10.
TEST_F(PostgresqlInput, SaysWhatIsWrong) {
    make_increments();
    execute("create table src (a int, b float8); insert into src values (1, 2)");
    struct Case {
        const char* yaml;
        const char* message;
    };
    for (const Case& one : {
             Case{"query: select 1\nincremental: true\nincremental_columns: [a]",
                  "use_raw_query_with_incremental"},
             Case{"query: select 1\nincremental: true",
                  "incremental_columns option must be set if incremental is true and custom query"},
             Case{"query: select 1\ntable: src", "unnecessary if 'query' parameter is set"},
             Case{"{}", "'table' or 'query' parameter is required"},
             Case{"table: src\norder_by: {a: b}", "order_by: must be a text"},
             Case{"table: inc\norder_by: id\nincremental: true", "order_by"},
             Case{"table: inc\nincremental: true\nlast_record: [1, 2]", "must be same with number"},
             Case{"table: inc\nincremental: true\nselect: id\nincremental_columns: [up]",
                  "Column name 'up' is in incremental_columns option does not exist"},
             Case{
                 "table: src\nincremental: true",
                 "Primary key is not available at the table 'src'. incremental_columns option must "
                 "be set"},
             Case{"table: nosuch", "relation \"nosuch\" does not exist"},
             Case{"table: inc\nincremental: true\nlast_record: [x]", "column of integers, not: x"},
             Case{"table: src\nincremental: true\nincremental_columns: [b]", "is not supported"},
             Case{"table: src\nincremental_columns: [a]", "incremental: true only"},
             Case{"query: selec 1", "syntax error"},
             Case{"query: delete from src", "gives no rows"},
             Case{"query: select 1\ncolumn_options: {c: {value_type: odd}}",
                  "Unknown value_type 'odd' for column 'c'"},
             Case{"query: select 1\nbefore_select: select 2",
                  "before_select: A result was returned when none was expected."},
         }) {
        EXPECT_THAT(read(one.yaml).schema, AllOf(StartsWith("error: "), HasSubstr(one.message)))
            << one.yaml;
    }
    execute("insert into src values (null, 3)");
    EXPECT_THAT(read("table: src\nincremental: true\nincremental_columns: [a]").schema,
                HasSubstr("the last row is null at column 'a'"));
}

// 8.4.12.
TEST_F(PostgresqlInput, RunsSqlAroundTheSelect) {
    const Read got = read(
        "before_setup: create table t (a int)\nbefore_select: insert into t values (1)\n"
        "table: t\nafter_select: insert into t values (2)");
    EXPECT_THAT(got.rows, ElementsAre("1"));
    EXPECT_THAT(rows("select * from t"), ElementsAre("1", "2"));
    // One transaction: what fails behind takes back what was before.
    EXPECT_THAT(
        read("before_select: insert into t values (3)\ntable: t\nafter_select: broken").schema,
        StartsWith("error: after_select: "));
    EXPECT_THAT(rows("select * from t"), ElementsAre("1", "2"));
}

TEST_F(PostgresqlInput, FetchesPortionsAndFindsTheTable) {
    execute(
        "create table \"BIG\" as select n as id, 'row ' || n as t from generate_series(1, "
        "25000) n; create schema other; create table other.x as select 1 as a");
    Read got = read("table: big\nfetch_rows: 999\norder_by: id DESC");
    ASSERT_EQ(got.rows.size(), 25'000u);
    EXPECT_EQ(got.rows.front(), "25000|row 25000");
    EXPECT_EQ(got.rows.back(), "1|row 1");
    got = read("table: x\nschema: other\noptions: {ApplicationName: emb}");
    EXPECT_THAT(got.rows, ElementsAre("1"));
    got = read(
        "query: select application_name as n from pg_stat_activity where pid = "
        "pg_backend_pid()\noptions: {ApplicationName: emb}");
    EXPECT_THAT(got.rows, ElementsAre("emb"));
    got = read("query: select 1 as a", "redshift");
    EXPECT_EQ(got.schema, "a:long");
    EXPECT_THAT(read("query: select pg_sleep(5)::text\nstatement_timeout_millis: 50").schema,
                HasSubstr("statement timeout"));
}

}  // namespace
}  // namespace mogura::integration
