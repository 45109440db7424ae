#include "mysql_fixture.h"

#include <atomic>
#include <thread>

namespace mogura::integration {

namespace {

using database::Mysql;
using database::MysqlOptions;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::unique_ptr<MariadbServer> the_server;

class ServerEnvironment : public testing::Environment {
  public:
    void SetUp() override {
        auto started = MariadbServer::start();
        ASSERT_TRUE(started.ok()) << started.error().message();
        the_server = *std::move(started);
    }
    void TearDown() override { the_server.reset(); }
};

std::string next_database() {
    static int count = 0;
    return "test_" + std::to_string(++count);
}

}  // namespace

MysqlTest::MysqlTest() : database_(next_database()) {
    plugins::add_output_mysql(registry_);
    plugins::add_query_mysql(registry_);
    auto administrator = Mysql::connect(server().administrator());
    EXPECT_TRUE(administrator.ok()) << administrator.error().message();
    EXPECT_TRUE((*administrator)->execute("CREATE DATABASE " + database_).ok());
    reconnect();
}

MysqlTest::~MysqlTest() = default;

MariadbServer& MysqlTest::server() {
    return *the_server;
}

void MysqlTest::reconnect() {
    MysqlOptions options = server().administrator();
    options.database = database_;
    auto connected = Mysql::connect(options);
    ASSERT_TRUE(connected.ok()) << connected.error().message();
    connection_ = *std::move(connected);
}

config::Map MysqlTest::connection_options() const {
    config::Map options;
    options.set("socket", server().socket());
    options.set("user", "root");
    options.set("database", database_);
    return options;
}

std::vector<std::string> MysqlTest::rows(const std::string& sql) {
    std::vector<std::string> lines;
    auto rows = connection_->query(sql);
    EXPECT_TRUE(rows.ok()) << rows.error().message();
    if (!rows.ok()) return lines;
    while (true) {
        auto found = rows->next();
        EXPECT_TRUE(found.ok()) << found.error().message();
        if (!found.ok() || !*found) return lines;
        std::string line;
        for (size_t field = 0; field < rows->fields().size(); ++field) {
            if (field > 0) line += '|';
            line += rows->is_null(field) ? "NULL" : std::string(rows->text(field));
        }
        lines.push_back(line);
    }
}

void MysqlTest::execute(const std::string& sql) {
    auto done = connection_->execute(sql);
    ASSERT_TRUE(done.ok()) << done.error().message();
}

namespace {

class MysqlClient : public MysqlTest {};

TEST_F(MysqlClient, SaysWhyItCannotConnect) {
    MysqlOptions options{.host = "127.0.0.1", .port = 1, .user = "root"};
    auto connected = Mysql::connect(options);
    ASSERT_FALSE(connected.ok());
    EXPECT_EQ(connected.error().code(), Code::kUnavailable);
    EXPECT_THAT(connected.error().message(), StartsWith("cannot reach MySQL at 127.0.0.1:1: "));

    options.port = server().port();
    options.user = "stranger";
    connected = Mysql::connect(options);
    ASSERT_FALSE(connected.ok());
    EXPECT_EQ(connected.error().code(), Code::kDenied);
    EXPECT_THAT(connected.error().message(), HasSubstr("(check user and password)"));

    options.user = "root";
    options.database = "nowhere";
    connected = Mysql::connect(options);
    ASSERT_FALSE(connected.ok());
    EXPECT_EQ(connected.error().code(), Code::kNotFound);
}

TEST_F(MysqlClient, TellsFailuresApart) {
    execute("create table t (a int primary key, b varchar(3))");
    EXPECT_EQ(*connection().execute("insert into t values (1, 'x'), (2, 'y')"), 2);
    EXPECT_EQ(connection().execute("insert into t values (1, 'z')").error().code(),
              Code::kConflict);
    EXPECT_EQ(connection().execute("selec 1").error().code(), Code::kInvalid);
    EXPECT_EQ(connection().execute("select * from nothing").error().code(), Code::kNotFound);
    EXPECT_EQ(*connection().value("select 'it' as x union all select 'no'"), "it");
    EXPECT_THAT(rows("select @@time_zone, @@character_set_client"), ElementsAre("+00:00|utf8mb4"));
    EXPECT_THAT(rows("select " + database::mysql_literal("a'b\\c\nd")), ElementsAre("a'b\\c\nd"));
}

TEST_F(MysqlClient, RollsBackWhatIsNotCommitted) {
    execute("create table t (a int)");
    {
        auto transaction = database::MysqlTransaction::begin(connection());
        execute("insert into t values (1)");
    }
    auto transaction = database::MysqlTransaction::begin(connection());
    execute("insert into t values (2)");
    ASSERT_TRUE(transaction->commit().ok());
    EXPECT_THAT(rows("select a from t"), ElementsAre("2"));
}

TEST_F(MysqlClient, LoadsFromMemoryAndFailsWhereTheServerOnlyWarns) {
    MysqlOptions options = server().administrator();
    options.database = database_;
    options.local_load = true;
    auto loader = Mysql::connect(options);
    execute("create table t (a int primary key, b varchar(3))");
    const std::string statement = "LOAD DATA LOCAL INFILE 'x' INTO TABLE t";
    EXPECT_EQ(*(*loader)->load(statement, "1\tone\n2\ttwo\n"), 2);
    EXPECT_EQ((*loader)->load(statement, "2\ttwo\n").error().code(), Code::kConflict);
    auto too_long = (*loader)->load(statement, "3\tthree\n");
    ASSERT_FALSE(too_long.ok());
    EXPECT_THAT(too_long.error().message(), HasSubstr("Data truncated for column 'b' at row 1"));
    // Behind more notes than the server lists.
    std::string text;
    for (int row = 10; row < 210; ++row) text += std::to_string(row) + "\tabc  \n";
    EXPECT_EQ(*(*loader)->load(statement, text), 200);
    execute("delete from t");
    too_long = (*loader)->load(statement, text + "500\tmuch too long\n");
    ASSERT_FALSE(too_long.ok());
    EXPECT_THAT(too_long.error().message(), HasSubstr("Data truncated for column 'b' at row 201"));
    execute("delete from t");
    ASSERT_TRUE((*loader)->execute("set session max_error_count = 0").ok());
    too_long = (*loader)->load(statement, "3\tthree\n");
    ASSERT_FALSE(too_long.ok());
    EXPECT_THAT(too_long.error().message(), HasSubstr("1 warnings, of which the server lists 0"));
    // No file of this machine, whatever the statement says.
    EXPECT_FALSE((*loader)->execute("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t").ok());
}

TEST_F(MysqlClient, CancelsAStatementFromAnotherThread) {
    MysqlOptions options = server().administrator();
    auto watcher = Mysql::connect(options);
    std::jthread canceler([&] {
        while (*(*watcher)->value("select count(*) from information_schema.processlist where "
                                  "info like 'select sleep%'") == "0") {
            std::this_thread::yield();
        }
        connection().cancel();
    });
    auto slept = connection().value("select sleep(60), count(*) from information_schema.tables");
    ASSERT_FALSE(slept.ok());
    EXPECT_EQ(slept.error().code(), Code::kCanceled);
}

class MysqlOutput : public MysqlTest {
  protected:
    Result<std::unique_ptr<load::Output>> make(const std::string& mode, config::Map more = {}) {
        options_ = connection_options();
        options_.set("table", "t");
        options_.set("mode", mode);
        options_.set("retry_wait", 1);
        config::merge(options_, more);
        config::Reader reader(options_, "load.yml", "out");
        load::Context context{.clock = clock_};
        return registry_.outputs.create("mysql", reader, false, context);
    }

