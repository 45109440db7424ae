#include "base/file.h"
#include "base/text.h"
#include "plugins/plugins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;

// Knows one template.
class FakeEvaluator final : public script::Evaluator {
  public:
    Result<Evaluated> evaluate(const script::Scope&, const config::Map&) override {
        return Error(Code::kInternal, "nobody asks for this");
    }
    Result<std::string> evaluate_text(const script::Scope& scope, std::string_view text) override {
        const config::Value* day = scope.parameters.find("day");
        if (!day) return Error(Code::kInvalid, "day is not defined");
        return base::replace_all(text, "${day}", day->scalar_text().value_or(""));
    }
};

class NoExecutor final : public executor::Executor {
  public:
    Result<config::Map> start(const executor::Command&) override { return no(); }
    Result<executor::Status> status(const config::Map&) override { return no(); }
    Result<> kill(const config::Map&, bool) override { return no(); }

  private:
    static Error no() { return Error(Code::kInternal, "no commands here"); }
};

// An output that keeps the rows as JSON lines.
class RecordingOutput final : public load::Output {
  public:
    explicit RecordingOutput(std::string& text) : text_(text) {}
    Result<> begin(const page::Schema&, size_t) override { return {}; }
    Result<std::unique_ptr<load::TaskOutput>> open(size_t) override {
        return std::make_unique<Task>(text_);
    }
    Result<> commit() override {
        text_ += "committed\n";
        return {};
    }
    void rollback() noexcept override { text_ += "rolled back\n"; }

  private:
    class Task final : public load::TaskOutput {
      public:
        explicit Task(std::string& text) : text_(text) {}
        Result<> write(page::Page page) override {
            query::append_json_lines(text_, page);
            return {};
        }
        Result<> finish() override { return {}; }
        void abort() noexcept override {}

      private:
        std::string& text_;
    };
    std::string& text_;
};

class QueryOperatorTest : public testing::Test {
  protected:
    void SetUp() override {
        add_query_duckdb(registry_);
        add_query_sqlite(registry_);
        add_operator_query(registry_);
        registry_.outputs.add(
            "record", "For tests.", [](config::Reader&) { return 0; },
            [this](int, const load::Context&) -> Result<std::unique_ptr<load::Output>> {
                return std::make_unique<RecordingOutput>(recorded_);
            });
        folder_ = testing::TempDir() + "query_operator_" + std::to_string(::getpid());
        std::filesystem::create_directories(folder_ + "/work");
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) {
        ASSERT_TRUE(base::write_file(folder_ + "/work/" + name, text).ok());
    }
    std::string file(const std::string& name) {
        auto text = base::read_file(folder_ + "/work/" + name);
        return text.ok() ? *text : "error: " + text.error().message();
    }

    // Runs the task `query>: COMMAND` with its other keys and what is in scope, all as YAML.
    engine::Outcome run(const std::string& command, const std::string& local = "{}",
                        const std::string& scope = "{}") {
        config::Map own = parse(local);
        config::Map parameters = parse(scope);
        config::merge(parameters, own);
        parameters.set("_type", "query");
        auto value = config::parse_yaml(command, {});
        EXPECT_TRUE(value.ok());
        parameters.set("_command", *std::move(value));
        own.set("query>", *parameters.find("_command"));
        std::string name;
        auto made = registry_.operators.make("query", name);
        engine::TaskContext context{.full_name = "+t",
                                    .parameters = parameters,
                                    .local = own,
                                    .state = state_,
                                    .time_zone = "UTC",
                                    .project_folder = folder_,
                                    .work_folder = folder_ + "/work",
                                    .temporary_folder = folder_ + "/tmp",
                                    .clock = clock_,
                                    .evaluator = evaluator_,
                                    .executor = executor_,
                                    .progress = progress_,
                                    .stop = stop_.get_token(),
                                    .print = [](std::string_view) {},
                                    .printed_bytes = printed_bytes_};
        return made->run(context);
    }

