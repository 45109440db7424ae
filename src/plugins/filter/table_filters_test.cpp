// sql and dedupe: filters that need every row, in whole loads.

#include "plugins/plugins.h"

#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;

class TableFilters : public testing::Test {
  protected:
    TableFilters() {
        std::string name =
            (std::filesystem::temp_directory_path() / "table_filters_XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        add_all(registry_);
    }
    ~TableFilters() override { std::filesystem::remove_all(folder_); }

    // Runs `filters` over rows of `columns`; the CSV that comes out, or "error: ...".
    std::string run(const std::string& columns, const std::string& csv,
                    const std::string& filters) {
        EXPECT_TRUE(base::write_file(folder_ + "/in.csv", csv).ok());
        auto value = config::parse_yaml(
            "in: {type: file, path_prefix: in.csv, parser: {type: csv, columns: " + columns +
                "}}\nfilters: " + filters +
                "\nout: {type: file, path_prefix: out, file_ext: .csv, sequence_format: '', "
                "formatter: {type: csv, newline: LF, header_line: true}}\n",
            {.dialect = config::Dialect::kEmbulk, .file = "load.yml"});
        EXPECT_TRUE(value.ok());
        job_ = {.config = value->map(), .file = "load.yml"};
        load::Progress progress;
        auto summary = load::run(job_, registry_, context(), progress);
        if (!summary.ok()) return "error: " + summary.error().message();
        summary_ = *summary;
        auto text = base::read_file(folder_ + "/out.csv");
        return text.ok() ? *text : "no file";
    }
    load::Context context() {
        return {.clock = clock_, .folder = folder_, .temporary = folder_, .threads = 2};
    }

    std::string folder_;
    base::SystemClock clock_;
    Registry registry_;
    load::Job job_;
    load::Summary summary_;
};

constexpr const char* kColumns = "[{name: k, type: string}, {name: n, type: long}]";

TEST_F(TableFilters, SqlSeesAllRowsAndGivesNewColumns) {
    EXPECT_EQ(run(kColumns, "a,1\nb,2\na,3\n,4\n",
                  "[{type: sql, sql: 'SELECT k, sum(n)::BIGINT AS total, count(*) AS rows "
                  "FROM input GROUP BY k ORDER BY total'}]"),
              "k,total,rows\nb,2,1\n,4,1\na,4,2\n");
    EXPECT_EQ(summary_.rows_read, 4);
    EXPECT_EQ(summary_.rows_written, 3);
}

TEST_F(TableFilters, SqlMayStandInAFile) {
    ASSERT_TRUE(base::write_file(folder_ + "/q.sql", "SELECT n FROM input WHERE n > 1").ok());
    EXPECT_EQ(run(kColumns, "a,1\nb,2\n", "[{type: sql, file: q.sql}]"), "n\n2\n");
}

TEST_F(TableFilters, EmptyInputGivesTheColumns) {
    EXPECT_EQ(run(kColumns, "", "[{type: sql, sql: 'SELECT n + 1 AS m FROM input'}]"), "m\n");
}

TEST_F(TableFilters, OtherFiltersStandBeforeAndBehind) {
    EXPECT_EQ(run(kColumns, "a,1\nb,2\na,3\n",
                  "[{type: rename, columns: {k: key}}, "
                  "{type: dedupe, keys: [key], keep: last}, "
                  "{type: sql, sql: 'SELECT key, n * 10 AS n FROM input ORDER BY n'}, "
                  "{type: remove_columns, remove: [key]}]"),
              "n\n20\n30\n");
}

TEST_F(TableFilters, SqlThatFailsShowsItsPlace) {
    std::string failure = run(kColumns, "a,1\n", "[{type: sql, sql: 'SELECT nn FROM input'}]");
    EXPECT_THAT(failure, HasSubstr("\"nn\" not found"));
    EXPECT_THAT(failure, HasSubstr("filters[0].sql: sql:1:8: "));
    EXPECT_THAT(failure, HasSubstr("^"));
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/out.csv"));
    EXPECT_THAT(run(kColumns, "a,1\n", "[{type: sql, sql: 'CREATE TABLE t (i INTEGER)'}]"),
                HasSubstr("the last statement gives no rows"));
    EXPECT_THAT(run(kColumns, "a,1\n", "[{type: sql}]"), HasSubstr("give either sql or file"));
}

TEST_F(TableFilters, AFailureBetweenRowsLeavesNothing) {
    std::string failure = run(kColumns, "a,1\nb,0\n",
                              "[{type: sql, sql: \"SELECT CASE WHEN n = 0 THEN error('zero row') "
                              "ELSE k END AS k FROM input\"}]");
    EXPECT_THAT(failure, HasSubstr("zero row"));
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/out.csv"));
}

TEST_F(TableFilters, DedupeKeepsTheFirstOrTheLast) {
    struct Case {
        const char* options;
        const char* left;
    };
    const char* rows = "a,1\nb,2\na,3\n,4\nb,2\n,5\n";
    const Case cases[] = {
        {"keys: [k]", "k,n\na,1\nb,2\n,4\n"},
        {"keys: [k], keep: first", "k,n\na,1\nb,2\n,4\n"},
        {"keys: [k], keep: last", "k,n\na,3\nb,2\n,5\n"},
        {"keys: [k, n]", "k,n\na,1\nb,2\na,3\n,4\n,5\n"},
        {"keys: [n], keep: last", "k,n\na,1\na,3\n,4\nb,2\n,5\n"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.options);
        EXPECT_EQ(run(kColumns, rows, std::string("[{type: dedupe, ") + one.options + "}]"),
                  one.left);
    }
}

TEST_F(TableFilters, DedupeKeepsTheOrderOfALargeInput) {
    std::string rows;
    std::string left = "k,n\n";
    for (int row = 0; row < 200'000; ++row) {
        std::string key = "key " + std::to_string(row % 150'000);
        std::string line = key + "," + std::to_string(row) + "\n";
        rows += line;
        if (row < 150'000) left += line;
    }
    // So little memory that most of it spills.
    std::string got = run(kColumns, rows, "[{type: dedupe, keys: [k], memory_limit: 20MB}]");
    EXPECT_TRUE(got == left) << got.substr(0, 300);
}

TEST_F(TableFilters, DedupeTellsNanosecondsApartAndKeepsJson) {
    EXPECT_EQ(run("[{name: t, type: timestamp, format: '%Y-%m-%d %H:%M:%S.%N'}, "
                  "{name: j, type: json}]",
                  "2026-03-10 01:02:03.123456788,\"{\"\"a\"\":[1]}\"\n"
                  "2026-03-10 01:02:03.123456788,2\n"
                  "2026-03-10 01:02:03.123456789,3\n",
                  "[{type: dedupe, keys: [t]}]"),
              "t,j\n2026-03-10 01:02:03.123456 +0000,\"{\"\"a\"\":[1]}\"\n"
              "2026-03-10 01:02:03.123456 +0000,3\n");
}

TEST_F(TableFilters, DedupeNamesAMissingColumn) {
    EXPECT_EQ(run(kColumns, "a,1\n", "[{type: dedupe, keys: [kk]}]"),
              "error: load.yml:2:26: filters[0].keys: there is no column 'kk' (did you mean k?)");
}

TEST_F(TableFilters, UnknownFiltersAreComparedWithAllNames) {
    EXPECT_THAT(run(kColumns, "a,1\n", "[{type: dedup, keys: [k]}]"), HasSubstr("dedupe"));
}

TEST_F(TableFilters, PreviewPassesThem) {
    run(kColumns, "a,1\nb,2\na,3\n", "[{type: dedupe, keys: [k]}]");
    auto preview = load::preview(job_, registry_, context());
    ASSERT_TRUE(preview.ok()) << preview.error().message();
    size_t rows = 0;
    for (const page::Page& page : preview->pages) rows += page.rows();
    EXPECT_EQ(rows, 2U);
}

// embulk 6.7.1: times that DuckDB's nanoseconds cannot hold pass as they are.
TEST_F(TableFilters, DedupeKeepsTimesOfEveryYear) {
    const std::string columns =
        "[{name: k, type: long}, {name: t, type: timestamp, format: '%Y-%m-%d %H:%M:%S.%N'}]";
    const std::string rows =
        "1,9999-12-31 23:59:59.123456\n2,0001-01-01 00:00:00.5\n3,\n4,1969-12-31 23:59:59.9\n"
        "5,9999-12-31 23:59:59.123456\n6,\n7,0001-01-01 00:00:00.6\n";
    EXPECT_EQ(run(columns, rows, "[{type: dedupe, keys: [k]}]"),
              "k,t\n1,9999-12-31 23:59:59.123456 +0000\n2,0001-01-01 00:00:00.500000 +0000\n3,\n"
              "4,1969-12-31 23:59:59.900000 +0000\n5,9999-12-31 23:59:59.123456 +0000\n6,\n"
              "7,0001-01-01 00:00:00.600000 +0000\n");
    EXPECT_EQ(run(columns, rows, "[{type: dedupe, keys: [t]}, {type: remove_columns, keep: [k]}]"),
              "k\n1\n2\n3\n4\n7\n");
}

}  // namespace
}  // namespace mogura::plugins