    // A fresh load of some tasks with a page each.
    Result<> load(load::Output& output, std::vector<page::Page> pages) {
        TRY(output.begin(pages.front().schema(), pages.size()));
        for (size_t index = 0; index < pages.size(); ++index) {
            auto task = TRY(output.open(index));
            TRY(task->write(std::move(pages[index])));
            TRY(task->finish());
        }
        return output.commit();
    }

    static std::vector<page::Page> one(page::Page page) {
        std::vector<page::Page> pages;
        pages.push_back(std::move(page));
        return pages;
    }

    static page::Page numbers(int64_t first, int64_t count) {
        page::Builder builder(
            page::Schema({{.name = "id", .type = page::Type::kLong}, {.name = "name"}}));
        for (int64_t id = first; id < first + count; ++id) {
            builder.set_long(0, id);
            builder.set_text(1, "name " + std::to_string(id));
            builder.end_row();
        }
        return builder.finish();
    }

    static page::Page all_types() {
        using page::Type;
        page::Builder builder(page::Schema({{.name = "l", .type = Type::kLong},
                                            {.name = "d", .type = Type::kDouble},
                                            {.name = "b", .type = Type::kBoolean},
                                            {.name = "s", .type = Type::kString},
                                            {.name = "t", .type = Type::kTimestamp},
                                            {.name = "j", .type = Type::kJson}}));
        builder.set_long(0, INT64_MIN);
        builder.set_double(1, 0.1);
        builder.set_boolean(2, true);
        builder.set_text(3,
                         std::string_view("tab\t line\n back\\ 'quote' \xF0\x9F\x8D\x95 \0|", 32));
        builder.set_timestamp(4, {.seconds = 1435752754, .nanoseconds = 789'999'999});
        builder.set_text(5, "{\"a\":\"x\\ny\"}");
        builder.end_row();
        builder.end_row();  // nulls
        builder.set_long(0, 7);
        builder.set_text(3, "");
        builder.end_row();
        return builder.finish();
    }

