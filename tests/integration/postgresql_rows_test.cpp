// Loads into PostgreSQL that the server refuses a row of: which row it was, of what (place, reason,
// remedy).

#include "pages.h"
#include "postgresql_fixture.h"

#include <optional>

namespace mogura::integration {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class PostgresqlRowsOfLoads : public PostgresqlTest {
  protected:
    PostgresqlRowsOfLoads() { plugins::add_output_postgresql(registry_); }

    std::string failure(const std::string& mode, std::vector<page::Page> pages,
                        const config::Map& more = {}) {
        config::Map out = connection_options();
        out.set("type", "postgresql");
        out.set("table", "t");
        out.set("mode", mode);
        out.set("batch_size", 1000);
        if (mode.starts_with("merge")) out.set("merge_keys", config::List{"id"});
        config::merge(out, more);
        auto loaded = load_as_file(out, std::move(pages), context_);
        EXPECT_FALSE(loaded.ok()) << mode;
        return loaded.ok() ? "" : loaded.error().message();
    }

    void make_table(const std::string& columns) {
        execute("drop table if exists t; create table t (" + columns + ")");
    }

    const load::Context context_{.clock = clock_, .plugins = &registry_};
};

const std::vector<std::string> kInserting = {"insert", "insert_direct", "truncate_insert", "merge",
                                             "merge_direct"};

TEST_F(PostgresqlRowsOfLoads, NamesTheRowOfAValueThatIsTooLong) {
    // Binary, and (for inet) as text.
    for (const char* more : {"", ", more inet"}) {
        for (const std::string& mode : kInserting) {
            make_table(std::string("id int primary key, name varchar(8)") + more);
            EXPECT_THAT(failure(mode, ending_with(700, "much too long")),
                        AllOf(StartsWith("row 700 of what in/a.csv gave: PostgreSQL at "),
                              HasSubstr("value too long for type character varying(8); column "
                                        "name"),
                              HasSubstr(" (correct the value"), Not(HasSubstr("line "))))
                << mode;
            EXPECT_THAT(tables(), ElementsAre("t"));
        }
    }
}

TEST_F(PostgresqlRowsOfLoads, NamesTheRowOfANullThatTheTableRefuses) {
    for (const char* mode : {"insert", "insert_direct", "truncate_insert", "merge"}) {
        make_table("id int not null, name varchar(20)");
        EXPECT_THAT(failure(mode, ending_with(std::nullopt, "x")),
                    AllOf(StartsWith("row 700 of what in/a.csv gave: "),
                          HasSubstr("null value in column \"id\"")))
            << mode;
    }
    make_table("id int not null, name varchar(20)");  // several rows are merged at once
    EXPECT_THAT(failure("merge_direct", ending_with(std::nullopt, "x")),
                AllOf(StartsWith("one of the rows "), HasSubstr(" to 700 of what in/a.csv gave: "),
                      HasSubstr("null value in column \"id\"")));
}

TEST_F(PostgresqlRowsOfLoads, NamesTheRowOfAKeyThatIsThere) {
    for (const char* mode : {"insert", "insert_direct", "truncate_insert"}) {
        make_table("id int primary key, name varchar(20)");
        EXPECT_THAT(
            failure(mode, ending_with(17, "again")),
            AllOf(StartsWith("row 700 of what in/a.csv gave: "),
                  HasSubstr("Key (id)=(17) already exists."), HasSubstr("(correct the row")))
            << mode;
        make_table("id int, \"name\" varchar(20), unique (name, id)");
        EXPECT_THAT(failure(mode, ending_with(17, "name 17")),
                    StartsWith("row 700 of what in/a.csv gave: "))
            << mode;
    }
}

TEST_F(PostgresqlRowsOfLoads, NamesTheRowOfANumberOutOfRange) {
    config::Map type;
    type.set("value_type", "pass");
    config::Map columns;
    columns.set("id", type);
    config::Map more;
    more.set("column_options", columns);
    for (const std::string& mode : kInserting) {
        make_table("id smallint primary key, name varchar(20)");
        EXPECT_THAT(failure(mode, ending_with(40'000, "x"), more),
                    AllOf(StartsWith("row 700 of what in/a.csv gave: "),
                          HasSubstr("\"40000\" is out of range for type smallint; column id: "
                                    "\"40000\"")))
            << mode;
    }
}

}  // namespace
}  // namespace mogura::integration
