#include "plugins/plugins.h"
#include "plugins/query/duckdb/module.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <limits>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;

class ParquetTest : public testing::Test {
  protected:
    void SetUp() override {
        add_formatter_parquet(registry_);
        add_parser_parquet(registry_);
        folder_ = testing::TempDir() + "parquet_" + std::to_string(::getpid());
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::unique_ptr<load::TaskOutput> open(const std::string& name, const page::Schema& schema,
                                           const config::Map& options = {}) {
        config::Reader reader(options, "", "out.formatter");
        auto formatter = registry_.formatters.create("parquet", reader, false, schema, context_);
        EXPECT_TRUE(formatter.ok()) << formatter.error().message();
        auto output = (*formatter)->file->open(folder_ + "/" + name);
        EXPECT_TRUE(output.ok()) << output.error().message();
        return *std::move(output);
    }

    load::FileEntry entry(const std::string& name) {
        return {.name = name, .local_path = folder_ + "/" + name};
    }

    std::unique_ptr<load::Parser> parser(const config::Map& options = {}) {
        config::Reader reader(options, "", "in.parser");
        auto parser = registry_.parsers.create("parquet", reader, false, context_);
        EXPECT_TRUE(parser.ok()) << parser.error().message();
        return *std::move(parser);
    }

    // Everything of the files as JSON lines, or "error: ...".
    std::string read(const std::vector<load::FileEntry>& files, const config::Map& options = {}) {
        auto made = parser(options);
        auto schema = made->file->schema_of(files);
        if (!schema.ok()) return "error: " + schema.error().message();
        std::string text;
        for (const load::FileEntry& file : files) {
            auto parsed = made->file->parse(file, [&](page::Page page) {
                query::append_json_lines(text, page);
                return Result<>();
            });
            if (!parsed.ok()) return "error: " + parsed.error().message();
        }
        return text;
    }

    base::FakeClock clock_{base::Instant{}};
    Registry registry_;
    load::Context context_{.clock = clock_};
    std::string folder_;
};

page::Schema every_type() {
    return page::Schema({{"b", page::Type::kBoolean},
                         {"n", page::Type::kLong},
                         {"d", page::Type::kDouble},
                         {"s", page::Type::kString},
                         {"t", page::Type::kTimestamp},
                         {"j", page::Type::kJson}});
}

// `rows` rows from number `first` on; every seventh cell is null.
page::Page rows_of_every_type(int64_t first, int64_t rows) {
    page::Builder builder(every_type());
    for (int64_t row = first; row < first + rows; ++row) {
        auto is_null = [&](int64_t column) { return (row + column) % 7 == 0; };
        if (!is_null(0)) builder.set_boolean(0, row % 2 == 0);
        if (!is_null(1)) builder.set_long(1, row * -1000003);
        if (!is_null(2)) builder.set_double(2, static_cast<double>(row) / 8);
        if (!is_null(3))
            builder.set_text(3, row % 5 == 0 ? "" : "text number " + std::to_string(row));
        if (!is_null(4)) builder.set_timestamp(4, {row - 50, 123456000});
        if (!is_null(5)) builder.set_text(5, "{\"row\":" + std::to_string(row) + "}");
        builder.end_row();
    }
    return builder.finish();
}

TEST_F(ParquetTest, ReadsBackWhatItWroteInOrderWithNulls) {
    std::string expected;
    auto output = open("a.parquet", every_type());
    int64_t first = 0;
    for (int64_t rows : {1, 63, 64, 65, 2047, 2048, 2049, 5000, 70000, 0, 3}) {
        page::Page page = rows_of_every_type(first, rows);
        query::append_json_lines(expected, page);
        first += rows;
        ASSERT_TRUE(output->write(std::move(page)).ok());
    }
    ASSERT_TRUE(output->finish().ok());
    EXPECT_GT(output->bytes(), 0);
    EXPECT_EQ(read({entry("a.parquet")}), expected);

    auto schema = parser()->file->schema_of({entry("a.parquet")});
    ASSERT_TRUE(schema.ok());
    EXPECT_EQ(*schema, every_type());
}

TEST_F(ParquetTest, WritesEveryCompression) {
    std::string expected;
    query::append_json_lines(expected, rows_of_every_type(0, 3000));
    for (const char* name : {"snappy", "zstd", "lz4", "gzip", "uncompressed"}) {
        config::Map options;
        options.set("compression", name);
        options.set("row_group_size", 2048);
        auto output = open("c.parquet", every_type(), options);
        ASSERT_TRUE(output->write(rows_of_every_type(0, 3000)).ok());
        auto finished = output->finish();
        ASSERT_TRUE(finished.ok()) << name << finished.error().message();
        EXPECT_EQ(read({entry("c.parquet")}), expected) << name;
    }
}

TEST_F(ParquetTest, KeepsNanosecondsWhenAsked) {
    page::Schema schema({{"t", page::Type::kTimestamp}});
    page::Builder builder(schema);
    builder.set_timestamp(0, {-1, 123456789});
    builder.end_row();
    config::Map options;
    options.set("timestamp_unit", "nanosecond");
    auto output = open("n.parquet", schema, options);
    ASSERT_TRUE(output->write(builder.finish()).ok());
    ASSERT_TRUE(output->finish().ok());
    EXPECT_EQ(read({entry("n.parquet")}), "{\"t\":\"1969-12-31 23:59:59.123456789\"}\n");
}

// What the dictionary, its giving up, and page cuts must not change.
TEST_F(ParquetTest, KeepsValuesOfEveryShape) {
    struct Case {
        const char* name;
        std::function<int64_t(int64_t)> number;
        std::function<std::string(int64_t)> text;
    };
    const Case cases[] = {
        {"one value", [](int64_t) { return 7; }, [](int64_t) { return "same"; }},
        {"two values", [](int64_t row) { return row & 1; },
         [](int64_t row) { return row & 1 ? "" : "x"; }},
        {"a few thousand values", [](int64_t row) { return row * 7919 % 4099 - 2000; },
         [](int64_t row) { return std::to_string(row % 4099); }},
        {"distinct after a while", [](int64_t row) { return row < 5000 ? 1 : row; },
         [](int64_t row) { return row < 5000 ? "a" : std::to_string(row); }},
        {"all distinct", [](int64_t row) { return row * -0x123456789; },
         [](int64_t row) { return "text of row " + std::to_string(row); }},
        {"extremes",
         [](int64_t row) {
             return row % 2 ? std::numeric_limits<int64_t>::min()
                            : std::numeric_limits<int64_t>::max();
         },
         [](int64_t row) { return std::string(row % 3 == 0 ? 3000 : 0, 'z'); }},
    };
    page::Schema schema({{"n", page::Type::kLong}, {"s", page::Type::kString}});
    for (const Case& one : cases) {
        SCOPED_TRACE(one.name);
        page::Builder builder(schema);
        for (int64_t row = 0; row < 20'000; ++row) {
            if (row % 11 != 0) builder.set_long(0, one.number(row));
            if (row % 13 != 0) builder.set_text(1, one.text(row));
            builder.end_row();
        }
        page::Page page = builder.finish();
        std::string expected;
        query::append_json_lines(expected, page);
        auto output = open("v.parquet", schema);
        ASSERT_TRUE(output->write(std::move(page)).ok());
        ASSERT_TRUE(output->finish().ok());
        EXPECT_TRUE(read({entry("v.parquet")}) == expected);
    }
}

TEST_F(ParquetTest, AColumnOfNullsOnly) {
    page::Builder builder(every_type());
    for (int row = 0; row < 3; ++row) builder.end_row();
    page::Page page = builder.finish();
    std::string expected;
    query::append_json_lines(expected, page);
    auto output = open("z.parquet", every_type());
    ASSERT_TRUE(output->write(std::move(page)).ok());
    ASSERT_TRUE(output->finish().ok());
    EXPECT_EQ(read({entry("z.parquet")}), expected);
}

// The statistics let a reader skip row groups: a wrong one would lose rows.
TEST_F(ParquetTest, FiltersFindWhatIsThere) {
    page::Schema schema(
        {{"n", page::Type::kLong}, {"s", page::Type::kString}, {"t", page::Type::kTimestamp}});
    config::Map options;
    options.set("row_group_size", 2048);
    auto output = open("f.parquet", schema, options);
    page::Builder builder(schema);
    for (int64_t row = 0; row < 10'000; ++row) {
        builder.set_long(0, row - 5000);
        builder.set_text(1, std::string(1, static_cast<char>('a' + row / 400)) + "\xC3\xA9");
        builder.set_timestamp(2, {row - 5000, 0});
        builder.end_row();
    }
    ASSERT_TRUE(output->write(builder.finish()).ok());
    ASSERT_TRUE(output->finish().ok());
    auto module = duckdb_module();
    ASSERT_TRUE(module.ok());
    auto engine = (*module)->open({.folder = folder_, .temporary = folder_});
    ASSERT_TRUE(engine.ok());
    auto rows = (*engine)->execute(
        {.sql = "SELECT (SELECT count(*) FROM 'f.parquet' WHERE n = -5000),"
                " (SELECT count(*) FROM 'f.parquet' WHERE n >= 4000),"
                " (SELECT count(*) FROM 'f.parquet' WHERE s = 'b\xC3\xA9'),"
                " (SELECT count(*) FROM 'f.parquet' WHERE t < TIMESTAMP '1970-01-01 00:00:00')",
         .file = {}});
    ASSERT_TRUE(rows.ok()) << rows.error().message();
    page::Page page;
    ASSERT_TRUE(*(*rows)->next(page));
    std::vector<int64_t> counts;
    for (size_t column = 0; column < 4; ++column) counts.push_back(page.column(column).longs()[0]);
    EXPECT_THAT(counts, testing::ElementsAre(1, 1000, 400, 5000));
}

// DuckDB as a reader that checks: what parquet_metadata says of the footer.
TEST_F(ParquetTest, TheFooterSaysWhatIsThere) {
    config::Map options;
    options.set("row_group_size", 2048);
    auto output = open("m.parquet", every_type(), options);
    ASSERT_TRUE(output->write(rows_of_every_type(0, 5000)).ok());
    ASSERT_TRUE(output->finish().ok());
    auto module = duckdb_module();
    ASSERT_TRUE(module.ok());
    auto engine = (*module)->open({.folder = folder_, .temporary = folder_});
    auto rows = (*engine)->execute(
        {.sql = "SELECT row_group_num_rows AS rows, stats_null_count AS nulls, path_in_schema AS c,"
                " stats_min_value AS low, stats_max_value AS high"
                " FROM parquet_metadata('m.parquet')"
                " WHERE path_in_schema IN ('n', 't') ORDER BY row_group_id, c",
         .file = {}});
    ASSERT_TRUE(rows.ok()) << rows.error().message();
    std::string text;
    EXPECT_TRUE(query::each_page(**rows, [&](page::Page page) {
                    query::append_csv(text, page);
                    return Result<>();
                }).ok());
    EXPECT_EQ(text,
              "2048,292,n,-2047006141,0\r\n"
              "2048,293,t,1969-12-31 23:59:10.123456,1970-01-01 00:33:16.123456\r\n"
              "2048,293,n,-4095012285,-2048006144\r\n"
              "2048,292,t,1970-01-01 00:33:18.123456,1970-01-01 01:07:25.123456\r\n"
              "904,129,n,-4999014997,-4096012288\r\n"
              "904,129,t,1970-01-01 01:07:26.123456,1970-01-01 01:22:29.123456\r\n");
}

TEST_F(ParquetTest, AnEmptyFileHasASchema) {
    auto output = open("e.parquet", every_type());
    ASSERT_TRUE(output->finish().ok());
    EXPECT_EQ(read({entry("e.parquet")}), "");
}

TEST_F(ParquetTest, AbortingLeavesTheThreadAndTheFileAlone) {
    auto output = open("x.parquet", every_type());
    ASSERT_TRUE(output->write(rows_of_every_type(0, 200000)).ok());
    output->abort();
    output.reset();
    EXPECT_THAT(read({entry("x.parquet")}), HasSubstr("error: "));
}

TEST_F(ParquetTest, ReadsChosenColumnsAndPartitions) {
    std::filesystem::create_directories(folder_ + "/dt=2026-03-10");
    auto output = open("dt=2026-03-10/p.parquet", every_type());
    ASSERT_TRUE(output->write(rows_of_every_type(1, 1)).ok());
    ASSERT_TRUE(output->finish().ok());
    config::Map options;
    options.set("hive_partitioning", true);
    options.set("columns", config::List{"s", "dt"});
    EXPECT_EQ(read({entry("dt=2026-03-10/p.parquet")}, options),
              "{\"s\":\"text number 1\",\"dt\":\"2026-03-10\"}\n");
}

TEST_F(ParquetTest, TakesNamesThatLookLikePatternsAsTheyAre) {
    auto output = open("a[1]*.parquet", every_type());
    ASSERT_TRUE(output->finish().ok());
    EXPECT_EQ(read({entry("a[1]*.parquet")}), "");
}

TEST_F(ParquetTest, SaysWhatIsWrongWithAFile) {
    EXPECT_THAT(read({entry("none.parquet")}), HasSubstr(folder_ + "/none.parquet: "));
    auto output = open("a.parquet", page::Schema({{"n", page::Type::kLong}}));
    ASSERT_TRUE(output->finish().ok());
    output = open("b.parquet", page::Schema({{"n", page::Type::kString}}));
    ASSERT_TRUE(output->finish().ok());
    EXPECT_EQ(read({entry("a.parquet"), entry("b.parquet")}),
              "error: b.parquet: column n is a string here but a long in the first file");
    output = open("c.parquet", page::Schema({{"m", page::Type::kLong}}));
    ASSERT_TRUE(output->finish().ok());
    EXPECT_THAT(read({entry("a.parquet"), entry("c.parquet")}), HasSubstr("\"n\" not found"));
}

TEST_F(ParquetTest, SaysWhereItCannotWrite) {
    config::Map options;
    config::Reader reader(options, "", "");
    auto formatter = registry_.formatters.create("parquet", reader, false, every_type(), context_);
    ASSERT_TRUE(formatter.ok());
    auto output = (*formatter)->file->open(folder_ + "/none/a.parquet");
    ASSERT_FALSE(output.ok());
    EXPECT_EQ(output.error().code(), Code::kNotFound);
    EXPECT_THAT(output.error().message(), HasSubstr(folder_ + "/none/a.parquet"));
}

TEST_F(ParquetTest, SaysThatTheDiskIsFull) {
    ASSERT_TRUE(std::filesystem::exists("/dev/full"));
    config::Map options;
    config::Reader reader(options, "", "");
    auto formatter = registry_.formatters.create("parquet", reader, false, every_type(), context_);
    ASSERT_TRUE(formatter.ok());
    auto output = (*formatter)->file->open("/dev/full");
    Result<> done = output.ok() ? (*output)->finish() : Result<>(output.error());
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code(), Code::kLimit) << done.error().message();
}

