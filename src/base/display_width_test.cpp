#include "base/display_width.h"

#include <gtest/gtest.h>

namespace mogura::base {
namespace {

TEST(DisplayWidth, CountsColumns) {
    EXPECT_EQ(display_width(""), 0);
    EXPECT_EQ(display_width("abc"), 3);
    EXPECT_EQ(display_width("é"), 1);
    EXPECT_EQ(display_width("e\u0301"), 1);
    EXPECT_EQ(display_width("日本語"), 6);
    EXPECT_EQ(display_width("한ＡｱЯ"), 6);  // half-width katakana is narrow
    EXPECT_EQ(display_width("か\u3099"), 2);
    EXPECT_EQ(display_width("😀"), 2);
    EXPECT_EQ(display_width("\xFF\xE6"), 2);
}

TEST(DisplayWidth, CutsBetweenCharacters) {
    EXPECT_EQ(cut_to_width("日本語", 6), "日本語");
    EXPECT_EQ(cut_to_width("日本語", 5), "日本…");
    EXPECT_EQ(cut_to_width("日本語", 4), "日…");
    EXPECT_EQ(cut_to_width("e\u0301xy", 2), "e\u0301…");
    EXPECT_EQ(cut_to_width("abc", 1), "…");
}

}  // namespace
}  // namespace mogura::base
