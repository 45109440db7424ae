#include "base/file.h"
#include "base/process.h"
#include "plugins/query/duckdb/module.h"
#include "query/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class DuckdbEngineTest : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = testing::TempDir() + "duckdb_engine_" + std::to_string(::getpid());
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        open("512MB");
    }
    void TearDown() override {
        engine_.reset();
        std::filesystem::remove_all(folder_);
    }

    void open(const std::string& memory_limit) {
        auto module = duckdb_module();
        ASSERT_TRUE(module.ok()) << module.error().message();
        auto engine = (*module)->open(
            {.memory_limit = memory_limit, .folder = folder_, .temporary = folder_ + "/spill"});
        ASSERT_TRUE(engine.ok()) << engine.error().message();
        engine_ = *std::move(engine);
    }

    void write(const std::string& name, const std::string& text) {
        std::filesystem::create_directories(
            std::filesystem::path(folder_ + "/" + name).parent_path());
        ASSERT_TRUE(base::write_file(folder_ + "/" + name, text).ok());
    }

    // The rows as CSV with LF, header first; or "error: ..." .
    std::string run(const std::string& sql) {
        auto rows = engine_->execute({.sql = sql, .file = "test.sql"});
        if (!rows.ok()) return "error: " + rows.error().message();
        std::string text;
        query::append_csv_header(text, (*rows)->schema());
        auto read = query::each_page(**rows, [&](page::Page page) {
            query::append_csv(text, page);
            return Result<>();
        });
        if (!read.ok()) return "error: " + read.error().message();
        std::erase(text, '\r');
        return text;
    }

    std::string types(const std::string& sql) {
        auto rows = engine_->execute({.sql = sql, .file = "test.sql"});
        if (!rows.ok()) return "error: " + rows.error().message();
        std::string text;
        for (const page::Column& column : (*rows)->schema().columns()) {
            text +=
                std::string(text.empty() ? "" : " ") + std::string(page::type_name(column.type));
        }
        return text;
    }

    std::string folder_;
    std::unique_ptr<query::Engine> engine_;
};

TEST_F(DuckdbEngineTest, ReadsCsvJsonLinesAndParquetByRelativePath) {
    write("a.csv", "n,s\n1,one\n2,\n");
    write("b.jsonl", "{\"n\":3,\"s\":\"three\"}\n");
    EXPECT_EQ(run("COPY (FROM 'a.csv') TO 'c.parquet'; FROM 'a.csv' UNION ALL FROM 'b.jsonl' "
                  "UNION ALL FROM 'c.parquet'"),
              "n,s\n1,one\n2,\n3,three\n1,one\n2,\n");
    EXPECT_TRUE(base::file_exists(folder_ + "/c.parquet"));
}

TEST_F(DuckdbEngineTest, TurnsFoldersBelowTheProjectIntoPartitions) {
    write("logs/dt=2026-03-10/hour=07/x.jsonl", "{\"n\":1}\n");
    write("logs/dt=2026-03-11/hour=08/x.jsonl", "{\"n\":2}\n");
    EXPECT_EQ(run("SELECT n, dt, hour FROM 'logs/*/*/*.jsonl' ORDER BY n"),
              "n,dt,hour\n1,2026-03-10,07\n2,2026-03-11,08\n");
}

TEST_F(DuckdbEngineTest, DoesNotTakeTheFoldersAboveForPartitions) {
    folder_ += "/x=1";
    std::filesystem::create_directories(folder_);
    open("512MB");
    write("p/n.jsonl", "{\"n\":1}\n");
    EXPECT_EQ(run("FROM 'p/*.jsonl'"), "n\n1\n");
}

