#include "workflow/ignore.h"

#include <gtest/gtest.h>

namespace mogura::workflow {
namespace {

bool ignores(std::string_view rules, std::string_view path, bool is_folder = false) {
    return IgnoreRules::parse(rules).ignores(path, is_folder);
}

// digdag 1.1.4
TEST(Ignore, TheLastRuleThatMatchesDecides) {
    EXPECT_TRUE(ignores("*.dig\n", "a.dig"));
    EXPECT_FALSE(ignores("*.dig\n!a.dig\n", "a.dig"));
    EXPECT_TRUE(ignores("!a.dig\n*.dig\n", "a.dig"));
    EXPECT_FALSE(ignores("# a.dig\n\n", "a.dig"));
    EXPECT_TRUE(ignores("\\#a\n", "#a"));
}

TEST(Ignore, PatternsWithASlashAreAnchored) {
    EXPECT_TRUE(ignores("build", "x/build"));
    EXPECT_FALSE(ignores("/build", "x/build"));
    EXPECT_TRUE(ignores("x/build", "x/build"));
    EXPECT_FALSE(ignores("x/build", "y/x/build"));
    EXPECT_TRUE(ignores("build/", "build", true));
    EXPECT_FALSE(ignores("build/", "build", false));
}

TEST(Ignore, KnowsStarsAndClasses) {
    EXPECT_FALSE(ignores("/a*c", "a/c"));
    EXPECT_TRUE(ignores("a/**/c", "a/c"));
    EXPECT_TRUE(ignores("a/**/c", "a/b/b/c"));
    EXPECT_TRUE(ignores("a/**", "a/b/c"));
    EXPECT_TRUE(ignores("**/c", "a/b/c"));
    EXPECT_TRUE(ignores("a?[0-9].txt", "ab7.txt"));
    EXPECT_FALSE(ignores("a[!0-9]", "a7"));
    EXPECT_TRUE(ignores("a[b", "a[b"));
}

TEST(Ignore, ManyStarsTakeNoTime) {
    EXPECT_FALSE(ignores("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

}  // namespace
}  // namespace mogura::workflow
