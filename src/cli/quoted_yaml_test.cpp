#include "cli/quoted_yaml.h"

#include <gtest/gtest.h>

namespace mogura::cli {
namespace {

// 9.3.14
TEST(QuotedYaml, QuotesEveryString) {
    auto value = config::parse_yaml(
        "a: cli\nb: {c: [1, 2], d: {}, e: []}\nf: [{g: x, h: [y]}, [1]]\ni: true\nj:\nk: "
        "\"a\\nb\"\n",
        {});
    ASSERT_TRUE(value.ok());
    EXPECT_EQ(quoted_yaml(value->map(), 2),
              "  a: \"cli\"\n"
              "  b:\n"
              "    c:\n"
              "    - 1\n"
              "    - 2\n"
              "    d: {}\n"
              "    e: []\n"
              "  f:\n"
              "  - g: \"x\"\n"
              "    h:\n"
              "    - \"y\"\n"
              "  -\n"
              "  - 1\n"
              "  i: true\n"
              "  j: null\n"
              "  k: \"a\\nb\"\n");
    EXPECT_EQ(quoted_yaml({}, 2), "");
}

}  // namespace
}  // namespace mogura::cli