    static config::Map parse(const std::string& yaml) {
        auto value = config::parse_yaml(yaml, {});
        EXPECT_TRUE(value.ok()) << value.error().message();
        return value->map();
    }

    // What the task failed with, or nothing.
    static std::string failure(const engine::Outcome& outcome) {
        const auto* failed = std::get_if<engine::Failed>(&outcome);
        return failed ? failed->error.find("message")->string() : "";
    }
    static std::string stored(const engine::Outcome& outcome) {
        const auto* done = std::get_if<engine::Done>(&outcome);
        return done ? config::to_json(done->store_parameters) : "failed: " + failure(outcome);
    }

    Registry registry_;
    std::string folder_;
    std::string recorded_;
    config::Map state_;
    base::FakeClock clock_{base::Instant{}};
    FakeEvaluator evaluator_;
    NoExecutor executor_;
    engine::TaskProgress progress_;
    int64_t printed_bytes_ = 0;
    std::stop_source stop_;
};

TEST_F(QueryOperatorTest, RunsAFileWithTemplatesFromTheWorkFolder) {
    write("a.csv", "n,day\n1,mon\n2,tue\n3,tue\n");
    write("q.sql", "SELECT sum(n) AS n, '${day}' AS day FROM 'a.csv' WHERE day = '${day}'");
    EXPECT_EQ(stored(run("q.sql", "{store_last_results: first}", "{day: tue}")),
              R"({"query":{"last_results":{"n":5,"day":"tue"}}})");
}

TEST_F(QueryOperatorTest, TakesTheTextOfData) {
    EXPECT_EQ(stored(run("{data: 'SELECT 1 AS a'}", "{store_last_results: true}")),
              R"({"query":{"last_results":{"a":1}}})");
}

TEST_F(QueryOperatorTest, TakesTheAliasWhenTheCommandIsNull) {
    write("q.sql", "SELECT 7 AS a");
    EXPECT_EQ(stored(run("null", "{query: q.sql, store_last_results: true}", "{day: x}")),
              R"({"query":{"last_results":{"a":7}}})");
    EXPECT_THAT(failure(run("null")), HasSubstr("needs the name of a SQL file"));
}

// digdag 4.15.1; file names are our own addition.
TEST_F(QueryOperatorTest, TheAliasIsSqlUnlessItNamesASqlFile) {
    EXPECT_EQ(stored(run("null", "{query: SELECT 8 AS a, store_last_results: true}")),
              R"({"query":{"last_results":{"a":8}}})");
    EXPECT_EQ(
        stored(run("null", "{query: \"SELECT 9 AS a\\n-- x.sql\", store_last_results: true}")),
        R"({"query":{"last_results":{"a":9}}})");
    EXPECT_EQ(failure(run("null", "{query: none.sql}")), "File not found: none.sql");
}

TEST_F(QueryOperatorTest, StoresAllRowsWithTheirTypes) {
    EXPECT_EQ(
        stored(run("{data: \"SELECT 1 AS a, 0.5 AS b, NULL AS c, true AS d, [1] AS e, DATE "
                   "'2026-01-02' AS f UNION ALL SELECT 2, 1, 'x', NULL, NULL, NULL ORDER BY a\"}",
                   "{store_last_results: all}")),
        R"({"query":{"last_results":[{"a":1,"b":0.5,"c":null,"d":true,"e":[1],"f":"2026-01-02"},)"
        R"({"a":2,"b":1,"c":"x","d":null,"e":null,"f":null}]}})");
    EXPECT_EQ(stored(run("{data: 'SELECT 1 AS a LIMIT 0'}", "{store_last_results: first}")),
              R"({"query":{"last_results":{}}})");
    EXPECT_EQ(stored(run("{data: 'SELECT 1 AS a LIMIT 0'}", "{store_last_results: all}")),
              R"({"query":{"last_results":[]}})");
    EXPECT_EQ(stored(run("{data: 'SELECT 1 AS a'}", "{store_last_results: false}")), "{}");
}

