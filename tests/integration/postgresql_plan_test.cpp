// Plans of the output `postgresql`: the statements are those that the server logs during the run.

#include "base/file.h"
#include "base/text.h"
#include "pages.h"
#include "planned_loads.h"
#include "postgresql_fixture.h"

#include <functional>
#include <utility>

namespace mogura::integration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PostgresqlPlan : public PostgresqlTest, public PlannedServer {
  protected:
    void execute(const std::string& sql) override { PostgresqlTest::execute(sql); }
    std::vector<std::string> tables() override { return PostgresqlTest::tables(); }

    PostgresqlPlan() {
        plugins::add_output_postgresql(registry_);
        execute("alter database " + database_ + " set log_statement = 'all'");
    }

    Result<std::unique_ptr<load::Output>> make(const std::string& mode,
                                               const config::Map& more) override {
        options_ = connection_options();
        options_.set("table", "t");
        options_.set("mode", mode);
        config::merge(options_, more);
        config::Reader reader(options_, "load.yml", "out");
        return registry_.outputs.create("postgresql", reader, false, {.clock = clock_});
    }

    std::vector<std::string> sent_during(const std::function<void()>& work) override {
        const std::string log = server().socket() + "/server.log";
        const size_t before = base::read_file(log)->size();
        work();
        std::vector<std::string> sent;
        const std::string text = base::read_file(log)->substr(before);
        for (const std::string& line : base::split(text, '\n')) {
            const std::string head = database_ + "|LOG:  statement: ";
            if (!line.starts_with(head)) continue;
            std::string sql = line.substr(head.size());
            const bool asks = sql.starts_with("SELECT ") &&
                              sql.find("pg_advisory_xact_lock") == sql.npos &&
                              sql.find("mogura_batch") == sql.npos;
            const bool is_of_session = sql.starts_with("SET ") && !sql.starts_with("SET LOCAL ");
            if (!asks && !is_of_session) sent.push_back(std::move(sql));
        }
        return sent;
    }

    config::Map options_;
};

TEST_F(PostgresqlPlan, HasTheStatementsOfTheRun) {
    execute("create table log (step text)");
    config::Map more;
    more.set("before_load", "insert into log values ('before'); insert into log values ('again')");
    more.set("after_load", "insert into log values ('after')");
    struct Case {
        const char* mode;
        size_t tasks;
    };
    const char* const existing = "create table t (id int primary key, name text, n int default 5)";
    for (const Case& one : {Case{"insert", 2}, Case{"insert_direct", 1}, Case{"truncate_insert", 2},
                            Case{"replace", 1}, Case{"merge", 2}, Case{"merge_direct", 1}}) {
        config::Map around = more;
        if (one.mode == std::string_view("replace")) around.erase("before_load");
        expect_as_planned(one.mode, one.tasks, existing, around);
        config::Map keys;
        if (std::string_view(one.mode).starts_with("merge")) {
            keys.set("merge_keys", config::List{"id"});
        }
        expect_as_planned(one.mode, one.tasks, "", keys);
    }
    more.set("merge_rule", config::List{"name = S.name"});
    expect_as_planned("merge", 2, existing, more);
    expect_as_planned("merge_direct", 1, existing, more);
}

// An enumeration has no binary form.
TEST_F(PostgresqlPlan, KnowsTheFormOfCopy) {
    execute("create type mood as enum ('name 0', 'name 1', 'name 2')");
    config::Map type;
    type.set("type", "mood");
    config::Map columns;
    columns.set("name", type);
    config::Map id;
    id.set("type", "bigserial");
    columns.set("id", id);
    config::Map more;
    more.set("column_options", columns);
    for (const char* mode : {"insert", "insert_direct", "replace"}) {
        expect_as_planned(mode, 1, "", more);
        expect_as_planned(mode, 1, "create table t (id bigint, name mood)", {});
    }
}

TEST_F(PostgresqlPlan, TellsWhichColumnsComeAndGo) {
    execute("create table t (name text, old int)");
    auto told = plan("insert");
    ASSERT_TRUE(told.ok()) << told.error().message();
    EXPECT_THAT(told->cut, ElementsAre("id"));
    EXPECT_THAT(told->notes, testing::Contains(HasSubstr("or NULL in new rows: old")));
    told = plan("replace");
    EXPECT_THAT(told->added, ElementsAre("id BIGINT"));
    EXPECT_THAT(told->dropped, ElementsAre("old integer"));
    // As the run.
    EXPECT_THAT(plan("merge").error().message(), HasSubstr("does not have primary keys"));
}

}  // namespace
}  // namespace mogura::integration