// embulk 6.7.1: no other time than the one that was there.
TEST_F(ParquetTest, RefusesTimesThatNanosecondsCannotHold) {
    page::Schema schema({{"t", page::Type::kTimestamp}});
    auto write = [&](page::Timestamp time, const char* unit) {
        page::Builder builder(schema);
        builder.set_timestamp(0, time);
        builder.end_row();
        builder.end_row();  // a null
        config::Map options;
        options.set("timestamp_unit", unit);
        auto output = open("far.parquet", schema, options);
        EXPECT_TRUE(output->write(builder.finish()).ok());
        auto finished = output->finish();
        return finished.ok() ? read({entry("far.parquet")}) : finished.error().message();
    };
    EXPECT_EQ(
        write({253402214400, 0}, "nanosecond"),
        "column t: 9999-12-31 00:00:00 does not fit timestamp_unit: nanosecond (use microsecond)");
    EXPECT_EQ(write({253402214400, 0}, "microsecond"),
              "{\"t\":\"9999-12-31 00:00:00\"}\n{\"t\":null}\n");
    EXPECT_EQ(write({9223372036, 854775806}, "nanosecond"),
              "{\"t\":\"2262-04-11 23:47:16.854775806\"}\n{\"t\":null}\n");
    EXPECT_EQ(
        write({9223372036, 854775808}, "nanosecond"),
        "column t: 2262-04-11 23:47:16 does not fit timestamp_unit: nanosecond (use microsecond)");
    EXPECT_EQ(
        write({-62135596800, 0}, "nanosecond"),
        "column t: 0001-01-01 00:00:00 does not fit timestamp_unit: nanosecond (use microsecond)");
}

}  // namespace
}  // namespace mogura::plugins
