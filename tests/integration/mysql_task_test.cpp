// The operator mysql> against a real server (spec digdag 4.21.3).

#include "mysql_fixture.h"
#include "task_runner.h"

namespace mogura::integration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MysqlTask : public MysqlTest {
  protected:
    MysqlTask() { plugins::add_operator_mysql(registry_); }

    std::string scope() const {
        return "{mysql: {host: " + server().socket() + ", user: root, database: " + database_ +
               "}}";
    }

    TaskRunner mysql_{registry_, "mysql"};
};

TEST_F(MysqlTask, ReadsRows) {
    execute("set sql_mode = ''");
    execute("create table t (a int, d date, b boolean, s varchar(9), n decimal(5,2))");
    execute(
        "insert into t values (1, '0000-00-00', true, 'x,y', 1.50), (2, '2020-01-02', null, "
        "'', null)");
    EXPECT_EQ(mysql_.run("{data: select * from t order by a;}", "{download_file: t.csv}", scope()),
              "{}");
    EXPECT_EQ(mysql_.file("t.csv"), "a,d,b,s,n\r\n1,,true,\"x,y\",1.50\r\n2,2020-01-02,,\"\",\r\n");
    EXPECT_EQ(mysql_.run("{data: 'select a, b, n from t order by a'}", "{store_last_results: all}",
                         scope()),
              R"({"mysql":{"last_results":[{"a":1,"b":true,"n":1.5},{"a":2,"b":null,"n":null}]}})");
    EXPECT_THAT(mysql_.run("{data: insert into t (a) values (3) returning a}",
                           "{store_last_results: all}", scope()),
                HasSubstr("Query must be read-only if store_last_results is set"));
    EXPECT_THAT(
        mysql_.run("{data: insert into t (a) values (3)}", "{download_file: t.csv}", scope()),
        HasSubstr("Query must be read-only if download_file is set"));
    EXPECT_EQ(mysql_.run("null", "{query: select 1 as a, store_last_results: first}", scope()),
              R"({"mysql":{"last_results":{"a":1}}})");
    EXPECT_THAT(rows("select * from t where a = 3"), IsEmpty());
}

TEST_F(MysqlTask, WritesOnce) {
    EXPECT_EQ(mysql_.run("{data: select 1 as a}", "{create_table: t}", scope()), "{}");
    EXPECT_EQ(mysql_.run("{data: select 2}", "{insert_into: t}", scope()), "{}");
    mysql_.state.set("query_id", "q1");
    const config::Map state = mysql_.state;
    for (int time = 0; time < 2; ++time) {
        mysql_.state = state;
        EXPECT_EQ(mysql_.run("{data: 'insert into t values (3); insert into t values (4)'}", "{}",
                             scope(), 1),
                  "{}");
    }
    EXPECT_THAT(rows("select a from t order by a"), ElementsAre("1", "2", "3", "4"));
    mysql_.state = state;
    mysql_.state.set("query_id", "q2");
    EXPECT_THAT(mysql_.run("{data: 'insert into t values (5); insert into nosuch values (1)'}",
                           "{}", scope(), 1),
                HasSubstr("nosuch"));
    EXPECT_THAT(rows("select a from t where a = 5"), IsEmpty());
    EXPECT_THAT(mysql_.run("{data: selec 1}", "{}", scope()), HasSubstr("(config)"));
    mysql_.set_secret("mysql.database", "nowhere");
    EXPECT_THAT(mysql_.run("{data: select 1}", "{}", scope()), HasSubstr("nowhere"));
}

TEST_F(MysqlTask, WaitsWhileTheSameQueryRuns) {
    execute("create table t (a int)");
    mysql_.state.set("query_id", "q1");
    const config::Map state = mysql_.state;
    EXPECT_EQ(mysql_.run("{data: select 1}", "{}", scope(), 1), "{}");
    execute("update __digdag_status set completed_at = null");
    execute("begin");
    execute("select * from __digdag_status for update");
    mysql_.state = state;
    EXPECT_EQ(mysql_.run("{data: insert into t values (1)}", "{}", scope(), 2), "waiting");
    execute("rollback");
    EXPECT_EQ(mysql_.run("{data: insert into t values (1)}", "{}", scope(), 1), "{}");
    EXPECT_THAT(rows("select * from t"), ElementsAre("1"));
}

}  // namespace
}  // namespace mogura::integration
