#include "mysql_fixture.h"

namespace mogura::integration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class MysqlEngine : public MysqlTest {
  protected:
    MysqlEngine() {
        options_ = connection_options();
        config::Reader reader(options_, "q.dig", "query");
        auto engine = registry_.engines.create("mysql", reader, false, context_);
        EXPECT_TRUE(engine.ok()) << engine.error().message();
        engine_ = *std::move(engine);
    }

    // Types in the first line, then the rows; or the error's message.
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
            if (column > 0) result += ' ';
            const page::ColumnData& data = page.column(column);
            if (data.is_null(row)) {
                result += "null";
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
        }
        return result;
    }

    config::Map options_;
    query::Context context_;
    std::unique_ptr<query::Engine> engine_;
};

TEST_F(MysqlEngine, GivesTheRowsOfTheLastStatementWithTypes) {
    EXPECT_EQ(
        table(
            "create table t (i bigint, u int unsigned, r double, s text, b boolean, bits bit(4),\n"
            " at timestamp(3) null, day date, n decimal(10,2), j json);\n"
            "insert into t values (1, 2, 0.5, 'x', 1, 5, '2026-03-10 01:02:03.5',\n"
            " '1970-01-02', 1.25, '{}'), (null,null,null,null,null,null,null,null,null,null);\n"
            "select *, i + 1 as e from t order by i desc; -- end\n"),
        "i:long u:long r:double s:string b:boolean bits:long at:timestamp day:timestamp n:double "
        "j:json e:long "
        "\n1 2 0.500000 x true 5 1773104523s500000000 86400s0 1.250000 {} 2"
        "\nnull null null null null null null null null null null");
    EXPECT_EQ(table("select sum(i) as total, count(*) as n, max(s) as s from t"),
              "total:long n:long s:string \n1 2 x");
    EXPECT_EQ(table("create table u (a int)"), "");
    EXPECT_EQ(table(" -- nothing\n"), "");
    EXPECT_THAT(table("select 99999999999999999999 as big"),
                HasSubstr("column big: does not fit a long"));
}

TEST_F(MysqlEngine, GivesBytesAsHex) {
    EXPECT_EQ(table("create table t (b binary(2), v varbinary(9), l blob, u uuid, i inet6);\n"
                    "insert into t values (x'ff00', 'ab', x'00',\n"
                    " '123e4567-e89b-12d3-a456-426655440000', '::1');\n"
                    "select * from t"),
              "b:string v:string l:string u:string i:string "
              "\nFF00 6162 00 123e4567-e89b-12d3-a456-426655440000 ::1");
}

TEST_F(MysqlEngine, StreamsLongResults) {
    auto rows =
        engine_->execute({.sql = "select seq, 'some text' t from seq_1_to_200000", .file = ""});
    ASSERT_TRUE(rows.ok()) << rows.error().message();
    page::Page page;
    size_t count = 0;
    while (*(*rows)->next(page)) count += page.rows();
    EXPECT_EQ(count, 200'000u);
    EXPECT_EQ(table("select 1 as one"), "one:long \n1");
    // Rows that nobody reads do not disturb what follows.
    rows = engine_->execute({.sql = "select seq from seq_1_to_200000", .file = ""});
    rows = Result<std::unique_ptr<query::Rows>>(nullptr);
    EXPECT_EQ(table("select 2 as two"), "two:long \n2");
}

TEST_F(MysqlEngine, PointsAtTheFailingText) {
    EXPECT_THAT(table("create table t (a int);\n\nselect a\nfrom t whre a = 1"),
                AllOf(StartsWith("q.sql:4:13: MySQL at "),
                      testing::EndsWith("\n  from t whre a = 1\n              ^")));
    EXPECT_THAT(table("select 1;\n  select nope from t"), StartsWith("q.sql:2:10: "));
    EXPECT_THAT(table("select 1;\nselect * from missing"), StartsWith("q.sql:2:15: "));
}

TEST_F(MysqlEngine, SaysThatTheServerWasSilentForTooLong) {
    config::Map limits;
    limits.set("socketTimeout", 1000);
    options_.set("options", limits);
    config::Reader reader(options_, "q.dig", "query");
    engine_ = *registry_.engines.create("mysql", reader, false, context_);
    EXPECT_THAT(table("select sleep(5)"),
                HasSubstr("silent for more than the socket timeout, 1 s"));
}

TEST_F(MysqlEngine, UndoesAllStatementsWhenOneFails) {
    table("create table t (a int primary key)");
    EXPECT_THAT(table("insert into t values (1);\n-- again\ninsert into t values (1)"),
                StartsWith("q.sql:3:"));
    EXPECT_EQ(table("select count(*) as n from t"), "n:long \n0");
    EXPECT_EQ(table("insert into t values (1); insert into t values (2) returning a; "
                    "select count(*) as n from t"),
              "n:long \n2");
    EXPECT_THAT(rows("select count(*) from t"), ElementsAre("2"));
}

TEST_F(MysqlEngine, KeepsStoredProgramsInOnePieceAndPublishesByRename) {
    EXPECT_EQ(table("create table t (a int); create table log (a int);\n"
                    "create trigger x after insert on t for each row begin\n"
                    "  if new.a > 1 then insert into log values (new.a); end if;\n"
                    "  insert into log values (length(';')); end;\n"
                    "insert into t values (1), (2);\n"
                    "select count(*) as n from log"),
              "n:long \n3");
    EXPECT_EQ(table("create table t2 (b int); insert into t2 values (9);\n"
                    "drop trigger x; rename table t to old, t2 to t; drop table old;\n"
                    "select b from t"),
              "b:long \n9");
}

}  // namespace
}  // namespace mogura::integration
