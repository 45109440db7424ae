#include "snapshot/snapshot.h"

#include "base/file.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace mogura::snapshot {
namespace {

page::Schema all_types() {
    using page::Type;
    return page::Schema({{.name = "id", .type = Type::kLong},
                         {.name = "name", .type = Type::kString},
                         {.name = "score", .type = Type::kDouble},
                         {.name = "on", .type = Type::kBoolean},
                         {.name = "at", .type = Type::kTimestamp},
                         {.name = "more", .type = Type::kJson}});
}

page::Page page_of(int64_t rows) {
    page::Builder builder(all_types());
    for (int64_t row = 0; row < rows; ++row) {
        builder.set_long(0, row * 7 - 3);
        if (row % 3 != 0) builder.set_text(1, "name \"" + std::to_string(row));
        builder.set_double(2, static_cast<double>(row) / 4);
        builder.set_boolean(3, row % 2 == 0);
        builder.set_timestamp(4, {.seconds = row, .nanoseconds = 500'000'000});
        builder.set_text(5, "[1]");
        builder.end_row();
    }
    return builder.finish();
}

std::string bytes_of(int64_t rows, const std::string& key = "id") {
    auto builder = Builder::create(all_types(), {.table = "t", .key = key});
    EXPECT_TRUE(builder->add(page_of(rows)).ok());
    return *builder->finish();
}

TEST(Snapshot, FindsEveryKeyAndNoOther) {
    auto table = Table::from_bytes(bytes_of(5000), "t");
    ASSERT_TRUE(table.ok()) << table.error().message();
    for (int64_t row = 0; row < 5000; ++row) {
        auto found = (*table)->find(row * 7 - 3);
        ASSERT_TRUE(found.has_value()) << row;
        EXPECT_EQ(found->is_null(1), row % 3 == 0);
        EXPECT_EQ(found->double_at(2), static_cast<double>(row) / 4);
        EXPECT_FALSE((*table)->find(row * 7 - 2).has_value());
    }
    EXPECT_TRUE((*table)->find("-3").has_value());
    EXPECT_FALSE((*table)->find("x").has_value());
}

// Rows of longs without nulls, which have no heads.
page::Page numbers(int64_t rows, bool with_null) {
    page::Builder builder(page::Schema(
        {{.name = "id", .type = page::Type::kLong}, {.name = "value", .type = page::Type::kLong}}));
    for (int64_t row = 0; row < rows; ++row) {
        builder.set_long(0, row);
        if (row > 0 || !with_null) builder.set_long(1, row * row);
        builder.end_row();
    }
    return builder.finish();
}

TEST(Snapshot, LeavesOutHeadsThatSayNothing) {
    for (bool with_null : {false, true}) {
        page::Page rows = numbers(3000, with_null);
        auto builder = Builder::create(rows.schema(), {.table = "t", .key = "id"});
        ASSERT_TRUE(builder->add(rows).ok());
        auto built = builder->build();
        ASSERT_TRUE(built.ok()) << built.error().message();
        const Table& table = **built;
        EXPECT_EQ(table.size_bytes() / 3000, with_null ? 32u : 24u);
        for (int64_t row = 0; row < 3000; ++row) EXPECT_EQ(table.find(row)->long_at(1), row * row);
        EXPECT_EQ(table.find(int64_t{0})->is_null(1), with_null);
        EXPECT_FALSE(table.find(int64_t{3000}).has_value());
        int64_t sum = 0;
        table.each([&](const Row& row) {
            sum += row.long_at(0);
            return true;
        });
        EXPECT_EQ(sum, 2999 * 3000 / 2);
    }
}

TEST(Snapshot, FindsManyKeysAtOnce) {
    auto table = Table::from_bytes(bytes_of(1000), "t");
    std::vector<int64_t> keys;
    for (int64_t row = 0; row < 1100; ++row) keys.push_back(row * 7 - 3);
    size_t next = 0;
    (*table)->find_many(keys, [&](size_t index, const std::optional<Row>& row) {
        EXPECT_EQ(index, next++);
        ASSERT_EQ(row.has_value(), index < 1000);
        if (row) {
            EXPECT_EQ(row->long_at(0), keys[index]);
        }
    });
    EXPECT_EQ(next, keys.size());
}

TEST(Snapshot, WritesARowAsJson) {
    auto table = Table::from_bytes(bytes_of(2), "t");
    std::string json;
    (*table)->find(int64_t{4})->append_json(json);
    EXPECT_EQ(json, R"({"id":4,"name":"name \"1","score":0.25,"on":false,)"
                    R"("at":"1970-01-01T00:00:01.5Z","more":[1]})");
}

