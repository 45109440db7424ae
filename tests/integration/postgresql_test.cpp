// The PostgreSQL client against a real server.

#include "postgresql_fixture.h"

#include <chrono>
#include <thread>

namespace mogura::integration {
namespace {

using database::Postgresql;
using database::PostgresqlOptions;
using database::PostgresqlTransaction;
using database::PostgresqlType;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class PostgresqlClient : public PostgresqlTest {};

TEST_F(PostgresqlClient, SaysWhyItCannotConnect) {
    auto connected = Postgresql::connect({.host = "127.0.0.1", .port = 1, .user = "me"});
    ASSERT_FALSE(connected.ok());
    EXPECT_EQ(connected.error().code(), Code::kUnavailable);
    EXPECT_THAT(connected.error().message(),
                StartsWith("cannot reach PostgreSQL at 127.0.0.1:1: "));
    PostgresqlOptions wrong = options();
    wrong.user = "stranger";
    EXPECT_EQ(Postgresql::connect(wrong).error().code(), Code::kDenied);
    wrong = options();
    wrong.database = "nowhere";
    EXPECT_EQ(Postgresql::connect(wrong).error().code(), Code::kNotFound);
}

TEST_F(PostgresqlClient, TellsFailuresApart) {
    execute("create table t (a int primary key, b varchar(3)); insert into t values (1, 'x')");
    EXPECT_EQ(*connection().execute("insert into t values (2, 'y'), (3, null)"), 2);
    struct Case {
        const char* sql;
        Code code;
    };
    for (const Case& one :
         {Case{"insert into t values (1, 'z')", Code::kConflict}, Case{"selec 1", Code::kInvalid},
          Case{"insert into t values (4, 'long')", Code::kInvalid},
          Case{"select * from nothing", Code::kNotFound},
          Case{"select * from nothing.t", Code::kNotFound},
          Case{"set transaction_read_only = on; insert into t values (9)", Code::kDenied},
          Case{"copy t from stdin", Code::kUnsupported},
          Case{"copy t to stdout", Code::kUnsupported}}) {
        auto done = connection().execute(one.sql);
        ASSERT_FALSE(done.ok()) << one.sql;
        EXPECT_EQ(done.error().code(), one.code) << one.sql << ": " << done.error().message();
    }
    EXPECT_THAT(rows("select * from t order by a"), ElementsAre("1|x", "2|y", "3|NULL"));
    EXPECT_EQ(*connection().value("select 'it' union all select 'no'"), "it");
    EXPECT_EQ(*connection().value("select null"), "");
}

TEST_F(PostgresqlClient, PointsAtTheFailingByte) {
    EXPECT_FALSE(connection().execute("select 'ä', nope").ok());
    EXPECT_EQ(connection().error_offset(), 13u);  // ä has two bytes
    EXPECT_FALSE(connection().execute("select 1/0").ok());
    EXPECT_EQ(connection().error_offset(), std::nullopt);
}

TEST_F(PostgresqlClient, GivesRowsWithTypesAndTakesParameters) {
    auto rows = connection().query("select $1::int + 1 as one, $2::text as two, $3::numeric(9,2)",
                                   {{"41"}, {"it's"}, std::nullopt});
    ASSERT_TRUE(rows.ok()) << rows.error().message();
    ASSERT_EQ(rows->fields().size(), 3u);
    EXPECT_EQ(rows->fields()[0].name, "one");
    EXPECT_EQ(rows->fields()[0].type, PostgresqlType::kInteger);
    EXPECT_EQ(rows->fields()[2].type, PostgresqlType::kNumeric);
    EXPECT_EQ(rows->text(0, 0), "42");
    EXPECT_EQ(rows->text(0, 1), "it's");
    EXPECT_TRUE(rows->is_null(0, 2));
    auto fields = connection().describe("select 1::bigint as a, now() as b");
    ASSERT_TRUE(fields.ok()) << fields.error().message();
    EXPECT_EQ((*fields)[1].type, PostgresqlType::kTimestampWithZone);
    EXPECT_THAT(this->rows("select " + database::postgresql_literal("a'b\\c\nd") + ", 1 as " +
                           database::postgresql_identifier("x\"y")),
                ElementsAre("a'b\\c\nd|1"));
    EXPECT_THAT(this->rows("show timezone"), ElementsAre("UTC"));
}

TEST_F(PostgresqlClient, CopiesFromAndToMemory) {
    execute("create table t (a int, b text)");
    auto copy = connection().copy_in("copy t from stdin");
    ASSERT_TRUE(copy.ok()) << copy.error().message();
    ASSERT_TRUE(copy->write("1\tone\n2\t").ok());
    ASSERT_TRUE(copy->write("\\N\n").ok());
    EXPECT_EQ(*copy->finish(), 2);
    std::string text;
    auto sink = [&](std::string_view row) -> Result<> {
        text += row;
        return {};
    };
    ASSERT_TRUE(connection().copy_out("copy t to stdout with (format csv)", sink).ok());
    EXPECT_EQ(text, "1,one\n2,\n");
    auto full = connection().copy_out(
        "copy (select generate_series(1, 1000000)) to stdout",
        [](std::string_view) -> Result<> { return Error(Code::kLimit, "full"); });
    EXPECT_EQ(full.error().message(), "full");
    {
        auto given_up = connection().copy_in("copy t from stdin");
        ASSERT_TRUE(given_up->write("3\tthree\n").ok());
    }
    auto wrong = connection().copy_in("copy t from stdin");
    ASSERT_TRUE(wrong->write("x\ty\n").ok());
    EXPECT_THAT(wrong->finish().error().message(), HasSubstr("COPY t, line 1, column a"));
    EXPECT_FALSE(connection().copy_in("select 1").ok());
    EXPECT_FALSE(connection().copy_out("select 1", sink).ok());
    EXPECT_THAT(rows("select count(*) from t"), ElementsAre("2"));
}

TEST_F(PostgresqlClient, RollsBackWhatIsNotCommitted) {
    execute("create table t (a int)");
    {
        auto transaction = PostgresqlTransaction::begin(connection());
        execute("insert into t values (1)");
    }
    auto transaction = PostgresqlTransaction::begin(connection(), "isolation level serializable");
    execute("insert into t values (2)");
    ASSERT_TRUE(transaction->commit().ok());
    EXPECT_THAT(rows("select a from t"), ElementsAre("2"));
}

TEST_F(PostgresqlClient, StopsOnRequestAndWhenTheServerIsSilent) {
    std::jthread other([&] {
        auto watcher = Postgresql::connect(options());
        std::string running = "0";
        for (int times = 0; times < 100'000 && running == "0"; ++times) {
            running = *(*watcher)->value(
                "select count(*) from pg_stat_activity"
                " where state = 'active' and query = 'select pg_sleep(60)'");
        }
        connection().cancel();
    });
    EXPECT_EQ(connection().execute("select pg_sleep(60)").error().code(), Code::kCanceled);
    PostgresqlOptions impatient = options();
    impatient.answer_timeout = std::chrono::seconds(1);
    auto hasty = Postgresql::connect(impatient);
    EXPECT_EQ((*hasty)->execute("select pg_sleep(60)").error().code(), Code::kTimeout);
}

TEST_F(PostgresqlClient, KnowsAConnectionThatIsLost) {
    auto other = Postgresql::connect(options());
    const std::string id = *(*other)->value("select pg_backend_pid()");
    execute("select pg_terminate_backend(" + id + ")");
    auto done = (*other)->execute("select 1");
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code(), Code::kUnavailable);
    EXPECT_THAT(done.error().message(), HasSubstr("the connection was lost"));
    EXPECT_FALSE((*other)->execute("select 1").ok());
}

}  // namespace
}  // namespace mogura::integration
