// What is JSON and what is not (embulk 4.5.2), and the property that the quick way and the exact
// one give the same rows.

#include "plugins/parser/jsonl/parser.h"

#include "base/check.h"
#include "plugins/parser/jsonl/scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
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

// A column of each type; every other one takes its own type alone.
Table wide_table() {
    using page::Type;
    ColumnTable columns;
    columns.schema = page::Schema({{.name = "text", .type = Type::kString},
                                   {.name = "long", .type = Type::kLong},
                                   {.name = "double", .type = Type::kDouble},
                                   {.name = "boolean", .type = Type::kBoolean},
                                   {.name = "time", .type = Type::kTimestamp},
                                   {.name = "json", .type = Type::kJson},
                                   {.name = "a longer name of a column", .type = Type::kString},
                                   {.name = "名", .type = Type::kLong}});
    columns.timestamps.resize(columns.schema.size());
    auto format = load::TimestampParser::compile({.format = "%Y-%m-%d"});
    CHECK(format.ok());
    columns.timestamps[4] = std::make_unique<load::TimestampParser>(*std::move(format));
    return {std::move(columns), {1, 1, 1, 1, 1, 1, 0, 0}};
}

void append_cell(const page::ColumnData& column, size_t row, std::string& text) {
    if (column.is_null(row)) {
        text += "~";
    } else if (const auto* texts = std::get_if<page::ColumnData::Texts>(&column.values)) {
        text += (*texts)[row];
    } else if (const auto* longs = std::get_if<page::ColumnData::Longs>(&column.values)) {
        load::append_long(text, (*longs)[row]);
    } else if (const auto* doubles = std::get_if<page::ColumnData::Doubles>(&column.values)) {
        load::append_double(text, (*doubles)[row]);
    } else if (const auto* times = std::get_if<page::ColumnData::Timestamps>(&column.values)) {
        load::append_long(text, (*times)[row].seconds);
        text += '+';
        load::append_long(text, (*times)[row].nanoseconds);
    } else {
        text += column.booleans()[row] == 1 ? "yes" : "no";
    }
}

// The rows, the rejected lines with their reasons, and what else the parser tells.
std::string told(const JsonLinesParser& parser, std::string_view text, bool is_last = true) {
    auto parsed =
        parser.parse({.bytes = text, .owner = nullptr, .is_first = true, .is_last = is_last});
    CHECK(parsed.ok());
    std::string told = std::to_string(parsed->consumed_bytes) + " bytes, " +
                       std::to_string(parsed->consumed_lines) + " lines, replaced in " +
                       std::to_string(parsed->replaced_line) + "\n";
    for (const page::Page& page : parsed->pages) {
        for (size_t row = 0; row < page.rows(); ++row) {
            for (size_t column = 0; column < page.columns(); ++column) {
                append_cell(page.column(column), row, told);
                told += column + 1 < page.columns() ? "|" : "\n";
            }
        }
    }
    for (const load::Reject& reject : parsed->rejects) {
        told += std::to_string(reject.line) + ": " + reject.reason + ": " + reject.text + "\n";
    }
    return told;
}

// 4.5.4.
TEST(JsonLines, KeepsTheDigitsOfSecondsWithAFraction) {
    const JsonLinesParser parser(wide_table(), {});
    struct Case {
        const char* seconds;
        const char* expected;
    };
    for (const Case& one :
         {Case{"4.35", "4+350000000"}, Case{"-4.35", "-5+650000000"},
          Case{"1435752754.35", "1435752754+350000000"},
          Case{"1435752754.789999", "1435752754+789999000"},
          Case{"-1435752754.000001", "-1435752755+999999000"}, Case{"0.999999999", "0+999999999"},
          Case{"0.9999999999", "1+0"}, Case{"253402300799.999", "253402300799+999000000"},
          Case{"1e14", "100000000000000+0"}}) {
        const std::string text = told(parser, std::string("{\"time\":") + one.seconds + "}\n");
        EXPECT_NE(text.find(std::string("|") + one.expected + "|"), text.npos) << text;
    }
}

TEST(JsonLines, TellsWhatALineIsThatIsNoObject) {
    const auto reason = [](std::string_view line) {
        const JsonLinesParser parser(table(), {});
        auto parsed =
            parser.parse({.bytes = line, .owner = nullptr, .is_first = true, .is_last = true});
        return parsed->rejects.empty() ? "" : parsed->rejects.front().reason;
    };
    for (const char* line : {"\"text\"\n", "\"text\" more\n", "\"a\":1}\n", "12 {}\n", "[1]\n"}) {
        EXPECT_EQ(reason(line), "the line is not an object") << line;
    }
    EXPECT_EQ(reason("{\"b\":1} more\n"), "something follows the object");
}

