// The six modes of the output `mysql`, its coercions, and connections that die (spec embulk 9.6 to
// 9.8, 9.12.19 to 9.12.22).

#include "mysql_fixture.h"
#include "pages.h"

#include <chrono>
#include <cmath>
#include <thread>

namespace mogura::integration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::vector<std::string> kModes = {"insert",  "insert_direct", "truncate_insert",
                                         "replace", "merge",         "merge_direct"};

class MysqlModes : public MysqlTest {
  protected:
    Result<std::unique_ptr<load::Output>> make(const std::string& mode,
                                               const config::Map& more = {}) {
        options_ = connection_options();
        options_.set("table", "t");
        options_.set("mode", mode);
        options_.set("retry_wait", 10);
        config::merge(options_, more);
        config::Reader reader(options_, "load.yml", "out");
        return registry_.outputs.create("mysql", reader, false, {.clock = clock_});
    }

    Result<> load(const std::string& mode, page::Page page, const config::Map& more = {}) {
        auto output = TRY(make(mode, more));
        return load_pages(*output, one(std::move(page)));
    }

    void expect_loaded(const std::string& mode, page::Page page, const config::Map& more = {}) {
        auto loaded = load(mode, std::move(page), more);
        ASSERT_TRUE(loaded.ok()) << mode << ": " << loaded.error().message();
    }

    config::Map options_;
};

TEST_F(MysqlModes, LeaveTheRowsOfTheMode) {
    struct Case {
        const char* mode;
        std::vector<std::string> expected;
    };
    for (const char* load_data : {"1", "0"}) {
        execute(std::string("set global local_infile = ") + load_data);
        for (const Case& one : {Case{"insert", {"1|name 1|5", "2|name 2|5", "4|old|7"}},
                                Case{"insert_direct", {"1|name 1|5", "2|name 2|5", "4|old|7"}},
                                Case{"truncate_insert", {"1|name 1|5", "2|name 2|5"}},
                                Case{"merge", {"1|name 1|5", "2|name 2|5", "4|old|7"}},
                                Case{"merge_direct", {"1|name 1|5", "2|name 2|5", "4|old|7"}}}) {
            execute("drop table if exists t");
            execute("create table t (id int primary key, name text, n int default 5)");
            execute("insert into t values (4, 'old', 7)");
            expect_loaded(one.mode, numbers(1, 2));
            EXPECT_EQ(rows("select * from t order by id"), one.expected) << one.mode;
            EXPECT_THAT(tables(), ElementsAre("t")) << one.mode;
        }
    }
    execute("set global local_infile = 1");
    for (const std::string& mode : kModes) {  // and without a table
        execute("drop table if exists t");
        expect_loaded(mode, numbers(1, 2));
        EXPECT_THAT(rows("select * from t order by id"), ElementsAre("1|name 1", "2|name 2"))
            << mode;
    }
}

// Whatever the server would change in it, and both ways, also on a server that is not strict.
TEST_F(MysqlModes, LeaveNothingOfABatchThatFails) {
    execute("set global sql_mode = ''");
    using page::Type;
    const page::Schema schema({{.name = "i", .type = Type::kLong},
                               {.name = "s", .type = Type::kString},
                               {.name = "n", .type = Type::kLong}});
    struct Case {
        int64_t key;
        const char* text;  // null: NULL
        int64_t number;
    };
    for (const char* load_data : {"1", "0"}) {
        execute(std::string("set global local_infile = ") + load_data);
        for (const Case& bad : {Case{2, "much too long", 1}, Case{2, "abc", 99999},
                                Case{2, nullptr, 1}, Case{9, "abc", 1}}) {
            execute("drop table if exists t");
            execute("create table t (i int primary key, s varchar(5) not null, n decimal(5,2))");
            execute("insert into t values (9, 'old', 1)");
            page::Builder builder(schema);
            for (const Case& row : {Case{1, "abc", 1}, bad, Case{3, "abc", 1}}) {
                builder.set_long(0, row.key);
                if (row.text) builder.set_text(1, row.text);
                builder.set_long(2, row.number);
                builder.end_row();
            }
            EXPECT_FALSE(load("insert_direct", builder.finish()).ok()) << bad.key << bad.number;
            EXPECT_THAT(rows("select * from t"), ElementsAre("9|old|1.00")) << load_data;
        }
    }
    execute("set global local_infile = 1, global sql_mode = default");
}

