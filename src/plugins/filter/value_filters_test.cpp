// The filters that work value by value: typecast, timestamp_format, add_time, expand_json, calc,
// hash (spec embulk 7.5 to 7.10; the recorded cases run in load_cases_test.cpp).

#include "plugins/plugins.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace mogura::plugins {
namespace {

config::Map map_of(std::string_view yaml) {
    auto value = config::parse_yaml(yaml, {.dialect = config::Dialect::kEmbulk});
    return value.ok() && value->is_map() ? value->map() : config::Map();
}

Result<std::string> filtered(std::string_view columns, std::string_view values,
                             std::string_view filter, load::Compat compat) {
    Registry registry;
    add_all(registry);
    base::FakeClock clock{base::Instant()};
    load::Context context{.clock = clock, .compat = compat, .plugins = &registry};
    context.transaction_time = base::Instant(std::chrono::seconds(1'420'070'400));
    config::Map in =
        map_of("columns: [" + std::string(columns) + "]\nvalues: [[" + std::string(values) + "]]");
    config::Map made_of = map_of(filter);
    config::Map out = map_of(
        "newline: LF\nnull_string: '~'\ndelimiter: '|'\nquote_policy: NONE\n"
        "default_timestamp_format: '%Y-%m-%dT%H:%M:%S.%N'");
    config::Reader in_reader(in, "", "in");
    config::Reader filter_reader(made_of, "", "filter");
    config::Reader out_reader(out, "", "formatter");
    auto input = TRY(registry.inputs.create("config", in_reader, true, context));
    auto made = TRY(registry.filters.create(made_of.find("type")->string(), filter_reader, true,
                                            input->schema(), context));
    auto output = TRY(registry.formatters.create("csv", out_reader, true, made->schema(), context));
    std::string text = TRY(output->text->header());
    auto sink = [&](page::Page page) -> Result<> {
        page = TRY(made->apply(std::move(page)));
        return output->text->format(page, text);
    };
    for (size_t task = 0; task < input->tasks(); ++task) TRY(input->run(task, sink));
    return text;
}

// The header and the rows, or "error: ...".
std::string run(std::string_view columns, std::string_view values, std::string_view filter,
                load::Compat compat = load::Compat::kFixed) {
    auto text = filtered(columns, values, filter, compat);
    return text.ok() ? *text : "error: " + text.error().message();
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

// One value of a type, cast to another.
std::string cast(std::string_view from, std::string_view value, std::string_view to) {
    std::string text =
        run("{name: v, type: " + std::string(from) + ", format: '%Y-%m-%d %H:%M:%S.%N'}",
            "[" + std::string(value) + "]",
            "type: typecast\ncolumns: [{name: v, type: " + std::string(to) +
                ", format: '%Y/%m/%d %H:%M:%S.%L'}]");
    return text.starts_with("v\n") ? text.substr(2, text.size() - 3) : text;
}

TEST(Typecast, CastsAsTheTableSays) {  // embulk 7.5.3
    struct Row {
        const char* from;
        const char* value;
        const char* to;
        const char* result;  // ~ is null
    };
    const Row rows[] = {
        {"string", "'yes'", "boolean", "true"},
        {"string", "'0'", "boolean", "false"},
        {"string", "'OFF'", "boolean", "false"},
        {"string", "'maybe'", "boolean", "~"},
        {"string", "'+12'", "long", "12"},
        {"string", "'1.5'", "long", "~"},
        {"string", "' 1.5 '", "double", "1.5"},
        {"string", "'x'", "double", "~"},
        {"string", "'2015/01/27 19:23:49.25'", "timestamp", "2015-01-27T19:23:49.250000000"},
        {"string", "'{\"a\": 1}'", "json", "{\"a\":1}"},
        {"string", "'{bad'", "json", "~"},
        {"string", "'x'", "string", "x"},
        {"long", "1", "boolean", "true"},
        {"long", "2", "boolean", "~"},
        {"long", "3", "double", "3.0"},
        {"long", "3", "string", "3"},
        {"long", "60", "timestamp", "1970-01-01T00:01:00.000000000"},
        {"long", "3", "json", "~"},
        {"double", "-1.9", "long", "-1"},
        {"double", "9.2e18", "long", "9200000000000000000"},
        {"double", "1.0e19", "long", "~"},
        {"double", "-1.0e19", "long", "~"},
        {"double", ".nan", "long", "~"},
        {"long", "31556889864403199", "timestamp", "1000000000-12-31T23:59:59.000000000"},
        {"long", "31556889864403200", "timestamp", "~"},
        {"long", "-9223372036854775807", "timestamp", "~"},
        {"double", "1.0e10", "string", "1.0E10"},
        {"double", "1.5", "timestamp", "1970-01-01T00:00:01.500000000"},
        {"double", "-1.5", "timestamp", "1969-12-31T23:59:58.500000000"},
        {"double", "1.0", "boolean", "~"},
        {"boolean", "true", "long", "1"},
        {"boolean", "false", "string", "false"},
        {"boolean", "true", "double", "~"},
        {"boolean", "true", "timestamp", "~"},
        {"timestamp", "'1970-01-01 00:00:02.5'", "long", "2"},
        {"timestamp", "'1970-01-01 00:00:02.5'", "double", "2.5"},
        {"timestamp", "'2015-01-27 19:23:49.256'", "string", "2015/01/27 19:23:49.256"},
        {"timestamp", "'1970-01-01 00:00:02.5'", "boolean", "~"},
        {"timestamp", "'1970-01-01 00:00:02.5'", "json", "~"},
        {"json", "'text'", "string", "text"},
        {"json", "{a: [1, 2.0]}", "string", "{\"a\":[1,2.0]}"},
        {"json", "{a: 1}", "long", "~"},
        {"json", "'text'", "boolean", "~"},
        {"string", "null", "long", "~"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(cast(row.from, row.value, row.to), row.result)
            << row.from << " " << row.value << " to " << row.to;
    }
}

TEST(Typecast, StopsWhenAsked) {  // embulk 7.5.4
    std::string_view stop = "type: typecast\nstop_on_invalid_record: true\ncolumns: ";
    EXPECT_EQ(
        run("{name: v, type: string}", "['x']", std::string(stop) + "[{name: v, type: long}]"),
        "error: cannot cast String to long: \"x\"");
    EXPECT_TRUE(contains(run("{name: v, type: double}", "[1.0e300]",
                             "type: typecast\ncolumns: [{name: v, type: timestamp}]"),
                         "ArithmeticException"));
}

TEST(Typecast, SaturatesInStrictOnly) {  // embulk 7.5.3: as Java narrows a double
    std::string_view filter = "type: typecast\ncolumns: [{name: v, type: long}]";
    std::string_view column = "{name: v, type: double}";
    EXPECT_EQ(run(column, "[1.0e19], [-1.0e19], [.nan]", filter, load::Compat::kStrict),
              "v\n9223372036854775807\n-9223372036854775808\n0\n");
    EXPECT_EQ(run(column, "[1.0e19]", std::string(filter) + "\nstop_on_invalid_record: true"),
              "error: cannot cast Double to long: \"1.0E19\"");
    std::string_view inside = "type: typecast\ncolumns: [{name: $.j.a, type: long}]";
    EXPECT_EQ(run("{name: j, type: json}", "[{a: 1.0e19}]", inside, load::Compat::kStrict),
              "j\n{\"a\":9223372036854775807}\n");
    EXPECT_EQ(run("{name: j, type: json}", "[{a: 1.0e19}]", inside), "j\n~\n");
}

TEST(Typecast, CastsInsideJson) {  // embulk 7.5.5
    std::string_view column = "{name: j, type: json}";
    auto cast_path = [&](std::string_view value, std::string_view path, std::string_view to,
                         bool stops = false) {
        return run(column, "[" + std::string(value) + "]",
                   "type: typecast\nstop_on_invalid_record: " +
                       std::string(stops ? "true" : "false") + "\ncolumns: [{name: \"" +
                       std::string(path) + "\", type: " + std::string(to) + "}]");
    };
    EXPECT_EQ(cast_path("{a: 1, b: 2}", "$.j.a", "string"), "j\n{\"a\":\"1\",\"b\":2}\n");
    EXPECT_EQ(cast_path("{a: '7'}", "$.j.a", "double"), "j\n{\"a\":7.0}\n");
    EXPECT_EQ(cast_path("{a: ['1', '2']}", "$.j.a[*]", "long"), "j\n{\"a\":[1,2]}\n");
    EXPECT_EQ(cast_path("{a: '{\"b\": 1}'}", "$.j.a", "json"), "j\n{\"a\":{\"b\":1}}\n");
    EXPECT_EQ(cast_path("{a: {b: true}}", "$.j.a.b", "long"), "j\n{\"a\":{\"b\":1}}\n");
    EXPECT_EQ(cast_path("{a: x}", "$.j.a", "long"), "j\n~\n");
    EXPECT_EQ(cast_path("{b: 1}", "$.j.a", "long"), "j\n{\"b\":1}\n");
    EXPECT_EQ(cast_path("[1]", "$.j.a", "long"), "j\n[1]\n");
    EXPECT_TRUE(cast_path("{b: 1}", "$.j.a", "long", true).starts_with("error: "));
    EXPECT_TRUE(contains(cast_path("{a: 1}", "$.j.a", "timestamp"), "there are no timestamps"));
}

TEST(Typecast, CastsInsideTextThatBecomesJson) {  // embulk 7.5.5
    std::string_view both =
        "type: typecast\ncolumns: [{name: $.j.a, type: long}, {name: j, type: json}]";
    EXPECT_EQ(run("{name: j, type: string}", "['{\"a\": \"7\", \"b\": 1}'], ['[7]'], [null]", both),
              "j\n{\"a\":7,\"b\":1}\n[7]\n~\n");
    EXPECT_EQ(run("{name: j, type: string}", "['{bad'], ['{\"a\": \"x\"}']", both), "j\n~\n~\n");
    EXPECT_EQ(run("{name: j, type: json}", "[{a: '7'}]",
                  "type: typecast\ncolumns: [{name: j, type: string}, {name: $.j.a, type: long}]"),
              "j\n{\"a\":7}\n");
    EXPECT_EQ(run("{name: j, type: json}", "[[{a: '7'}]]",
                  "type: typecast\ncolumns: [{name: '$.j[0].a', type: long}]"),
              "j\n[{\"a\":7}]\n");
    for (std::string_view more : {"", ", {name: j, type: long}"}) {
        EXPECT_TRUE(contains(
            run("{name: j, type: string}", "[x]",
                "type: typecast\ncolumns: [{name: $.j.a, type: long}" + std::string(more) + "]"),
            "a JSON path into a column that is not json: j (cast it to json"));
    }
}

TEST(Typecast, PutsTimesOnTheDateOfTheColumn) {  // embulk 7.5.2
    auto cast_time = [](std::string_view options) {
        return run("{name: v, type: string}", "['03:25']",
                   "type: typecast\ndefault_date: 2020-02-29\ndefault_timestamp_format: '%H:%M'\n"
                   "columns: [{name: v, type: timestamp" +
                       std::string(options) + "}]");
    };
    EXPECT_EQ(cast_time(""), "v\n2020-02-29T03:25:00.000000000\n");
    EXPECT_EQ(cast_time(", date: 2021-3-4"), "v\n2021-03-04T03:25:00.000000000\n");
    EXPECT_EQ(cast_time(", date: null, format: null, timezone: null"),
              "v\n2020-02-29T03:25:00.000000000\n");
    EXPECT_TRUE(contains(cast_time(", date: soon"), "not a date (write YYYY-MM-DD): soon"));
}

TEST(Typecast, ChecksItsColumns) {  // embulk 7.5.2
    EXPECT_TRUE(contains(
        run("{name: v, type: long}", "[1]", "type: typecast\ncolumns: [{name: zz, type: long}]"),
        "Column 'zz' is not found"));
    EXPECT_TRUE(contains(
        run("{name: v, type: long}", "[1]", "type: typecast\ncolumns: [{name: v, type: int}]"),
        "Unknown type name 'int'"));
}

// embulk 7.6: one value, rewritten.
std::string rewritten(std::string_view from, std::string_view value, std::string_view options) {
    std::string text =
        run("{name: v, type: " + std::string(from) + ", format: '%Y-%m-%d %H:%M:%S.%N'}",
            "[" + std::string(value) + "]",
            "type: timestamp_format\ncolumns: [{name: v, " + std::string(options) + "}]");
    return text.starts_with("v\n") ? text.substr(2, text.size() - 3) : text;
}

TEST(TimestampFormat, RewritesWhatItReads) {  // embulk 7.6.2 to 7.6.4
    struct Row {
        const char* from;
        const char* value;
        const char* options;
        const char* result;
    };
    const Row rows[] = {
        {"string", "'2015-01-27 19:23:49.5 +0900'", "to_format: '%Y/%m/%d %H:%M:%S'",
         "2015/01/27 10:23:49"},
        {"string", "'27.01.2015'", "from_format: ['%Y', '%d.%m.%Y'], to_format: '%m'", "01"},
        {"string", "'27.01.2015'",
         "from_format: '%d.%m.%Y', from_timezone: Asia/Tokyo, to_timezone: Asia/Tokyo, "
         "to_format: '%d %z'",
         "27 +0900"},
        {"string", "'no'", "to_format: '%Y'", "~"},
        {"string", "'2015'", "from_format: '%Y', type: timestamp", "2015-01-01T00:00:00.000000000"},
        {"string", "'1970-01-01 00:00:01.5 UTC'", "type: long", "1"},
        {"string", "'1970-01-01 00:00:01.5 UTC'", "type: long, to_unit: ms", "1500"},
        {"string", "'1970-01-01 00:00:01.5 UTC'", "type: double", "1.5"},
        {"long", "1500", "from_unit: ms, to_format: '%S.%L'", "01.500"},
        {"long", "1500", "type: long, from_unit: ms, to_unit: sec", "1"},
        {"long", "-1500", "type: long, from_unit: ms, to_unit: sec", "-1"},
        {"long", "2", "type: long, to_unit: NanoSecond", "2000000000"},
        {"long", "3", "type: timestamp", "1970-01-01T00:00:03.000000000"},
        {"double", "1.5", "type: double, to_unit: milli", "1500.0"},
        {"double", "1.5", "type: timestamp", "1970-01-01T00:00:01.500000000"},
        {"double", "1500.0", "type: long, from_unit: us, to_unit: ms", "1"},
        {"timestamp", "'1969-12-31 23:59:58.5'", "type: long", "-2"},
        {"timestamp", "'1969-12-31 23:59:58.5'", "type: double", "-1.5"},
        {"timestamp", "'2015-01-27 19:23:49.5'", "to_format: '%H:%M'", "19:23"},
        {"string", "null", "to_format: '%Y'", "~"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(rewritten(row.from, row.value, row.options), row.result)
            << row.from << " " << row.value << " " << row.options;
    }
}

TEST(TimestampFormat, WrapsInStrictOnly) {  // embulk 7.6.2
    auto rewrite = [](std::string_view type, std::string_view value, std::string_view options,
                      load::Compat compat) {
        return run("{name: v, type: " + std::string(type) + "}", "[" + std::string(value) + "]",
                   "type: timestamp_format\ncolumns: [{name: v, " + std::string(options) + "}]",
                   compat);
    };
    struct Row {
        const char* type;
        const char* value;
        const char* options;
        const char* fixed;
        const char* strict;
    };
    const Row rows[] = {
        {"long", "10000000000000", "type: timestamp, from_unit: ms",
         "2286-11-20T17:46:40.000000000", "1702-05-02T18:12:06.290448384"},
        {"long", "10000000000000", "type: long, from_unit: ms, to_unit: sec", "10000000000",
         "-8446744073"},
        {"long", "10000000000", "type: long, to_unit: ns", "~", "-8446744073709551616"},
        {"long", "9000000000000000000", "type: timestamp", "~", nullptr},
        {"double", "1.0e10", "type: timestamp", "2286-11-20T17:46:40.000000000",
         "2262-04-11T23:47:16.854775807"},
        {"double", "1.0e10", "type: long, to_unit: ns", "~", "9223372036854775807"},
        {"double", "1.0e300", "type: timestamp", "~", "2262-04-11T23:47:16.854775807"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(rewrite(row.type, row.value, row.options, load::Compat::kFixed),
                  "v\n" + std::string(row.fixed) + "\n")
            << row.value << " " << row.options;
        if (!row.strict) continue;
        EXPECT_EQ(rewrite(row.type, row.value, row.options, load::Compat::kStrict),
                  "v\n" + std::string(row.strict) + "\n")
            << row.value << " " << row.options;
    }
}

TEST(TimestampFormat, ChecksItsOptions) {  // embulk 7.6.2, 7.6.3
    EXPECT_TRUE(contains(rewritten("long", "1", "from_unit: Milli"), "unknown unit: Milli"));
    EXPECT_TRUE(contains(rewritten("long", "1", "type: boolean"), "must be string, timestamp"));
    EXPECT_TRUE(contains(rewritten("boolean", "true", "type: long"), "holds no times"));
    EXPECT_TRUE(contains(run("{name: v, type: string}", "[x]",
                             "type: timestamp_format\nstop_on_invalid_record: true\n"
                             "columns: [{name: v}]"),
                         "failed to parse timestamp: \"x\" of v"));
}

TEST(TimestampFormat, RewritesInsideJson) {  // embulk 7.6.5
    EXPECT_EQ(run("{name: j, type: json}", "[{a: {t: '2015-01-27'}, n: 5}]",
                  "type: timestamp_format\ndefault_from_timestamp_format: ['%Y-%m-%d']\ncolumns: "
                  "[{name: $.j.a.t, to_format: '%Y%m%d'}, {name: $.j.n, type: long, to_unit: ms}]"),
              "j\n{\"a\":{\"t\":\"20150127\"},\"n\":5000}\n");
}

// The same text in another format.
std::string reformatted(std::string_view text, std::string_view options) {
    return rewritten("string", "'" + std::string(text) + "'", options);
}

TEST(TimestampFormat, WritesSixDigitsUnlessAsked) {  // embulk 7.6.1
    EXPECT_EQ(reformatted("2015-07-12 15:00:00.1 UTC", "to_timezone: UTC"),
              "2015-07-12 15:00:00.100000 +0000");
}

TEST(TimestampFormat, ReadsJavaFormats) {  // embulk 7.6: as Joda-Time does
    struct Row {
        const char* format;
        const char* text;
        const char* result;  // ~ is null
    };
    const Row rows[] = {
        {"yyyy-MM-dd HH:mm:ss.SSS z", "2015-07-12 15:00:00.1 UTC", "2015-07-12 15:00:00.100000000"},
        {"yyyy-MM-dd HH:mm:ss z", "2015-07-12 15:00:00 PST", "2015-07-12 22:00:00.000000000"},
        {"yyyy-MM-dd HH:mm:ss z", "2015-07-12 15:00:00 JST", "~"},
        {"yyyy-MM-dd HH:mm:ss z", "2015-07-12 15:00:00 utc", "~"},
        {"yyyy-MM-dd HH:mm:ss Z", "2015-07-12 15:00:00 +09:30", "2015-07-12 05:30:00.000000000"},
        {"yyyy-MM-dd HH:mm:ss Z", "2015-07-12 15:00:00 -09", "2015-07-13 00:00:00.000000000"},
        {"yyyy-MM-dd HH:mm:ss ZZ", "2015-07-12 15:00:00 Z", "2015-07-12 15:00:00.000000000"},
        {"yyyy-MM-dd HH:mm:ss ZZZ", "2015-07-12 15:00:00 Asia/Tokyo",
         "2015-07-12 06:00:00.000000000"},
        {"yyyy-MM-dd HH:mm:ss ZZZ", "2015-07-12 15:00:00 Asia/Nowhere", "~"},
        {"yyyy-MM-dd HH:mm:ss", "2015-7-2 1:2:3", "2015-07-02 01:02:03.000000000"},
        {"yyyy-MM-dd HH:mm:ss", "2015-07-12 15:00:00 UTC", "~"},
        {"yyyy-MM-dd HH:mm:ss", "2015-02-29 15:00:00", "~"},
        {"yyyy-MM-dd HH:mm:ss", "2015-07-12 24:00:00", "~"},
        {"YYYY-MM-dd", "2015-07-12", "2015-07-12 00:00:00.000000000"},
        {"YYYY-MM-dd", "-2015-07-12", "~"},
        {"yyyyMMdd", "20150712", "2015-07-12 00:00:00.000000000"},
        {"yyMMdd", "150712", "2015-07-12 00:00:00.000000000"},
        {"yyMMdd", "350712", "1935-07-12 00:00:00.000000000"},
        {"yy/MM/dd", "2035/07/12", "2035-07-12 00:00:00.000000000"},
        {"yyyy-D", "2016-366", "2016-12-31 00:00:00.000000000"},
        {"yyyy-D", "2015-366", "~"},
        {"EEE MMM dd HH:mm:ss yyyy", "SUN JULY 12 15:00:00 2015", "2015-07-12 15:00:00.000000000"},
        {"EEE MMM dd yyyy", "Mon Jul 12 2015", "2015-07-06 00:00:00.000000000"},
        {"EEE MMM dd yyyy", "sUn Jul 12 2015", "~"},
        {"MM/dd HH:mm", "07/12 15:30", "2000-07-12 15:30:00.000000000"},
        {"HH:mm", "15:30", "1970-01-01 15:30:00.000000000"},
        {"hh:mm a", "12:30 am", "1970-01-01 00:30:00.000000000"},
        {"KK:mm a", "11:30 PM", "1970-01-01 23:30:00.000000000"},
        {"kk:mm", "24:30", "1970-01-01 00:30:00.000000000"},
        {"yyyy-MM-dd'T'HH:mm:ss'Z'", "2015-07-12t15:00:00z", "2015-07-12 15:00:00.000000000"},
        {"yyyy ''yy'' MM", "2015 '15' 07", "2015-07-01 00:00:00.000000000"},
        {"yyyy-MM-dd HH:mm:ss.nnnnnnnnn", "2015-07-12 15:00:00.123456789",
         "2015-07-12 15:00:00.123456789"},
        {"yyyy-MM-dd HH:mm:ss.nnnnnnnnn", "2015-07-12 15:00:00.12",
         "2015-07-12 15:00:00.120000000"},
        {"yyyy-MM-dd HH:mm:ss.SSSSSS", "2015-07-12 15:00:00.123456",
         "2015-07-12 15:00:00.123000000"},
        {"yyyy-MM-dd HH:mm:ss", "9999-12-31 23:59:59", "9999-12-31 23:59:59.000000000"},
    };
    for (const Row& row : rows) {
        std::string text = row.text;
        for (size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 2) {
            text.insert(at, "'");
        }
        EXPECT_EQ(reformatted(text, "to_format: '%Y-%m-%d %H:%M:%S.%N', from_format: \"" +
                                        std::string(row.format) + "\""),
                  row.result)
            << row.format << " of " << row.text;
    }
}

TEST(TimestampFormat, ReadsJavaFormatsInTheZoneOfTheColumn) {  // embulk 7.6
    std::string_view options =
        "from_format: 'yyyy-MM-dd HH:mm', from_timezone: America/New_York, "
        "to_format: '%Y-%m-%d %H:%M'";
    EXPECT_EQ(reformatted("2015-07-12 15:00", options), "2015-07-12 19:00");
    EXPECT_EQ(reformatted("2015-03-08 02:30", options), "~");  // left out by summer time
    EXPECT_EQ(reformatted("2015-11-01 01:30", options), "2015-11-01 05:30");
}

TEST(TimestampFormat, WritesJavaFormats) {  // embulk 7.6: as Joda-Time does
    struct Row {
        const char* format;
        const char* zone;
        const char* result;
    };
    const Row rows[] = {
        {"yyyy-MM-dd HH:mm:ss.SSS Z", "Asia/Taipei", "2015-07-05 13:04:09.123 +0800"},
        {"yyyy/M/d H:m:s.SSSSSS ZZ", "Asia/Tokyo", "2015/7/5 14:4:9.123000 +09:00"},
        {"yy YY yyyyyy C", "UTC", "15 15 002015 20"},
        {"EEE E EEEE e D w xxxx", "UTC", "Sun Sun Sunday 7 186 27 2015"},
        {"MMM MMMM M G", "UTC", "Jul July 7 AD"},
        {"hh K k a", "Asia/Tokyo", "02 2 14 PM"},
        {"z ZZZ", "America/New_York", "EDT America/New_York"},
        {"z ZZZ", "UTC", "UTC UTC"},
        {"z ZZZ", "+09:00", "+09:00 +09:00"},
        {"HH:mm:ss.nnnnnnnnn SSS", "UTC", "05:04:09.123456789 000"},
        {"HH:mm:ss.nnnnnn", "UTC", "05:04:09.123456"},
        {"'at' HH 'o''clock', ''yy''", "UTC", "at 05 o'clock, '15'"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(reformatted("2015-07-05 05:04:09.123456789 UTC",
                              "to_timezone: '" + std::string(row.zone) + "', to_format: \"" +
                                  row.format + "\""),
                  row.result)
            << row.format;
    }
    EXPECT_EQ(reformatted("2015-07-05 05:04:09.0 UTC", "to_format: 'S SSS SSSSSSSSSSSSSSSSSS'"),
              "0 000 000000000000000000");
}

TEST(TimestampFormat, RefusesFormatsThatAreNoPatterns) {  // embulk 7.6
    auto refused = [](std::string_view options, std::string_view message) {
        EXPECT_TRUE(contains(reformatted("x", options), message)) << reformatted("x", options);
    };
    refused("to_format: 'foo'", "format \"foo\": not a pattern letter here: f (a format without %");
    refused("from_format: 'yyyyTHH'", "not a pattern letter here: T");
    refused("from_format: 'yyyy-MM-dd.nnnnnn'", "not a pattern letter here: nnnnnn");
    refused("from_format: 'G yyyy'", "not a pattern letter here: G");
    refused("from_format: 'HH zzzz'", "zzzz cannot be read");
    refused("from_format: ''", "it is empty");
    refused("to_format: 'HH zzzz'", "long zone names are not supported");
    refused("to_format: 'HH z', to_timezone: Asia/Dubai", "no short name of the zone Asia/Dubai");
    refused("to_format: 'nnnnn'", "n is for nnnnnnnnn");
    refused("to_format: 'nnnnnn nnnnnn'", "n is for nnnnnnnnn");
    EXPECT_EQ(rewritten("long", "1", "type: long, to_format: 'foo'"), "1");
    EXPECT_TRUE(contains(run("{name: v, type: string}", "['2015-07']",
                             "type: timestamp_format\nstop_on_invalid_record: true\n"
                             "columns: [{name: v, from_format: yyyy-MM-dd}]"),
                         "Invalid format: \"2015-07\" is too short"));
}

std::string of_list(std::string_view text, std::string_view formats, std::string_view parser,
                    load::Compat compat = load::Compat::kFixed) {
    std::string made = run("{name: v, type: string}", "['" + std::string(text) + "']",
                           "type: timestamp_format\ntimestamp_parser: " + std::string(parser) +
                               "\ndefault_to_timestamp_format: '%Y-%m-%d %H:%M:%S.%N'\n"
                               "default_from_timestamp_format: [" +
                               std::string(formats) + "]\ncolumns: [{name: v}]",
                           compat);
    return made.starts_with("v\n") ? made.substr(2, made.size() - 3) : made;
}

TEST(TimestampFormat, ReadsRubyFormatsAsJavaOnesWhenAsked) {  // embulk 7.6: timestamp_parser
    std::string_view formats = "'%Y-%m-%d', '%Y-%m-%d %H:%M:%S.%N %Z', '%d/%b/%Y:%T %z'";
    std::string_view text = "2015-07-12 15:00:00.123456 UTC";
    EXPECT_EQ(of_list(text, formats, "auto"), "2015-07-12 00:00:00.000000000");
    EXPECT_EQ(of_list(text, formats, "auto_java"), "2015-07-12 15:00:00.123456000");
    EXPECT_EQ(of_list("12/jul/2015:15:00:00 +0900", formats, "auto_java"),
              "2015-07-12 06:00:00.000000000");
    EXPECT_EQ(of_list("at 15", "'at %H'", "auto_java"), "1970-01-01 15:00:00.000000000");
    // %s has no Java letter, and stays Ruby's.
    EXPECT_EQ(of_list("60 and more", "'%s'", "auto_java"), "1970-01-01 00:01:00.000000000");
    EXPECT_TRUE(contains(of_list("x", "'%Y-%m-%dT%H'", "auto_java"),
                         "timestamp_parser: auto_java cannot read the format \"%Y-%m-%dT%H\""));
}

TEST(TimestampFormat, KeepsTheOriginalsOddJavaDatesInStrictOnly) {  // embulk 7.6
    std::string_view mixed = "'%Y/%m/%d', 'yyyy-MM-dd'";
    EXPECT_EQ(of_list("2015-07-12", mixed, "auto"), "2015-07-12 00:00:00.000000000");
    EXPECT_EQ(of_list("2015-07-12", mixed, "auto", load::Compat::kStrict), "~");
    std::string_view nanos = "'yyyy.MM.dd HH:mm:ss,nnnnnnnnn'";
    EXPECT_EQ(of_list("2015.07.12 15:00:00,5", nanos, "auto"), "2015-07-12 15:00:00.500000000");
    EXPECT_EQ(of_list("2015.07.12 15:00:00,5", nanos, "auto", load::Compat::kStrict),
              "2015-07-12 15:00:00.070000000");
    std::string_view early = "'yyyy-MM-dd HH:mm:ss.nnnnnnnnn'";
    EXPECT_EQ(of_list("1969-12-31 23:59:58.5", early, "auto"), "1969-12-31 23:59:58.500000000");
    EXPECT_EQ(of_list("1969-12-31 23:59:58.5", early, "auto", load::Compat::kStrict),
              "1969-12-31 23:59:59.500000000");
    EXPECT_EQ(of_list("2300-01-01", "yyyy-MM-dd", "auto"), "2300-01-01 00:00:00.000000000");
    EXPECT_EQ(of_list("2300-01-01", "yyyy-MM-dd", "auto", load::Compat::kStrict),
              "1715-06-13 00:25:26.290448384");
}

TEST(TimestampFormat, FollowsIndexesInTheMiddleOfPaths) {  // embulk 7.6.5
    EXPECT_EQ(run("{name: j, type: json}", "[{l: [{t: 5}, {t: 6}]}]",
                  "type: timestamp_format\n"
                  "columns: [{name: '$.j.l[1].t', type: long, to_unit: ms}]"),
              "j\n{\"l\":[{\"t\":5},{\"t\":6000}]}\n");
    EXPECT_EQ(run("{name: j, type: json}", "[{l: [{t: '5'}]}]",
                  "type: typecast\ncolumns: [{name: '$.j.l[0].t', type: long}]"),
              "j\n{\"l\":[{\"t\":5}]}\n");
    EXPECT_TRUE(contains(
        run("{name: j, type: json}", "[{}]", "type: column\ndrop_columns: [{name: '$.j.l[0].t'}]"),
        "array index in the middle of a path token is not supported"));
}

TEST(TimestampFormat, DropsTheJsonAroundBadTimesInStrictOnly) {  // embulk 7.6.4
    std::string_view filter = "type: timestamp_format\ncolumns: [{name: $.j.t}]";
    EXPECT_EQ(run("{name: j, type: json}", "[{t: x, n: 1}]", filter), "j\n{\"t\":null,\"n\":1}\n");
    EXPECT_EQ(run("{name: j, type: json}", "[{t: x, n: 1}]", filter, load::Compat::kStrict),
              "j\n~\n");
}

TEST(TimestampFormat, NeedsNoColumns) {  // embulk 7.6.1
    EXPECT_EQ(run("{name: v, type: long}", "[1]", "type: timestamp_format"), "v\n1\n");
    EXPECT_EQ(run("{name: v, type: long}", "[1]", "type: typecast"), "v\n1\n");
}

TEST(TimestampFormat, TakesNullForNothing) {  // embulk 7.6.1: what an empty {{ env.X }} gives
    EXPECT_EQ(reformatted("2015-07-12 15:00:00.5 UTC",
                          "from_format: null, from_timezone: null, to_format: null, "
                          "to_timezone: null, from_unit: null, to_unit: null"),
              "2015-07-12 15:00:00.500000 +0000");
}

TEST(AddTime, TakesTimesFromColumns) {  // embulk 7.7.1, 7.7.4
    struct Row {
        const char* type;
        const char* value;
        const char* from;
        const char* to;
        const char* result;
    };
    const Row rows[] = {
        {"long", "60", "", "", "60|1970-01-01T00:01:00.000000000"},
        {"long", "1500", ", unix_timestamp_unit: milli", "", "1500|1970-01-01T00:00:01.500000000"},
        {"string", "'2015-01-27 00:00:00 +0900'", "", ", type: long",
         "2015-01-27 00:00:00 +0900|1422284400"},
        {"string", "'27.01.2015'", ", timestamp_format: '%d.%m.%Y', timezone: Asia/Tokyo",
         ", type: long, unix_timestamp_unit: milli", "27.01.2015|1422284400000"},
        {"json", "{t: 5}", ", json_key: t", ", type: long", "{\"t\":5}|5"},
        {"json", "{u: 5}", ", json_key: t", ", type: long", "{\"u\":5}|~"},
        {"long", "null", "", "", "~|~"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(run("{name: v, type: " + std::string(row.type) + "}",
                      "[" + std::string(row.value) + "]",
                      "type: add_time\nto_column: {name: t" + std::string(row.to) +
                          "}\nfrom_column: {name: v" + row.from + "}"),
                  "v|t\n" + std::string(row.result) + "\n");
    }
    // What cannot be read drops the row.
    EXPECT_EQ(run("{name: v, type: string}", "[x], ['2015-01-27 00:00:00 +0000']",
                  "type: add_time\nto_column: {name: t, type: long}\nfrom_column: {name: v}"),
              "v|t\n2015-01-27 00:00:00 +0000|1422316800\n");
}

TEST(AddTime, WrapsInStrictOnly) {
    auto added = [](std::string_view to, load::Compat compat) {
        return run("{name: v, type: long}", "[10000000000000]",
                   "type: add_time\nto_column: {name: t" + std::string(to) +
                       "}\nfrom_column: {name: v, unix_timestamp_unit: milli}",
                   compat);
    };
    EXPECT_EQ(added("", load::Compat::kFixed),
              "v|t\n10000000000000|2286-11-20T17:46:40.000000000\n");
    EXPECT_EQ(added("", load::Compat::kStrict),
              "v|t\n10000000000000|1702-05-02T18:12:06.290448384\n");
    EXPECT_EQ(added(", type: long, unix_timestamp_unit: nano", load::Compat::kFixed), "v|t\n");
}

TEST(AddTime, MakesTimes) {  // embulk 7.7.3, 7.7.5
    std::string_view rows = "[1], [2], [3]";
    auto added = [&](std::string_view value, std::string_view name = "t") {
        return run("{name: v, type: long}", rows,
                   "type: add_time\nto_column: {name: " + std::string(name) +
                       ", type: long}\nfrom_value: {" + std::string(value) + "}");
    };
    EXPECT_EQ(added("value: 5"), "v|t\n1|5\n2|5\n3|5\n");
    EXPECT_EQ(added("mode: fixed_time, value: '1970-01-02', timestamp_format: '%Y-%m-%d'"),
              "v|t\n1|86400\n2|86400\n3|86400\n");
    EXPECT_EQ(added("mode: incremental_time, from: 10, to: 11"), "v|t\n1|10\n2|11\n3|10\n");
    EXPECT_EQ(added("mode: upload_time"), "v|t\n1|1420070400\n2|1420070400\n3|1420070400\n");
    EXPECT_EQ(added("value: 5", "v"), "v_|v\n1|5\n2|5\n3|5\n");
}

TEST(AddTime, HasDefaultsForWhatIsNull) {  // embulk 7.7.4
    auto added = [](std::string_view options) {
        return run("{name: v, type: string}", "['03:25']",
                   "type: add_time\nto_column: {name: t}\nfrom_column: {name: v, "
                   "default_timestamp_format: '%H:%M', default_timezone: '+09:00', "
                   "default_date: 2020-02-29, " +
                       std::string(options) + "}");
    };
    EXPECT_EQ(added("timestamp_format: null, timezone: null, date: null"),
              "v|t\n03:25|2020-02-28T18:25:00.000000000\n");
    EXPECT_EQ(added("timestamp_format: '%M:%S', timezone: UTC, date: 2021-01-02"),
              "v|t\n03:25|2021-01-02T00:03:25.000000000\n");
    // Without the key, its own format holds, and the row is left out.
    EXPECT_EQ(added("timezone: UTC"), "v|t\n");
    EXPECT_EQ(run("{name: v, type: long}", "[1]",
                  "type: add_time\nto_column: {name: t}\nfrom_value: {value: '03:25', "
                  "timestamp_format: null, default_timestamp_format: '%H:%M', timezone: null, "
                  "default_date: 2020-02-29}"),
              "v|t\n1|2020-02-29T03:25:00.000000000\n");
}

TEST(AddTime, ChecksItsOptions) {  // embulk 7.7.2, 7.7.4
    auto error = [&](std::string_view options) {
        return run("{name: d, type: double}", "[1.5]",
                   "type: add_time\nto_column: {name: t}\n" + std::string(options));
    };
    EXPECT_TRUE(contains(error("from_column: {name: d}"),
                         "must be long, string, timestamp or json. But it's double."));
    EXPECT_TRUE(contains(error("from_column: {name: zz}"), "Column 'zz' is not found"));
    EXPECT_TRUE(contains(error(""), "exactly one of from_column and from_value"));
    EXPECT_TRUE(contains(error("from_value: {mode: incremental_time, from: 1}"), "from and to"));
    EXPECT_TRUE(contains(error("from_value: {value: x}"), "could not be parsed"));
}

// embulk 7.8.7: key `a` of a text, as a type; "" when the row is dropped.
std::string expanded(std::string_view json, std::string_view type) {
    std::string text =
        run("{name: j, type: string}", "['" + std::string(json) + "']",
            "type: expand_json\njson_column_name: j\nexpanded_columns: [{name: a, type: " +
                std::string(type) + ", format: '%Y-%m-%d'}]");
    if (!text.starts_with("a\n")) return text;
    text.erase(0, 2);
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

TEST(ExpandJson, ConvertsThroughText) {  // embulk 7.8.4 to 7.8.7
    struct Row {
        const char* json;
        const char* type;
        const char* result;
    };
    const Row rows[] = {
        {R"({"a":1.9})", "long", "1"},
        {R"({"a":"1e3"})", "long", "1000"},
        {R"({"a":1e3})", "long", "1000"},
        {R"({"a":100000000000000000000})", "long", ""},
        {R"({"a":true})", "long", ""},
        {R"({"a":"x"})", "long", ""},
        {R"({"a":{"b":1}})", "long", ""},
        {R"({"a":100000000000000000000})", "double", "1.0E20"},
        {R"({"a":1.9})", "string", "1.9"},
        {R"({"a":true})", "string", "true"},
        {R"({"a":{"b":[1]}})", "string", R"({"b":[1]})"},
        {R"({"a":1e3})", "string", "1000.0"},
        {R"({"a":100000000000000000000})", "string", "100000000000000000000"},
        {R"({"a":"TRUE"})", "boolean", "true"},
        {R"({"a":1})", "boolean", "false"},
        {R"({"a":null})", "boolean", "~"},
        {R"({"a":{"b":1}})", "json", R"({"b":1})"},
        {R"({"a":100000000000000000000})", "json", ""},
        {R"({"a":"word"})", "json", ""},
        {R"({"a":"2015-01-27"})", "timestamp", "2015-01-27T00:00:00.000000000"},
        {R"({"a":"no"})", "timestamp", ""},
        {R"({"b":1})", "long", "~"},
        // Not strict, and no object.
        {"{a:word}", "string", "word"},
        {"{a: 5, b: [x, {c: d}]}", "long", "5"},
        {R"({"a":"\u3042\ud83d\ude00\q"})", "string", "\xE3\x81\x82\xF0\x9F\x98\x80q"},
        {"abc", "string", "~"},
        {"12", "string", "~"},
        {"[1,2]", "string", "~"},
        {"", "string", "~"},
        {"{bad", "string", ""},
        {"null", "string", ""},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(expanded(row.json, row.type), row.result) << row.json << " as " << row.type;
    }
}

TEST(ExpandJson, PutsColumnsWhereTheJsonWas) {  // embulk 7.8.2, 7.8.3
    std::string_view columns =
        "{name: x, type: long}, {name: j, type: json}, {name: y, type: long}";
    auto expand = [&](std::string_view options) {
        return run(columns, "[1, {a: 1, b: {c: [5, {k: 6}]}}, 2]",
                   "type: expand_json\njson_column_name: j\n" + std::string(options));
    };
    EXPECT_EQ(expand("expanded_columns: [{name: a, type: long}, {name: 'b.c[1].k', type: long}]"),
              "x|a|b.c[1].k|y\n1|1|6|2\n");
    EXPECT_EQ(expand("keep_expanding_json_column: true\nroot: $.b.\n"
                     "expanded_columns: [{name: 'c[-2]', type: long}]"),
              "x|j|c[-2]|y\n1|{\"a\":1,\"b\":{\"c\":[5,{\"k\":6}]}}|5|2\n");
    EXPECT_EQ(expand("expanded_columns: [{name: $.a, type: long}]"), "x|$.a|y\n1|~|2\n");
    EXPECT_TRUE(contains(expand("expanded_columns: [{name: y, type: long}]"),
                         "Output column 'y' is duplicated"));
    EXPECT_TRUE(contains(expand("expanded_columns: [{name: 'b.*', type: long}]"), "not supported"));
    EXPECT_TRUE(contains(expand("time_zone: UTC\nexpanded_columns: [{name: a, type: long}]"),
                         "default_timezone"));
}

TEST(ExpandJson, PutsTimesOnTheDateOfTheColumn) {  // embulk 7.8.2
    auto expanded = [](std::string_view options) {
        return run(
            "{name: j, type: json}", "[{t: '03:25'}]",
            "type: expand_json\njson_column_name: j\ndefault_date: 2020-02-29\n"
            "default_timestamp_format: '%H:%M'\nexpanded_columns: [{name: t, type: timestamp" +
                std::string(options) + "}]");
    };
    EXPECT_EQ(expanded(""), "t\n2020-02-29T03:25:00.000000000\n");
    EXPECT_EQ(expanded(", date: 2021-03-04, timezone: '-01:00'"),
              "t\n2021-03-04T04:25:00.000000000\n");
    EXPECT_EQ(expanded(", date: null, format: null, timezone: null"),
              "t\n2020-02-29T03:25:00.000000000\n");
}

TEST(ExpandJson, RefusesListsOfKeys) {  // embulk 7.8.4
    auto expanded = [](std::string_view name) {
        return run("{name: j, type: json}", "[{p: {s: 1, \"a','b\": 2}}]",
                   "type: expand_json\njson_column_name: j\nexpanded_columns: [{name: \"" +
                       std::string(name) + "\", type: string}]");
    };
    EXPECT_EQ(expanded("p['s']"), "p['s']\n1\n");
    EXPECT_TRUE(contains(expanded("p['s','t']"), "this JSON path is not supported"));
    EXPECT_TRUE(contains(expanded("p['s', 't']"), "this JSON path is not supported"));
}

TEST(ExpandJson, StopsWhenAskedOrStrict) {  // embulk 7.8.6
    std::string_view filter =
        "type: expand_json\njson_column_name: j\nexpanded_columns: [{name: a, type: long}]\n";
    std::string_view column = "{name: j, type: string}";
    EXPECT_EQ(
        run(column, "['{\"a\":\"x\"}']", std::string(filter) + "stop_on_invalid_record: true"),
        "error: Failed to parse 'x' as long");
    EXPECT_EQ(run(column, "['{bad']", filter), "a\n");
    EXPECT_EQ(run(column, "['{\"a\":100000000000000000000}']", filter, load::Compat::kStrict),
              "a\n9223372036854775807\n");
    EXPECT_EQ(run(column, "['{bad']", filter, load::Compat::kStrict),
              "error: Failed to parse '{bad' as JSON");
    EXPECT_EQ(run(column, "['null']", filter, load::Compat::kStrict),
              "error: Failed to parse 'null' as JSON");
}

// embulk 7.9.3: a formula over a = 2, b = 7.5, c-d = -3 and a null.
std::string calculated(std::string_view formula, std::string_view type = "double") {
    std::string text =
        run("{name: a, type: long}, {name: b, type: double}, {name: c-d, type: long}, "
            "{name: n, type: long}, {name: s, type: string}",
            "[2, 7.5, -3, null, x]",
            "type: calc\nadd_columns: [{name: r, type: " + std::string(type) + ", formula: '" +
                std::string(formula) + "'}]");
    if (text.starts_with("error")) return text;
    return text.substr(text.rfind('|') + 1, text.size() - text.rfind('|') - 2);
}

TEST(Calc, EvaluatesFormulas) {  // embulk 7.9.3, 7.9.4
    struct Row {
        const char* formula;
        const char* type;
        const char* result;
    };
    const Row rows[] = {
        {"a + b", "double", "9.5"},     {"a + b", "long", "9"},
        {"1 + 2 * 3", "long", "7"},     {"(1 + 2) * 3", "long", "9"},
        {"7 - 2 - 1", "long", "4"},     {"2 ^ 3 ^ 2", "long", "512"},
        {"7 % 4 / 2", "double", "1.5"}, {"c-d", "long", "-3"},
        {"a -1", "long", "1"},          {"a - 1", "long", "1"},
        {"-1 + a", "long", "1"},        {"sin(0) + cos(0) + tan(0)", "double", "1.0"},
        {"a + n", "double", "~"},       {"1 / 0", "double", "Infinity"},
        {"s + 1", "double", "error: "}, {"zz + 1", "double", "error: "},
        {"(1", "double", "error: "},    {"1 +", "double", "error: "},
        {"1 $ 2", "double", "error: "},
    };
    for (const Row& row : rows) {
        std::string result = calculated(row.formula, row.type);
        bool fails = std::string_view(row.result) == "error: ";
        EXPECT_EQ(fails ? result.substr(0, 7) : result, row.result)
            << row.formula << ": " << result;
    }
}

TEST(Calc, LeavesOutWhatIsNoLong) {  // strict: as Java narrows a double
    std::string_view filter = "type: calc\ncolumns: [{name: a, formula: a * 1000000000000000000}]";
    EXPECT_EQ(run("{name: a, type: long}", "[9], [10]", filter), "a\n9000000000000000000\n");
    EXPECT_EQ(run("{name: a, type: long}", "[9], [10]", filter, load::Compat::kStrict),
              "a\n9000000000000000000\n9223372036854775807\n");
}

TEST(Calc, ReplacesAndAddsColumns) {  // embulk 7.9.1, 7.9.2
    std::string_view columns = "{name: a, type: long}, {name: s, type: string}";
    EXPECT_EQ(run(columns, "[2, x]",
                  "type: calc\ncolumns: [{name: a, formula: a * 1.9}]\n"
                  "add_columns: [{name: b, type: double, formula: a / 4}]"),
              "a|s|b\n3|x|0.5\n");
    EXPECT_TRUE(contains(run(columns, "[2, x]", "type: calc\ncolumns: [{name: s, formula: a}]"),
                         "must be long or double"));
    EXPECT_TRUE(contains(run(columns, "[2, x]", "type: calc\ncolumns: [{name: zz, formula: a}]"),
                         "Column 'zz' is not found"));
    EXPECT_TRUE(contains(
        run(columns, "[2, x]", "type: calc\nadd_columns: [{name: a, type: long, formula: a}]"),
        "already"));
    EXPECT_TRUE(contains(
        run(columns, "[2, x]", "type: calc\nadd_columns: [{name: b, type: string, formula: a}]"),
        "must be long or double"));
}

TEST(Calc, DeclaresNewColumnsAsTheOriginal) {  // embulk 7.9.2: output_columns
    auto calc = [](std::string_view options) {
        return run("{name: a, type: long}", "[2]", "type: calc\n" + std::string(options));
    };
    EXPECT_EQ(calc("columns: [{name: b, formula: a / 4}, {name: a, formula: a + 1}]\n"
                   "output_columns: [{name: b, type: double}]"),
              "a|b\n3|0.5\n");
    EXPECT_EQ(calc("output_columns: [{name: b, type: long, formula: a * 2}]\n"
                   "add_columns: [{name: c, type: long, formula: a * 3}]"),
              "a|b|c\n2|4|6\n");
    EXPECT_TRUE(
        contains(calc("output_columns: [{name: b, type: long}]"),
                 "there is no formula of the new column b (add {name, formula} to columns)"));
    EXPECT_TRUE(contains(calc("columns: [{name: a, formula: a}]\n"
                              "output_columns: [{name: a, type: long}]"),
                         "already"));
}

std::string hashed(std::string_view type, std::string_view value, std::string_view options) {
    std::string text =
        run("{name: v, type: " + std::string(type) + ", format: '%Y-%m-%d %H:%M:%S.%N'}",
            "[" + std::string(value) + "]",
            "type: hash\ncolumns: [{name: v" + std::string(options) + "}]");
    return text.starts_with("error") ? text : text.substr(0, text.size() - 1);
}

TEST(Hash, HashesTheTextOfValues) {  // embulk 7.10.1, 7.10.2
    struct Row {
        const char* type;
        const char* value;
        const char* options;
        const char* result;
    };
    const Row rows[] = {
        {"string", "abc", "",
         "v\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"string", "abc", ", algorithm: MD5", "v\n900150983cd24fb0d6963f7d28e17f72"},
        {"string", "abc", ", algorithm: sha-1, new_name: h",
         "h\na9993e364706816aba3e25717850c26c9cd0d89d"},
        {"long", "1", ", algorithm: MD5", "v\nc4ca4238a0b923820dcc509a6f75849b"},
        {"double", "1.0", ", algorithm: MD5", "v\ne4c2e8edac362acab7123654b9e73432"},
        {"boolean", "true", ", algorithm: MD5", "v\nb326b5062b2f0e69046810717534cb09"},
        {"string", "'what do ya want for nothing?'", ", algorithm: HmacMD5, secret_key: Jefe",
         "v\n750c783e6ab0b503eaa86e310a5db738"},
        {"string", "'what do ya want for nothing?'", ", algorithm: HmacSHA256, secret_key: Jefe",
         "v\n5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"string", "null", "", "v\n~"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(hashed(row.type, row.value, row.options), row.result) << row.value << row.options;
    }
    EXPECT_EQ(hashed("timestamp", "'1970-01-01 00:00:00.5'", ", algorithm: MD5"),
              hashed("string", "'1970-01-01 00:00:00.500 UTC'", ", algorithm: MD5"));
}

TEST(Hash, KeepsTheNameWhereTheNewOneIsNull) {  // embulk 7.10.1
    EXPECT_EQ(run("{name: v, type: string}", "[null]",
                  "type: hash\ncolumns: [{name: v, new_name: null}]"),
              "v\n~\n");
}

TEST(Hash, ChecksItsOptions) {
    EXPECT_TRUE(
        contains(hashed("string", "a", ", algorithm: SHA257"), "unknown algorithm: SHA257"));
    EXPECT_TRUE(contains(hashed("string", "a", ", algorithm: HmacSHA1"), "needs a secret_key"));
    EXPECT_TRUE(contains(run("{name: v, type: long}", "[1]", "type: hash\ncolumns: [{name: z}]"),
                         "Column 'z' is not found"));
}

}  // namespace
}  // namespace mogura::plugins
