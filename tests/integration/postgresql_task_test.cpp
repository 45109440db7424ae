// The operators pg> and redshift> against a real server (spec digdag 4.15, 4.16.1).

#include "postgresql_fixture.h"
#include "task_runner.h"

namespace mogura::integration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class PostgresqlTask : public PostgresqlTest {
  protected:
    PostgresqlTask() {
        plugins::add_operator_pg(registry_);
        plugins::add_operator_redshift(registry_);
    }

    // {pg: {host: ..., ...}} as an exported parameter has it.
    std::string scope(const std::string& word = "pg") const {
        config::Map scope;
        scope.set(word, connection_options());
        return config::to_json(config::Value(scope));
    }

    TaskRunner pg_{registry_, "pg"};
};

// 4.15.1, 4.15.6.
TEST_F(PostgresqlTask, StoresRowsAsParameters) {
    pg_.write("q.sql", "SELECT '${day}' AS day, 1 AS n");
    EXPECT_EQ(pg_.run("q.sql", "{store_last_results: first, day: mon}", scope()),
              R"({"pg":{"last_results":{"day":"mon","n":1}}})");
    // The text of query: is SQL, whatever it looks like; its templates were evaluated before.
    EXPECT_EQ(
        pg_.run("null", "{query: \"SELECT '${day}' AS day\", store_last_results: true}", scope()),
        R"({"pg":{"last_results":{"day":"${day}"}}})");
    EXPECT_THAT(pg_.run("null", "{query: q.sql, store_last_results: true}", scope()),
                HasSubstr("syntax error"));
    EXPECT_EQ(pg_.run("{data: \"values (1, 0.5, true, null, timestamp '2020-01-01', '[1]'::json), "
                      "(2, 1, false, 'x', null, null)\"}",
                      "{store_last_results: all}", scope()),
              R"({"pg":{"last_results":[{"column1":1,"column2":0.5,"column3":true,"column4":null,)"
              R"("column5":"2020-01-01 00:00:00","column6":"[1]"},{"column1":2,"column2":1,)"
              R"("column3":false,"column4":"x","column5":null,"column6":null}]}})");
    EXPECT_EQ(pg_.run("{data: select 1 as a where false}", "{store_last_results: first}", scope()),
              R"({"pg":{"last_results":{}}})");
    EXPECT_THAT(
        pg_.run("{data: \"select repeat('x', 300) as a\"}", "{store_last_results: first}", scope()),
        HasSubstr("the limit is 256"));
    EXPECT_THAT(pg_.run("{data: \"select generate_series(1, 9000)\"}", "{store_last_results: all}",
                        scope()),
                HasSubstr("the limit is 8192"));
}

// 4.15.6: of the first row only its own size counts.
TEST_F(PostgresqlTask, TakesLimitsOfStoredRowsFromTheInstallation) {
    const std::string many = "{data: \"select n, 'abc' as t from generate_series(1, 9000) n\"}";
    EXPECT_EQ(pg_.run(many, "{store_last_results: first}", scope()),
              R"({"pg":{"last_results":{"n":1,"t":"abc"}}})");
    pg_.settings = {{"config.pg.max_store_last_results_rows", "2"}};
    EXPECT_THAT(pg_.run(many, "{store_last_results: all}", scope()),
                HasSubstr("too many rows for parameters, the limit is 2"));
    pg_.settings = {{"config.pg.max_store_last_results_columns", "1"}};
    EXPECT_THAT(pg_.run(many, "{store_last_results: first}", scope()),
                HasSubstr("too many columns for parameters, the limit is 1"));
    pg_.settings = {{"config.jdbc.max_store_last_results_value_size", "2"}};
    EXPECT_THAT(pg_.run(many, "{store_last_results: first}", scope()),
                HasSubstr("too many characters in a value for parameters, the limit is 2"));
    pg_.settings["config.pg.max_store_last_results_value_size"] = "3";
    EXPECT_THAT(pg_.run(many, "{store_last_results: first}", scope()), HasSubstr("abc"));
}

// 4.15.5.
TEST_F(PostgresqlTask, WritesNoFileOutsideOfTheProject) {
    for (const char* path : {"../rows.csv", "/tmp/rows.csv"}) {
        EXPECT_EQ(
            pg_.run("{data: select 1}", std::string("{download_file: ") + path + "}", scope()),
            std::string("failed: File path must not be outside of project path: ") + path);
    }
}

