// Spec embulk chapter 6 and 3.8.34 to 3.8.40; rows of the recorded cases
// tests/cases/load/timestamp.

#include "load/timestamp.h"

#include <gtest/gtest.h>

#include <cctype>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::load {
namespace {

constexpr std::string_view kPrinted = "%Y-%m-%d %H:%M:%S.%N";

// What the text means, printed in UTC; "invalid" when it does not fit.
std::string parsed(const TimestampParser::Options& options, std::string_view text) {
    auto parser = TimestampParser::compile(options);
    if (!parser.ok()) return "error: " + parser.error().message();
    page::Timestamp timestamp;
    if (!parser->parse(text, timestamp)) return "invalid";
    auto formatter = TimestampFormatter::compile(kPrinted, "UTC");
    std::string printed;
    formatter->format(timestamp, printed);
    if (printed.ends_with(".000000000")) printed.resize(printed.size() - 10);
    return printed;
}

std::string parsed(std::string_view format, std::string_view text) {
    return parsed({.format = std::string(format)}, text);
}

std::string formatted(std::string_view format, std::string_view time_zone, std::string_view utc) {
    auto parser = TimestampParser::compile({.format = "%Y-%m-%d %H:%M:%S.%N"});
    page::Timestamp timestamp;
    EXPECT_TRUE(parser->parse(utc, timestamp)) << utc;
    auto formatter = TimestampFormatter::compile(format, time_zone);
    if (!formatter.ok()) return "error: " + formatter.error().message();
    std::string text;
    formatter->format(timestamp, text);
    return text;
}

struct Row {
    std::string_view text;
    std::string_view expected;
};

void expect_rows(const TimestampParser::Options& options, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        EXPECT_EQ(parsed(options, row.text), row.expected) << options.format << " on " << row.text;
    }
}

TEST(TimestampParser, IsLenientAboutWidthsBlanksAndTrailingText) {
    expect_rows({.format = "%Y-%m-%d %H:%M:%S"},
                {{"2021-05-06 07:08:09", "2021-05-06 07:08:09"},
                 {"2021-5-6 7:8:9", "2021-05-06 07:08:09"},
                 {"2021-05-06 07:08:09 and more", "2021-05-06 07:08:09"},
                 {"2021-05-06T07:08:09", "invalid"},
                 {" 2021-05-06 07:08:09", "invalid"},
                 {"2021-05-06  07:08:09", "2021-05-06 07:08:09"},
                 {"2021-05-0607:08:09", "2021-05-06 07:08:09"},
                 {"21-05-06 07:08:09", "0021-05-06 07:08:09"},
                 {"2021-05-06 07:08", "invalid"},
                 {"2021-02-30 00:00:00", "2021-03-02 00:00:00"},
                 {"2021-04-31 24:10:60", "2021-05-02 00:10:59"},
                 {"2021-13-01 00:00:00", "invalid"},
                 {"2021-01-32 00:00:00", "invalid"},
                 {"2021-01-00 00:00:00", "invalid"},
                 {"2021-01-01 25:00:00", "invalid"},
                 {"", "invalid"}});
}

TEST(TimestampParser, DefaultFormatWantsFractionAndZone) {  // 3.8.34
    expect_rows({.format = "%Y-%m-%d %H:%M:%S.%N %z"},
                {{"2021-05-06 07:08:09.5 +0000", "2021-05-06 07:08:09.500000000"},
                 {"2021-05-06 07:08:09 +0000", "invalid"},
                 {"2021-05-06 07:08:09.123456789 +0900", "2021-05-05 22:08:09.123456789"},
                 {"2021-05-06 07:08:09.1234567899 +09:00", "2021-05-05 22:08:09.123456789"},
                 {"2021-05-06 07:08:09", "invalid"},
                 {"2021-05-06", "invalid"},
                 {"2021-05-06 07:08:09.5 JST", "2021-05-05 22:08:09.500000000"},
                 {"2021-05-06 07:08:09.5 Asia/Tokyo", "invalid"},
                 {"2021-05-06 07:08:09.5 PDT", "2021-05-06 15:08:09.500000000"},
                 {"2021-05-06 07:08:09.5 UTC", "2021-05-06 07:08:09.500000000"},
                 {"2021-05-06 07:08:09.5Z", "2021-05-06 07:08:09.500000000"}});
}