// 9.8.3, 9.12.20.
TEST_F(MysqlModes, MergeByTheUniqueKeys) {
    for (const char* mode : {"merge", "merge_direct"}) {
        execute("drop table if exists t");
        execute("create table t (id int primary key, name varchar(20), n int default 1)");
        execute("insert into t values (1, 'old', 5), (9, 'old', 5)");
        expect_loaded(mode, numbers(1, 2));
        EXPECT_THAT(rows("select * from t order by id"),
                    ElementsAre("1|name 1|5", "2|name 2|1", "9|old|5"))
            << mode;
        config::Map more;
        more.set("merge_rule", config::List{"name = concat(values(name), '!')", "n = t.n + 1"});
        expect_loaded(mode, numbers(2, 1), more);
        EXPECT_THAT(rows("select * from t where id = 2"), ElementsAre("2|name 2!|2")) << mode;
        more = {};
        more.set("merge_keys", config::List{"id"});
        EXPECT_THAT(make(mode, more).error().message(),
                    HasSubstr("This output type does not accept 'merge_key' option."));
    }
}

TEST_F(MysqlModes, RunSqlBeforeAndAfterTheLoad) {
    struct Case {
        const char* mode;
        const char* before;
        const char* after;
    };
    for (const Case& one : {Case{"insert", "1", "3"}, Case{"insert_direct", "1", "3"},
                            Case{"truncate_insert", "0", "2"}, Case{"merge", "1", "3"},
                            Case{"merge_direct", "1", "3"}}) {
        execute("drop table if exists t, log");
        execute("create table t (id int, name text) as select 9 id, 'old' name");
        execute("create table log (step text, n int)");
        config::Map more;
        more.set("before_load", "insert into log select 'before', count(*) from t; select 1");
        more.set("after_load", "insert into log select 'after', count(*) from t");
        expect_loaded(one.mode, numbers(1, 2), more);
        EXPECT_THAT(
            rows("select * from log order by step desc"),
            ElementsAre(std::string("before|") + one.before, std::string("after|") + one.after))
            << one.mode;
    }
}

