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
        EXPECT_EQ(table.size_bytes() / 3000, with_null ? 30u : 18u);
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

TEST(Snapshot, FindsManyKeysWithoutHeadsAndAsTexts) {
    page::Page rows = numbers(1000, false);
    auto builder = Builder::create(rows.schema(), {.table = "t", .key = "id"});
    ASSERT_TRUE(builder->add(rows).ok());
    auto table = builder->build();
    page::Builder texts(
        page::Schema(std::vector<page::Column>{{.name = "k", .type = page::Type::kString}}));
    for (int64_t key = 0; key < 1000; ++key) {
        texts.set_text(0, std::to_string(key));
        texts.end_row();
    }
    page::Page named = texts.finish();
    auto by_text = Builder::create(named.schema(), {.table = "t", .key = "k"});
    ASSERT_TRUE(by_text->add(named).ok());
    auto text_table = by_text->build();
    std::vector<int64_t> keys;
    for (int64_t key = 1010; key > -10; --key) keys.push_back(key);
    size_t found = 0;
    (*table)->find_many(keys, [&](size_t index, const std::optional<Row>& row) {
        ASSERT_EQ(row.has_value(), keys[index] >= 0 && keys[index] < 1000);
        if (!row) return;
        EXPECT_EQ(row->long_at(1), keys[index] * keys[index]);
        ++found;
    });
    (*text_table)->find_many(keys, [&](size_t index, const std::optional<Row>& row) {
        ASSERT_EQ(row.has_value(), keys[index] >= 0 && keys[index] < 1000);
        if (!row) return;
        EXPECT_EQ(row->text_at(0), std::to_string(keys[index]));
        ++found;
    });
    EXPECT_EQ(found, 2000u);
}

// More columns than one word of null bits, and more bytes than a few cache lines.
// Slots are counted from the key's, so those in front of it lie behind 0.
TEST(Snapshot, ReadsColumnsOnBothSidesOfTheKey) {
    for (bool has_null : {false, true}) {
        SCOPED_TRACE(has_null ? "rows with heads" : "rows without heads");
        page::Builder rows(page::Schema({{.name = "before", .type = page::Type::kTimestamp},
                                         {.name = "id", .type = page::Type::kLong},
                                         {.name = "after", .type = page::Type::kDouble}}));
        for (int64_t id = 0; id < 1000; ++id) {
            rows.set_timestamp(0, {id * 60, static_cast<int32_t>(id)});
            rows.set_long(1, id);
            if (!has_null || id % 3 != 0) rows.set_double(2, static_cast<double>(id) / 4);
            rows.end_row();
        }
        const page::Page page = rows.finish();
        auto builder = Builder::create(page.schema(), {.table = "t", .key = "id"});
        ASSERT_TRUE(builder->add(page).ok());
        auto table = builder->build();
        ASSERT_TRUE(table.ok()) << table.error().message();
        for (int64_t id = 0; id < 1000; ++id) {
            auto row = (*table)->find(id);
            ASSERT_TRUE(row.has_value()) << id;
            EXPECT_EQ(row->timestamp_at(0).seconds, id * 60);
            EXPECT_EQ(row->timestamp_at(0).nanoseconds, id);
            EXPECT_EQ(row->long_at(1), id);
            EXPECT_FALSE(row->is_null(0) || row->is_null(1));
            EXPECT_EQ(row->is_null(2), has_null && id % 3 == 0);
            EXPECT_EQ(row->double_at(2), row->is_null(2) ? 0 : static_cast<double>(id) / 4);
        }
        EXPECT_FALSE((*table)->find(1000).has_value());
    }
}

TEST(Snapshot, FindsWideRows) {
    std::vector<page::Column> columns;
    for (size_t column = 0; column < 100; ++column) {
        columns.push_back({.name = "c" + std::to_string(column),
                           .type = column % 3 == 1 ? page::Type::kTimestamp : page::Type::kLong});
    }
    const page::Schema schema(columns);
    for (bool with_nulls : {false, true}) {
        page::Builder page(schema);
        for (int64_t row = 0; row < 300; ++row) {
            for (size_t column = 0; column < 100; ++column) {
                if (with_nulls && column > 0 && (row + static_cast<int64_t>(column)) % 7 == 0)
                    continue;
                if (column % 3 == 1) {
                    page.set_timestamp(column, {.seconds = row, .nanoseconds = 7});
                } else {
                    page.set_long(column, row * 1000 + static_cast<int64_t>(column));
                }
            }
            page.end_row();
        }
        auto builder = Builder::create(schema, {.table = "t", .key = "c0"});
        ASSERT_TRUE(builder->add(page.finish()).ok());
        auto table = builder->build();
        ASSERT_TRUE(table.ok()) << table.error().message();
        for (int64_t row = 0; row < 300; ++row) {
            auto found = (*table)->find(row * 1000);
            ASSERT_TRUE(found.has_value());
            for (size_t column = 1; column < 100; ++column) {
                const bool is_null = with_nulls && (row + static_cast<int64_t>(column)) % 7 == 0;
                ASSERT_EQ(found->is_null(column), is_null);
                if (is_null) continue;
                if (column % 3 == 1) {
                    ASSERT_EQ(found->timestamp_at(column).seconds, row);
                } else {
                    ASSERT_EQ(found->long_at(column), row * 1000 + static_cast<int64_t>(column));
                }
            }
            EXPECT_FALSE((*table)->find(row * 1000 + 1).has_value());
        }
    }
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

TEST(Snapshot, MayHaveNoRowOrOne) {
    page::Page none = numbers(0, false);
    auto builder = Builder::create(none.schema(), {.table = "t", .key = "id"});
    ASSERT_TRUE(builder->add(none).ok());
    for (const std::string& file : {bytes_of(0), bytes_of(0, "name"), *builder->finish()}) {
        auto table = Table::from_bytes(file, "t");
        ASSERT_TRUE(table.ok()) << table.error().message();
        EXPECT_EQ((*table)->rows(), 0u);
        EXPECT_FALSE((*table)->find(int64_t{1}).has_value());
        EXPECT_FALSE((*table)->find("x").has_value());
        (*table)->each([](const Row&) {
            ADD_FAILURE() << "a row";
            return true;
        });
    }
    auto one = Table::from_bytes(bytes_of(1), "t");
    ASSERT_TRUE(one.ok()) << one.error().message();
    EXPECT_EQ((*one)->find(int64_t{-3})->text_at(5), "[1]");
    EXPECT_FALSE((*one)->find(int64_t{4}).has_value());
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