TEST(Snapshot, TakesTextKeys) {
    page::Builder rows(all_types());
    for (const char* name : {"", "a", "tokyo"}) {
        rows.set_long(0, 1);
        rows.set_text(1, name);
        rows.end_row();
    }
    auto builder = Builder::create(all_types(), {.table = "t", .key = "name"});
    ASSERT_TRUE(builder->add(rows.finish()).ok());
    auto table = builder->build();
    EXPECT_TRUE((*table)->find("tokyo").has_value());
    EXPECT_TRUE((*table)->find("").has_value());
    EXPECT_FALSE((*table)->find("kyoto").has_value());
}

TEST(Snapshot, RefusesNullAndDoubleKeys) {
    auto null_key = Builder::create(all_types(), {.table = "t", .key = "name"});
    EXPECT_EQ(null_key->add(page_of(1)).error().message(), "row 1: the key name is null");
    auto twice = Builder::create(all_types(), {.table = "t", .key = "id"});
    ASSERT_TRUE(twice->add(page_of(3)).ok());
    ASSERT_TRUE(twice->add(page_of(1)).ok());
    EXPECT_EQ(twice->finish().error().message(), "two rows have the same key: id = -3");
    auto wrong = Builder::create(all_types(), {.table = "t", .key = "idd"});
    EXPECT_EQ(wrong.error().message(), "key: the table has no such column: idd (did you mean id?)");
}

TEST(Snapshot, NoticesEveryChangedByte) {
    std::string good = bytes_of(20);
    for (size_t index = 0; index < good.size(); ++index) {
        std::string bad = good;
        bad[index] = static_cast<char>(bad[index] ^ 1);
        EXPECT_FALSE(Table::from_bytes(bad, "t").ok()) << "byte " << index;
    }
    EXPECT_FALSE(Table::from_bytes(good.substr(0, good.size() - 8), "t").ok());
}

TEST(Snapshot, IsEmptyWithoutRows) {
    auto table = Table::from_bytes(bytes_of(0), "t");
    ASSERT_TRUE(table.ok());
    EXPECT_FALSE((*table)->find(int64_t{1}).has_value());
}

TEST(Snapshot, ReplacesItsFileAndMapsIt) {
    std::string pattern = ::testing::TempDir() + "snapshot_XXXXXX";
    std::string path = std::string(::mkdtemp(pattern.data())) + "/t.snapshot";
    for (int64_t rows : {3, 5}) {
        auto builder = Builder::create(all_types(), {.table = "t", .key = "id"});
        ASSERT_TRUE(builder->add(page_of(rows)).ok());
        ASSERT_TRUE(builder->write(path).ok());
    }
    auto table = Table::open(path);
    ASSERT_TRUE(table.ok());
    EXPECT_EQ((*table)->rows(), 5u);
    EXPECT_EQ((*table)->name(), "t");
    auto loaded = Table::load(path);
    ASSERT_TRUE(loaded.ok());
    ASSERT_TRUE(base::write_file(path, "something else").ok());
    EXPECT_TRUE((*loaded)->find(int64_t{4}).has_value());
}

}  // namespace
}  // namespace mogura::snapshot
