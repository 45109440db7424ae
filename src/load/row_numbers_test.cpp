#include "load/row_numbers.h"

#include <gtest/gtest.h>

namespace mogura::load {
namespace {

const Error kRefused(Code::kInvalid, "refused");

TEST(RowNumbers, AreThoseOfTheTask) {
    RowNumbers numbers("a.csv", 1);
    numbers.gave(10);
    EXPECT_EQ(numbers.place(kRefused, 0, {.first = 7, .last = 7}).message(),
              "row 7 of what a.csv gave: refused");
    EXPECT_EQ(numbers.place(kRefused, 0, {.first = 7, .last = 9}).message(),
              "one of the rows 7 to 9 of what a.csv gave: refused");
    EXPECT_EQ(numbers.place(kRefused, 0, {}).message(), "refused");
}

// Chunks of 10, 20, 30 and 40 rows: the first writer gets 10 and 30, the second 20 and 40.
TEST(RowNumbers, AreThoseOfTheTaskAlsoWithSeveralWriters) {
    RowNumbers numbers("a.csv", 2);
    for (int64_t rows : {10, 20, 30, 40}) numbers.gave(rows);
    const auto row = [&](size_t writer, int64_t number) {
        return numbers.place(kRefused, writer, {.first = number, .last = number}).message();
    };
    EXPECT_EQ(row(0, 10), "row 10 of what a.csv gave: refused");
    EXPECT_EQ(row(0, 11), "row 31 of what a.csv gave: refused");
    EXPECT_EQ(row(0, 40), "row 60 of what a.csv gave: refused");
    EXPECT_EQ(row(1, 1), "row 11 of what a.csv gave: refused");
    EXPECT_EQ(row(1, 20), "row 30 of what a.csv gave: refused");
    EXPECT_EQ(row(1, 21), "row 61 of what a.csv gave: refused");
}

}  // namespace
}  // namespace mogura::load