// 4.15.5.
TEST_F(PostgresqlTask, DownloadsCsv) {
    EXPECT_EQ(pg_.run("{data: \"values (1, 12.50, true, 'a,b', null), (2, 0.1, false, "
                      "E'q\\\"\\r\\nx', '')\"}",
                      "{download_file: out/rows.csv}", scope()),
              "{}");
    EXPECT_EQ(pg_.file("out/rows.csv"),
              "column1,column2,column3,column4,column5\r\n1,12.50,true,\"a,b\",\r\n"
              "2,0.1,false,\"q\"\"\nx\",\"\"\r\n");
    EXPECT_EQ(pg_.run("{data: \"select n from generate_series(1, 25000) n\"}",
                      "{download_file: many.csv}", scope()),
              "{}");
    EXPECT_EQ(pg_.file("many.csv").size(), 3u + 9 * 3 + 90 * 4 + 900 * 5 + 9000 * 6 + 15001 * 7);
    EXPECT_EQ(pg_.run("{data: show timezone}", "{download_file: zone.csv}", scope()), "{}");
    EXPECT_EQ(pg_.file("zone.csv"), "TimeZone\r\nUTC\r\n");
}

// 4.15.3, 4.15.4.
TEST_F(PostgresqlTask, SaysWhichModesExcludeOneAnother) {
    struct Case {
        const char* local;
        const char* message;
    };
    for (const Case& one :
         {Case{"{create_table: a, insert_into: b}",
               "Can't use both of insert_into and create_table"},
          Case{"{create_table: a, download_file: b}",
               "Can't use download_file with insert_into or create_table"},
          Case{"{insert_into: a, store_last_results: all}", "Can't use store_last_results with"},
          Case{"{download_file: a, store_last_results: all}",
               "Can't use both download_file and store_last_results at once"},
          Case{"{store_last_results: some}", "must be first, all, true or false"},
          Case{"{status_table_cleanup: soon}", "status_table_cleanup"},
          Case{"{host: /nowhere}", "cannot reach PostgreSQL at /nowhere"}}) {
        EXPECT_THAT(pg_.run("{data: select 1}", one.local, scope()),
                    AllOf(StartsWith("failed: "), HasSubstr(one.message)))
            << one.local;
    }
    execute("create table t (a int)");
    for (const char* sql :
         {"insert into t values (1) returning a",
          "with x as (insert into t values (1) returning a) select * from x", "select nextval('s')",
          "insert into t values (1)", "create table other (a int)"}) {
        execute("drop sequence if exists s; create sequence s");
        EXPECT_THAT(
            pg_.run(std::string("{data: \"") + sql + "\"}", "{download_file: a.csv}", scope()),
            HasSubstr("Query must be read-only if download_file is set"))
            << sql;
    }
    EXPECT_THAT(rows("select * from t"), IsEmpty());
    EXPECT_THAT(pg_.run("{data: selec 1}", "{}", scope()), HasSubstr("(config)"));
    EXPECT_THAT(pg_.run("missing.sql", "{}", scope()), HasSubstr("File not found: missing.sql"));
    EXPECT_THAT(pg_.run("{data: select 1}", "{}", "{}"), HasSubstr("host"));
}

// 4.15.3, 4.15.7.
TEST_F(PostgresqlTask, WritesOnce) {
    execute("create schema other");
    EXPECT_EQ(pg_.run("{data: select 1 as a}", "{create_table: other.t}", scope()), "{}");
    EXPECT_EQ(pg_.run("{data: select 2 as a}", "{create_table: other.t}", scope()), "{}");
    EXPECT_EQ(pg_.run("{data: select 3;}", "{insert_into: other.t}", scope()), "{}");
    EXPECT_EQ(pg_.run("{data: 'select 1; insert into other.t values (4)'}", "{}", scope()), "{}");
    EXPECT_THAT(rows("select a from other.t order by a"), ElementsAre("2", "3", "4"));
    EXPECT_THAT(rows("select count(*), count(completed_at) from __digdag_status"),
                ElementsAre("4|4"));

    // The number is stored first; a second run of the same number does nothing.
    auto first = pg_.once("{data: insert into other.t values (9)}", "{}", scope());
    ASSERT_TRUE(std::holds_alternative<engine::Again>(first));
    EXPECT_EQ(std::get<engine::Again>(first).at, pg_.clock.now());
    const config::Map state = std::get<engine::Again>(first).state;
    for (int time = 0; time < 2; ++time) {
        pg_.state = state;
        EXPECT_EQ(pg_.run("{data: insert into other.t values (9)}", "{}", scope(), 1), "{}");
    }
    EXPECT_THAT(rows("select count(*) from other.t where a = 9"), ElementsAre("1"));

    // A failing statement leaves nothing, and may run again.
    pg_.state = state;
    pg_.state.set("query_id", "another");
    const config::Map again = pg_.state;
    EXPECT_THAT(pg_.run("{data: 'insert into other.t values (10); select 1/0'}", "{}", scope(), 1),
                StartsWith("failed: "));
    EXPECT_THAT(rows("select * from other.t where a = 10"), IsEmpty());
    pg_.state = again;
    EXPECT_EQ(pg_.run("{data: insert into other.t values (10)}", "{}", scope(), 1), "{}");
    EXPECT_THAT(rows("select * from other.t where a = 10"), ElementsAre("10"));
}

