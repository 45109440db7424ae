#include "database/database.h"
#include "plugins/plugins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>
#include <string>
#include <vector>

namespace mogura::plugins {
namespace {

using database::Sqlite;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SqliteInputTest : public testing::Test {
  protected:
    SqliteInputTest() : folder_(testing::TempDir() + "sqlite_input_" + std::to_string(getpid())) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        context_.folder = folder_;
        add_input_sqlite(registry_);
    }
    ~SqliteInputTest() override { std::filesystem::remove_all(folder_); }

    void execute(const std::string& sql) {
        auto connection = Sqlite::open(folder_ + "/in.db", Sqlite::Mode::kReadWrite);
        ASSERT_TRUE(connection.ok()) << connection.error().message();
        auto done = (*connection)->execute(sql);
        ASSERT_TRUE(done.ok()) << done.error().message();
    }

    // The rows, values separated by '|'; types and the diff are kept. One line for a failure.
    std::vector<std::string> read(const std::string& yaml) {
        auto done = try_to_read(yaml);
        if (!done.ok()) return {"error: " + done.error().message()};
        return rows_;
    }

    Result<> try_to_read(const std::string& yaml) {
        rows_.clear();
        types_.clear();
        auto options = TRY(config::parse_yaml("{database: in.db, " + yaml + "}", {}));
        config::Reader reader(options.map(), "load.yml", "in");
        auto input = TRY(registry_.inputs.create("sqlite", reader, false, context_));
        TRY(input->begin());
        for (const page::Column& column : input->schema().columns()) {
            types_ += std::string(page::type_name(column.type)) + " ";
        }
        TRY(input->run(0, [&](page::Page page) -> Result<> {
            for (size_t row = 0; row < page.rows(); ++row) {
                std::string& line = rows_.emplace_back();
                for (size_t column = 0; column < page.columns(); ++column) {
                    if (column > 0) line += '|';
                    query::append_cell(line, page, column, row);
                }
            }
            return {};
        }));
        diff_ = config::to_json(config::Value(input->diff()));
        return {};
    }

