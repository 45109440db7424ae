// Spec embulk 2.11; the recorded documents are compared in plugins/load_cases_test.cpp.

#include "load/guess_csv.h"

#include "load/guess_charset.h"
#include "load/guess_time_format.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mogura::load {
namespace {

config::Map parser_of(std::string_view sample, std::string_view given = "{}") {
    config::Value parser = *config::parse_yaml(given, {.dialect = config::Dialect::kEmbulk});
    config::Map map = parser.map();
    map.set("charset", "UTF-8");
    for (int round = 0; round < 2; ++round) config::merge(map, *guess_csv(map, sample, {}));
    return map;
}

// "skip SKIP; NAME TYPE [FORMAT], ..."
std::string table_of(std::string_view sample, std::string_view given = "{}") {
    config::Map parser = parser_of(sample, given);
    if (!parser.find("columns")) return "nothing";
    std::string text = "skip " + std::to_string(parser.find("skip_header_lines")->integer()) + ";";
    for (const config::Value& column : parser.find("columns")->list()) {
        text += " " + column.find("name")->string() + " " + column.find("type")->string();
        if (const config::Value* format = column.find("format")) text += " " + format->string();
        text += ",";
    }
    text.pop_back();
    return text;
}

std::string time_column(std::string_view one, std::string_view other) {
    std::string text =
        table_of("n\tt\n1\t" + std::string(one) + "\n2\t" + std::string(other) + "\n");
    return text.substr(text.find(" t ") + 3);
}

TEST(GuessCsv, FindsHeadersAndTypes) {  // 2.11.1, 2.11.2, 2.11.13, 2.11.14
    EXPECT_EQ(table_of("id,name,score\n1,foo,1.5\n2,bar,2.5\n3,baz,3.0\n"),
              "skip 1; id long, name string, score double");
    EXPECT_EQ(table_of("1,foo,1.5\n2,bar,2.5\n3,baz,3.0\n"),
              "skip 0; c0 long, c1 string, c2 double");
    EXPECT_EQ(table_of("id,v\n01,007\n02,008\n"), "skip 0; c0 string, c1 string");
    EXPECT_EQ(table_of("id\n1\n2\n3\n"), "skip 1; id long");
    EXPECT_EQ(table_of("x\ny\nz\n"), "skip 0; c0 string");
    EXPECT_EQ(table_of("a,b\n"), "skip 0; c0 string, c1 string");
    EXPECT_EQ(table_of("a,b,c\nd,e,f\ng,h,i\n"), "skip 0; c0 string, c1 string, c2 string");
    EXPECT_EQ(table_of("id,,v\n1,2,3\n"), "skip 1; id long,  long, v long");
}

TEST(GuessCsv, HasTheDefectsWhenStrict) {  // 2.11.9, 2.11.26
    auto parser = config::parse_json(R"({"charset":"UTF-8","newline":"LF"})", "test");
    auto guess = [&](std::string_view sample, Compat compat) {
        return guess_csv(parser->map(), sample, {.compat = compat});
    };
    std::string_view ragged = "1,2\n3,4,5\n6,7\n";
    EXPECT_TRUE(guess(ragged, Compat::kFixed).ok());
    auto stopped = guess(ragged, Compat::kStrict);
    ASSERT_FALSE(stopped.ok());
    EXPECT_NE(stopped.error().message().find("Index 2 out of bounds for length 2"),
              std::string::npos);
    std::string_view half_days = "id,t\n1,2015-01-27 07:23:49 PM\n2,2015-01-27 08:23:49 PM\n";
    auto format = [&](Compat compat) {
        auto answer = guess(half_days, compat);
        return answer->find("columns")->list()[1].find("format")->string();
    };
    EXPECT_EQ(format(Compat::kFixed), "%Y-%m-%d %I:%M:%S %p");
    EXPECT_EQ(format(Compat::kStrict), "%Y-%m-%d %H:%M:%S %z");
}

TEST(GuessCsv, FindsDelimiters) {  // 2.11.3
    EXPECT_EQ(parser_of("a;b\n1;x\n2;y\n").find("delimiter")->string(), ";");
    EXPECT_EQ(parser_of("a|b\n1|x\n2|y\n").find("delimiter")->string(), "|");
    EXPECT_EQ(parser_of("a\tb\n1\tx\n2\ty\n").find("delimiter")->string(), "\t");
    EXPECT_EQ(parser_of("a b\n1 x\n2 y\n").find("delimiter")->string(), ",");
}

TEST(GuessCsv, FindsTimestampFormats) {  // 2.11.4 to 2.11.9
    EXPECT_EQ(time_column("2015-01-27 19:23:49", "2015-01-28 19:23:49"),
              "timestamp %Y-%m-%d %H:%M:%S");
    EXPECT_EQ(time_column("20150127", "20150128"), "timestamp %Y%m%d");
    EXPECT_EQ(time_column("20150127192349", "20150127192350"), "timestamp %Y%m%d%H%M%S");
    EXPECT_EQ(time_column("01/27/2015", "01/28/2015"), "timestamp %m/%d/%Y");
    EXPECT_EQ(time_column("27/01/2015", "02/01/2015"), "timestamp %d/%m/%Y");
    EXPECT_EQ(time_column("2015/01/27 1:02:03", "2015/01/28 11:02:03"),
              "timestamp %Y/%m/%d %k:%M:%S");
    EXPECT_EQ(time_column("2015-01-27 19:23", "2015-01-27 9:23"), "timestamp %Y-%m-%d %k:%M");
    EXPECT_EQ(time_column("2015-01-27T19:23:49Z", "2015-01-27T19:23:50Z"),
              "timestamp %Y-%m-%dT%H:%M:%S%z");
    EXPECT_EQ(time_column("2015-01-27 19:23:49.123456 +09:00", "2015-01-27 19:23:49.5 +09:00"),
              "timestamp %Y-%m-%d %H:%M:%S.%N %:z");
    EXPECT_EQ(time_column("27/Jan/2015:19:23:49 +0900", "28/Jan/2015:19:23:49 +0900"),
              "timestamp %d/%b/%Y:%H:%M:%S %z");
    EXPECT_EQ(time_column("Tue Jan 27 19:23:49 2015", "Wed Jan 28 19:23:49 2015"),
              "timestamp %a %b %e %H:%M:%S %Y");
    EXPECT_EQ(time_column("Tue, 27 Jan 2015 19:23:49 +0000", "Wed, 28 Jan 2015 19:23:49 +0000"),
              "timestamp %a, %d %b %Y %H:%M:%S %z");
    EXPECT_EQ(time_column("2015-01-27 07:23:49 PM", "2015-01-27 07:23:49 AM"),
              "timestamp %Y-%m-%d %I:%M:%S %p");
    EXPECT_EQ(time_column("Jan 27 2015", "Jan 28 2015"), "string");
    EXPECT_EQ(time_column("19:23:49", "19:23:50"), "string");
    EXPECT_EQ(time_column("1422386629", "1422386630"), "long");
}

TEST(GuessCsv, CountsSkippedLines) {  // 2.11.17
    EXPECT_EQ(table_of("#comment\nid,v\n1,x\n2,yy\n"), "skip 2; id long, v string");
    EXPECT_EQ(table_of("title line\n\nid,v\n1,x\n2,yy\n"), "skip 3; id long, v string");
}

TEST(GuessCsv, TakesTheUsualShapeOfRaggedRows) {  // 2.11.26, fixed
    EXPECT_EQ(table_of("1,2\n3,4,5\n6,7\n"), "skip 0; c0 long, c1 long");
}

TEST(GuessCsv, SaysNothingWithoutAWholeLine) {  // 2.6.2
    EXPECT_EQ(table_of("a,b"), "nothing");
}

TEST(GuessCsv, FindsNullStrings) {  // 2.11.12
    EXPECT_EQ(parser_of("id,v\n1,NULL\n2,xx\n").find("null_string")->string(), "NULL");
    EXPECT_EQ(parser_of("id,v\n1,#N/A\n2,xx\n").find("null_string")->string(), "#N/A");
    EXPECT_EQ(parser_of("id,v\n1,\n2,xx\n").find("null_string"), nullptr);
}

TEST(GuessCsv, SurvivesAnyDelimiterAndOddBytes) {
    EXPECT_EQ(table_of("a::b\n1::x\n2::yy\n", "{delimiter: '::'}"), "skip 1; a long, b string");
    EXPECT_NE(table_of("\"\n\"\n"), "");
    EXPECT_NE(table_of(std::string_view("\0,\xFF\n\n", 5)), "");
    EXPECT_EQ(table_of("\n\n"), "nothing");
}

TEST(GuessCharset, PrefersUtf8) {  // 2.4.6
    EXPECT_EQ(guess_charset("id,v\n1,2\n"), "UTF-8");
    EXPECT_EQ(guess_charset("名前,é\n"), "UTF-8");
    EXPECT_EQ(guess_charset("\x96\xBC\x91\x4F,\x8F\x5A\x8F\x8A\n"), "MS932");
    EXPECT_EQ(guess_charset("\xCC\xBE\xC1\xB0,\xBD\xBB\xBD\xEA\n"), "EUC-JP");
    EXPECT_EQ(guess_charset("\x1B$B;z\x1B(B\n"), "ISO-2022-JP");
    EXPECT_EQ(guess_charset("caf\xE9,1\n"), "UTF-8");
    EXPECT_EQ(guess_charset("\x93quoted\x94,1\n"), "windows-1252");
    EXPECT_EQ(guess_charset(std::string_view("a\0,\0b\0\n\0", 8)), "UTF-16LE");
}

}  // namespace
}  // namespace mogura::load