TEST(TimestampParser, UsesDefaultDateAndZone) {  // 3.8.35
    expect_rows({.format = "%H:%M:%S", .time_zone = "Asia/Tokyo", .date = "2021-05-06"},
                {{"01:02:03", "2021-05-05 16:02:03"},
                 {"23:59:60", "2021-05-06 14:59:59"},
                 {"1:2:3", "2021-05-05 16:02:03"},
                 {"24:00:00", "2021-05-06 15:00:00"},
                 {"25:00:00", "invalid"}});
    expect_rows({.format = "%m/%d"},
                {{"5/6", "1970-05-06 00:00:00"}, {"02/29", "1970-03-01 00:00:00"}});
}

TEST(TimestampParser, StopsYearsAtFourDigitsBeforeDigits) {  // 3.8.36
    expect_rows({.format = "%Y%m%d"}, {{"20210506", "2021-05-06 00:00:00"},
                                       {"2021-5-6", "invalid"},
                                       {"202105061", "2021-05-06 00:00:00"},
                                       {"20210532", "invalid"},
                                       {"20210230", "2021-03-02 00:00:00"},
                                       {"-20210506", "-2021-05-06 00:00:00"},
                                       {"2021056", "2021-05-06 00:00:00"},
                                       {"2021", "invalid"},
                                       {" 20210506", "invalid"}});
    expect_rows({.format = "%Y%m%d%H%M%S"}, {{"20210506070809", "2021-05-06 07:08:09"},
                                             {"202105060708", "invalid"},
                                             {"2021050607080912", "2021-05-06 07:08:09"},
                                             {"20210506240000", "2021-05-07 00:00:00"}});
}