// 4.5.4: a double is truncated; one beyond the longs saturates as in Java, or is no long.
TEST(JsonLines, ADoubleBeyondTheLongsSaturatesOnlyWhenAsked) {
    const auto read_long = [](std::string_view line, bool saturates) {
        Table longs = table();
        longs.saturates = saturates;
        const JsonLinesParser parser(std::move(longs), {});
        auto parsed =
            parser.parse({.bytes = line, .owner = nullptr, .is_first = true, .is_last = true});
        return parsed->rejects.empty() ? std::to_string(parsed->pages[0].column(1).longs()[0])
                                       : parsed->rejects.front().reason;
    };
    EXPECT_EQ(read_long("{\"b\":-1.9}\n", false), "-1");
    EXPECT_EQ(read_long("{\"b\":1e19}\n", true), "9223372036854775807");
    EXPECT_EQ(read_long("{\"b\":1e19}\n", false), "column b: cannot make a long of the float");
}

// Whether both ways tell the same of the lines: as the last ones, as half a piece, and with enough
// behind them to be read where they lie.
void expect_both_ways_same(std::string_view lines) {
    static const JsonLinesParser quick(wide_table(), {});
    static const JsonLinesParser exact(wide_table(), {.charset = "", .uses_fast = false});
    ASSERT_EQ(told(quick, lines), told(exact, lines)) << lines;
    ASSERT_EQ(told(quick, lines, false), told(exact, lines, false)) << lines;
    std::string padded = std::string(lines) + "\n{\"text\":\"" + std::string(100, 'x') + "\"}\n";
    ASSERT_EQ(told(quick, padded), told(exact, padded)) << lines;
}

TEST(JsonLines, EveryColumnTakesEveryValueBothWays) {
    const Texts values = {"0",
                          "-0",
                          "00",
                          "01",
                          "-01",
                          "-",
                          "+1",
                          "1.",
                          ".5",
                          "-.5",
                          "0.0",
                          "-0.0",
                          "1.50",
                          "1.2.3",
                          "12345678",
                          "123456789012345",
                          "1234567890123456",
                          "12345678901234567",
                          "9223372036854775807",
                          "9223372036854775808",
                          "-9223372036854775808",
                          "-9223372036854775809",
                          "123456789012345678901234567890",
                          "0.1234567890123456789",
                          "123456789.123456789",
                          "9007199254740993.0",
                          "1e5",
                          "1E+05",
                          "1e-5",
                          "1.5e300",
                          "1e400",
                          "-1e400",
                          "1e-400",
                          "4.9e-324",
                          "1e",
                          "1e+",
                          "1.e5",
                          "12a",
                          "1_",
                          "1 2",
                          "NaN",
                          "Infinity",
                          "true",
                          "false",
                          "null",
                          "True",
                          "truely",
                          "nulll",
                          "fals",
                          "t",
                          "tru",
                          "\"\"",
                          "\"text\"",
                          "\"1\"",
                          "\" 1\"",
                          "\"1.5\"",
                          "\"yes\"",
                          "\"2024-02-29\"",
                          "\"2023-02-29\"",
                          "\"\\u00e9\"",
                          "\"\\u00E\"",
                          "\"\\uD83D\\uDE00\"",
                          "\"\\uD83Dx\"",
                          "\"\\uDE00\"",
                          "\"\\n\\t\\\"\\\\\\/\\b\\f\\r\"",
                          "\"\\q\"",
                          "\"\\\"",
                          "\"open",
                          "\"名前\"",
                          "\"\xff\"",
                          "\"\xe5\x90\"",
                          "\"\xed\xa0\x80\"",
                          "\"\x01\"",
                          "\"\x7f\"",
                          "\"tab\there\"",
                          "\"a text that is longer than a step of sixteen bytes, or two\"",
                          "\"a text that is longer than sixteen bytes\\nwith an escape\"",
                          "{}",
                          "[]",
                          "[1,\"a\"]",
                          "{\"a\":{\"b\":[1.0,null,true]},\"a\":2}",
                          "{ \"a\" : [ 1 , 2 ] }",
                          "[1,]",
                          "[,]",
                          "{,}",
                          "{\"a\"}",
                          "{\"a\":}",
                          "{\"\\q\":1}",
                          "[\"\\u12\"]",
                          "[\"\xff\"]",
                          "[1e999]",
                          "[99999999999999999999]",
                          "[1",
                          "{\"a\":1]",
                          "",
                          " 1 ",
                          "\t\"x\"\t",
                          "1,"};
    const Texts names = {
        "text", "long", "double",    "boolean", "time", "json", "a longer name of a column",
        "名",   "none", "\\u0074ext"};
    for (const std::string& name : names) {
        for (const std::string& value : values) {
            expect_both_ways_same("{\"" + name + "\":" + value + "}");
            expect_both_ways_same("{\"none\":1,\"" + name + "\":" + value + ",\"long\":2}\r\n");
            expect_both_ways_same("{\"" + name + "\":" + value + ",\"" + name + "\":1}\n\n");
            expect_both_ways_same("{\"long\":[{\"x\":" + value + "}]}\r{\"long\":3}\r");
        }
    }
}

