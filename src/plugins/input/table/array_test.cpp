#include "plugins/input/table/array.h"

#include <gtest/gtest.h>

namespace mogura::plugins::source {
namespace {

// Embulk 8.6.3.
TEST(PostgresqlArrays, BecomeTextAndJson) {
    struct Case {
        const char* array;
        const char* text;
        const char* json;
    };
    for (const Case& one :
         {Case{"{}", "{}", "[]"}, Case{"{1,-2.5,NULL}", "{1,-2.5,}", "[1,-2.5,null]"},
          Case{"{{1},{2}}", "{{1},{2}}", "[[1],[2]]"}, Case{"[0:1]={7,8}", "{7,8}", "[7,8]"},
          Case{"{t,f}", "{t,f}", "[true,false]"}, Case{"{NaN}", "{NaN}", "[\"NaN\"]"}}) {
        const auto array = parse_array(one.array);
        ASSERT_TRUE(array) << one.array;
        std::string text;
        append_array_text(text, *array);
        EXPECT_EQ(text, one.text);
        std::string json;
        append_array_json(json, *array, true);
        EXPECT_EQ(json, one.json);
    }
    const auto array = parse_array(R"({"a,b","c\"d\\e",NULL,"NULL"})");
    std::string text;
    append_array_text(text, *array);
    EXPECT_EQ(text, R"({"a,b","c\"d\\e",,NULL})");
    std::string json;
    append_array_json(json, *array, false);
    EXPECT_EQ(json, R"(["a,b","c\"d\\e",null,"NULL"])");
    for (const char* broken : {"", "{", "{1", "{1,}", "{,}", "{\"a}", "{1}x", "[1=", "{\"\\"}) {
        EXPECT_FALSE(parse_array(broken)) << broken;
    }
    EXPECT_FALSE(parse_array(std::string(100'000, '{')));
}

TEST(PostgresqlHstores, BecomeJson) {
    EXPECT_EQ(hstore_json(""), "{}");
    EXPECT_EQ(hstore_json(R"("a"=>"1", "b \"x\""=>NULL)"), R"({"a":"1","b \"x\"":null})");
    EXPECT_EQ(hstore_json("\"a\"=>"), std::nullopt);
    EXPECT_EQ(hstore_json("a=>1"), std::nullopt);
}

}  // namespace
}  // namespace mogura::plugins::source
