// Loads into MySQL that the server refuses a row of: which row it was, of what (place, reason,
// remedy).

#include "base/log.h"
#include "mysql_fixture.h"
#include "pages.h"

#include <optional>

namespace mogura::integration {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class MysqlRows : public MysqlTest {
  protected:
    // The message of a load that fails.
    std::string failure(const std::string& mode, std::vector<page::Page> pages,
                        const config::Map& more = {}) {
        config::Map out = connection_options();
        out.set("type", "mysql");
        out.set("table", "t");
        out.set("mode", mode);
        out.set("batch_size", 1000);
        config::merge(out, more);
        auto loaded = load_as_file(out, std::move(pages), context_);
        EXPECT_FALSE(loaded.ok()) << mode;
        return loaded.ok() ? "" : loaded.error().message();
    }

    // Rows 1 to 1500, in pages of 500.
    static std::vector<page::Page> many() {
        std::vector<page::Page> pages;
        for (int64_t first : {1, 501, 1001}) pages.push_back(numbers(first, 500));
        return pages;
    }

    const load::Context context_{.clock = clock_, .plugins = &registry_};
};

const std::vector<std::string> kInserting = {"insert", "insert_direct", "truncate_insert", "merge",
                                             "merge_direct"};

TEST_F(MysqlRows, NamesTheRowOfAValueThatIsTooLong) {
    for (const char* local_infile : {"1", "0"}) {
        execute(std::string("set global local_infile = ") + local_infile);
        for (const std::string& mode : kInserting) {
            execute("create or replace table t (id int primary key, name varchar(8))");
            EXPECT_THAT(
                failure(mode, many()),
                AllOf(StartsWith("row 1000 of what in/a.csv gave: MySQL at "),
                      HasSubstr(" for column 'name' (correct the value"), Not(HasSubstr("at row"))))
                << mode;
            EXPECT_THAT(tables(), ElementsAre("t"));
        }
    }
    execute("set global local_infile = 1");
}

TEST_F(MysqlRows, NamesTheRowOfANullThatTheTableRefuses) {
    for (const std::string& mode : kInserting) {
        execute("create or replace table t (id int not null, name varchar(20))");
        EXPECT_THAT(failure(mode, ending_with(std::nullopt, "x")),
                    AllOf(StartsWith("row 700 of what in/a.csv gave: "), HasSubstr("'id'")))
            << mode;
    }
}

TEST_F(MysqlRows, NamesTheRowOfAKeyThatIsThere) {
    for (const char* mode : {"insert", "insert_direct", "truncate_insert"}) {
        execute("create or replace table t (id int primary key, name varchar(20))");
        EXPECT_THAT(failure(mode, ending_with(17, "again")),
                    AllOf(StartsWith("row 700 of what in/a.csv gave: "),
                          HasSubstr("Duplicate entry '17' for key"), HasSubstr("(correct the row")))
            << mode;
    }
}

TEST_F(MysqlRows, NamesTheRowOfATextThatTheCharacterSetLacks) {
    for (const std::string& mode : kInserting) {
        execute(
            "create or replace table t (id int primary key, name varchar(20) character set "
            "latin1)");
        EXPECT_THAT(failure(mode, ending_with(700, "\xE6\x97\xA5")),
                    AllOf(StartsWith("row 700 of what in/a.csv gave: "),
                          HasSubstr("Incorrect string value: "), HasSubstr("`name`")))
            << mode;
    }
}

TEST_F(MysqlRows, NamesTheRowOfANumberOutOfRange) {
    config::Map type;
    type.set("value_type", "pass");
    config::Map columns;
    columns.set("id", type);
    config::Map more;
    more.set("column_options", columns);
    for (const std::string& mode : kInserting) {
        execute("create or replace table t (id smallint primary key, name varchar(20))");
        EXPECT_THAT(failure(mode, ending_with(40'000, "x"), more),
                    AllOf(StartsWith("row 700 of what in/a.csv gave: "),
                          HasSubstr("Out of range value for column 'id'")))
            << mode;
    }
}

// The pages of a task go to its output tasks in turn: the first one gets rows 1 to 500 and from
// 1001.
TEST_F(MysqlRows, CountsTheRowsOfTheTaskWhereItHasSeveralOutputs) {
    execute("create or replace table t (id int primary key, name varchar(8))");
    config::Map out = connection_options();
    out.set("type", "mysql");
    out.set("table", "t");
    out.set("mode", "insert_direct");
    auto pages = many();
    load::Context context = context_;
    config::Map exec;
    exec.set("min_output_tasks", 2);
    auto loaded = load_as_file(out, std::move(pages), context, exec);
    ASSERT_FALSE(loaded.ok());
    EXPECT_THAT(loaded.error().message(), StartsWith("row 1001 of what in/a.csv gave: "));
}

// A lost connection is the fault of no row.
TEST_F(MysqlRows, NamesNoRowWhereTheServerIsGone) {
    config::Map more;
    more.set("after_load", "kill connection_id()");
    EXPECT_THAT(failure("insert_direct", one(numbers(1, 3)), more), Not(HasSubstr("of what")));
}

TEST_F(MysqlRows, WarnsOfAnEngineWithoutTransactions) {
    std::string log;
    log::set_writer([&](std::string_view line) { log.append(line).append("\n"); });
    const auto warned = [&](const std::string& engine, const std::string& mode) {
        execute("create or replace table t (id int primary key, name varchar(20)) engine=" +
                engine);
        log.clear();
        config::Map out = connection_options();
        out.set("type", "mysql");
        out.set("table", "t");
        out.set("mode", mode);
        auto loaded = load_as_file(out, one(numbers(1, 3)), context_);
        EXPECT_TRUE(loaded.ok());
        return log;
    };
    EXPECT_THAT(warned("MyISAM", "insert_direct"),
                HasSubstr("mysql: the table t has the engine MyISAM, which has no transactions: a "
                          "load that fails may leave some of its rows (ALTER TABLE ... "
                          "ENGINE=InnoDB, or mode: replace)"));
    EXPECT_THAT(warned("MyISAM", "truncate_insert"), HasSubstr("and none of the old ones"));
    EXPECT_THAT(warned("MyISAM", "replace"), Not(HasSubstr("no transactions")));
    EXPECT_THAT(warned("InnoDB", "insert"), Not(HasSubstr("no transactions")));
    log::set_writer({});
}

}  // namespace
}  // namespace mogura::integration