TEST(JsonLines, LinesOfAllShapesAreReadBothWays) {
    for (std::string_view lines :
         {"",
          "\n",
          "\r",
          "{}",
          "{}\r\n{}\n{}\r{}",
          " { } ",
          "\t{\t\"long\"\t:\t1\t,\t\"none\":2}\t",
          "[]",
          "1",
          "null",
          "{}{}",
          "{},",
          "{}\x0b",
          "\x01{}",
          "{",
          "}",
          "{\"long\"",
          "{\"long\":1",
          "{\"long\":1,",
          "{\"long\":1,}",
          "{\"long\":1 \"text\":2}",
          "{long:1}",
          "{'long':1}",
          "\xEF\xBB\xBF{\"long\":1}",
          "\xEF\xBB\xBF\xEF\xBB\xBF{}",
          "{\"lo\xffng\":1}",
          "{\"\xff\":1}\n{\"long\":1}",
          "{\"\":1}",
          "{\"long\":1}\n\n\n{\"long\":2}",
          "{\"text\":\"a\",\"long\":1}\n{\"long\":1,\"text\":\"a\"}\n{\"long\":1}\n{\"text\":"
          "\"a\"}",
          "{\"long\":null,\"long\":1}\n{\"long\":1,\"long\":null}\n{\"long\":1,\"long\":[}"}) {
        expect_both_ways_same(lines);
    }
    // Sooner or later there are more names than are remembered.
    std::string lines;
    for (int line = 0; line < 1500; ++line) {
        std::string number = std::to_string(line);
        lines += "{\"long\":" + number + ",\"key " + number + std::string(line % 90, '-') +
                 "\":\"\",\"text\":\"" + number + "\",\"n\\u006fne\":0}\n";
    }
    expect_both_ways_same(lines);
}

// A line with up to three places changed or cut out.
std::string damaged(std::string line, std::string_view letters, std::mt19937& random) {
    auto below = [&](size_t end) {
        return std::uniform_int_distribution<size_t>(0, end - 1)(random);
    };
    for (size_t change = 0, last = below(3); change <= last; ++change) {
        size_t at = below(line.size());
        if (below(3) > 0) {
            line[at] = letters[below(letters.size())];
        } else {
            line.erase(at, 1 + below(3));
        }
    }
    return line;
}

TEST(JsonLines, DamagedLinesAreReadBothWays) {
    const std::string seed =
        R"({"text":"x\u00e9\n名","long":1234567890,"none":{"y":[1,-2.5e1,null,true,{"z":"\n"}]},)"
        R"("double":12.75,"boolean":true,"time":"2024-02-29","json":{"w":[[1]]},"名":5})";
    const std::string letters = "{}[],:\"\\ntf0e.- x\r\n\x01\x80\xe5";
    std::mt19937 random(777);
    for (int round = 0; round < 20'000; ++round) {
        const std::string line = damaged(seed, letters, random);
        expect_both_ways_same(line);
        if (HasFatalFailure()) return;
    }
}

TEST(JsonLines, StepsAndSingleBytesEndATextAtTheSamePlace) {
    std::string text(100, 'a');
    for (int byte = 0; byte < 256; ++byte) {
        for (size_t place = 0; place < 34; ++place) {
            text.assign(34 + kScanRoom, 'a');
            text[34] = '\n';
            text[place] = static_cast<char>(byte);
            const char* at = text.data();
            EXPECT_EQ(run_end<Run::kAscii>(at), run_end_plainly<Run::kAscii>(at)) << byte;
            EXPECT_EQ(run_end<Run::kAnyText>(at), run_end_plainly<Run::kAnyText>(at)) << byte;
            text.assign(34 + kScanRoom, '7');
            text[place] = static_cast<char>(byte);
            bool is_digit = byte >= '0' && byte <= '9';
            size_t count = is_digit ? 16 : std::min<size_t>(place, 16);
            Digits digits = digits_at(text.data());
            EXPECT_EQ(digits.count, count) << byte;
            EXPECT_EQ(digits.value, count == 0 ? 0 : std::stoull(text.substr(0, count)));
        }
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
    for (int round = 0; round < 20'000; ++round) {
        const std::string line = damaged(seed, letters, random);
        ASSERT_EQ(read(line), read(line, /*uses_fast=*/false)) << line;
    }
}

}  // namespace
}  // namespace mogura::plugins::jsonl
