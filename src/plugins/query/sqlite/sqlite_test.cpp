#include "plugins/plugins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class SqliteEngineTest : public testing::Test {
  protected:
    SqliteEngineTest() {
        Registry registry;
        add_query_sqlite(registry);
        config::Map options;
        options.set("database", ":memory:");
        config::Reader reader(options, "q.dig", "query");
        engine_ = *registry.engines.create("sqlite", reader, false, context_);
    }

    // Types in the first line, then the rows.
    std::string table(const std::string& sql) {
        auto rows = engine_->execute({.sql = sql, .file = "q.sql"});
        if (!rows.ok()) return rows.error().message();
        std::string result;
        for (const page::Column& column : (*rows)->schema().columns()) {
            result += column.name + ":" + std::string(page::type_name(column.type)) + " ";
        }
        page::Page page;
        while (true) {
            auto more = (*rows)->next(page);
            if (!more.ok()) return more.error().message();
            if (!*more) return result;
            for (size_t row = 0; row < page.rows(); ++row) result += "\n" + line(page, row);
        }
    }

    static std::string line(const page::Page& page, size_t row) {
        std::string result;
        for (size_t column = 0; column < page.columns(); ++column) {
            const page::ColumnData& data = page.column(column);
            if (data.is_null(row)) {
                result += "null ";
                continue;
            }
            switch (page.schema()[column].type) {
                case page::Type::kBoolean:
                    result += data.booleans()[row] ? "true" : "false";
                    break;
                case page::Type::kLong:
                    result += std::to_string(data.longs()[row]);
                    break;
                case page::Type::kDouble:
                    result += std::to_string(data.doubles()[row]);
                    break;
                case page::Type::kTimestamp:
                    result += std::to_string(data.timestamps()[row].seconds) + "s" +
                              std::to_string(data.timestamps()[row].nanoseconds);
                    break;
                default:
                    result += data.texts()[row];
            }
            result += " ";
        }
        return result;
    }

    query::Context context_;
    std::unique_ptr<query::Engine> engine_;
};

TEST_F(SqliteEngineTest, GivesTheRowsOfTheLastStatementWithTypes) {
    EXPECT_EQ(table("create table t (i bigint, r real, s text, b boolean, at timestamp, j json);\n"
                    "insert into t values (1, 2, 'x', 1, '2026-03-10 01:02:03.5', '{}'),\n"
                    " (null, null, null, null, null, null);\n"
                    "select *, i + 1 as e, 1.5 as f, count(*) over () as n from t; -- end\n"),
              "i:long r:double s:string b:boolean at:timestamp j:json e:long f:double n:long "
              "\n1 2.000000 x true 1773104523s500000000 {} 2 1.500000 2 "
              "\nnull null null null null null null 1.500000 2 ");
}

TEST_F(SqliteEngineTest, KeepsTheTypeOfADecimalWhateverItsRowsAre) {
    table(
        "create table t (id integer, price decimal(10,2), n numeric, whole decimal(10, 0));"
        "insert into t values (1, 1, 2, 3)");
    EXPECT_EQ(table("select * from t"),
              "id:long price:double n:double whole:long \n1 1.000000 2.000000 3 ");
    EXPECT_EQ(
        table("insert into t with recursive c(i) as (select 2 union all select i + 1 from c"
              " where i < 1500) select i, case when i = 1200 then 1.5 else i end, 0, 0 from c;"
              "select price from t where id in (1, 1200); "),
        "price:double \n1.000000 \n1.500000 ");
    EXPECT_THAT(table("select price from t"), HasSubstr("price:double \n1.000000 \n2.000000 "));
    // Ids that a double cannot tell apart stay what they are.
    EXPECT_EQ(table("create table ids (id numeric(20)); insert into ids values (9007199254740993);"
                    "select * from ids"),
              "id:long \n9007199254740993 ");
}

TEST_F(SqliteEngineTest, HasNoColumnsWhenTheLastStatementHasNone) {
    EXPECT_EQ(table("select 1; create table t (a int)"), "");
    EXPECT_EQ(table(" -- nothing\n"), "");
}