    const std::string folder_;
    Registry registry_;
    base::SystemClock clock_;
    load::Context context_{.clock = clock_};
    std::vector<std::string> rows_;
    std::string types_;
    std::string diff_;
};

TEST_F(SqliteInputTest, ReadsByDeclaredTypeElseByTheFirstRows) {
    execute(
        "create table t (i int, r real, s text, b boolean, at timestamp, d date, j json, n "
        "numeric(5,2), x); insert into t values (1, 0.1, 'it''s', 1, '2020-01-02 03:04:05.5', "
        "'2020-01-02', '{\"a\": 1}', 1.5, 7), (null, null, null, 0, null, null, null, null, 2.5)");
    EXPECT_THAT(read("table: t"),
                ElementsAre("1|0.1|it's|true|2020-01-02 03:04:05.500000|2020-01-02|{\"a\":1}|1.5|7",
                            "|||false|||||2.5"));
    EXPECT_EQ(types_, "long double string boolean timestamp timestamp json double double ");
    EXPECT_THAT(read("query: \"select count(*) as n, max(s) as s from t\""), ElementsAre("2|it's"));
    EXPECT_EQ(types_, "long string ");
    EXPECT_THAT(read("query: \"select i from t\", column_options: {i: {type: string}}"),
                ElementsAre("1", ""));
    execute("insert into t (i) values ('word')");
    EXPECT_THAT(read("table: t"), ElementsAre(HasSubstr("row 3: column i: this is no value")));
}

TEST_F(SqliteInputTest, PrintsTimesAsTheOriginalWhenStrict) {  // 8.4.20, 6.6.7
    execute("create table t (at timestamp); insert into t values ('2020-01-02 03:04:05')");
    const std::string as_text = "table: t, column_options: {at: {type: string";
    EXPECT_THAT(read(as_text + "}}"), ElementsAre("2020-01-02 03:04:05"));
    EXPECT_THAT(read(as_text + ", timestamp_format: '%v'}}"), ElementsAre(" 2-Jan-2020"));
    context_.compat = load::Compat::kStrict;
    EXPECT_THAT(read(as_text + "}}"), ElementsAre("2020-01-02"));
    EXPECT_THAT(read(as_text + ", timestamp_format: '%v'}}"), ElementsAre(" 2:Jan:2020"));
}

TEST_F(SqliteInputTest, StartsBehindTheLastRecord) {
    execute(
        "create table t (a int, b timestamp, primary key (b, a)); insert into t values "
        "(1, '2020-01-01 00:00:00'), (2, '2020-01-02 00:00:00.5')");
    EXPECT_THAT(read("table: t, incremental: true"),
                ElementsAre("1|2020-01-01 00:00:00", "2|2020-01-02 00:00:00.500000"));
    EXPECT_EQ(diff_, R"({"last_record":["2020-01-02 00:00:00.5",2]})");
    EXPECT_THAT(read("table: t, incremental: true, last_record: ['2020-01-01 00:00:00', 1]"),
                ElementsAre("2|2020-01-02 00:00:00.500000"));
    EXPECT_THAT(read("table: t, incremental: true, last_record: ['2020-02-01 00:00:00', 1]"),
                IsEmpty());
    EXPECT_EQ(diff_, R"({"last_record":["2020-02-01 00:00:00",1]})");
    EXPECT_THAT(read("table: t, query: null"), SizeIs(2));
    EXPECT_THAT(read("table: null, query: \"select 1 as a\""), SizeIs(1));
    // A diff that still has it when the load is incremental no more.
    EXPECT_THAT(read("table: t, last_record: [7]"), SizeIs(2));
    EXPECT_EQ(diff_, "{}");
}

// A time is a text to SQLite: in any other form it would compare with the rows of its day or its
// second in another way (embulk 8.4.7, 8.4.10).
TEST_F(SqliteInputTest, KeepsTheLastTimeAsItIsStored) {
    for (std::string at :
         {"2020-01-02T05:00:00", "2020-01-02T05:00:00.120", "2020-01-02 05:00:00.1",
          "2020-01-02T05:00:00.000000", "2020-01-02 05:00:00+00:00", "2020-01-02 05:00:00"}) {
        execute(
            "drop table if exists t; create table t (up timestamp, id int); insert into t "
            "values ('2020-01-01 00:00:00', 9), ('" +
            at + "', 1)");
        const std::string keys = "table: t, incremental: true, incremental_columns: [up, id]";
        EXPECT_THAT(read(keys), ElementsAre(HasSubstr("|9"), HasSubstr("|1"))) << at;
        EXPECT_EQ(diff_, "{\"last_record\":[\"" + at + "\",1]}");
        const std::string again = keys + ", last_record: ['" + at + "', 1]";
        EXPECT_THAT(read(again), IsEmpty()) << at;
        execute("insert into t values ('" + at + "', 2)");
        EXPECT_THAT(read(again), ElementsAre(HasSubstr("|2"))) << at;
        const std::string query =
            "query: \"select * from t where up > :up or (up = :up and id > :id) order by up, id\", "
            "use_raw_query_with_incremental: true, incremental: true, incremental_columns: [up, "
            "id]";
        EXPECT_THAT(read(query + ", last_record: ['" + at + "', 1]"), ElementsAre(HasSubstr("|2")));
    }
}

TEST_F(SqliteInputTest, RefusesBytesThatAreNoText) {  // embulk 8.4.16
    execute(
        "create table t (id int, b blob, s text); insert into t values (1, x'41ff', 'ok'), "
        "(2, 'abc', cast(x'42fe' as text))");
    EXPECT_THAT(read("table: t"),
                ElementsAre(HasSubstr("Unsupported type BLOB of column 'b'. Please add "
                                      "'column_options: {b: {value_type: string}}'")));
    EXPECT_THAT(read("query: select id from t"), ElementsAre("1", "2"));
    EXPECT_THAT(read("query: \"select id, s from t\""),
                ElementsAre(HasSubstr("row 2: column s: these bytes are no UTF-8 (hex(s) in")));
    EXPECT_THAT(read("table: t, column_options: {b: {value_type: string}}"),
                ElementsAre(HasSubstr("row 1: column b: these bytes are no UTF-8")));
    EXPECT_THAT(read("query: \"select id, x'ff' as x from t\""),
                ElementsAre(HasSubstr("row 1: column x: these bytes are no UTF-8")));
    EXPECT_THAT(read("query: \"select id, hex(b) as b, hex(s) as s from t\""),
                ElementsAre("1|41FF|6F6B", "2|616263|42FE"));
    execute("delete from t where id = 1; update t set s = 'x'");
    EXPECT_THAT(read("table: t, default_column_options: {BLOB: {value_type: string}}"),
                ElementsAre("2|abc|x"));
}

TEST_F(SqliteInputTest, LeavesTheJournalModeOfTheFile) {
    execute("create table t (a int); PRAGMA journal_mode=DELETE");
    EXPECT_THAT(read("before_setup: insert into t values (1), table: t"), ElementsAre("1"));
    auto file = Sqlite::open(folder_ + "/in.db", Sqlite::Mode::kReadOnly);
    auto statement = (*file)->prepare("PRAGMA journal_mode");
    ASSERT_TRUE(statement->step().ok());
    EXPECT_EQ(statement->text(0), "delete");
}

TEST_F(SqliteInputTest, RunsSqlAroundTheSelectAndSaysWhatIsWrong) {
    execute("create table t (a int)");
    EXPECT_THAT(read("before_select: insert into t values (1), table: t, "
                     "after_select: insert into t values (2)"),
                ElementsAre("1"));
    EXPECT_THAT(read("table: t"), ElementsAre("1", "2"));
    EXPECT_THAT(read("before_select: select 1, table: t"),
                ElementsAre(HasSubstr("A result was returned when none was expected.")));
    EXPECT_THAT(read("table: nosuch"), ElementsAre(HasSubstr("no such table: nosuch")));
    EXPECT_THAT(read("table: t, incremental: true"),
                ElementsAre(HasSubstr("Primary key is not available at the table 't'")));
}

}  // namespace
}  // namespace mogura::plugins
