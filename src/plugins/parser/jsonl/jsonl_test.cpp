// What is JSON and what is not (embulk 4.5.2), and the property that the quick way and the exact
// one give the same rows.

#include "plugins/parser/jsonl/parser.h"

#include "base/check.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::jsonl {
namespace {

Table table() {
    ColumnTable columns;
    columns.schema = page::Schema(
        {{.name = "a", .type = page::Type::kString}, {.name = "b", .type = page::Type::kLong}});
    columns.timestamps.resize(2);
    return {std::move(columns), {1, 1}};
}

struct Read {
    std::vector<std::string> rows;     // "a|b"
    std::vector<std::string> rejects;  // "LINE: TEXT"
    bool operator==(const Read&) const = default;
};

Read read(std::string_view text, bool uses_fast = true) {
    JsonLinesParser parser(table(), {.charset = "", .uses_fast = uses_fast});
    auto parsed =
        parser.parse({.bytes = text, .owner = nullptr, .is_first = true, .is_last = true});
    CHECK(parsed.ok());
    Read read;
    for (const page::Page& page : parsed->pages) {
        for (size_t row = 0; row < page.rows(); ++row) {
            const page::ColumnData& a = page.column(0);
            const page::ColumnData& b = page.column(1);
            read.rows.push_back((a.is_null(row) ? "~" : std::string(a.texts()[row])) + "|" +
                                (b.is_null(row) ? "~" : std::to_string(b.longs()[row])));
        }
    }
    for (const load::Reject& reject : parsed->rejects) {
        read.rejects.push_back(std::to_string(reject.line) + ": " + reject.text);
    }
    return read;
}

using Texts = std::vector<std::string>;

TEST(JsonLines, WordsThatBeginWithNAreNotAllNull) {
    for (std::string word : {"nan", "nul", "none", "nothing", "nulll", "n"}) {
        for (std::string line : {"{\"a\":" + word + "}", "{\"x\":" + word + "}",
                                 "{\"x\":[" + word + "]}", "{\"a\":{\"y\":" + word + "}}"}) {
            Read got = read("{\"a\":\"1\"}\n" + line + "\n{\"a\":null,\"b\":2,\"x\":null}\n");
            EXPECT_EQ(got.rows, (Texts{"1|~", "~|2"})) << line;
            EXPECT_EQ(got.rejects, Texts{"2: " + line});
        }
    }
}

TEST(JsonLines, DamageInsideAValueThatNoColumnWantsIsDamage) {
    for (std::string value :
         {"{bad json}", "[1,]", "[1 2]", "{\"y\":}", "{\"y\" 1}", "{\"y\":1,}", "[{\"y\":[01]}]",
          "[tru]", "[+1]", "[.5]", "[\"\\q\"]", "{\"\\q\":1}", "{1:2}", "{'y':1}", "[1}", "[,]"}) {
        std::string line = "{\"b\":1,\"x\":" + value + "}";
        Read got = read(line + "\n{\"b\":2}\n");
        EXPECT_EQ(got.rows, Texts{"~|2"}) << line;
        EXPECT_EQ(got.rejects, Texts{"1: " + line});
    }
    for (std::string value : {"{}", "[]", "[{\"y\":[1,2.5e3,\"\\u00e9\\n\",null,true,false]},[[]]]",
                              "{\"a\":\"inner\",\"b\":7,\"\\u0041\":{}}"}) {
        EXPECT_EQ(read("{\"b\":1,\"x\":" + value + "}").rows, Texts{"~|1"}) << value;
    }
}

TEST(JsonLines, NestingHasOneLimit) {
    for (size_t depth : {999, 1000, 1001, 3000}) {
        std::string line =
            "{\"b\":1,\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
        EXPECT_EQ(read(line), read(line, /*uses_fast=*/false)) << depth;
        EXPECT_EQ(read(line).rows.size(), depth <= 1000 ? 1U : 0U) << depth;
    }
}

TEST(JsonLines, TheQuickWayTakesWhatTheExactOneTakes) {
    const std::string seed =
        R"({"a":"x\u00e9","b":12,"x":{"y":[1,-2.5e1,null,true,{"z":"\n"}],"n":"w"},"w":[[]]})";
    const std::string letters = "{}[],:\"\\ntf0e.- x";
    std::mt19937 random(4152);
    auto below = [&](size_t end) {
        return std::uniform_int_distribution<size_t>(0, end - 1)(random);
    };
    for (int round = 0; round < 20'000; ++round) {
        std::string line = seed;
        for (size_t change = 0; change <= below(3); ++change) {
            size_t at = below(line.size());
            if (below(2) == 0) {
                line[at] = letters[below(letters.size())];
            } else {
                line.erase(at, 1);
            }
        }
        ASSERT_EQ(read(line), read(line, /*uses_fast=*/false)) << line;
    }
}

}  // namespace
}  // namespace mogura::plugins::jsonl