TEST_F(QueryOperatorTest, LimitsWhatItStores) {
    EXPECT_THAT(failure(run("{data: 'FROM range(8193)'}", "{store_last_results: all}")),
                HasSubstr("too many rows for parameters, the limit is 8192"));
    EXPECT_EQ(stored(run("{data: 'FROM range(8193)'}", "{store_last_results: first}")),
              R"({"query":{"last_results":{"range":0}}})");
    EXPECT_THAT(
        failure(run("{data: \"SELECT repeat('x', 257) AS s\"}", "{store_last_results: first}")),
        HasSubstr("column s: store_last_results: too many characters"));
    EXPECT_THAT(
        failure(run("{data: 'SELECT UNNEST([1]), COLUMNS(*) FROM (SELECT * FROM range(1))'}",
                    "{store_last_results: maybe}")),
        HasSubstr("must be first, all, true or false"));
}

TEST_F(QueryOperatorTest, DownloadsFilesByTheirEnding) {
    std::string sql = "{data: \"SELECT 1 AS a, 'x,y' AS b, '' AS c, NULL AS d\"}";
    EXPECT_EQ(failure(run(sql, "{download_file: out/r.csv}")), "");
    EXPECT_EQ(file("out/r.csv"), "a,b,c,d\r\n1,\"x,y\",\"\",\r\n");
    EXPECT_EQ(failure(run(sql, "{download_file: r.jsonl}")), "");
    EXPECT_EQ(file("r.jsonl"), "{\"a\":1,\"b\":\"x,y\",\"c\":\"\",\"d\":null}\n");
    EXPECT_EQ(failure(run(sql, "{download_file: r.parquet}")), "");
    EXPECT_EQ(stored(run("{data: \"SELECT b FROM 'r.parquet'\"}", "{store_last_results: first}")),
              R"({"query":{"last_results":{"b":"x,y"}}})");
    EXPECT_THAT(failure(run(sql, "{download_file: r.xml}")), HasSubstr(".csv, .jsonl or .parquet"));
}

TEST_F(QueryOperatorTest, AFailedDownloadLeavesTheOldFile) {
    write("r.csv", "old");
    auto outcome =
        run("{data: \"SELECT CASE WHEN range = 90000 THEN error('no') ELSE 1 END FROM "
            "range(100000)\"}",
            "{download_file: r.csv}");
    EXPECT_THAT(failure(outcome), HasSubstr("no"));
    EXPECT_EQ(file("r.csv"), "old");
    const auto names = *base::list_folder(folder_ + "/work");
    EXPECT_EQ(std::ranges::count_if(
                  names, [](const std::string& name) { return name.starts_with("r.csv"); }),
              1)
        << "nothing but the old file";
}

TEST_F(QueryOperatorTest, SendsPagesToAnOutput) {
    auto outcome = run("{data: 'SELECT range AS n FROM range(3)'}", "{out: {type: record}}");
    ASSERT_EQ(failure(outcome), "");
    EXPECT_EQ(recorded_, "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\ncommitted\n");
    EXPECT_EQ(config::to_json(std::get<engine::Done>(outcome).report.find("rows")->integer()), "3");
}

TEST_F(QueryOperatorTest, OnlyOneModeTakesTheRows) {
    EXPECT_THAT(
        failure(run("{data: 'SELECT 1'}", "{download_file: a.csv, store_last_results: all}")),
        HasSubstr("only one of download_file, store_last_results and out"));
    EXPECT_THAT(failure(run("{data: 'SELECT 1'}", "{insert_into: t}")), HasSubstr("insert_into"));
}

