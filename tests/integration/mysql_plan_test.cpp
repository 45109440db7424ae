// Plans of the output `mysql`: the statements are those that the server logs during the run.

#include "mysql_fixture.h"
#include "pages.h"
#include "planned_loads.h"

#include <algorithm>
#include <utility>

namespace mogura::integration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MysqlPlan : public MysqlTest, public PlannedServer {
  protected:
    void execute(const std::string& sql) override { MysqlTest::execute(sql); }
    std::vector<std::string> tables() override { return MysqlTest::tables(); }

    Result<std::unique_ptr<load::Output>> make(const std::string& mode,
                                               const config::Map& more) override {
        options_ = connection_options();
        options_.set("table", "t");
        options_.set("mode", mode);
        config::merge(options_, more);
        config::Reader reader(options_, "load.yml", "out");
        return registry_.outputs.create("mysql", reader, false, {.clock = clock_});
    }

    std::vector<std::string> sent_during(const std::function<void()>& work) override {
        execute("set global log_output = 'TABLE'");
        execute("truncate table mysql.general_log");
        execute("set global general_log = 1");
        work();
        execute("set global general_log = 0");
        std::vector<std::string> sent = rows(
            "select convert(argument using utf8mb4) from mysql.general_log where command_type "
            "= 'Query' and thread_id <> connection_id()");
        std::erase_if(sent, [](const std::string& sql) {
            return sql.starts_with("SELECT ") || sql.starts_with("SET ") ||
                   sql.starts_with("SHOW ");
        });
        return sent;
    }

    config::Map options_;
};

TEST_F(MysqlPlan, HasTheStatementsOfTheRun) {
    config::Map more;
    more.set("before_load", "create table if not exists log (step text); insert into log select 1");
    more.set("after_load", "insert into log values ('after')");
    struct Case {
        const char* mode;
        size_t tasks;
    };
    const char* const existing = "create table t (id int primary key, name text, n int default 5)";
    for (const char* load_data : {"1", "0"}) {
        execute(std::string("set global local_infile = ") + load_data);
        for (const Case& one :
             {Case{"insert", 2}, Case{"insert_direct", 1}, Case{"truncate_insert", 2},
              Case{"replace", 1}, Case{"merge", 2}, Case{"merge_direct", 1}}) {
            config::Map around = more;
            if (one.mode == std::string_view("replace")) around.erase("before_load");
            expect_as_planned(one.mode, one.tasks, existing, around);
            expect_as_planned(one.mode, one.tasks, "", {});
        }
    }
    execute("set global local_infile = 1");
    more.set("merge_rule", config::List{"name = values(name)"});
    expect_as_planned("merge", 2, existing, more);
    expect_as_planned("merge_direct", 1, existing, more);
}

// For people: what stands for every task is shown once.
TEST_F(MysqlPlan, KnowsWhatIsTheSameForOtherTasks) {
    auto told = plan("insert", {}, 12);
    ASSERT_TRUE(told.ok()) << told.error().message();
    std::vector<std::string> once;
    for (const auto& statement : told->statements) {
        if (!statement.is_again) once.push_back(statement.sql.substr(0, 11));
    }
    EXPECT_THAT(once, ElementsAre("CREATE TABL", "START TRANS", "LOAD DATA L", "COMMIT",
                                  "CREATE TABL", "BEGIN", "INSERT INTO", "COMMIT", "DROP TABLE "));
}

TEST_F(MysqlPlan, TellsWhichColumnsComeAndGo) {
    execute("create table t (NAME text, old int, bits bit(1))");
    auto told = plan("insert");
    ASSERT_TRUE(told.ok()) << told.error().message();
    EXPECT_THAT(told->cut, ElementsAre("id"));
    EXPECT_THAT(told->added, IsEmpty());
    EXPECT_THAT(told->notes, testing::Contains(HasSubstr("or NULL in new rows: old, bits")));
    EXPECT_EQ(told->target, "mysql table t, mode insert");

    told = plan("replace");
    ASSERT_TRUE(told.ok()) << told.error().message();
    EXPECT_THAT(told->added, ElementsAre("id BIGINT", testing::StartsWith("name TEXT")));
    EXPECT_THAT(told->dropped, ElementsAre(testing::StartsWith("NAME text"),
                                           testing::StartsWith("old int"), "bits bit(1)"));

    execute("drop table t");
    told = plan("insert_direct");
    EXPECT_THAT(told->added, ElementsAre("id BIGINT", testing::StartsWith("name TEXT")));
    EXPECT_EQ(told->target, "mysql table t, mode insert_direct (new)");

    // As the run.
    execute("create table t (a int)");
    EXPECT_THAT(plan("insert").error().message(), HasSubstr("No column to insert."));
}

}  // namespace
}  // namespace mogura::integration
