#include "plugins/output/table/row_failure.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::plugins::table {
namespace {

std::string told(const std::string& message) {
    return about_row(Error(Code::kInvalid, message)).message();
}

constexpr const char* kRemedy = " (correct the value, or change the column of the table)";
constexpr const char* kNullRemedy =
    " (correct the value, or change the column of the table; a value that does not fit the "
    "column's type counts as NULL)";

TEST(RowFailure, TakesTheNumberOfABatchOutOfTheMessage) {
    const std::string mysql = "MySQL at db:3306: Data too long for column 'name' at row 37";
    EXPECT_EQ(row_in_message(mysql), 37);
    EXPECT_EQ(told(mysql),
              std::string("MySQL at db:3306: Data too long for column 'name'") + kRemedy);

    const std::string copy =
        "PostgreSQL at db:5432: value too long for type character varying(3); COPY "
        "t_0001_embulk000, line 5, column name: \"abcd at row 9\"";
    EXPECT_EQ(row_in_message(copy), 5);
    EXPECT_EQ(told(copy),
              std::string("PostgreSQL at db:5432: value too long for type character varying(3); "
                          "column name: \"abcd at row 9\"") +
                  kRemedy);
    EXPECT_EQ(told("null value; Failing row contains (null, x); COPY t, line 2"),
              std::string("null value; Failing row contains (null, x)") + kNullRemedy);
    EXPECT_EQ(told("null value; Failing row contains (null, x); COPY t, line 2: \"\\N x\""),
              std::string("null value; Failing row contains (null, x)") + kNullRemedy);
    EXPECT_EQ(row_in_message("Duplicate entry '1' for key 'PRIMARY'"), 0);
}

TEST(RowFailure, TellsWhereANullMayComeFrom) {
    const Error refused(Code::kConflict, "NOT NULL constraint failed: t.n");
    EXPECT_EQ(
        about_row(refused).message(),
        "NOT NULL constraint failed: t.n (correct the row, or what the table demands of it; a "
        "value that does not fit the column's type counts as NULL)");
}

TEST(RowFailure, LeavesFailuresOfTheServerAsTheyAre) {
    const Error lost(Code::kUnavailable, "the connection was lost at row 3");
    EXPECT_EQ(about_row(lost).message(), lost.message());
}

}  // namespace
}  // namespace mogura::plugins::table
