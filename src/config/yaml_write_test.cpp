#include "config/json.h"
#include "config/yaml.h"

#include <gtest/gtest.h>

#include <limits>

namespace mogura::config {
namespace {

std::string yaml_of(std::string_view json) {
    return to_yaml(*parse_json(json, "x"));
}

TEST(ToYaml, PrintsAGuessAsEmbulkDoes) {  // embulk 1.7.6, 2.10.1
    EXPECT_EQ(yaml_of(R"({"in":{"type":"file","parser":{"charset":"UTF-8","delimiter":",",
                          "quote":"\"","null_string":"NULL","skip_header_lines":1,"tab":"\t",
                          "columns":[{"name":"id","type":"long"},
                          {"name":"time","type":"timestamp","format":"%Y-%m-%d %H:%M:%S"}]}},
                          "out":{"type":"stdout"},"none":{},"list":[]})"),
              "in:\n"
              "  type: file\n"
              "  parser:\n"
              "    charset: UTF-8\n"
              "    delimiter: ','\n"
              "    quote: '\"'\n"
              "    null_string: 'NULL'\n"
              "    skip_header_lines: 1\n"
              "    tab: \"\\t\"\n"
              "    columns:\n"
              "    - {name: id, type: long}\n"
              "    - {name: time, type: timestamp, format: '%Y-%m-%d %H:%M:%S'}\n"
              "out: {type: stdout}\n"
              "none: {}\n"
              "list: []\n");
}

TEST(ToYaml, QuotesOnlyWhereItMust) {
    EXPECT_EQ(yaml_of(R"(["a b","true","NO","1","1.5","12:30","2015-01-01","","~","a: b","a #b",
                          "- a","-a","it's","'q'","a,b","a:b","é","x{y"," a","y","\u0001","a\u0085"])"),
              "[a b, 'true', 'NO', '1', '1.5', '12:30', '2015-01-01', '', '~', 'a: b', 'a #b', "
              "'- a', -a, it's, '''q''', 'a,b', 'a:b', é, 'x{y', ' a', y, \"\\u0001\", "
              "\"a\\u0085\"]\n");
    EXPECT_EQ(yaml_of(R"({"a":{"b":[{"p":"a:b"}]},"path":"a,b:c"})"),
              "a:\n  b:\n  - {p: 'a:b'}\npath: a,b:c\n");
}

TEST(ToYaml, NestsListsAndPrintsLinesAsTheyAre) {
    EXPECT_EQ(yaml_of(R"([[[1],{"a":[2,[]]}],3])"), "- - [1]\n  - a:\n    - 2\n    - []\n- 3\n");
    EXPECT_EQ(yaml_of(R"({"q":"select 1\n\n  from t\n","r":"a\nb","s":"a\n\n"})"),
              "q: |\n  select 1\n\n    from t\nr: |-\n  a\n  b\ns: |+\n  a\n\n");
    EXPECT_EQ(yaml_of(R"("\n a")"), "\"\\n a\"\n");
}

TEST(ToYaml, KeepsNumbersNumbers) {
    EXPECT_EQ(to_yaml(Value(1000.0)), "1000.0\n");
    EXPECT_EQ(to_yaml(Value(1e21)), "1e+21\n");
    EXPECT_EQ(to_yaml(Value(-std::numeric_limits<double>::infinity())), "-.inf\n");
    EXPECT_EQ(to_yaml(*parse_yaml("a: 1_000\nb: [0x1F, NO]\n", {.dialect = Dialect::kEmbulk})),
              "a: 1_000\nb: [0x1F, NO]\n");
}

TEST(ToYaml, MarksKeysTooLongToBeSeen) {
    const std::string key(2000, 'k');
    for (const std::string& json : {"{\"" + key + "\":[1,2],\"b\":[{\"" + key + "\":1}]}",
                                    "{\"" + key + "\":{\"a\":{\"" + key + "\":[[1]]}}}"}) {
        auto again = parse_yaml(yaml_of(json), {});
        ASSERT_TRUE(again.ok()) << again.error().message();
        EXPECT_EQ(to_json(*again), json);
    }
}

TEST(ToYaml, ReadsBackTheSame) {
    const auto value = parse_json(
        R"({"a":["","\n","a\n","a\n\n\nb"," a\nb","\t","a\tb\nc","\r\n","---","...","? a","!x","&x",
        "*x","%x","@x","`x","|","null",":","a:","#","-","?","=","<<","0x1F","日本","😀","1e3",".5"],
        "b":{"c: d":1,"- e":[{"f":{"g":null}}],"":true,"true":false,"x\ny":0,"?":[[[]]]}})",
        "x");
    ASSERT_TRUE(value.ok());
    for (Dialect dialect : {Dialect::kDigdag, Dialect::kEmbulk}) {
        auto again = parse_yaml(to_yaml(*value), {.dialect = dialect});
        ASSERT_TRUE(again.ok()) << again.error().message() << to_yaml(*value);
        EXPECT_EQ(to_json(*again), to_json(*value));
    }
}

}  // namespace
}  // namespace mogura::config