// A blank at the end of a pattern means nothing, but such patterns are always read step by step.
TEST(TimestampParser, ReadsUsualShapesAsStepByStep) {
    std::mt19937 random(20240310);
    auto digit = [&] { return static_cast<char>('0' + random() % 10); };
    for (std::string pattern :
         {"%Y%m%d", "%Y-%m-%d", "%Y%m%d%H%M%S", "%Y%m%dT%H%M%S", "%Y/%m/%d %H%M%S",
          "%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S.%N", "%Y%m%d %H:%M:%S"}) {
        auto usual = TimestampParser::compile({.format = pattern});
        auto steps = TimestampParser::compile({.format = pattern + " "});
        ASSERT_TRUE(usual.ok() && steps.ok());
        int fitting = 0;
        for (int round = 0; round < 20'000; ++round) {
            std::string text;
            for (char byte : pattern) {
                if (byte == '%') continue;
                if (byte == 'Y') text += {'2', '0', digit(), digit()};
                if (byte == 'N') text += {digit(), digit(), digit()};
                if (byte == 'm' || byte == 'd')
                    text += {static_cast<char>('0' + random() % 2), digit()};
                if (byte == 'H' || byte == 'M' || byte == 'S') text += {'0', digit()};
                if (!std::isalpha(static_cast<unsigned char>(byte)) || byte == 'T') text += byte;
            }
            if (random() % 3 == 0) text[random() % text.size()] = "0369-/:. T"[random() % 10];
            if (random() % 5 == 0) text.resize(random() % (text.size() + 1));
            if (random() % 5 == 0) text += digit();
            page::Timestamp one, other;
            bool fits = usual->parse(text, one);
            ASSERT_EQ(fits, steps->parse(text, other)) << pattern << ": " << text;
            if (!fits) continue;
            ++fitting;
            ASSERT_EQ(one, other) << pattern << ": " << text;
        }
        EXPECT_GT(fitting, 2'000) << pattern;
        EXPECT_LT(fitting, 19'000) << pattern;
    }
}

TEST(TimestampParser, ReadsEpochs) {  // 3.8.37, 6.3.1
    expect_rows({.format = "%s"}, {{"0", "1970-01-01 00:00:00"},
                                   {"-1", "1969-12-31 23:59:59"},
                                   {"1620284889.75", "2021-05-06 07:08:09"},
                                   {"99999999999", "5138-11-16 09:46:39"},
                                   {"abc", "invalid"},
                                   {" 5", "invalid"},
                                   {"1e3", "1970-01-01 00:00:01"}});
    expect_rows({.format = "%s.%N"}, {{"1620284889.5", "2021-05-06 07:08:09.500000000"},
                                      {"-1.5", "1969-12-31 23:59:58.500000000"},
                                      {"1620284889", "invalid"},
                                      {"5.1234567891", "1970-01-01 00:00:05.123456789"}});
    expect_rows({.format = "%Q"}, {{"1620284889123", "2021-05-06 07:08:09.123000000"},
                                   {"-1", "1969-12-31 23:59:59.999000000"},
                                   {"1620284889123456", "53314-10-14 07:52:03.456000000"}});
}

TEST(TimestampParser, ReadsNamesInAnyCase) {  // 3.8.38
    expect_rows({.format = "%d/%b/%Y:%H:%M:%S %z"},
                {{"06/May/2021:07:08:09 +0900", "2021-05-05 22:08:09"},
                 {"6/may/2021:7:8:9 -0000", "2021-05-06 07:08:09"},
                 {"06/MAY/2021:07:08:09 EST", "2021-05-06 12:08:09"},
                 {"06/September/2021:07:08:09 Z", "2021-09-06 07:08:09"},
                 {"06/05/2021:07:08:09 +0900", "invalid"}});
    expect_rows({.format = "%a, %d %b %Y"}, {{"Mon, 04 Jan 2021", "2021-01-04 00:00:00"},
                                             {"friday, 04 Jan 2021", "2021-01-04 00:00:00"},
                                             {"Xyz, 04 Jan 2021", "invalid"},
                                             {"mon,04 Jan 2021", "2021-01-04 00:00:00"}});
}

TEST(TimestampParser, FollowsJavaAcrossDaylightJumps) {  // 3.8.39
    expect_rows({.format = "%Y-%m-%d %H:%M:%S", .time_zone = "America/Los_Angeles"},
                {{"2021-03-14 02:30:00", "2021-03-14 10:30:00"},
                 {"2021-11-07 01:30:00", "2021-11-07 08:30:00"},
                 {"2021-07-01 00:00:00", "2021-07-01 07:00:00"},
                 {"2021-1-1 00:00:00", "2021-01-01 08:00:00"}});
}

TEST(TimestampParser, ReadsHalfDays) {
    expect_rows({.format = "%Y-%m-%d %I:%M %p"}, {{"2021-01-01 12:34 AM", "2021-01-01 00:34:00"},
                                                  {"2021-01-01 12:34 pm", "2021-01-01 12:34:00"},
                                                  {"2021-01-01 01:05 P.M.", "2021-01-01 13:05:00"},
                                                  {"2021-01-01 13:00 PM", "invalid"},
                                                  {"2021-01-01 00:30 AM", "invalid"},
                                                  {"2021-01-01 1:05 xm", "invalid"}});
}

TEST(TimestampParser, ReadsShortYearsCenturiesAndDaysOfYear) {
    expect_rows({.format = "%y/%m/%d"}, {{"69/01/01", "1969-01-01 00:00:00"},
                                         {"68/12/31", "2068-12-31 00:00:00"},
                                         {"7/1/2", "2007-01-02 00:00:00"},
                                         {"2021/01/02", "invalid"}});
    EXPECT_EQ(parsed("%C%y-%m", "1921-05"), "1921-05-01 00:00:00");
    EXPECT_EQ(parsed("%Y %j %m %d", "2021 060 05 06"), "2021-03-01 00:00:00");
}

TEST(TimestampParser, ChecksButIgnoresWeeks) {
    expect_rows({.format = "%G-W%V-%u"}, {{"2021-W10-1", "1970-01-01 00:00:00"},
                                          {"2021-W54-1", "invalid"},
                                          {"2021-W10-8", "invalid"}});
}

TEST(TimestampParser, TakesUnknownDirectivesAsTextAndFlagsAsNever) {  // 6.2.5, 6.2.6
    expect_rows({.format = "%q-%Y"}, {{"%q-2021", "2021-01-01 00:00:00"}, {"x-2021", "invalid"}});
    expect_rows({.format = "%Y-%m-%d %H:%M:%S.%6N"}, {{"2021-05-06 07:08:09.123456", "invalid"},
                                                      {"2021-05-06 07:08:09.%6N", "invalid"}});
    expect_rows({.format = "on %d%%of %m %Y"}, {{"on 06%of 05 2021", "2021-05-06 00:00:00"},
                                                {"on 06%of    05 2021", "2021-05-06 00:00:00"},
                                                {"on06%of05 2021", "2021-05-06 00:00:00"}});
    EXPECT_EQ(parsed("%EY-%Om", "2021-05"), "2021-05-01 00:00:00");
}

TEST(TimestampParser, ReadsOffsets) {  // 6.4.5
    expect_rows({.format = "%Y-%m-%d %H:%M:%S %z"},
                {{"2021-05-06 07:08:09 +09", "2021-05-05 22:08:09"},
                 {"2021-05-06 07:08:09 +9", "2021-05-05 22:08:09"},
                 {"2021-05-06 07:08:09 -0330", "2021-05-06 10:38:09"},
                 {"2021-05-06 07:08:09 +9:30", "2021-05-05 21:38:09"},
                 {"2021-05-06 07:08:09 +930", "2021-05-05 21:38:09"},
                 {"2021-05-06 07:08:09 +93000", "2021-05-05 21:38:09"},
                 {"2021-05-06 07:08:09 +09:00:30", "2021-05-05 22:07:39"},
                 {"2021-05-06 07:08:09 z", "2021-05-06 07:08:09"},
                 {"2021-05-06 07:08:09 +2500", "invalid"},
                 {"2021-05-06 07:08:09 UTC+9", "2021-05-05 22:08:09"},
                 {"2021-05-06 07:08:09 GMT-03:00", "2021-05-06 10:08:09"},
                 {"2021-05-06 07:08:09 +9.5", "2021-05-05 21:38:09"},
                 {"2021-05-06 07:08:09 +", "invalid"}});
}

TEST(TimestampParser, ReadsZoneWords) {  // 6.4.2 to 6.4.4
    expect_rows({.format = "%Y-%m-%d %H:%M:%S %z"},
                {{"2021-05-06 07:08:09 utc", "2021-05-06 07:08:09"},
                 {"2021-05-06 07:08:09 EDT", "2021-05-06 12:08:09"},
                 {"2021-05-06 07:08:09 jst", "2021-05-05 22:08:09"},
                 {"2021-05-06 07:08:09 IST", "2021-05-06 01:38:09"},
                 {"2021-05-06 07:08:09 CET", "2021-05-06 05:08:09"},
                 {"2021-05-06 07:08:09 CEST", "2021-05-06 05:08:09"},
                 {"2021-05-06 07:08:09 M", "2021-05-05 19:08:09"},
                 {"2021-05-06 07:08:09 J", "invalid"},
                 {"2021-05-06 07:08:09 XYZ", "invalid"},
                 {"2021-05-06 07:08:09 Japan", "2021-05-05 22:08:09"},
                 {"2021-05-06 07:08:09 America/Los_Angeles", "invalid"},
                 {"2021-05-06 07:08:09 TOKYO standard time", "2021-05-05 22:08:09"},
                 {"2021-05-06 07:08:09 EASTERN daylight time", "2021-05-06 11:08:09"},
                 {"2021-05-06 07:08:09 pacific dst", "2021-05-06 14:08:09"},
                 {"2021-05-06 07:08:09 ROC", "2021-05-05 23:08:09"},
                 {"2021-05-06 07:08:09 EET", "2021-05-06 04:08:09"},
                 {"2021-05-06 07:08:09 WAT", "2021-05-06 06:08:09"}});
    EXPECT_EQ(parsed("%Y-%m-%dT%H:%M:%S%:z", "2021-05-06T07:08:09-0800"), "2021-05-06 15:08:09");
}

TEST(TimestampParser, RubyPatternsAreStricterAboutDays) {
    expect_rows({.format = "ruby:%Y-%m-%d %H:%M:%S", .time_zone = "+09:00"},
                {{"2021-05-06 07:08:09", "2021-05-05 22:08:09"},
                 {"2021-02-31 00:00:00", "invalid"},
                 {"2021-12-31 23:59:60", "2021-12-31 15:00:00"},
                 {"2021-12-31 24:00:00", "2021-12-31 15:00:00"}});
}

TEST(TimestampParser, JavaPatternsAreStrict) {  // 6.1
    expect_rows({.format = "java:uuuu-MM-dd HH:mm:ss", .time_zone = "+09:00"},
                {{"2021-05-06 07:08:09", "2021-05-05 22:08:09"},
                 {"2021-05-06 07:08:09 tail", "invalid"},
                 {"2021-02-30 00:00:00", "invalid"},
                 {"2021-5-6 07:08:09", "invalid"}});
    expect_rows({.format = "java:d MMM uuuu"}, {{"6 May 2021", "2021-05-06 00:00:00"},
                                                {"6 may 2021", "2021-05-06 00:00:00"},
                                                {"6 Mai 2021", "invalid"}});
    EXPECT_EQ(parsed("java:yyyyMMddHHmmssSSSXXX", "20210506070809123+09:00"),
              "2021-05-05 22:08:09.123000000");
    EXPECT_EQ(parsed("java:uuuu-MM-dd['T'HH:mm[:ss]][X]", "2021-05-06T07:08Z"),
              "2021-05-06 07:08:00");
    EXPECT_EQ(parsed("java:uuuu-MM-dd['T'HH:mm[:ss]][X]", "2021-05-06"), "2021-05-06 00:00:00");
    EXPECT_EQ(parsed("java:EEE d MMM uuuu", "Fri 6 May 2021"), "invalid");
    EXPECT_EQ(parsed("java:EEE d MMM uuuu", "Thu 6 May 2021"), "2021-05-06 00:00:00");
    EXPECT_EQ(parsed("java:h:mm a", "12:30 AM"), "1970-01-01 00:30:00");
    EXPECT_EQ(parsed("java:YYYY-'W'ww", "x"), "error: java pattern letter is not supported: YYYY");
    EXPECT_TRUE(
        parsed({.format = "java:uuuu", .time_zone = "Asia/Tokyo"}, "x").starts_with("error"));
    EXPECT_TRUE(parsed({.format = "java:uuuu", .date = "2020-01-01"}, "x").starts_with("error"));
}

TEST(TimestampParser, NamesUnknownZonesInOptions) {  // 6.5
    EXPECT_EQ(parsed({.format = "%H", .time_zone = "JST"}, "9"), "1970-01-01 00:00:00");
    EXPECT_EQ(parsed({.format = "%H", .time_zone = "UTC+9"}, "9"), "1970-01-01 00:00:00");
    EXPECT_TRUE(parsed({.format = "%H", .time_zone = "Nowhere/Land"}, "9")
                    .starts_with("error: unknown time zone: Nowhere/Land"));
}

TEST(TimestampParser, ExplainsWhatDoesNotFit) {
    auto parser = TimestampParser::compile({.format = "%Y-%m-%d %z"});
    EXPECT_EQ(parser->explain(""), "java.time.format.DateTimeParseException: text is empty.");
    EXPECT_EQ(
        parser->explain("2021-x"),
        "java.time.format.DateTimeParseException: Text '2021-x' could not be parsed at index 5");
    EXPECT_EQ(
        parser->explain("2021-05-06 XYZ"),
        "java.time.format.DateTimeParseException: Text '2021-05-06 XYZ' could not be parsed at "
        "index 11: Invalid time zone ID 'XYZ'");
}

TEST(TimestampFormatter, PrintsDates) {
    auto line = [](std::string_view utc) {
        return formatted("%Y|%C|%y|%m|%B|%b|%h|%d|%e|%j", "UTC", utc);
    };
    EXPECT_EQ(line("2021-01-02 03:04:05.006007008"), "2021|20|21|01|January|Jan|Jan|02| 2|002");
    EXPECT_EQ(line("1969-12-31 23:59:59.9"), "1969|19|69|12|December|Dec|Dec|31|31|365");
    EXPECT_EQ(line("2000-02-29 00:00:00.0"), "2000|20|00|02|February|Feb|Feb|29|29|060");
    EXPECT_EQ(line("0009-11-30 12:00:00.0"), "0009|00|09|11|November|Nov|Nov|30|30|334");
}

TEST(TimestampFormatter, PrintsFarYears) {
    auto line = [](std::string_view utc) {
        return formatted("%Y-%m-%d|%C|%y|%s|%10Y", "UTC", utc);
    };
    EXPECT_EQ(line("12345-01-01 00:00:00.0"), "12345-01-01|123|45|327403382400|0000012345");
    EXPECT_EQ(line("-0005-06-07 08:09:10.0"), "-0005-06-07|00|-5|-62311391450|-000000005");
    EXPECT_EQ(line("0000-01-01 00:00:00.0"), "0000-01-01|00|00|-62167219200|0000000000");
}

TEST(TimestampFormatter, PrintsTimesAndFractions) {
    auto line = [](std::string_view utc) {
        return formatted("%H|%k|%I|%l|%p|%P|%M|%S|%L|%N", "UTC", utc);
    };
    EXPECT_EQ(line("2021-01-02 03:04:05.006007008"), "03| 3|03| 3|AM|am|04|05|006|006007008");
    EXPECT_EQ(line("1969-12-31 23:59:59.9"), "23|23|11|11|PM|pm|59|59|900|900000000");
    EXPECT_EQ(line("2000-02-29 00:00:00.0"), "00| 0|12|12|AM|am|00|00|000|000000000");
    EXPECT_EQ(formatted("%1N|%3N|%6N|%9N|%12N|%1L|%3L|%6L", "UTC", "2021-01-02 03:04:05.006007008"),
              "0|006|006007|006007008|006007008000|0|006|006007");
}

TEST(TimestampFormatter, PrintsWeeks) {
    auto line = [](std::string_view utc) {
        return formatted("%a|%A|%u|%w|%G|%V|%U|%W", "UTC", utc);
    };
    EXPECT_EQ(line("2021-01-02 03:04:05.0"), "Sat|Saturday|6|6|2020|53|00|00");
    EXPECT_EQ(line("2021-07-02 15:04:05.1"), "Fri|Friday|5|5|2021|26|26|26");
    EXPECT_EQ(line("1969-12-31 23:59:59.9"), "Wed|Wednesday|3|3|1970|01|52|52");
    EXPECT_EQ(line("0009-11-30 12:00:00.0"), "Mon|Monday|1|1|0009|49|48|48");
}

TEST(TimestampFormatter, PrintsZones) {  // 6.6.4, 6.6.5
    EXPECT_EQ(formatted("%z|%:z|%::z|%:::z|%Z|%#Z|%_z|%10z", "UTC", "2021-01-02 03:04:05.0"),
              "+0000|+00:00|+00:00:00|+00|UTC|utc| +000|+000000000");
    EXPECT_EQ(formatted("%H:%M %z|%:z|%:::z|%Z", "America/Los_Angeles", "2021-07-02 15:04:05.1"),
              "08:04 -0700|-07:00|-07|PDT");
    EXPECT_EQ(formatted("%H:%M %Z %z", "EST", "2015-07-02 15:04:05.1"), "10:04 -05:00 -0500");
    EXPECT_EQ(formatted("%Y-%m-%d %H:%M:%S.%6N %z", "Asia/Tokyo", "2015-01-27 19:23:49.5"),
              "2015-01-28 04:23:49.500000 +0900");
}

TEST(TimestampFormatter, FollowsFlagsAndEchoesWhatItDoesNotKnow) {  // 6.6.2, 6.6.8, 6.6.11
    constexpr std::string_view kInstant = "2015-01-02 03:04:05.006007008";
    EXPECT_EQ(formatted("%-d %_m %^a %#p %#a %10A", "UTC", kInstant), "2  1 FRI am FRI     Friday");
    EXPECT_EQ(formatted("%c", "UTC", kInstant), "Fri Jan  2 03:04:05 2015");
    EXPECT_EQ(formatted("%D %x %F %R %r %T %X", "UTC", kInstant),
              "01/02/15 01/02/15 2015-01-02 03:04 03:04:05 AM 03:04:05 03:04:05");
    EXPECT_EQ(formatted("%Q %+ %q %% %", "UTC", kInstant), "%Q %+ %q % %");
    EXPECT_EQ(formatted("%v %g", "UTC", kInstant), " 2-Jan-2015 15");
}

TEST(TimestampFormatter, PrintsOddDatesWhenStrict) {  // 6.6.7
    auto formatter = TimestampFormatter::compile("%v %g %G", "UTC", Compat::kStrict);
    ASSERT_TRUE(formatter.ok());
    std::string text;
    formatter->format({1'420'167'845, 0}, text);
    EXPECT_EQ(text, " 2:Jan:2015 20 2015");
}

TEST(TimestampFormatter, PrintsJavaPatterns) {
    EXPECT_EQ(
        formatted("java:uuuu/MM/dd HH:mm:ss.SSSSSS xx", "+09:00", "2021-01-02 03:04:05.006007008"),
        "2021/01/02 12:04:05.006007 +0900");
    EXPECT_EQ(formatted("java:EEE, d MMMM yy 'at' h:mm a XXX", "UTC", "2021-07-02 15:04:05.1"),
              "Fri, 2 July 21 at 3:04 PM Z");
}

}  // namespace
}  // namespace mogura::load