TEST_F(SqliteEngineTest, SaysWhyAFileCannotBeOpened) {
    Registry registry;
    add_query_sqlite(registry);
    config::Map options;
    options.set("database", "/no/such/file.db");
    options.set("read_only", true);
    config::Reader reader(options, "q.dig", "query");
    auto engine = registry.engines.create("sqlite", reader, false, context_);
    ASSERT_FALSE(engine.ok());
    EXPECT_EQ(engine.error().code(), Code::kNotFound);
    EXPECT_EQ(engine.error().message(),
              "/no/such/file.db: cannot open the database: No such file or directory");
}

TEST_F(SqliteEngineTest, PointsAtTheFailingText) {
    EXPECT_THAT(table("create table t (a int);\n\nselect a\nfrom\ttt, t"),
                StartsWith("q.sql:4:6: sqlite: no such table: tt\n  from\ttt, t\n      \t^"));
    EXPECT_EQ(table("create table u (a int);\nselect a frm u;"),
              "q.sql:2:14: sqlite: near \"u\": syntax error\n  select a frm u;\n               ^");
    EXPECT_THAT(table("select 1;\nselect nope"), HasSubstr("q.sql:2:8: "));
}

TEST_F(SqliteEngineTest, UndoesAllStatementsWhenOneFails) {
    table("create table t (a integer primary key)");
    EXPECT_THAT(table("insert into t values (1);\n-- again\ninsert into t values (1)"),
                StartsWith("q.sql:3:1: sqlite: UNIQUE constraint failed: t.a\n"
                           "  insert into t values (1)\n  ^"));
    EXPECT_EQ(table("select count(*) as n from t"), "n:long \n0 ");
}

TEST_F(SqliteEngineTest, KeepsTriggersInOnePieceAndAcceptsOwnTransactions) {
    EXPECT_EQ(table("create table t (a int); create table log (a int);\n"
                    "create trigger x after insert on t begin\n"
                    "  insert into log values (new.a); insert into log values (';'); end;\n"
                    "insert into t values (1);\n"
                    "select count(*) as n from log"),
              "n:long \n2 ");
    EXPECT_EQ(table("begin; insert into t values (2); commit; select max(a) m from t"),
              "m:long \n2 ");
    EXPECT_THAT(table("begin; insert into t values (3)"), HasSubstr("add COMMIT"));
    EXPECT_EQ(table("select max(a) m from t"), "m:long \n2 ");
}

TEST_F(SqliteEngineTest, GivesBytesAsHex) {
    EXPECT_EQ(table("create table t (b blob, j json); insert into t values (x'ff00', x'7b7d');"
                    "select * from t"),
              "b:string j:string \nFF00 7B7D ");
    EXPECT_THAT(table("with recursive c(i) as (select 1 union all select i + 1 from c where i < "
                      "2000) select case when i < 1500 then 'text' else x'ff' end as v from c"),
                testing::EndsWith("\nFF "));
}

TEST_F(SqliteEngineTest, CommitsBeforeALongResultIsRead) {
    auto rows = engine_->execute(
        {.sql = "create table t (a int);\n"
                "insert into t with recursive c(i) as (select 1 union all select i + 1 from c\n"
                " where i < 20000) select i from c; select a from t",
         .file = ""});
    ASSERT_TRUE(rows.ok()) << rows.error().message();
    rows = Result<std::unique_ptr<query::Rows>>(nullptr);  // nobody reads them
    EXPECT_EQ(table("select count(*) n, sum(a) s from t"), "n:long s:long \n20000 200010000 ");
    EXPECT_EQ(table("update t set a = 0 where a < 3 returning a as z"), "z:long \n0 \n0 ");
}

TEST_F(SqliteEngineTest, SaysWhichLaterValueDoesNotFit) {
    EXPECT_THAT(table("with recursive c(i) as (select 1 union all select i + 1 from c where i < "
                      "2000) select case when i < 1500 then i else 'x' end as v from c"),
                HasSubstr("row 1,500, column v: a value is no long"));
}

}  // namespace
}  // namespace mogura::plugins
