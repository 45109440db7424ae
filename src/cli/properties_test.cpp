#include "cli/properties.h"

#include <gtest/gtest.h>

namespace mogura::cli {
namespace {

TEST(Properties, ReadsJavasSyntax) {
    struct Case {
        const char* text;
        Properties wanted;
    };
    const Case cases[] = {
        {"", {}},
        {"a=1", {{"a", "1"}}},
        {"a = 1 \nb:2\nc 3\nd\n", {{"a", "1 "}, {"b", "2"}, {"c", "3"}, {"d", ""}}},
        {"a==1\nb=:2\nc : = 3", {{"a", "=1"}, {"b", ":2"}, {"c", "= 3"}}},
        {"# a=1\n  ! b=2\n\n \t\nc=# 3", {{"c", "# 3"}}},
        {"a = one \\\n   two", {{"a", "one two"}}},
        {"a = one \\\r\n# two", {{"a", "one # two"}}},
        {"a = end\\\\\nb=1", {{"a", "end\\"}, {"b", "1"}}},
        {"a = x\\ty\\n\\r\\f\\q\\\"", {{"a", "x\ty\n\r\fq\""}}},
        {"a = sp\xC3\xA9"
         "ce\\u0041\\u00e9",
         {{"a",
           "sp\xC3\xA9"
           "ceA\xC3\xA9"}}},
        {"a = sp\xE9\xA7", {{"a", "sp\xC3\xA9\xC2\xA7"}}},
        {"a = \\u12", {{"a", "u12"}}},
        {"a\\=b\\:c\\ d = 1", {{"a=b:c d", "1"}}},
        {"a=1\na=2", {{"a", "2"}}},
        {"a=1\\", {{"a", "1"}}},
        {"a.b.c = 1", {{"a.b.c", "1"}}},
    };
    for (const Case& one : cases) EXPECT_EQ(parse_properties(one.text), one.wanted) << one.text;
}

}  // namespace
}  // namespace mogura::cli
