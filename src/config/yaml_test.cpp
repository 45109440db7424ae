#include "config/yaml.h"

#include "config/json.h"

#include <gtest/gtest.h>

#include <map>

namespace mogura::config {
namespace {

std::string digdag(std::string_view text) {
    auto value = parse_yaml(text, {.dialect = Dialect::kDigdag, .file = "a.dig"});
    return value.ok() ? to_json(*value) : value.error().message();
}

std::string embulk(std::string_view text) {
    auto value = parse_yaml(text, {.dialect = Dialect::kEmbulk, .file = "a.yml"});
    return value.ok() ? to_json(*value) : value.error().message();
}

// Files for !include.
std::string including(const std::map<std::string, std::string>& files, const std::string& name) {
    std::function<Result<Value>(const std::string&)> load = [&](const std::string& path) {
        auto found = files.find(path);
        if (found == files.end()) {
            return Result<Value>(Error(Code::kNotFound, path + ": no such file"));
        }
        return parse_yaml(found->second,
                          {.dialect = Dialect::kDigdag, .file = path, .include = load});
    };
    auto value = load(name);
    return value.ok() ? to_json(*value) : value.error().message();
}

TEST(DigdagYaml, TakesExactlyOneDocument) {  // digdag 1.3.1
    EXPECT_EQ(digdag("---\na: 1\n...\n"), R"({"a":1})");
    EXPECT_EQ(digdag(""), "null");
    EXPECT_EQ(digdag("# nothing\n"), "null");
    EXPECT_EQ(digdag("a: 1\n---\nb: 2\n"),
              "a.dig:2:1: only one document is allowed in a file\n---\n^");
}

TEST(DigdagYaml, RefusesDuplicateKeys) {  // digdag 1.3.2
    EXPECT_EQ(digdag("k: 1\nj: 2\nk: 3\n"), "a.dig:3:1: Duplicated keys: [k]\nk: 3\n^");
    EXPECT_EQ(digdag("1: a\n\"1\": b\n"), "a.dig:2:1: Duplicated keys: [1]\n\"1\": b\n^");
}

TEST(DigdagYaml, ResolvesPlainScalars) {
    const std::map<std::string, std::string> cases = {
        // digdag 1.3.3
        {"true", "true"},
        {"True", "true"},
        {"false", "false"},
        {"False", "false"},
        {"TRUE", "\"TRUE\""},
        {"yes", "\"yes\""},
        {"no", "\"no\""},
        {"on", "\"on\""},
        {"off", "\"off\""},
        {"y", "\"y\""},
        {"n", "\"n\""},
        // digdag 1.3.4
        {"0", "0"},
        {"+12", "12"},
        {"-7", "-7"},
        {"1_000", "1000"},
        {"0b101", "5"},
        {"010", "8"},
        {"0777", "511"},
        {"0x1F", "31"},
        {"08", "\"08\""},
        {"09", "\"09\""},
        {"10:00:00", "\"10:00:00\""},
        {"02:00", "\"02:00\""},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
        {"0xFFFFFFFFFFFFFFFFFFFF", "1208925819614629174706175"},
        // digdag 1.3.5
        {"1.5", "1.5"},
        {".5", "0.5"},
        {"1e3", "1000"},
        {"1.", "1"},
        {"0.5", "\"0.5\""},
        {"-0.5", "\"-0.5\""},
        {"0.0", "\"0.0\""},
        {".inf", "null"},
        {"1.2.3", "\"1.2.3\""},
        // digdag 1.3.6
        {"2016-01-01", "\"2016-01-01\""},
        {"2016-01-01 00:00:00", "\"2016-01-01 00:00:00\""},
        // digdag 1.3.7
        {"", "null"},
        {"~", "null"},
        {"null", "null"},
        {"Null", "null"},
        {"NULL", "null"},
        {"nULL", "\"nULL\""},
        // quoted
        {"'1'", "\"1\""},
        {"\"true\"", "\"true\""},
        {"''", "\"\""},
    };
    for (const auto& [text, json] : cases) EXPECT_EQ(digdag("k: " + text), "{\"k\":" + json + "}");
}

TEST(DigdagYaml, KnowsTheStandardTags) {  // digdag 1.3.8
    EXPECT_EQ(digdag("!!str 1"), "\"1\"");
    EXPECT_EQ(digdag("!!int '12'"), "12");
    EXPECT_EQ(digdag("!!float 0.5"), "0.5");
    EXPECT_EQ(digdag("!!binary aGVs\n"), "\"aGVs\"");
    EXPECT_EQ(digdag("a: !!int x"), "a.dig:1:4: this is no !!int\na: !!int x\n   ^");
    EXPECT_EQ(digdag("a: !foo x"),
              "a.dig:1:4: could not determine a constructor for the tag !foo\na: !foo x\n   ^");
}

TEST(DigdagYaml, FollowsAliasesAndMergeKeys) {  // digdag 1.3.8
    EXPECT_EQ(digdag("a: &x [1, 2]\nb: *x\n"), R"({"a":[1,2],"b":[1,2]})");
    EXPECT_EQ(digdag("base: &b {x: 1, y: 2}\nt:\n  y: 3\n  <<: *b\n  z: 4\n"),
              R"({"base":{"x":1,"y":2},"t":{"y":3,"x":1,"z":4}})");
    EXPECT_EQ(digdag("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nt:\n  <<: [*a, *b]\n  y: 9\n"),
              R"({"a":{"x":1},"b":{"x":2,"y":2},"t":{"x":1,"y":9}})");
    EXPECT_EQ(digdag("'<<': 1\n"), R"({"<<":1})");
    EXPECT_EQ(digdag("<<: 1\n"), "a.dig:1:5: << merges mappings only\n<<: 1\n    ^");
    EXPECT_EQ(digdag("a: *x"), "a.dig:1:4: unknown alias *x\na: *x\n   ^");
    EXPECT_EQ(digdag("&a [*a]"),
              "a.dig:1:5: the value of *a cannot contain itself\n&a [*a]\n    ^");
}

TEST(DigdagYaml, MakesKeysText) {  // digdag 1.3.9
    EXPECT_EQ(digdag("1: a\ntrue: b\n1.5: c\n"), R"({"1":"a","true":"b","1.5":"c"})");
    EXPECT_EQ(digdag("~: a"), "a.dig:1:1: a key must not be null\n~: a\n^");
    EXPECT_EQ(digdag("[a, 1, ~]: b\n? {x: [y]}\n: c\n"), R"({"[a, 1, null]":"b","{x=[y]}":"c"})");
    EXPECT_EQ(digdag("database: {{Name of it}}"), R"({"database":{"{Name of it=null}":null}})");
    EXPECT_EQ(digdag("{{{a: 1}: b}: c}"), R"({"{{a=1}=b}":"c"})");
    EXPECT_EQ(digdag("[a]: 1\n[a]: 2"), "a.dig:2:1: Duplicated keys: [[a]]\n[a]: 2\n^");
    EXPECT_EQ(digdag("&k [a]: *k"), R"({"[a]":["a"]})");
}

TEST(DigdagYaml, KeepsTheOrderOfKeys) {  // digdag 1.3.10
    EXPECT_EQ(digdag("+z: 1\n+a: 2\n+m: 3\n"), R"({"+z":1,"+a":2,"+m":3})");
}

TEST(DigdagYaml, SplicesIncludesWhereTheyStand) {  // digdag 1.4.1
    EXPECT_EQ(including({{"main", "a: 1\n!include : one\nz: 2\n"},
                         {"one", "b: 3\n!include : two\n"},
                         {"two", "c: 4\n"}},
                        "main"),
              R"({"a":1,"b":3,"c":4,"z":2})");
    EXPECT_EQ(
        including({{"main", "!include : one\n!include : two\n"}, {"one", "a: 1"}, {"two", "b: 2"}},
                  "main"),
        R"({"a":1,"b":2})");
}

TEST(DigdagYaml, MergesIncludedMappingsDeeply) {  // digdag 1.4.2
    EXPECT_EQ(including({{"main", "e: {a: 1, b: {x: 1}}\ns: 1\n!include : one\n"},
                         {"one", "e: {b: {x: 2, y: 3}}\ns: {t: 1}\n"}},
                        "main"),
              R"({"e":{"a":1,"b":{"x":2,"y":3}},"s":{"t":1}})");
    EXPECT_EQ(including({{"main", "!include : one\ne: {z: 1}\n"}, {"one", "e: {a: 1}\n"}}, "main"),
              R"({"e":{"z":1}})");
}

TEST(DigdagYaml, SaysWhatIsWrongWithAnInclude) {  // digdag 1.4.4, 1.4.6
    EXPECT_EQ(digdag("k: !include x"),
              "a.dig:1:4: !include works as a key only (write `!include : path`)\n"
              "k: !include x\n   ^");
    EXPECT_EQ(including({{"main", "a: 1\n!include : gone\n"}}, "main"),
              "main:2:12: !include : gone\n!include : gone\n           ^\ngone: no such file");
    EXPECT_EQ(digdag("!include : x"),
              "a.dig:1:12: !include is not possible here\n!include : x\n           ^");
    EXPECT_EQ(including({{"main", "!include : list\n"}, {"list", "[1]"}}, "main"),
              "main:1:12: !include : list: the file must hold a mapping, not list\n"
              "!include : list\n           ^");
}

TEST(DigdagYaml, TakesByteOrderMarkAndCrLfButNoControlCharacters) {  // digdag 1.5.0
    EXPECT_EQ(digdag("\xEF\xBB\xBF"
                     "a: 1\r\nb: 2\r\n"),
              R"({"a":1,"b":2})");
    EXPECT_EQ(digdag("a: 1\nb: x\x01y\n"),
              "a.dig:2:5: special characters are not allowed: U+0001\nb: x\x01y\n    ^");
    EXPECT_EQ(digdag("a: \xFF"), "a.dig:1:4: this is not UTF-8\na: \xFF\n   ^");
}

TEST(DigdagYaml, PointsAtSyntaxErrors) {
    EXPECT_EQ(digdag("é: [1, 2\nb: 3\n").substr(0, 10), "a.dig:2:2:");
    EXPECT_EQ(digdag("a:\n\tb: 1\n"),
              "a.dig:2:1: while scanning for the next token: found character that cannot start any "
              "token (indent with blanks, not tabs)\n\tb: 1\n^");
    EXPECT_EQ(digdag("k: @x\n"),
              "a.dig:1:4: while scanning for the next token: found character that cannot start any "
              "token (put the text in quotes)\nk: @x\n   ^");
}

TEST(DigdagYaml, PointsAtTheQuoteThatIsNeverClosed) {
    EXPECT_EQ(
        digdag("a:\n  sh>: \"echo\n+b:\n  c: d\n"),
        "a.dig:2:8: while scanning a quoted scalar: found unexpected end of stream (the quote "
        "that opens here is never closed)\n  sh>: \"echo\n       ^");
    EXPECT_EQ(digdag("a: 'it\nb: 1\n").substr(0, 10), "a.dig:1:4:");
    // Or it is closed by the next one.
    EXPECT_EQ(
        digdag("a: \"x\nb: \"y\"\n"),
        "a.dig:2:5: while parsing a block mapping: did not find expected key (the quoted text "
        "that ends in this line began in line 1: is a quote missing there?)\nb: \"y\"\n    ^");
    EXPECT_EQ(digdag("a: \"x\n  y\"\nb: [1\n").find("quote missing"), std::string::npos);
}

TEST(DigdagYaml, NamesTheBracketThatIsNotClosed) {
    for (auto [text, words] : {
             std::pair("a: {b: c\nd: e\n",
                       " (the { of line 1, column 4 is not closed before that)"),
             std::pair("x: 1\na: [b, c\n",
                       " (the [ of line 2, column 4 is not closed before that)"),
             std::pair("é: [\n", " (the [ of line 1, column 4 is not closed before that)"),
             std::pair("a: {b: [c]\n", " (the { of line 1, column 4 is not closed before that)"),
         }) {
        EXPECT_NE(digdag(text).find(words), std::string::npos) << text << digdag(text);
    }
    EXPECT_EQ(digdag("a: [b c: {d} e]\n").find("not closed"), std::string::npos);
}

TEST(DigdagYaml, PointsAtTheKeyWithoutAColon) {
    EXPECT_EQ(digdag("a: 1\nb\nc: 2\n"),
              "a.dig:2:1: while scanning a simple key: could not find expected ':' (a key without "
              "a colon?)\nb\n^");
}

TEST(DigdagYaml, SaysThatTemplatesNeedQuotesInFlowMappings) {
    for (const char* text : {"é: {a: ${b}}\n", "a: [${b}]\n", "a: {b: [c, x${d.e}, f]}\n"}) {
        EXPECT_NE(digdag(text).find(
                      " (inside {} and [] a text with ${ must be in quotes: {a: \"${b}\"})\n"),
                  std::string::npos)
            << text;
    }
    EXPECT_EQ(digdag("a: {b {c: d}}\n").find("quotes"), std::string::npos);
}

TEST(DigdagYaml, MarksKeysAndValues) {
    auto value = parse_yaml("a:\n  - b: é\n    c: 1.0\n", {});
    const Value& item = value->find("a")->list()[0];
    EXPECT_EQ(item.mark().line, 2);
    EXPECT_EQ(item.mark().column, 5);
    const Map::Entry& entry = *(item.map().begin() + 1);
    EXPECT_EQ(entry.mark.line, 3);
    EXPECT_EQ(entry.mark.column, 5);
    EXPECT_EQ(entry.value.mark().column, 8);
    EXPECT_EQ(entry.value.scalar_text(), "1.0");  // digdag 2.9.1
}

TEST(EmbulkYaml, ResolvesTheVerifiedTable) {  // embulk 1.5.9b
    const std::map<std::string, std::string> cases = {
        {"0.5", "\"0.5\""},
        {"0.0", "\"0.0\""},
        {"-0.5", "\"-0.5\""},
        {"00.5", "\"00.5\""},
        {"08", "\"08\""},
        {"0o17", "\"0o17\""},
        {"'1,000'", "\"1,000\""},
        {"1,000", "\"1,000\""},
        {"1.5", "1.5"},
        {".5", "0.5"},
        {"1e3", "1000"},
        {"1.0e3", "1000"},
        {"12e03", "12000"},
        {"1e-3", "0.001"},
        {"3.0e-2", "0.03"},
        {"1.", "1"},
        {"100.0", "100"},
        {"1_000.5", "1000.5"},
        {"1:30.5", "90.5"},
        {"010", "8"},
        {"0x1F", "31"},
        {"0b11", "3"},
        {"12:30", "750"},
        {"12:30:45", "45045"},
        {"190:20:30", "685230"},
        {"1_000", "1000"},
        {"+12", "12"},
        {"-0", "0"},
        {"9223372036854775808", "9223372036854775808"},
        {"~", "null"},
        {"Null", "null"},
        {"NULL", "null"},
        {"", "null"},
    };
    for (const auto& [text, json] : cases) EXPECT_EQ(embulk("k: " + text), "{\"k\":" + json + "}");
    for (const char* text : {".inf", "-.INF", ".nan", "1e400", "1.5", "1e3", "1.", "1:30.5"}) {
        EXPECT_TRUE(parse_yaml(text, {.dialect = Dialect::kEmbulk})->is_float()) << text;
    }
}

TEST(EmbulkYaml, KeepsWhatWasWritten) {  // embulk 1.5.9a
    for (const char* text : {"NO", "yes", "2015-01-01", "010", "1_000", "1.50", "12:30"}) {
        auto value = parse_yaml(text, {.dialect = Dialect::kEmbulk});
        EXPECT_EQ(value->scalar_text(), text);
    }
    EXPECT_EQ(embulk("[NO, yes, On, TRUE, y, n]"), R"([false,true,true,true,"y","n"])");
}

TEST(EmbulkYaml, TheLastOfEqualKeysWins) {  // embulk 1.5.16
    EXPECT_EQ(embulk("a: 1\nb: 2\na: 3\n"), R"({"a":3,"b":2})");
}

TEST(EmbulkYaml, TakesNoIncludesAndNoNullKeys) {  // embulk 1.5.3, 1.5.9c
    EXPECT_EQ(embulk("!include : x").substr(0, 54),
              "a.yml:1:1: could not determine a constructor for the t");
    EXPECT_EQ(embulk("~: x").substr(0, 33), "a.yml:1:1: a key must not be null");
}

TEST(Yaml, NestingHasALimit) {
    for (const char* piece : {"[", "- ", "{a: "}) {
        std::string text;
        for (int level = 0; level < 100'000; ++level) text += piece;
        auto value = parse_yaml(text, {});
        ASSERT_FALSE(value.ok()) << piece;
        EXPECT_EQ(value.error().code(), Code::kLimit) << piece;
    }
    const std::string deep = std::string(kNestingMax, '[') + std::string(kNestingMax, ']');
    EXPECT_TRUE(parse_yaml(deep, {}).ok());
}

TEST(Yaml, AliasesHaveALimit) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int level = 1; level < 12; ++level) {
        const std::string one = "*a" + std::to_string(level - 1);
        bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + one;
        for (int copy = 0; copy < 8; ++copy) bomb += ", " + one;
        bomb += "]\n";
    }
    auto value = parse_yaml(bomb, {});
    ASSERT_FALSE(value.ok());
    EXPECT_EQ(value.error().code(), Code::kLimit);

