// Filters on rows written in YAML, printed by a formatter (spec embulk chapter 7; the recorded
// cases run in load_cases_test.cpp).

#include "plugins/plugins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace mogura::plugins {
namespace {

Result<config::Map> map_of(std::string_view yaml) {
    config::Value value = TRY(config::parse_yaml(yaml, {.dialect = config::Dialect::kEmbulk}));
    return value.map();
}

// What `in` (a config input) prints after `filter`, as rows without a header.
Result<std::string> run(std::string_view in, std::string_view filter,
                        std::string_view formatter = "type: csv\nheader_line: false\nnewline: LF",
                        load::Compat compat = load::Compat::kFixed) {
    Registry registry;
    add_all(registry);
    base::FakeClock clock{base::Instant()};
    load::Context context{.clock = clock, .compat = compat};
    auto in_map = TRY(map_of(in));
    auto filter_map = TRY(map_of(filter));
    auto formatter_map = TRY(map_of(formatter));
    config::Reader in_reader(in_map, "", "in");
    config::Reader filter_reader(filter_map, "", "filter");
    config::Reader formatter_reader(formatter_map, "", "formatter");
    auto input = TRY(registry.inputs.create("config", in_reader, true, context));
    auto made = TRY(registry.filters.create(filter_map.find("type")->string(), filter_reader, true,
                                            input->schema(), context));
    auto output = TRY(registry.formatters.create(formatter_map.find("type")->string(),
                                                 formatter_reader, true, made->schema(), context));
    std::string text = TRY(output->text->header());
    auto sink = [&](page::Page page) -> Result<> {
        page = TRY(made->apply(std::move(page)));
        return output->text->format(page, text);
    };
    for (size_t task = 0; task < input->tasks(); ++task) {
        TRY(input->run(task, sink));
    }
    return text;
}

std::string text_of(const Result<std::string>& result) {
    return result.ok() ? *result : "error: " + result.error().message();
}

constexpr std::string_view kJson =
    "columns: [{name: j, type: json}]\n"
    "values: [[[{p: {q: 1, r: 2}, arr: [{k: 1, m: 2}, {k: 3}], s: v}]]]";

std::string edited(std::string_view filter, std::string_view in = kJson) {
    return text_of(run(in, "type: column\n" + std::string(filter),
                       "type: csv\nheader_line: false\nnewline: LF\nquote_policy: NONE\n"
                       "escape: ''\ndelimiter: '|'"));
}

TEST(ColumnFilter, DropsInsideJson) {  // 7.4.9
    EXPECT_EQ(edited("drop_columns: [{name: $.j.p.q}]"),
              "{\"p\":{\"r\":2},\"arr\":[{\"k\":1,\"m\":2},{\"k\":3}],\"s\":\"v\"}\n");
    EXPECT_EQ(edited("drop_columns: [{name: '$.j.arr[*].k'}]"),
              "{\"p\":{\"q\":1,\"r\":2},\"arr\":[{\"m\":2},{}],\"s\":\"v\"}\n");
    EXPECT_EQ(edited("drop_columns: [{name: '$.j.arr[0]'}, {name: $.zz.q}]"),
              "{\"p\":{\"q\":1,\"r\":2},\"arr\":[{\"k\":3}],\"s\":\"v\"}\n");
    EXPECT_EQ(edited("drop_columns: [{name: \"$['j']['p']\"}, {name: '$.j.arr[7]'}]"),
              "{\"arr\":[{\"k\":1,\"m\":2},{\"k\":3}],\"s\":\"v\"}\n");
}

TEST(ColumnFilter, KeepsAndAddsInsideJson) {  // 7.4.7, 7.4.9, 7.4.10
    EXPECT_EQ(edited("columns: [{name: j}, {name: $.j.s}]"), "{\"s\":\"v\"}\n");
    EXPECT_EQ(edited("columns: [{name: j}, {name: '$.j.none[*].k'}, {name: $.j.no}]"),
              "{\"none\":[],\"no\":null}\n");
    EXPECT_EQ(edited("add_columns: [{name: $.j.p.x.y, type: long, default: 7}]"),
              "{\"p\":{\"q\":1,\"r\":2,\"x\":{\"y\":7}},\"arr\":[{\"k\":1,\"m\":2},{\"k\":3}],"
              "\"s\":\"v\"}\n");
    EXPECT_EQ(edited("columns: [{name: j}, {name: $.j.s}]",
                     "columns: [{name: j, type: json}]\nvalues: [[[null], [[1, 2]]]]"),
              "\n[1,2]\n");
}

TEST(ColumnFilter, NamesPathsThatItDoesNotSupport) {
    EXPECT_NE(edited("drop_columns: [{name: '$.j..q'}]").find("scan path token is not supported"),
              std::string::npos);
    EXPECT_NE(edited("drop_columns: [{name: '$.j[?(@.a)]'}]").find("predicate path token"),
              std::string::npos);
    EXPECT_NE(edited("drop_columns: [{name: '$.j[0:2]'}]").find("array slice"), std::string::npos);
    EXPECT_NE(edited("drop_columns: [{name: '$.j[0].k'}]").find("array index in the middle"),
              std::string::npos);
}

constexpr std::string_view kRows =
    "columns: [{name: l, type: long}, {name: s, type: string}]\n"
    "values: [[[1, a], [2, b], [3, abc], [null, null], [5, a]]]";

TEST(ColumnFilter, FillsCopiesAndRepeats) {  // 7.4.3, 7.4.11, 7.4.14
    EXPECT_EQ(text_of(run(kRows,
                          "type: column\ncolumns: [{name: s, default: x}, {name: s}, "
                          "{name: k, type: double, default: '2.5'}]")),
              "a,a,2.5\nb,b,2.5\nabc,abc,2.5\nx,,2.5\na,a,2.5\n");
    EXPECT_EQ(text_of(run(kRows, "type: column\ncolumns: []\ndrop_columns: [{name: s}]")),
              "1\n2\n3\n\n5\n");
    EXPECT_TRUE(
        text_of(run(kRows, "type: column\nadd_columns: [{name: l, type: long, default: 1}]"))
            .starts_with("error"));
    EXPECT_TRUE(
        text_of(run(kRows, "type: column\nadd_columns: [{name: k, type: long, default: x}]"))
            .starts_with("error"));
    EXPECT_TRUE(
        text_of(
            run(kRows, "type: column\nadd_columns: [{name: k, type: boolean, default: 'true'}]"))
            .starts_with("error"));
}

TEST(ColumnFilter, PutsTimesOnTheDateOfTheColumn) {  // 7.4.12
    auto added = [](std::string_view options) {
        return text_of(run("columns: [{name: l, type: long}]\nvalues: [[[1]]]",
                           "type: column\ndefault_date: 2020-02-29\n"
                           "default_timestamp_format: '%H:%M'\n"
                           "add_columns: [{name: t, type: timestamp, default: '03:25'" +
                               std::string(options) + "}]"));
    };
    EXPECT_EQ(added(""), "1,2020-02-29 03:25:00.000000 +0000\n");
    EXPECT_EQ(added(", date: 2021-03-04"), "1,2021-03-04 03:25:00.000000 +0000\n");
    EXPECT_EQ(added(", date: null, format: null, timezone: null"),
              "1,2020-02-29 03:25:00.000000 +0000\n");
}

std::string where(std::string_view expression) {
    return text_of(run(kRows, "type: row\nwhere: \"" + std::string(expression) + "\""));
}

TEST(RowFilter, TreatsNullAsTheStringRules) {  // 7.3.7, fixed
    EXPECT_EQ(where("l != 1"), "2,b\n3,abc\n,\n5,a\n");
    EXPECT_EQ(where("l < 2"), "1,a\n");
    EXPECT_EQ(where("NOT (s = 'abc')"), "1,a\n2,b\n,\n5,a\n");
    EXPECT_EQ(where("l IS NULL"), ",\n");
    EXPECT_EQ(where("l IS NOT NULL AND NOT s = 'a'"), "2,b\n3,abc\n");
}

TEST(RowFilter, ComparesTextsAndNumbers) {  // 7.3.2, 7.3.5
    EXPECT_EQ(where("3 <= l"), "3,abc\n5,a\n");
    EXPECT_EQ(where("s START_WITH 'a' AND s END_WITH 'c' OR s INCLUDE 'b' AND l = 2"),
              "2,b\n3,abc\n");
    EXPECT_EQ(where("s REGEXP 'b'"), "2,b\n3,abc\n");
    EXPECT_EQ(where("\\\"s\\\" >= 'abc' AND s < 'b'"), "3,abc\n");
    EXPECT_EQ(where("s = 'a' AND (l = 1 OR l = 2.0)"), "1,a\n");
}

TEST(RowFilter, ComparesTimesExactly) {  // 7.3.4, 7.3.5
    auto times = [](std::string_view expression) {
        return text_of(
            run("columns: [{name: t, type: timestamp, format: '%s.%N'}, {name: l, type: "
                "long}]\nvalues: [[['1435752754.35', 1], ['1435752754.999999999', 2], "
                "['-1.5', 3]]]",
                "type: row\nwhere: \"" + std::string(expression) + "\"",
                "type: csv\nnewline: LF\nheader_line: false\n"
                "default_timestamp_format: '%s.%N'"));
    };
    EXPECT_EQ(times("t = TIMESTAMP 1435752754.35"), "1435752754.350000000,1\n");
    EXPECT_EQ(times("t = 1435752754.35"), "1435752754.350000000,1\n");
    EXPECT_EQ(times("t >= TIMESTAMP 1435752754.9999999999"), "1435752754.999999999,2\n");
    EXPECT_EQ(times("t = TIMESTAMP '2015-07-01 12:12:34.35 +0000'"), "1435752754.350000000,1\n");
    EXPECT_NE(times("t = TIMESTAMP 99999999999999999999").find("there is no such time"),
              std::string::npos);
}

TEST(RowFilter, ExplainsMistakes) {  // 7.3.11
    EXPECT_NE(where("l > 'a'").find("\"l\" is not a String column"), std::string::npos);
    EXPECT_NE(where("s = 'a' and l = 1").find("Column 'and' is not found"), std::string::npos);
    EXPECT_NE(where("s = \\\"a\\\"").find("Column 'a' is not found"), std::string::npos);
    EXPECT_NE(where("").find("the expression is empty"), std::string::npos);
    EXPECT_TRUE(where("(l = 1").starts_with("error"));
    EXPECT_TRUE(where("l START_WITH 1").starts_with("error"));
}

TEST(RowFilter, TakesConditions) {  // 7.3.8
    EXPECT_EQ(text_of(run(kRows,
                          "type: row\ncondition: or\nconditions:\n"
                          "- {column: l, operator: '>=', argument: 5}\n"
                          "- {column: s, operator: startsWith, argument: b}\n"
                          "- {column: s, operator: is null}")),
              "2,b\n,\n5,a\n");
    EXPECT_EQ(text_of(run(kRows, "type: row\nconditions: [{column: s, argument: a, not: true}]")),
              "2,b\n3,abc\n,\n");
}

std::string renamed(std::string_view names, std::string_view rules) {
    std::string in = "columns:\n";
    for (std::string& name : base::split(names, ',')) {
        in += "- {name: '" + name + "', type: string}\n";
    }
    auto text = run(in + "values: []", "type: rename\nrules: [" + std::string(rules) + "]",
                    "type: csv\nnewline: LF");
    if (text.ok()) text->pop_back();
    return text_of(text);
}

TEST(Rename, AppliesRules) {  // 7.1.3 to 7.1.9a
    EXPECT_EQ(renamed("a,a,a_2,a", "{rule: unique_number_suffix}"), "a,a_3,a_2,a_4");
    EXPECT_EQ(renamed("a,a", "{rule: unique_number_suffix, delimiter: '-', digits: 3, offset: 5}"),
              "a,a-006");
    EXPECT_EQ(renamed("a,a_1,a", "{rule: unique_number_suffix, offset: 0}"), "a,a_1,a_2");
    EXPECT_EQ(renamed("1ab,_ab", "{rule: first_character_types, pass_types: [a-z], prefix: _}"),
              "_1ab,__ab");
    EXPECT_EQ(renamed("a b,Ab-C,漢字", "{rule: character_types, pass_types: [a-z, A-Z]}"),
              "a_b,Ab_C,__");
    EXPECT_EQ(renamed("Été,straße", "{rule: lower_to_upper}"), "ÉTÉ,STRASSE");
    EXPECT_EQ(renamed("abcdef", "{rule: truncate, max_length: 3}"), "abc");
    EXPECT_EQ(renamed("a1b2", "{rule: regex_replace, match: '([a-z])([0-9])', replace: '$2$1'}"),
              "1a2b");
}

TEST(Rename, RefusesWrongRules) {
    EXPECT_NE(renamed("a", "{rule: unique_number_suffix, max_length: 6}")
                  .find("\"max_length\" in rule \"unique_number_suffix\" must be larger than 7"),
              std::string::npos);
    EXPECT_TRUE(renamed("a", "truncate").starts_with("error"));
    EXPECT_TRUE(renamed("a", "{rule: nothing}").starts_with("error"));
    EXPECT_TRUE(renamed("a", "{rule: character_types}").starts_with("error"));
    EXPECT_TRUE(renamed("a", "{rule: regex_replace, match: '[', replace: x}").starts_with("error"));
}

TEST(RemoveColumns, NeedsOneOfTheLists) {  // 7.2
    EXPECT_EQ(text_of(run(kRows, "type: remove_columns\nkeep: [s]")), "a\nb\nabc\n\na\n");
    EXPECT_NE(text_of(run(kRows, "type: remove_columns")).find("Must require remove: or keep:"),
              std::string::npos);
    EXPECT_TRUE(
        text_of(run(kRows, "type: remove_columns\nkeep: [s]\nremove: [l]")).starts_with("error"));
}

TEST(JsonlFormatter, WritesAnObjectALine) {  // 5.6
    constexpr std::string_view kIn =
        "columns: [{name: b, type: boolean}, {name: l, type: long}, {name: d, type: double}, "
        "{name: s, type: string}, {name: t, type: timestamp, format: '%Y-%m-%d'}, "
        "{name: j, type: json}, {name: r, type: string}]\n"
        "values: [[[true, 1, 1.5, \"a\\\"b\\n\", '2021-05-06', {a: [1]}, '[1, 2]'], "
        "[null, null, null, null, null, null, null], [false, -1, .nan, x, '2021-05-06', s, '1']]]";
    EXPECT_EQ(
        text_of(run(kIn, "type: rename", "type: jsonl\ndate_format: '%F'\njson_columns: [r]")),
        "{\"b\":true,\"l\":1,\"d\":1.5,\"s\":\"a\\\"b\\n\",\"t\":\"2021-05-06\","
        "\"j\":{\"a\":[1]},\"r\":[1, 2]}\n"
        "{\"b\":null,\"l\":null,\"d\":null,\"s\":null,\"t\":null,\"j\":null,\"r\":null}\n"
        "{\"b\":false,\"l\":-1,\"d\":null,\"s\":\"x\",\"t\":\"2021-05-06\",\"j\":\"s\","
        "\"r\":1}\n");
    EXPECT_TRUE(text_of(run(kIn, "type: rename", "type: jsonl\njson_columns: [s]"))
                    .starts_with("error: json_columns: column s"));
}

TEST(JsonlFormatter, HasTheDatesOfJava) {  // 5.6.1
    constexpr std::string_view kIn =
        "columns: [{name: t, type: timestamp, format: '%Y-%m-%d %H:%M:%S.%N'}]\n"
        "values: [[['2021-05-06 07:08:09.125']]]";
    const auto time = [&](std::string_view options, load::Compat compat = load::Compat::kFixed) {
        return text_of(run(kIn, "type: rename", "type: jsonl\n" + std::string(options), compat));
    };
    EXPECT_EQ(time("timezone: Asia/Tokyo\ndate_format: \"yyyy-MM-dd'T'HH:mm:ss.SSSZ\""),
              "{\"t\":\"2021-05-06T16:08:09.125+0900\"}\n");
    EXPECT_EQ(time("newline: nul\ndate_format: ~"),
              std::string("{\"t\":\"2021-05-06 07:08:09.125000 +0000\"}\0", 41));
    EXPECT_EQ(time("newline: CR", load::Compat::kStrict),
              "{\"t\":\"2021-05-06 07:08:09 +0000\"}\r");
    EXPECT_EQ(time("newline: 'no'\ndate_format: \"%F\""), "{\"t\":\"2021-05-06\"}");
    EXPECT_THAT(time("date_format: YYYY"), testing::HasSubstr("'YYYY' in the pattern"));
}

}  // namespace
}  // namespace mogura::plugins
