// The input `mysql` against a real server (spec embulk 8.4, 8.5).

#include "input_reader.h"
#include "mysql_fixture.h"

namespace mogura::integration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class MysqlInput : public MysqlTest {
  protected:
    MysqlInput() { plugins::add_input_mysql(registry_); }
    Read read(const std::string& yaml) {
        return read_input(registry_, "mysql", yaml, connection_options(), {.clock = clock_});
    }
};

// 8.5.3: one type a line.
TEST_F(MysqlInput, ReadsEveryType) {
    struct Case {
        const char* column;
        const char* value;
        const char* expected;
    };
    for (const Case& one : {
             Case{"tinyint", "-5", "long -5"},
             Case{"tinyint(1)", "1", "boolean true"},
             Case{"smallint", "7", "long 7"},
             Case{"int unsigned", "4000000000", "long 4000000000"},
             Case{"bigint", "-9223372036854775808", "long -9223372036854775808"},
             Case{"float", "0.5", "double 0.5"},
             Case{"double", "0.1", "double 0.1"},
             Case{"decimal(9,2)", "12.5", "double 12.5"},
             Case{"bit(1)", "b'1'", "boolean true"},
             Case{"char(5)", "'ab'", "string ab"},
             Case{"text", "'it''s'", "string it's"},
             Case{"enum('a','b')", "'b'", "string b"},
             Case{"set('a','b')", "'a,b'", "string a,b"},
             Case{"json", "'{\"a\": [1, 2]}'", "json {\"a\":[1,2]}"},
             Case{"date", "'2015-01-27'", "timestamp 2015-01-27"},
             Case{"date", "'0000-00-00'", "timestamp NULL"},
             Case{"time", "'10:11:12'", "timestamp 1970-01-01 10:11:12"},
             Case{"datetime(6)", "'2015-01-27 19:23:49.123456'",
                  "timestamp 2015-01-27 19:23:49.123456"},
             Case{"timestamp null", "'2015-01-27 19:23:49'", "timestamp 2015-01-27 19:23:49"},
             Case{"year", "2015", "timestamp 2015-01-01"},
             Case{"int", "null", "long NULL"},
         }) {
        execute("drop table if exists t");
        execute(std::string("create table t (c ") + one.column + ")");
        execute("set sql_mode = ''");
        execute(std::string("insert into t values (") + one.value + ")");
        const Read got = read("table: t");
        const std::string shown = got.schema.substr(got.schema.find(':') + 1) + " " +
                                  (got.rows.empty() ? "nothing" : got.rows.front());
        EXPECT_EQ(shown, one.expected) << one.column;
    }
    for (const char* column : {"blob", "binary(3)", "bit(4)"}) {
        execute("drop table if exists t");
        execute(std::string("create table t (c ") + column + ")");
        EXPECT_THAT(read("table: t").schema,
                    AllOf(StartsWith("error: Unsupported type "), HasSubstr("column 'c'")))
            << column;
    }
    execute("drop table t");
    execute("create table t (c blob) as select 'bytes' c");
    EXPECT_THAT(read("table: t\ncolumn_options: {c: {value_type: string}}").rows,
                ElementsAre("bytes"));
}

// 8.4.7, 8.4.11.
TEST_F(MysqlInput, StartsBehindTheLastRecord) {
    execute(
        "create table t (id int, up timestamp(6) null, local datetime, name varchar(9), "
        "primary key (name, id))");
    execute(
        "insert into t values (1, '2017-01-01 00:00:00.5', '2017-01-01 00:00:00', 'a'), "
        "(2, '2018-01-01', '2018-01-01', 'a'), (3, '2018-01-01', '2019-01-01', 'b')");
    Read got = read("table: t\nincremental: true\nselect: 'id, name'");
    EXPECT_THAT(got.rows, ElementsAre("1|a", "2|a", "3|b"));
    EXPECT_EQ(got.diff, R"({"last_record":["b",3]})");
    got =
        read("table: t\nincremental: true\nselect: 'id, name'\nlast_record: [a, 1]\nwhere: id < 9");
    EXPECT_THAT(got.rows, ElementsAre("2|a", "3|b"));
    got =
        read("table: t\nincremental: true\nincremental_columns: [up, local]\nselect: 'up, local'");
    EXPECT_EQ(got.diff, R"({"last_record":["2018-01-01T00:00:00.000000Z",)"
                        R"("2019-01-01T00:00:00.000000"]})");
    got = read(
        "table: t\nincremental: true\nincremental_columns: [up]\n"
        "last_record: ['2017-01-01T00:00:00.500000Z']\nselect: 'id, up'");
    EXPECT_EQ(got.rows.size(), 2u);
    got = read(
        "query: select id from t where id > :id order by id\nincremental: true\n"
        "use_raw_query_with_incremental: true\nincremental_columns: [id]\nlast_record: [2]");
    EXPECT_THAT(got.rows, ElementsAre("3"));
    got = read("table: t\nincremental: true\nlast_record: [z, 1]");
    EXPECT_THAT(got.rows, IsEmpty());
    EXPECT_EQ(got.diff, R"({"last_record":["z",1]})");
}

TEST_F(MysqlInput, RunsSqlAroundTheSelectAndSaysWhatIsWrong) {
    execute("create table t (a int)");
    EXPECT_THAT(read("before_select: insert into t values (1)\ntable: t\n"
                     "after_select: insert into t values (2); delete from t where a = 1")
                    .rows,
                ElementsAre("1"));
    EXPECT_THAT(rows("select * from t"), ElementsAre("2"));
    EXPECT_THAT(read("table: nosuch").schema, HasSubstr("nosuch' doesn't exist"));
    EXPECT_THAT(read("query: selec 1").schema, HasSubstr("error in your SQL syntax"));
    EXPECT_THAT(read("query: delete from t").schema, HasSubstr("gives no rows"));
    EXPECT_THAT(read("before_setup: select 1\ntable: t").schema,
                HasSubstr("A result was returned when none was expected."));
    EXPECT_THAT(rows("select * from t"), ElementsAre("2"));
    const Read many = read("query: select seq as id from seq_1_to_30000");
    EXPECT_EQ(many.rows.size(), 30'000u);
}

}  // namespace
}  // namespace mogura::integration