TEST_F(QueryOperatorTest, ShowsWhereTheFileFails) {
    write("q.sql", "SELECT 1,\n  prize\n");
    EXPECT_THAT(failure(run("q.sql", "{}", "{day: x}")),
                HasSubstr("q.sql:2:3: Referenced column \"prize\" was not found"));
    EXPECT_THAT(failure(run("q.sql")), HasSubstr("q.sql: day is not defined"));
}

TEST_F(QueryOperatorTest, FilesAreThereAndInsideTheProject) {
    EXPECT_EQ(failure(run("none.sql")), "File not found: none.sql");
    EXPECT_THAT(failure(run("../../etc/passwd")), HasSubstr("outside of project path"));
    const std::string outside =
        testing::TempDir() + "query_test_rows_" + std::to_string(::getpid()) + ".csv";
    EXPECT_EQ(failure(run("{data: SELECT 1 AS a}", "{download_file: " + outside + "}")), "");
    EXPECT_TRUE(std::filesystem::remove(outside));
    EXPECT_EQ(failure(run("{data: SELECT 1 AS a}", "{download_file: ../rows.csv}")), "");
    EXPECT_EQ(file("../rows.csv"), "a\r\n1\r\n");
}

TEST_F(QueryOperatorTest, TakesDefaultsFromMappingsButNotFromStrangers) {
    std::string sql =
        "{data: \"SELECT current_setting('memory_limit') AS m, current_database() AS d\"}";
    std::string local = "{store_last_results: true}";
    EXPECT_EQ(stored(run(sql, local, "{database: mysql, query: {memory_limit: 100MiB}}")),
              R"({"query":{"last_results":{"m":"100.0 MiB","d":"memory"}}})");
    EXPECT_EQ(stored(run(sql, local, "{duckdb: {memory_limit: 100MiB, host: x}}")),
              R"({"query":{"last_results":{"m":"100.0 MiB","d":"memory"}}})");
    EXPECT_THAT(failure(run(sql, "{memory_limi: 1GB}")), HasSubstr("did you mean memory_limit"));
    EXPECT_THAT(failure(run(sql, "{engine: duckbd, memory_limit: 1GB}")),
                AllOf(HasSubstr("query>.engine: unknown query engine: duckbd (did you mean duckdb?)"
                                "; there are duckdb"),
                      testing::Not(HasSubstr("unknown option"))));
}

// Defaults are for tasks of every engine (docs/guide/query.md).
TEST_F(QueryOperatorTest, LeavesOutDefaultsThatOnlyOtherEnginesKnow) {
    std::string local = "{engine: sqlite, database: ':memory:', store_last_results: true}";
    std::string defaults = "{query: {memory_limit: 1GB, threads: 2, read_only: false}}";
    EXPECT_EQ(stored(run("{data: 'SELECT 1 AS a'}", local, defaults)),
              R"({"query":{"last_results":{"a":1}}})");
    EXPECT_EQ(stored(run("{data: 'SELECT 1 AS a'}", "{store_last_results: true}", defaults)),
              R"({"query":{"last_results":{"a":1}}})");
    EXPECT_THAT(failure(run("{data: 'SELECT 1'}", local, "{query: {memory_limi: 1GB}}")),
                HasSubstr("memory_limi: unknown option"));
    EXPECT_THAT(failure(run("{data: 'SELECT 1'}",
                            "{engine: sqlite, database: ':memory:', memory_limit: 1GB}")),
                HasSubstr("memory_limit: unknown option"));
    EXPECT_THAT(failure(run("{data: 'SELECT 1'}", "{engine: sqlit}", defaults)),
                HasSubstr("did you mean sqlite"));
}

TEST_F(QueryOperatorTest, EndsWhenTheAttemptIsCancelled) {
    stop_.request_stop();
    auto outcome =
        run("{data: 'SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b'}");
    EXPECT_THAT(failure(outcome), HasSubstr("canceled"));
}

}  // namespace
}  // namespace mogura::plugins
