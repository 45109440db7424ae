#include "plugins/java_regex.h"

#include <gtest/gtest.h>

namespace mogura::plugins {
namespace {

std::string replaced(std::string_view pattern, std::string_view text,
                     std::string_view replacement) {
    auto regex = JavaRegex::compile(pattern);
    if (!regex.ok()) return "error: " + regex.error().message();
    auto result = regex->replace_all(text, replacement);
    return result.ok() ? *result : "error: " + result.error().message();
}

TEST(JavaRegex, FindsAnywhereInTheText) {
    auto regex = JavaRegex::compile("b+$");
    EXPECT_TRUE(*regex->find("aabb"));
    EXPECT_FALSE(*regex->find("bba"));
    EXPECT_TRUE(*JavaRegex::compile("^[a-z]+$")->find("apple"));
}

TEST(JavaRegex, ReplacesEveryMatch) {
    EXPECT_EQ(replaced("[^A-Za-z0-9]", "3rd col", "_"), "3rd_col");
    EXPECT_EQ(replaced("(\\w)(\\d)", "a1-b2", "$2$1"), "1a-2b");
    EXPECT_EQ(replaced("(?<x>a)", "banana", "${x}\\$"), "ba$na$na$");
    EXPECT_EQ(replaced("x*", "ab", "-"), "-a-b-");
    EXPECT_EQ(replaced("(a)", "a", "$12"), "a2");
    EXPECT_EQ(replaced(".", "名前", "_"), "__");
}

TEST(JavaRegex, RefusesWhatItCannotDo) {
    EXPECT_TRUE(replaced("[a", "a", "").starts_with("error: not a regular expression: [a"));
    EXPECT_TRUE(replaced("[a-z&&[^b]]", "a", "").starts_with("error: intersections"));
    EXPECT_TRUE(replaced("a", "a", "$1").starts_with("error: no such group"));
}

}  // namespace
}  // namespace mogura::plugins
