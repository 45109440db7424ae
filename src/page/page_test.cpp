#include "page/page.h"

#include <gtest/gtest.h>

namespace mogura::page {
namespace {

Schema schema_of_two() {
    return Schema({{.name = "id", .type = Type::kLong}, {.name = "name", .type = Type::kString}});
}

Page page_of(int rows) {
    Builder builder(schema_of_two());
    for (int row = 0; row < rows; ++row) {
        builder.set_long(0, row);
        if (row % 3 != 1) builder.set_text(1, "name " + std::to_string(row));
        builder.end_row();
    }
    return builder.finish();
}

TEST(Builder, KeepsNullsAcrossManyRows) {
    Page page = page_of(200);
    ASSERT_EQ(page.rows(), 200u);
    for (size_t row = 0; row < 200; ++row) {
        EXPECT_EQ(page.column(1).is_null(row), row % 3 == 1) << row;
        EXPECT_FALSE(page.column(0).is_null(row));
    }
    EXPECT_EQ(page.column(1).texts()[198], "name 198");
}

TEST(Builder, CoversLaterRowsWhenOnlyAnEarlyOneIsNull) {
    Builder builder(schema_of_two());
    for (int row = 0; row < 130; ++row) {
        if (row > 0) builder.set_long(0, row);
        builder.end_row();
    }
    Page page = builder.finish();
    EXPECT_TRUE(page.column(0).is_null(0));
    EXPECT_FALSE(page.column(0).is_null(129));
}

TEST(Page, FiltersRowsAndTheirNulls) {
    std::vector<uint8_t> keep(200);
    for (size_t row = 0; row < 200; ++row) keep[row] = row % 2;
    Page page = page_of(200).filter(keep);
    ASSERT_EQ(page.rows(), 100u);
    EXPECT_EQ(page.column(0).longs()[3], 7);
    EXPECT_TRUE(page.column(1).is_null(3));
}

TEST(Page, SelectsColumnsInAnyOrder) {
    std::vector<size_t> kept = {1, 0};
    Page page = page_of(2).select(kept);
    EXPECT_EQ(page.schema()[0].name, "name");
    EXPECT_EQ(page.column(1).longs()[1], 1);
}

}  // namespace
}  // namespace mogura::page