    void expect_all_types() {
        EXPECT_THAT(
            rows("select l, d, b, s, t, j from t order by l is null, l"),
            ElementsAre("-9223372036854775808|0.1|1|" +
                            std::string("tab\t line\n back\\ 'quote' \xF0\x9F\x8D\x95 \0|", 32) +
                            "|2015-07-01 12:12:34|{\"a\":\"x\\ny\"}",
                        "7|NULL|NULL||NULL|NULL", "NULL|NULL|NULL|NULL|NULL|NULL"));
    }

    config::Map options_;
};

TEST_F(MysqlOutput, InsertCreatesTheTableWithEveryType) {
    auto loaded = load(**make("insert"), one(all_types()));
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    expect_all_types();
    EXPECT_THAT(rows("select column_type from information_schema.columns where table_schema = "
                     "database() order by ordinal_position"),
                ElementsAre("bigint(20)", "double", "tinyint(1)", "text", "timestamp", "text"));
    EXPECT_THAT(tables(), ElementsAre("t"));
    ASSERT_TRUE(load(**make("insert"), one(all_types())).ok());
    EXPECT_THAT(rows("select count(*) from t"), ElementsAre("6"));
}

TEST_F(MysqlOutput, SendsRowsInStatementsWhereLoadDataIsOff) {
    execute("set global local_infile = 0");
    config::Map small;
    small.set("batch_size", 50);
    auto loaded = load(**make("insert", small), one(all_types()));
    execute("set global local_infile = 1");
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    expect_all_types();
}

TEST_F(MysqlOutput, LoadsManyRowsFromSeveralTasks) {
    constexpr int64_t kRows = 25'000;
    for (const char* mode : {"insert", "replace"}) {
        std::vector<page::Page> pages;
        for (int64_t task = 0; task < 4; ++task) pages.push_back(numbers(task * kRows, kRows));
        auto output = make(mode);
        ASSERT_TRUE((*output)->begin(pages.front().schema(), pages.size()).ok());
        std::atomic<int> failures = 0;
        {
            std::vector<std::jthread> threads;
            for (size_t task = 0; task < pages.size(); ++task) {
                threads.emplace_back([&, task] {
                    auto opened = (*output)->open(task);
                    if (!opened.ok() || !(*opened)->write(std::move(pages[task])).ok() ||
                        !(*opened)->finish().ok()) {
                        ++failures;
                    }
                });
            }
        }
        EXPECT_EQ(failures, 0);
        EXPECT_THAT(rows("show tables like 't'").size(), mode == std::string("insert") ? 0u : 1u);
        auto committed = (*output)->commit();
        ASSERT_TRUE(committed.ok()) << committed.error().message();
        EXPECT_THAT(rows("select count(*), count(distinct id), sum(id), max(name) from t"),
                    ElementsAre("100000|100000|4999950000|name 99999"));
        EXPECT_THAT(tables(), ElementsAre("t"));
    }
}

TEST_F(MysqlOutput, InsertFitsTheTableThatIsThere) {
    execute(
        "create table t (`NAME` varchar(20), extra int default 7, id smallint not null, "
        "primary key (id))");
    auto loaded = load(**make("insert"), one(numbers(1, 2)));
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    EXPECT_THAT(rows("select name, extra, id from t"), ElementsAre("name 1|7|1", "name 2|7|2"));
    // Out of range becomes null, which the table refuses: the load fails as a whole.
    loaded = load(**make("insert"), one(numbers(32767, 2)));
    ASSERT_FALSE(loaded.ok());
    EXPECT_THAT(rows("select count(*) from t"), ElementsAre("2"));
}

TEST_F(MysqlOutput, CoercesValuesToTheColumnsTypes) {
    execute("create table t (l boolean, d int, b varchar(9), s int, t datetime(6), j text)");
    auto loaded = load(**make("insert"), one(all_types()));
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    EXPECT_THAT(rows("select * from t where l = 0"),
                ElementsAre("0|0|true|NULL|2015-07-01 12:12:34.789999|{\"a\":\"x\\ny\"}"));
    config::Map text;
    text.set("type", "TEXT");
    config::Map bits;
    bits.set("type", "BIT(1)");
    config::Map columns;
    columns.set("t", text);
    columns.set("d", text);
    columns.set("b", bits);
    config::Map more;
    more.set("column_options", columns);
    more.set("default_timezone", "Asia/Tokyo");
    loaded = load(**make("replace", more), one(all_types()));
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    EXPECT_THAT(rows("select t, d, b + 0 from t where l < 0"),
                ElementsAre("2015-07-01 21:12:34.789999|0.1|1"));
}

TEST_F(MysqlOutput, ReplaceSwapsRowsAndSchemaAtOnce) {
    auto loaded = load(**make("replace"), one(numbers(1, 3)));  // there is no table yet
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    EXPECT_THAT(rows("select count(*) from t"), ElementsAre("3"));
    config::Map more;
    more.set("create_table_constraint", "primary key (l2)");
    more.set("after_load",
             "update t set s = 'after; load' where l = 7; insert into log values (1)");
    more.set("create_table_constraint", "key (l)");
    execute("create table log (a int)");
    loaded = load(**make("replace", more), one(all_types()));
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    EXPECT_THAT(rows("select s from t where l = 7"), ElementsAre("after; load"));
    EXPECT_THAT(tables(), ElementsAre("log", "t"));
}

TEST_F(MysqlOutput, LeavesTheTableAsItWasWhenSomethingFails) {
    execute("create table t (id int primary key, name varchar(6)) as select 1 id, 'old' name");
    auto output = make("insert");
    auto loaded = load(**output, one(numbers(10, 1)));  // "name 10" is too long
    ASSERT_FALSE(loaded.ok());
    EXPECT_THAT(loaded.error().message(), HasSubstr("Data truncated for column 'name' (correct"));
    (*output)->rollback();

    output = make("insert");
    loaded = load(**output, one(numbers(1, 2)));  // the key 1 is there
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code(), Code::kConflict);
    (*output)->rollback();