TEST_F(DuckdbEngineTest, MapsEveryTypeToAPage) {
    EXPECT_EQ(types("SELECT true, 1::TINYINT, 2::UBIGINT, 3::HUGEINT, 4::DECIMAL(9,0)"),
              "boolean long long long long");
    EXPECT_EQ(
        types("SELECT 1.5::DECIMAL(9,2), 1::FLOAT, 'x', 'x'::ENUM('x'), uuid(), TIME '01:02:03'"),
        "double double string string string string");
    EXPECT_EQ(types("SELECT DATE '2026-01-01', TIMESTAMP_NS '2026-01-01', now(), "
                    "TIMESTAMP_S '2026-01-01', [1], {'a': 1}, MAP {'a': 1}, '{}'::JSON"),
              "timestamp timestamp timestamp timestamp json json json json");
    EXPECT_EQ(
        run("SELECT sum(n) s, TIMESTAMP_NS '1969-12-31 23:59:59.123456789' t, [1, NULL] l, "
            "{'a': 'x'} m, NULL z, DATE '2026-02-03' d FROM range(5) t(n)"),
        "s,t,l,m,z,d\n10,1969-12-31 23:59:59.123456789,\"[1,null]\",\"{\"\"a\"\":\"\"x\"\"}\",,"
        "2026-02-03\n");
}

TEST_F(DuckdbEngineTest, RefusesWhatDoesNotFit) {
    EXPECT_THAT(run("SELECT 2::HUGEINT * 9223372036854775807 AS big"),
                AllOf(StartsWith("error: test.sql:1:1: column big: "), HasSubstr("out of range"),
                      HasSubstr("CAST it to DOUBLE or VARCHAR")));
    EXPECT_THAT(run("SELECT 'infinity'::TIMESTAMP AS t"), HasSubstr("infinite timestamp"));
}

TEST_F(DuckdbEngineTest, KeepsTheOrderAndTheTextsOfManyRows) {
    auto rows = engine_->execute(
        {.sql =
             "SELECT range, CASE WHEN range % 3 = 0 THEN NULL ELSE 'a text that is long ' || range "
             "END FROM range(100000)",
         .file = ""});
    ASSERT_TRUE(rows.ok());
    engine_.reset();  // the rows keep what they need
    std::vector<page::Page> pages;
    ASSERT_TRUE(query::each_page(**rows, [&](page::Page page) {
                    pages.push_back(std::move(page));
                    return Result<>();
                }).ok());
    rows = Error(Code::kInternal, "gone");  // and the pages too
    int64_t next = 0;
    for (const page::Page& page : pages) {
        for (size_t row = 0; row < page.rows(); ++row, ++next) {
            ASSERT_EQ(page.column(0).longs()[row], next);
            ASSERT_EQ(page.column(1).is_null(row), next % 3 == 0);
            if (next % 3 != 0) {
                ASSERT_EQ(page.column(1).texts()[row],
                          "a text that is long " + std::to_string(next));
            }
        }
    }
    EXPECT_EQ(next, 100000);
}

TEST_F(DuckdbEngineTest, ShowsWhereAStatementFails) {
    EXPECT_EQ(run("SELECT 1;\n\nSELECT price\nFROM (SELECT 1 AS prize)"),
              "error: test.sql:3:8: Referenced column \"price\" not found in FROM clause!\n"
              "  SELECT price\n"
              "         ^\n"
              "Candidate bindings: \"prize\"");
    EXPECT_THAT(run("SELECT '日本' FRO x"),
                StartsWith("error: test.sql:1:17: syntax error at or near \"x\"\n"));
    EXPECT_THAT(
        run("-- a comment\n  SELECT * FROM 'none.csv'"),
        StartsWith("error: test.sql:2:3: No files found that match the pattern \"none.csv\""));
    EXPECT_THAT(run("SELECT CAST(s AS INT) FROM (VALUES ('1'), ('x')) t(s)"),
                AllOf(StartsWith("error: test.sql:1:8: Could not convert string 'x' to INT32"),
                      testing::Not(HasSubstr("LINE 1"))));
}

TEST_F(DuckdbEngineTest, NeverLoadsOrDownloadsExtensions) {
    EXPECT_THAT(run("INSTALL httpfs"), HasSubstr("neither installed nor loaded"));
    EXPECT_THAT(run("LOAD '/tmp/x.duckdb_extension'"), HasSubstr("neither installed nor loaded"));
    EXPECT_THAT(run("FROM 'https://localhost/x.csv'"), testing::Not(HasSubstr("INSTALL")));
}

