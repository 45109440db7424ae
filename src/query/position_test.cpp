#include "query/position.h"

#include <gtest/gtest.h>

namespace mogura::query {
namespace {

TEST(MessageAt, ShowsFileLineColumnTheLineAndACaret) {
    EXPECT_EQ(message_at("SELECT 1;\nSELECT prize FROM t", "a.sql", 17, "no such column: prize"),
              "a.sql:2:8: no such column: prize\n"
              "  SELECT prize FROM t\n"
              "         ^");
}

TEST(MessageAt, CountsCharactersAndKeepsTabs) {
    EXPECT_EQ(message_at("\t'日本' oops", "a.sql", 10, "no"),
              "a.sql:1:7: no\n"
              "  \t'日本' oops\n"
              "  \t       ^");
}

TEST(MessageAt, PutsTheRestOfTheMessageBehindTheCaret) {
    EXPECT_EQ(message_at("x", "", 0, "first\n\nsecond\n"), "sql:1:1: first\n  x\n  ^\nsecond");
}

TEST(MessageAt, CutsLongLinesAroundTheCaret) {
    std::string sql = std::string(1000, 'a') + " X " + std::string(1000, 'b');
    std::string message = message_at(sql, "a.sql", 1001, "no");
    EXPECT_LT(message.size(), 400U);
    EXPECT_NE(message.find("a X b"), std::string::npos);
    EXPECT_EQ(message.rfind('^') - message.rfind('\n'), message.find('X') - message.find("\n"));
}

TEST(MessageAt, AcceptsTheEndOfTheText) {
    EXPECT_EQ(message_at("SELECT", "a.sql", 99, "it ends too early"),
              "a.sql:1:7: it ends too early\n  SELECT\n        ^");
    EXPECT_EQ(message_at("", "a.sql", 0, "empty"), "a.sql:1:1: empty\n  \n  ^");
}

TEST(SkipBlanks, PassesCommentsAndSemicolons) {
    std::string_view sql = "SELECT 1; -- one\n/* two; */ SELECT 2";
    EXPECT_EQ(sql.substr(skip_blanks(sql, 8)), "SELECT 2");
    EXPECT_EQ(skip_blanks("-- only", 0), 7U);
}

}  // namespace
}  // namespace mogura::query