    config::Map more;
    more.set("after_load", "delete from t; insert into nowhere values (1)");
    for (const char* mode : {"insert", "replace"}) {
        output = make(mode, more);
        loaded = load(**output, one(numbers(5, 2)));
        ASSERT_FALSE(loaded.ok());
        EXPECT_THAT(loaded.error().message(), StartsWith("after_load: "));
        (*output)->rollback();
    }
    EXPECT_THAT(rows("select * from t"), ElementsAre("1|old"));
    EXPECT_THAT(tables(), ElementsAre("t"));
}

TEST_F(MysqlOutput, KeepsIntermediateTablesInAnotherDatabase) {
    execute("create database " + database_ + "_temp");
    config::Map more;
    more.set("temp_database", database_ + "_temp");
    for (const char* mode : {"replace", "replace", "insert"}) {
        auto output = make(mode, more);
        ASSERT_TRUE((*output)->begin(numbers(1, 1).schema(), 1).ok());
        EXPECT_EQ(rows("show tables from " + database_ + "_temp").size(), 1u);
        auto task = (*output)->open(0);
        ASSERT_TRUE((*task)->write(numbers(1, 1)).ok());
        ASSERT_TRUE((*task)->finish().ok());
        auto committed = (*output)->commit();
        ASSERT_TRUE(committed.ok()) << committed.error().message();
    }
    EXPECT_THAT(rows("select count(*) from t"), ElementsAre("2"));
    EXPECT_THAT(rows("show tables from " + database_ + "_temp"), ElementsAre());
}

TEST_F(MysqlOutput, SaysWhatIsWrongWithItsOptions) {
    EXPECT_THAT(make("nosuch").error().message(), HasSubstr("Unknown mode 'nosuch'."));
    config::Map more;
    more.set("merge_keys", config::List{"id"});
    EXPECT_THAT(make("insert", more).error().message(), HasSubstr("does not accept"));
    config::Map silent;
    silent.set("socket", "/nowhere/socket");
    auto begun = (*make("insert", silent))->begin(numbers(1, 1).schema(), 1);
    ASSERT_FALSE(begun.ok());
    EXPECT_THAT(begun.error().message(), StartsWith("cannot reach MySQL at /nowhere/socket: "));
}

TEST_F(MysqlOutput, LeavesTheTableAsItWasWhenTheServerGoesAway) {
    execute("create table t (id int, name text) as select 1 id, 'old' name");
    for (const char* mode : {"insert", "replace"}) {
        auto output = make(mode);
        ASSERT_TRUE((*output)->begin(numbers(1, 1).schema(), 1).ok());
        auto task = (*output)->open(0);
        ASSERT_TRUE((*task)->write(numbers(1, 1000)).ok());
        ASSERT_TRUE(server().kill().ok());
        auto finished = (*task)->finish();
        ASSERT_FALSE(finished.ok());
        EXPECT_EQ(finished.error().code(), Code::kUnavailable);
        EXPECT_THAT(finished.error().message(), HasSubstr("the connection was lost"));
        (*task)->abort();
        ASSERT_TRUE(server().restart().ok());
        reconnect();
        EXPECT_EQ(tables().size(), 2u);
        (*output)->rollback();  // it is back: the intermediate table can be dropped
        EXPECT_THAT(tables(), ElementsAre("t"));
        EXPECT_THAT(rows("select * from t"), ElementsAre("1|old"));

        output = make(mode);
        ASSERT_TRUE((*output)->begin(numbers(1, 1).schema(), 1).ok());
        task = (*output)->open(0);
        ASSERT_TRUE((*task)->write(numbers(1, 10)).ok());
        ASSERT_TRUE((*task)->finish().ok());
        ASSERT_TRUE(server().kill().ok());
        auto committed = (*output)->commit();
        ASSERT_FALSE(committed.ok());
        EXPECT_THAT(committed.error().message(), StartsWith("cannot reach MySQL at "));
        (*output)->rollback();  // says what stays behind
        ASSERT_TRUE(server().restart().ok());
        reconnect();
        EXPECT_THAT(rows("select * from t"), ElementsAre("1|old"));
        (*output)->rollback();
        EXPECT_THAT(tables(), ElementsAre("t"));
    }
}

}  // namespace
}  // namespace mogura::integration

int main(int count, char** arguments) {
    testing::InitGoogleMock(&count, arguments);
    testing::AddGlobalTestEnvironment(new mogura::integration::ServerEnvironment);
    return RUN_ALL_TESTS();
}
