// The small functions on texts, at their edges.

#include "base/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace mogura::base {
namespace {

TEST(Text, TrimsBlanksTabsAndLineEndsOnly) {
    EXPECT_EQ(trim(" \t\r\na b\n "), "a b");
    EXPECT_EQ(trim(" \n"), "");
    EXPECT_EQ(trim("\v a"), "\v a");
}

TEST(Text, LowersAsciiOnly) {
    EXPECT_EQ(lower("AZ[`az{\xC3\x84"), "az[`az{\xC3\x84");
}

TEST(Text, ReplacesFromLeftToRightWithoutLookingBack) {
    EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
    EXPECT_EQ(replace_all("a", "a", "aa"), "aa");
    EXPECT_EQ(replace_all("abc", "", "x"), "abc");
    EXPECT_EQ(replace_all("", "a", "x"), "");
}

TEST(Text, ParsesWholeIntegersOf64Bits) {
    EXPECT_EQ(parse_integer("+7"), 7);
    EXPECT_EQ(parse_integer("-0"), 0);
    EXPECT_EQ(parse_integer("9223372036854775807"), std::numeric_limits<int64_t>::max());
    EXPECT_EQ(parse_integer("-9223372036854775808"), std::numeric_limits<int64_t>::min());
    for (const char* text : {"", "+", "-", "+-1", "--1", "1 ", " 1", "1.0", "0x1", "1e3",
                             "9223372036854775808", "-9223372036854775809"}) {
        EXPECT_EQ(parse_integer(text), std::nullopt) << text;
    }
}

TEST(Text, CountsSingleEdits) {
    EXPECT_EQ(edit_distance("", "abc"), 3u);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
    EXPECT_EQ(edit_distance("ab", "ba"), 2u);
    EXPECT_EQ(edit_distance("same", "same"), 0u);
}

TEST(Text, SuggestsOnlyWhatIsNear) {
    std::vector<std::string> known = {"csv", "jsonl", "parquet"};
    EXPECT_EQ(nearest("csvv", known), "csv");
    EXPECT_EQ(nearest("parquett", known), "parquet");
    EXPECT_EQ(nearest("xyz", known), std::nullopt);
    EXPECT_EQ(nearest("a", {}), std::nullopt);
}

TEST(Text, NumbersForPeople) {
    EXPECT_EQ(with_thousands(0), "0");
    EXPECT_EQ(with_thousands(999), "999");
    EXPECT_EQ(with_thousands(-1000), "-1,000");
    EXPECT_EQ(with_thousands(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
    EXPECT_EQ(with_unit_bytes(1023), "1023 B");
    EXPECT_EQ(with_unit_bytes(1024), "1.0 KiB");
    EXPECT_EQ(with_unit_bytes(int64_t{3} << 50), "3072.0 TiB");
    EXPECT_EQ(with_unit_seconds(0.0004), "0.000 s");
    EXPECT_EQ(with_unit_seconds(12.34), "12.3 s");
    EXPECT_EQ(with_unit_seconds(185), "3m 05s");
    EXPECT_EQ(with_unit_seconds(3600 + 60 + 1), "1h 01m 01s");
}

}  // namespace
}  // namespace mogura::base
