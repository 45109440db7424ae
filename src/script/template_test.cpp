#include "script/template.h"

#include "config/config.h"
#include "script/error_text.h"
#include "script/javascript_text.h"
#include "script/message.h"
#include "script/plain_path.h"
#include "script/program.h"
#include "script/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::script {
namespace {

using testing::Contains;
using testing::Not;

// Expressions in angle brackets.
std::string outline(std::string_view text) {
    std::string result;
    for (const Part& part : parse_template(text)) {
        result += part.is_expression ? "<" + part.text + ">" : part.text;
    }
    return result;
}

// digdag 3.3.1, 3.3.2
TEST(Template, PairsOfDollarsBecomeOne) {
    EXPECT_FALSE(has_template("plain {x}"));
    EXPECT_EQ(outline("a$b"), "a$b");
    EXPECT_EQ(outline("$$"), "$");
    EXPECT_EQ(outline("$$$"), "$$");
    EXPECT_EQ(outline("$$$$"), "$$");
    EXPECT_EQ(outline("x$${a}"), "x$<a>");
    EXPECT_EQ(outline("$$${a}"), "$<a>");
}

// digdag 3.3.3, 3.3.8
TEST(Template, LowerCaseWordsWithAColonStay) {
    EXPECT_EQ(outline("${secret:foo} ${abc:x}"), "${secret:foo} ${abc:x}");
    EXPECT_EQ(outline("${secret:foo${val}}"), "${secret:foo<val>}");
    EXPECT_EQ(outline("${SECRET:x}${ secret:x}"), "<SECRET:x>< secret:x>");
    EXPECT_EQ(outline("${VAR:-x}"), "<VAR:-x>");
    EXPECT_EQ(outline("${var:-x}"), "${var:-x}");
    EXPECT_EQ(outline("${:x}"), "<:x>");
}

// digdag 3.3.4, 3.3.6, 3.3.9
TEST(Template, CountsBraces) {
    EXPECT_EQ(outline("${v.map(function(x){return x*5})}!"), "<v.map(function(x){return x*5})>!");
    EXPECT_EQ(outline("${\"}\"}"), "<\">\"}");
    EXPECT_EQ(outline("[${}]"), "[]");
    EXPECT_EQ(outline("x=${\n a\n}\ny"), "x=<\n a\n>\ny");
}

// digdag 3.3.5
TEST(Template, WhatNeverClosesIsLiteral) {
    EXPECT_EQ(outline("${a} ${a"), "<a> ${a");
    EXPECT_EQ(outline("${"), "${");
    EXPECT_EQ(outline("${v"), "${v");
    EXPECT_EQ(outline("${'{'} ${b}"), "${'{'} ${b}");
}

std::optional<std::string> lookup(std::string_view expression, const char* json) {
    auto path = parse_plain_path(expression);
    if (!path) return std::nullopt;
    return follow(*path, *config::parse_json(json, ""));
}

TEST(PlainPath, IsOnlyNamesPointsAndIndexes) {
    for (const char* plain : {"a", " a ", "a.b.c", "a [0] . b", "$x_1", "a.class", "a[10]"}) {
        EXPECT_TRUE(parse_plain_path(plain)) << plain;
    }
    for (const char* other : {"", "1", "a b", "a.", ".a", "a[01]", "a[b]", "a['b']", "a()", "a+1",
                              "this", "null", "true", "a//c", "a-b", "a[0", "\xC3\xA9", "typeof"}) {
        EXPECT_FALSE(parse_plain_path(other)) << other;
    }
}

// digdag 3.2.2, 3.2.3
TEST(PlainPath, GivesWhatJavaScriptWouldGive) {
    EXPECT_EQ(lookup("a", "\"x\""), "x");
    EXPECT_EQ(lookup("a", "null"), "");
    EXPECT_EQ(lookup("a", "true"), "true");
    EXPECT_EQ(lookup("a", "1.0"), "1");
    EXPECT_EQ(lookup("a", "12345678901234567890"), "12345678901234567000");
    EXPECT_EQ(lookup("a", "9007199254740993"), "9007199254740992");
    EXPECT_EQ(lookup("a", "-0.0"), "0");
    EXPECT_EQ(lookup("a", "1e21"), "1e+21");
    EXPECT_EQ(lookup("a", "[1,\"x\",null]"), "[1,\"x\",null]");
    EXPECT_EQ(lookup("a", "{\"b\":1,\"10\":2,\"2\":3,\"01\":4}"),
              "{\"2\":3,\"10\":2,\"b\":1,\"01\":4}");
    EXPECT_EQ(lookup("a.b", "{\"b\":{\"c\":1}}"), "{\"c\":1}");
    EXPECT_EQ(lookup("a.b", "{}"), "");
    EXPECT_EQ(lookup("a[1]", "[1,2]"), "2");
    EXPECT_EQ(lookup("a[2]", "[1,2]"), "");
    EXPECT_EQ(lookup("a[0].b", "[{\"b\":7}]"), "7");
    EXPECT_EQ(lookup("a.length", "[1,2]"), "2");
    EXPECT_EQ(lookup("a.length", "\"xyz\""), "3");
    EXPECT_EQ(lookup("a[1]", "\"xyz\""), "y");
}

TEST(PlainPath, LeavesTheRestToJavaScript) {
    EXPECT_EQ(lookup("a.b.c", "{}"), std::nullopt);       // a TypeError
    EXPECT_EQ(lookup("a.b", "null"), std::nullopt);       // a TypeError
    EXPECT_EQ(lookup("a.toString", "{}"), std::nullopt);  // inherited
    EXPECT_EQ(lookup("a.join", "[]"), std::nullopt);
    EXPECT_EQ(lookup("a.length", "\"\xC3\xA9\""), std::nullopt);
    EXPECT_EQ(lookup("a.b", "1"), std::nullopt);
}

TEST(Program, KnowsWhatItMayRead) {
    auto program = make_program(parse_template("${a + b.c} x ${moment(d)}"));
    EXPECT_THAT(program.names, Contains("a"));
    EXPECT_THAT(program.names, Contains("d"));
    EXPECT_THAT(program.names, Not(Contains("x")));
    EXPECT_TRUE(program.uses_moment);
    EXPECT_FALSE(program.reads_everything);
    EXPECT_TRUE(make_program(parse_template("${this['a']}")).reads_everything);
    EXPECT_TRUE(make_program(parse_template("${eval('a')}")).reads_everything);
    EXPECT_TRUE(make_program(parse_template("${\\u0061}")).reads_everything);
    EXPECT_TRUE(make_program(parse_template("${s.isEmpty()}")).uses_java);
}

// digdag 3.6.1
TEST(ErrorText, SpeaksAsTheOriginal) {
    EXPECT_EQ(translate_error("ReferenceError: Can't find variable: x"),
              "ReferenceError: x is not defined");
    EXPECT_EQ(translate_error("TypeError: undefined is not an object (evaluating 'o.a.b')"),
              "TypeError: Cannot read property 'b' of undefined");
    EXPECT_EQ(translate_error("TypeError: null is not an object (evaluating 'n['x y']')"),
              "TypeError: Cannot read property 'x y' of null");
    EXPECT_EQ(translate_error("TypeError: undefined is not an object (evaluating 'o.a.b(1)')"),
              "TypeError: Cannot read property 'b' of undefined");
    EXPECT_EQ(translate_error("TypeError: undefined is not an object (evaluating 'o.a.b = 1')"),
              "TypeError: Cannot set property 'b' of undefined");
    EXPECT_EQ(translate_error("TypeError: a.b is not a function. (In 'a.b()', 'a.b' is undefined)"),
              "TypeError: a.b is not a function");
    EXPECT_EQ(translate_error("Error: boom"), "Error: boom");
}

TEST(Message, SurvivesTheWire) {
    Job job{.time_zone = "Asia/Tokyo",
            .time_max_ms = 7,
            .memory_max_bytes = 8,
            .values = {"1", "\"x\""},
            .scripts = {{.source = "s", .scope = {{"\"a\"", 1}}, .uses_moment = true}}};
    const std::string frame = encode(job);
    auto decoded = decode_job(std::string_view(frame).substr(4));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->scripts[0].scope, job.scripts[0].scope);
    EXPECT_TRUE(decoded->scripts[0].uses_moment);
    for (size_t size = 0; size < frame.size() - 4; ++size) {
        EXPECT_FALSE(decode_job(std::string_view(frame).substr(4, size)));
    }
}

}  // namespace
}  // namespace mogura::script
