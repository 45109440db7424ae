#include "load/guess_json_lines.h"

#include "config/config.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::load {
namespace {

std::string guessed(std::string_view sample, const config::Map& parser = {}) {
    return config::to_json(config::Value(guess_json_lines(parser, sample, Compat::kFixed)));
}

std::string lines(const std::string& line, int count = 4) {
    std::string text;
    for (int number = 0; number < count; ++number) text += line + "\n";
    return text;
}

// embulk 4.5.7
TEST(GuessJsonLines, NamesTheFirstLinesKeysWithTypesThatFitAll) {
    EXPECT_EQ(guessed(R"({"id":1,"at":"2026-03-10 01:02:03","n":1,"x":{"y":1},"b":true,"s":null}
{"id":2,"at":"2026-03-11 01:02:03","n":2.5,"x":[],"b":false,"s":"a","late":1}
{"id":3,"at":null,"n":3,"b":true}
{"id":4,"at":"2026-03-12 01:02:03","n":4,"b":null,"s":"5"}
)"),
              R"({"type":"jsonl","columns":[{"name":"id","type":"long"},)"
              R"({"name":"at","type":"timestamp","format":"%Y-%m-%d %H:%M:%S"},)"
              R"({"name":"n","type":"double"},{"name":"x","type":"json"},)"
              R"({"name":"b","type":"boolean"},{"name":"s","type":"string"}]})");
}

// A number is no date, whatever it looks like; a text may be.
TEST(GuessJsonLines, LooksAtTextsOnly) {
    EXPECT_EQ(guessed(lines(R"({"n":20260310,"t":"20260310","m":"7"})")),
              R"({"type":"jsonl","columns":[{"name":"n","type":"long"},)"
              R"({"name":"t","type":"timestamp","format":"%Y%m%d"},{"name":"m","type":"long"}]})");
}

TEST(GuessJsonLines, AnswersNothingWhereALineIsNoObjectOrThereAreTooFew) {
    EXPECT_EQ(guessed(lines(R"({"a":1})", 3)), "{}");
    config::Map parser;
    parser.set("min_rows_for_guess", 2);
    EXPECT_NE(guessed(lines(R"({"a":1})", 3), parser), "{}");
    EXPECT_EQ(guessed(lines(R"({"a":1})") + "[1]\n"), "{}");
    EXPECT_EQ(guessed(lines(R"({"a":1})") + "{\"a\":\n"), "{}");
    EXPECT_EQ(guessed(lines(R"({"a":1})") + "{\"a\":1} x\n"), "{}");
    EXPECT_EQ(guessed(""), "{}");
    // The last line of a sample is cut anywhere.
    EXPECT_NE(guessed(lines(R"({"a":1})") + "{\"a\":"), "{}");
}

}  // namespace
}  // namespace mogura::load
