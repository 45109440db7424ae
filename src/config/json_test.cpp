#include "config/json.h"

#include <gtest/gtest.h>

#include <limits>

namespace mogura::config {
namespace {

std::string rewritten(std::string_view text) {
    auto value = parse_json(text, "x");
    return value.ok() ? to_json(*value) : value.error().message();
}

std::string number(double value) {
    std::string text;
    append_json_number(text, value);
    return text;
}

TEST(Json, WritesWhatItRead) {
    for (const char* text : {R"({"a":1,"b":[true,false,null],"c":{"d":"e"}})", "[]", "{}",
                             "[[],{}]", "\"\"", "-5", "9223372036854775807", "-9223372036854775808",
                             "123456789012345678901234567890", R"(["é","日本"])"}) {
        EXPECT_EQ(rewritten(text), text);
    }
}

TEST(Json, IsUtf8WhateverTheTextsAre) {
    std::string json;
    append_json_string(json, "a\xFF\xE6\x97é\xED\xA0\x80\xC3");
    const std::string replaced = "\xEF\xBF\xBD";
    EXPECT_EQ(json, "\"a" + replaced + replaced + replaced + "é" + replaced + replaced + replaced +
                        replaced + "\"");
}

TEST(Json, WritesNumbersAsJavaScriptDoes) {
    EXPECT_EQ(number(1), "1");
    EXPECT_EQ(number(-1.5), "-1.5");
    EXPECT_EQ(number(0.1), "0.1");
    EXPECT_EQ(number(-0.0), "0");
    EXPECT_EQ(number(123456789.125), "123456789.125");
    EXPECT_EQ(number(1e20), "100000000000000000000");
    EXPECT_EQ(number(1e21), "1e+21");
    EXPECT_EQ(number(1.5e300), "1.5e+300");
    EXPECT_EQ(number(1e-6), "0.000001");
    EXPECT_EQ(number(1e-7), "1e-7");
    EXPECT_EQ(number(1.25e-7), "1.25e-7");
    EXPECT_EQ(number(5e-324), "5e-324");
    EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "null");
}

TEST(Json, ReadsNumbers) {
    EXPECT_EQ(rewritten("1.0"), "1");
    EXPECT_EQ(rewritten("-0"), "0");
    EXPECT_EQ(rewritten("1e3"), "1000");
    EXPECT_EQ(rewritten("1E-400"), "0");
    EXPECT_EQ(rewritten("1e400"), "x:1:6: this number is too large");
    for (const char* text : {"01", "+1", ".5", "1.", "-", "1e", "NaN", "0x1"}) {
        EXPECT_FALSE(parse_json(text, "x").ok()) << text;
    }
}

TEST(Json, ReadsAndWritesEscapes) {
    EXPECT_EQ(parse_json(R"("\"\\\/\b\f\n\r\té😀")", "x")->string(), "\"\\/\b\f\n\r\té😀");
    EXPECT_EQ(parse_json(R"("\ud83d-")", "x")->string(), "\xEF\xBF\xBD-");
    EXPECT_EQ(rewritten(R"("\u0001\t\u001f")"), R"("\u0001\t\u001f")");
    EXPECT_EQ(parse_json(R"("a\u0000b")", "x")->string(), std::string("a\0b", 3));
}

TEST(Json, TheLastOfEqualKeysWinsInTheFirstPlace) {
    EXPECT_EQ(rewritten(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
    std::string text = "{";
    for (int key = 0; key < 50; ++key) text += "\"k" + std::to_string(key) + "\":0,";
    EXPECT_EQ(parse_json(text + "\"k7\":1}", "x")->map().size(), 50U);
    EXPECT_EQ(parse_json(text + "\"k7\":1}", "x")->find("k7")->integer(), 1);
}

TEST(Json, SaysWhereItIsWrong) {
    EXPECT_EQ(rewritten("{\"é\": 1,\n \"b\" 2}"), "x:2:6: expected : after a key");
    EXPECT_EQ(rewritten("[\"éé\", ?]"), "x:1:8: this is no JSON value");
    EXPECT_EQ(rewritten(""), "x:1:1: the text ends where a value should stand");
    EXPECT_EQ(rewritten("[1] 2"), "x:1:5: more text follows the value");
    EXPECT_EQ(rewritten("\"\xFF\""), "x:1:2: this is not UTF-8");
    EXPECT_EQ(rewritten("\"a\nb\""), "x:1:3: a control character inside a string must be escaped");
    for (const char* text : {"[1,]", "{\"a\":1,}", "[", "{", "\"", "\"\\x\"", "\"\\u12\"", "tru"}) {
        EXPECT_FALSE(parse_json(text, "x").ok()) << text;
    }
}

TEST(Json, MarksKeysAndValues) {
    auto value = parse_json("{\n  \"a\": [1, 2]}", "x");
    const Map::Entry& entry = *value->map().begin();
    EXPECT_EQ(entry.mark.line, 2);
    EXPECT_EQ(entry.mark.column, 3);
    EXPECT_EQ(entry.value.list()[1].mark().column, 12);
}

TEST(Json, NestingHasALimit) {
    const std::string deep = std::string(kNestingMax, '[') + std::string(kNestingMax, ']');
    EXPECT_TRUE(parse_json(deep, "x").ok());
    auto deeper = parse_json("[" + deep + "]", "x");
    ASSERT_FALSE(deeper.ok());
    EXPECT_EQ(deeper.error().code(), Code::kLimit);
}

TEST(Json, PrettyIndentsByTwo) {
    EXPECT_EQ(to_pretty_json(*parse_json(R"({"a":[1,2],"b":{},"c":[]})", "x")),
              "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}");
}

}  // namespace
}  // namespace mogura::config