TEST_F(PostgresqlTask, WaitsWhileTheSameQueryRuns) {
    execute("create table t (a int)");
    pg_.state.set("query_id", "q1");
    const config::Map state = pg_.state;
    EXPECT_EQ(pg_.run("{data: insert into t values (1)}", "{status_table: st}", scope(), 1), "{}");
    execute("update st set completed_at = null where query_id = 'q1'");
    auto other = database::Postgresql::connect(options());
    ASSERT_TRUE((*other)->execute("begin; select * from st for update").ok());
    pg_.state = state;
    for (const int64_t seconds : {1, 2, 4}) {
        auto outcome = pg_.once("{data: insert into t values (2)}", "{status_table: st}", scope());
        ASSERT_TRUE(std::holds_alternative<engine::Again>(outcome));
        const auto& wait = std::get<engine::Again>(outcome);
        EXPECT_EQ(wait.at - pg_.clock.now(), std::chrono::seconds(seconds));
        pg_.state = wait.state;
    }
    ASSERT_TRUE((*other)->execute("rollback").ok());
    EXPECT_EQ(pg_.run("{data: insert into t values (2)}", "{status_table: st}", scope(), 1), "{}");
    EXPECT_THAT(rows("select * from t"), ElementsAre("1", "2"));
    // Old rows go with the next task.
    execute("update st set created_at = now() - interval '2 day'");
    EXPECT_EQ(pg_.run("{data: select 1}", "{status_table: st}", scope()), "{}");
    EXPECT_THAT(rows("select count(*) from st"), ElementsAre("1"));
    EXPECT_EQ(
        pg_.run("{data: insert into t values (3)}", "{strict_transaction: false}", scope(), 1),
        "{}");
    EXPECT_THAT(rows("select count(*) from t"), ElementsAre("3"));
}

// 4.15.2.
TEST_F(PostgresqlTask, TakesTheServerFromSecrets) {
    pg_.set_secret("pg.host", server().socket());
    pg_.set_secret("pg.database", database_);
    pg_.set_secret("pg.password", "not asked for");
    const std::string local =
        "{store_last_results: first, port: " + std::to_string(server().port()) +
        ", user: postgres, host: /nowhere, database: nosuch, schema: pg_catalog}";
    EXPECT_EQ(
        pg_.run("{data: \"select current_database()::text as d, current_schema()::text as s\"}",
                local),
        R"({"pg":{"last_results":{"d":")" + database_ + R"(","s":"pg_catalog"}}})");
    EXPECT_THAT(pg_.run("{data: select 1}", "{password_override: other}", scope()),
                HasSubstr("Secret not found for key: 'pg.other'"));
}

// 4.16.1.
TEST_F(PostgresqlTask, RunsOnRedshiftToo) {
    TaskRunner redshift(registry_, "redshift");
    execute("create table t (a int)");
    redshift.state.set("query_id", "q1");
    const config::Map state = redshift.state;
    for (int time = 0; time < 2; ++time) {
        redshift.state = state;
        EXPECT_EQ(redshift.run("{data: insert into t values (1)}", "{}", scope("redshift"), 1),
                  "{}");
    }
    EXPECT_THAT(rows("select count(*) from t"), ElementsAre("1"));
    EXPECT_THAT(tables(), ElementsAre("__digdag_status_q1", "t"));
    execute("update __digdag_status_q1 set created_at = now() - interval '2 day'");
    EXPECT_EQ(redshift.run("{data: insert into t values (2)}", "{}", scope("redshift")), "{}");
    EXPECT_THAT(tables(), testing::Not(testing::Contains("__digdag_status_q1")));
    redshift.set_secret("aws.redshift.user", "postgres");
    EXPECT_EQ(redshift.run("{data: select count(*) as n from t}",
                           "{store_last_results: first, user: nobody}", scope("redshift")),
              R"({"redshift":{"last_results":{"n":2}}})");
}

}  // namespace
}  // namespace mogura::integration