TEST_F(DuckdbEngineTest, GivesNoColumnsWhenTheLastStatementHasNoRows) {
    EXPECT_EQ(types("SELECT 1; CREATE TABLE t AS SELECT 1"), "");
    EXPECT_EQ(types("INSERT INTO t VALUES (2)"), "");
    EXPECT_EQ(run("SELECT count(*) AS n FROM t"), "n\n2\n");
    EXPECT_EQ(types(""), "");
}

TEST_F(DuckdbEngineTest, SpillsToItsOwnFolderAndCleansUp) {
    open("100MB");
    EXPECT_EQ(run("SELECT count(*) AS n FROM (SELECT hash(range) || '-and-more-text' AS s "
                  "FROM range(1500000) ORDER BY s LIMIT 1400000)"),
              "n\n1400000\n");
    engine_.reset();
    EXPECT_TRUE(!std::filesystem::exists(folder_ + "/spill") ||
                std::filesystem::is_empty(folder_ + "/spill"));
}

TEST_F(DuckdbEngineTest, SaysWhichTemporaryFolderIsFull) {
    open("100MB");
    EXPECT_THAT(run("SET max_temp_directory_size = '64KiB';\n"
                    "SELECT count(*) AS n FROM (SELECT hash(range) || '-and-more-text' AS s "
                    "FROM range(1500000) ORDER BY s LIMIT 1400000)"),
                AllOf(StartsWith("error: test.sql:2:1: failed to offload data block"),
                      HasSubstr("The temporary folder " + folder_ + "/spill is full: free some"),
                      testing::Not(HasSubstr("memory_limit"))));
}

TEST_F(DuckdbEngineTest, RemovesWhatKilledProcessesHadSpilled) {
    auto ended =
        base::Process::start({.arguments = {"true"}, .environment = base::current_environment()});
    ASSERT_TRUE(ended.ok() && ended->wait().ok());
    std::string dead = "duckdb-" + std::to_string(ended->pid());
    write("left/" + dead + "-0/duckdb_temp_storage.tmp", "large");
    write("left/" + dead + "-notes/file", "not ours");
    write("left/duckdb-1-0/file", "of a process that lives");
    auto module = duckdb_module();
    ASSERT_TRUE(module.ok() &&
                (*module)->open({.folder = folder_, .temporary = folder_ + "/left"}).ok());
    EXPECT_EQ(*base::list_folder(folder_ + "/left"),
              (std::vector<std::string>{"duckdb-1-0", dead + "-notes"}));
}

TEST_F(DuckdbEngineTest, StopsWhenAnotherThreadCancels) {
    std::jthread other([this] {
        // Whatever the moment, before the statement begins or in its midst.
        std::this_thread::yield();
        engine_->cancel();
    });
    auto rows = engine_->execute(
        {.sql = "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b",
         .file = ""});
    Error error(Code::kInternal, "");
    if (rows.ok()) {
        auto read = query::each_page(**rows, [](page::Page) { return Result<>(); });
        ASSERT_FALSE(read.ok());
        error = read.error();
    } else {
        error = rows.error();
    }
    EXPECT_EQ(error.code(), Code::kCanceled) << error.message();
}

TEST_F(DuckdbEngineTest, KeepsADatabaseFile) {
    auto module = duckdb_module();
    ASSERT_TRUE(module.ok());
    DuckdbOptions options{
        .database = folder_ + "/kept.duckdb", .folder = folder_, .temporary = folder_};
    {
        auto engine = (*module)->open(options);
        ASSERT_TRUE(engine.ok()) << engine.error().message();
        engine_ = *std::move(engine);
        run("CREATE TABLE t AS SELECT 7 AS n");
        engine_.reset();
    }
    auto engine = (*module)->open(options);
    ASSERT_TRUE(engine.ok()) << engine.error().message();
    engine_ = *std::move(engine);
    EXPECT_EQ(run("FROM t"), "n\n7\n");
}

TEST_F(DuckdbEngineTest, SaysWhatIsWrongWithItsOptions) {
    auto module = duckdb_module();
    ASSERT_TRUE(module.ok());
    auto engine = (*module)->open({.memory_limit = "much"});
    ASSERT_FALSE(engine.ok());
    EXPECT_THAT(engine.error().message(), HasSubstr("memory_limit"));
}

}  // namespace
}  // namespace mogura::plugins