// 9.7.4: one row of the table a line.
TEST_F(MysqlModes, CoerceByTheColumnsType) {
    struct Case {
        Value value;
        const char* column;
        const char* expected;
    };
    const std::vector<Case> cases = {
        {a_long(200), "tinyint", "NULL"},
        {a_long(200), "tinyint unsigned", "200"},
        {a_long(40'000), "smallint", "NULL"},
        {a_long(3'000'000'000), "int", "NULL"},
        {a_long(INT64_MIN), "bigint", "-9223372036854775808"},
        {a_long(5), "boolean", "1"},
        {a_long(5), "bit(1)", "\1"},
        {a_long(5), "double", "5"},
        {a_long(5), "decimal(5,2)", "5.00"},
        {a_long(5), "varchar(5)", "5"},
        {a_long(5), "datetime", "NULL"},
        {a_double(1.5), "int", "2"},
        {a_double(-2.5), "int", "-3"},
        {a_double(1e20), "int", "NULL"},
        {a_double(std::nan("")), "double", "NULL"},
        {a_double(HUGE_VAL), "float", "NULL"},
        {a_double(3.5e38), "float", "NULL"},
        {a_string("-3.5e38"), "float", "NULL"},
        {a_double(0.1), "float", "0.1"},
        {a_double(0.1), "decimal(5,3)", "0.100"},
        {a_double(1e10), "text", "1.0E10"},
        {a_string("12"), "int", "12"},
        {a_string("x"), "int", "NULL"},
        {a_string("1.25"), "decimal(5,3)", "1.250"},
        {a_string("2015-07-01"), "date", "NULL"},
        {a_string("true"), "boolean", "NULL"},
        {a_string("happy"), "enum('happy')", "happy"},
        {a_boolean(true), "int", "1"},
        {a_boolean(true), "text", "true"},
        {a_boolean(true), "date", "NULL"},
        {a_timestamp(), "datetime(3)", "2015-07-01 21:34:56.789"},
        {a_timestamp(), "timestamp(3) null", "2015-07-01 12:34:56.789"},
        {a_timestamp(), "date", "2015-07-01"},
        {a_timestamp(), "time", "21:34:56"},
        {a_timestamp(), "text", "2015-07-01 21:34:56.789000"},
        {a_timestamp(), "bigint", "NULL"},
        {a_json("{\"a\":1}"), "json", "{\"a\":1}"},
        {a_json("\"x\""), "text", "\"x\""},
        {a_json("1"), "int", "NULL"},
    };
    config::Map more;
    more.set("default_timezone", "Asia/Tokyo");
    for (const char* mode : {"insert", "merge_direct"}) {  // LOAD DATA, and INSERT
        for (const Case& one : cases) {
            execute("drop table if exists t");
            execute(std::string("create table t (c ") + one.column + ")");
            expect_loaded(mode, page_of(one.value), more);
            EXPECT_THAT(rows("select c from t"), ElementsAre(one.expected))
                << one.value.text << " into " << one.column << " by " << mode;
        }
    }
}

// The server ends the connection of a task, or of the commit, half-way.
TEST_F(MysqlModes, AreAsBeforeOrCompleteWhenConnectionsAreKilled) {
    for (const std::string& mode : kModes) {
        execute("drop table if exists t");
        execute("create table t (id int primary key, name text) as select 1 id, 'old' name");
        auto output = make(mode);
        ASSERT_TRUE((*output)->begin(numbers(1, 1).schema(), 1).ok());
        auto task = (*output)->open(0);
        ASSERT_TRUE((*task)->write(numbers(1, 1000)).ok());
        for (const std::string& id :
             rows("select id from information_schema.processlist where id <> connection_id() and "
                  "db = database()")) {
            // That of begin() may be on its way out, and gone by now.
            [[maybe_unused]] auto killed = connection().execute("kill connection " + id);
        }
        auto finished = (*task)->finish();
        ASSERT_FALSE(finished.ok()) << mode;
        EXPECT_EQ(finished.error().code(), Code::kUnavailable) << finished.error().message();
        (*task)->abort();
        (*output)->rollback();
        EXPECT_THAT(rows("select * from t"), ElementsAre("1|old")) << mode;
        EXPECT_THAT(tables(), ElementsAre("t")) << mode;

        config::Map more;
        more.set("after_load", "kill connection connection_id()");
        auto loaded = load(mode, numbers(2, 10), more);
        ASSERT_FALSE(loaded.ok()) << mode;
        EXPECT_THAT(loaded.error().message(), StartsWith("after_load: "));
        if (!mode.ends_with("direct")) {
            EXPECT_THAT(rows("select * from t"), ElementsAre("1|old")) << mode;
        }
        EXPECT_THAT(tables(), ElementsAre("t")) << mode;
        execute("delete from t");
        expect_loaded(mode, numbers(1, 10));  // again
        EXPECT_THAT(tables(), ElementsAre("t")) << mode;
    }
}

// Left behind by a process that was killed.
TEST_F(MysqlModes, CleanUpIntermediateTables) {
    execute("create table t (id int primary key, name text)");
    execute("create table t_not_embulk (a int)");
    for (const std::string mode : {"insert", "replace", "merge"}) {
        auto output = make(mode);
        ASSERT_TRUE((*output)->begin(numbers(1, 1).schema(), 2).ok());
    }
    EXPECT_EQ(tables().size(), 7u);
    auto gone = (*make("insert"))->clean_up();
    ASSERT_TRUE(gone.ok()) << gone.error().message();
    EXPECT_EQ(gone->size(), 5u);
    EXPECT_THAT(tables(), ElementsAre("t", "t_not_embulk"));
    EXPECT_TRUE((*make("insert"))->clean_up()->empty());
}

// A row is sent whole where LOAD DATA is not the way.
TEST_F(MysqlModes, SayThatARowIsLargerThanAPacket) {
    execute("create table t (c longtext)");
    const std::string before = rows("select @@global.max_allowed_packet").front();
    execute("set global max_allowed_packet = 1048576");
    config::Map small_batches;
    small_batches.set("batch_size", 1);
    for (const config::Map& more : {config::Map(), small_batches}) {
        auto loaded = load("merge_direct", page_of(a_string(std::string(2 << 20, 'x'))), more);
        ASSERT_FALSE(loaded.ok());
        EXPECT_EQ(loaded.error().code(), Code::kLimit);
        EXPECT_THAT(loaded.error().message(),
                    HasSubstr("is longer than a statement may be (raise max_allowed_packet"));
    }
    int64_t loaded_rows = 0;
    for (size_t head = 60; head < 100; ++head) {  // around the limit
        auto loaded = load("merge_direct", page_of(a_string(std::string((1 << 20) - head, 'x'))));
        if (loaded.ok()) {
            ++loaded_rows;
        } else {
            EXPECT_EQ(loaded.error().code(), Code::kLimit) << loaded.error().message();
        }
    }
    EXPECT_GT(loaded_rows, 0);
    EXPECT_LT(loaded_rows, 40);
    execute("set global max_allowed_packet = " + before);
}

// 9.6.17.
TEST_F(MysqlModes, TryALockConflictAgain) {
    execute("create table t (id int primary key, name text) as select 1 id, 'old' name");
    execute("set global innodb_lock_wait_timeout = 1");
    execute("begin");
    execute("update t set name = 'held' where id = 1");
    std::jthread release([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
        execute("commit");
    });
    expect_loaded("merge_direct", numbers(1, 2));
    release.join();
    EXPECT_THAT(rows("select * from t order by 1"), ElementsAre("1|name 1", "2|name 2"));
    execute("set global innodb_lock_wait_timeout = 50");
}

}  // namespace
}  // namespace mogura::integration