    std::string chain = "a0: &a0 x\n";  // every alias one level deeper
    for (int level = 1; level < 3000; ++level) {
        chain += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [*a" +
                 std::to_string(level - 1) + "]\n";
    }
    auto deep = parse_yaml(chain, {});
    ASSERT_FALSE(deep.ok());
    EXPECT_EQ(deep.error().code(), Code::kLimit);
}

TEST(Caret, PointsBelowTheCharacter) {
    EXPECT_EQ(message_with_caret("a\n\té: x\n", "f", {2, 3}, "m"), "f:2:3: m\n\té: x\n\t ^");
    EXPECT_EQ(message_with_caret("日e\u0301: x", "f", {1, 4}, "m"), "f:1:4: m\n日e\u0301: x\n   ^");
    EXPECT_EQ(message_with_caret("a", "", {0, 0}, "m"), "m");
    EXPECT_EQ(message_with_caret("a", "", {9, 9}, "m"), "9:9: m\n\n^");
    // Not one of its bytes begins a character.
    const std::string broken(1000, '\x88');
    EXPECT_TRUE(message_with_caret(broken, "f", {1, 2}, "m").starts_with("f:1:2: m\n\x88"));
    const std::string message = message_with_caret(std::string(1000, 'x'), "f", {1, 500}, "m");
    EXPECT_EQ(message, "f:1:500: m\n" + std::string(120, 'x') + "\n" + std::string(60, ' ') + "^");
}

}  // namespace
}  // namespace mogura::config
