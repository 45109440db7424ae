// Spec embulk chapter 6 as a table, both ways: what each directive reads and writes, one row for
// each thing that an item says. The first word of a row is its item.

#include "load/timestamp.h"
#include "load/timestamp_zone.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace mogura::load {
namespace {

constexpr std::string_view kInvalid = "invalid";

std::string shown(page::Timestamp timestamp) {
    auto formatter = TimestampFormatter::compile("%Y-%m-%d %H:%M:%S.%N", "UTC");
    std::string text;
    formatter->format(timestamp, text);
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return text;
}

std::string read(const TimestampParser::Options& options, std::string_view text) {
    auto parser = TimestampParser::compile(options);
    if (!parser.ok()) return "error: " + parser.error().message();
    page::Timestamp timestamp;
    return parser->parse(text, timestamp) ? shown(timestamp) : std::string(kInvalid);
}

std::string written(std::string_view format, std::string_view zone, page::Timestamp timestamp,
                    Compat compat = Compat::kFixed) {
    auto formatter = TimestampFormatter::compile(format, zone, compat);
    if (!formatter.ok()) return "error: " + formatter.error().message();
    std::string text;
    formatter->format(timestamp, text);
    return text;
}

struct ReadRow {
    const char* item;
    std::string_view format;
    std::string_view text;
    std::string_view expected;
};

void expect(const std::vector<ReadRow>& rows) {
    for (const ReadRow& row : rows) {
        EXPECT_EQ(read({.format = std::string(row.format)}, row.text), row.expected)
            << row.item << ": " << row.format << " on \"" << row.text << '"';
    }
}

TEST(TimestampTable, PatternsHaveThreeFamilies) {
    struct Row {
        const char* item;
        TimestampParser::Options options;
        std::string_view text;
        std::string_view expected;
    };
    const std::vector<Row> rows = {
        {"6.1.1", {.format = "%Y-%m-%d"}, "2021-02-31 x", "2021-03-03 00:00:00"},
        {"6.1.1", {.format = "ruby:%Y-%m-%d", .time_zone = "+00:00"}, "2021-02-31", "invalid"},
        {"6.1.1", {.format = "java:uuuu-MM-dd", .time_zone = "+00:00"}, "2021-02-28 x", "invalid"},
        {"6.1.2", {.format = "java:uuuu", .time_zone = "Z"}, "2021", "2021-01-01 00:00:00"},
        {"6.1.2", {.format = "java:uuuu", .time_zone = "+09:00"}, "2021", "2020-12-31 15:00:00"},
        {"6.1.2", {.format = "java:uuuu", .time_zone = "+0900"}, "2021", "2020-12-31 15:00:00"},
        {"6.1.2", {.format = "java:uuuu", .time_zone = "+9"}, "2021", "2020-12-31 15:00:00"},
        {"6.1.2", {.format = "ruby:%Y", .time_zone = "-0330"}, "2021", "2021-01-01 03:30:00"},
        {"6.1.2", {.format = "java:uuuu", .time_zone = "UTC"}, "2021", "2021-01-01 00:00:00"},
        {"6.1.2", {.format = "ruby:%Y", .time_zone = "GMT"}, "2021", "2021-01-01 00:00:00"},
        {"6.1.2", {.format = "ruby:%Y", .time_zone = "Asia/Tokyo"}, "2021", "error"},
        {"6.1.2", {.format = "java:uuuu", .time_zone = "Asia/Tokyo"}, "2021", "error"},
        {"6.1.3", {.format = "ruby:%H", .date = "2020-01-01"}, "1", "error"},
        {"6.1.3", {.format = "java:HH", .date = "2020-01-01"}, "01", "error"},
        {"6.1.3", {.format = "ruby:%H", .date = "1970-01-01"}, "1", "1970-01-01 01:00:00"},
        {"6.1.4", {.format = "%Y"}, "", "invalid"},
        {"6.1.4", {.format = "ruby:%Y"}, "", "invalid"},
        {"6.1.4", {.format = "java:uuuu"}, "", "invalid"},
        {"6.1.5", {.format = "java:yyyy-MM-dd"}, "2021-05-06", "2021-05-06 00:00:00"},
        {"6.1.5", {.format = "java:uuuu-MM-dd"}, "2021-05-06", "2021-05-06 00:00:00"},
        {"6.1.5", {.format = "java:uuuu XXX"}, "2021 Asia/Tokyo", "invalid"},
        {"6.1.5", {.format = "java:uuuu XXX"}, "2021 +09:00", "2020-12-31 15:00:00"},
        {"6.1.5", {.format = "java:uuuu xx"}, "2021 +0900", "2020-12-31 15:00:00"},
        {"6.1.5", {.format = "java:uuuu Z"}, "2021 -0100", "2021-01-01 01:00:00"},
        {"6.1.5", {.format = "java:HH:mm"}, "07:08", "1970-01-01 07:08:00"},
        {"6.1.5", {.format = "java:MM"}, "05", "1970-05-01 00:00:00"},
    };
    for (const Row& row : rows) {
        const std::string got = read(row.options, row.text);
        const bool fits =
            row.expected == "error" ? got.starts_with("error: ") : got == row.expected;
        EXPECT_TRUE(fits) << row.item << ": " << row.options.format << " on " << row.text << ": "
                          << got;
    }
}

TEST(TimestampTable, DirectivesOfYearsReadTheirTexts) {
    expect({
        {"6.2 %Y", "%Y", "2021", "2021-01-01 00:00:00"},
        {"6.2 %Y", "%Y", "7", "0007-01-01 00:00:00"},
        {"6.2 %Y", "%Y", "+2021", "2021-01-01 00:00:00"},
        {"6.2 %Y", "%Y", "-5", "-0005-01-01 00:00:00"},
        {"6.2 %Y", "%Y", "12345", "12345-01-01 00:00:00"},
        {"6.2 %Y", "%Y", "1000000000", kInvalid},
        {"6.2 %Y", "%Y", "x", kInvalid},
        {"6.2 %Y", "%Y%m", "202105", "2021-05-01 00:00:00"},
        {"6.2 %C", "%C%y", "1921", "1921-01-01 00:00:00"},
        {"6.2 %C", "%C-%y", "20-70", "2070-01-01 00:00:00"},
        {"6.2 %y", "%y", "69", "1969-01-01 00:00:00"},
        {"6.2 %y", "%y", "68", "2068-01-01 00:00:00"},
        {"6.2 %y", "%y", "7", "2007-01-01 00:00:00"},
        {"6.2 %y", "%y", "x", kInvalid},
    });
}

TEST(TimestampTable, DirectivesOfDaysReadTheirTexts) {
    expect({
        {"6.2 %m", "%m", "1", "1970-01-01 00:00:00"},
        {"6.2 %m", "%m", "12", "1970-12-01 00:00:00"},
        {"6.2 %m", "%m", "0", kInvalid},
        {"6.2 %m", "%m", "13", kInvalid},
        {"6.2 %B", "%B", "September", "1970-09-01 00:00:00"},
        {"6.2 %B", "%B", "sep", "1970-09-01 00:00:00"},
        {"6.2 %b", "%b", "SEPTEMBER", "1970-09-01 00:00:00"},
        {"6.2 %h", "%h", "May", "1970-05-01 00:00:00"},
        {"6.2 %b", "%b", "Sex", kInvalid},
        {"6.2 %d", "%d", "6", "1970-01-06 00:00:00"},
        {"6.2 %d", "%d", " 6", "1970-01-06 00:00:00"},
        {"6.2 %d", "%d", "06", "1970-01-06 00:00:00"},
        {"6.2 %d", "%d", " 16", "1970-01-01 00:00:00"},  // the 6 is behind the end
        {"6.2 %d", "%d", "  6", kInvalid},
        {"6.2 %d", "%d", "0", kInvalid},
        {"6.2 %d", "%d", "32", kInvalid},
        {"6.2 %e", "%e", " 6", "1970-01-06 00:00:00"},
        {"6.2 %e", "%e", "31", "1970-01-31 00:00:00"},
        {"6.2 %j", "%j", "1", "1970-01-01 00:00:00"},
        {"6.2 %j", "%j", "060", "1970-03-01 00:00:00"},
        {"6.2 %j", "%Y %j", "2020 366", "2020-12-31 00:00:00"},
        {"6.2 %j", "%j", "0", kInvalid},
        {"6.2 %j", "%j", "367", kInvalid},
        {"6.2 %A", "%A %d", "Monday 6", "1970-01-06 00:00:00"},  // was a Tuesday
        {"6.2 %a", "%a %d", "sUN 6", "1970-01-06 00:00:00"},
        {"6.2 %a", "%a", "Xun", kInvalid},
        {"6.2 %u", "%u", "7", "1970-01-01 00:00:00"},
        {"6.2 %u", "%u", "0", kInvalid},
        {"6.2 %u", "%u", "8", kInvalid},
        {"6.2 %w", "%w", "0", "1970-01-01 00:00:00"},
        {"6.2 %w", "%w", "7", kInvalid},
        {"6.2 %U", "%U", "53", "1970-01-01 00:00:00"},
        {"6.2 %U", "%U", "54", kInvalid},
        {"6.2 %W", "%W", "0", "1970-01-01 00:00:00"},
        {"6.2 %W", "%W", "54", kInvalid},
        {"6.2 %V", "%V", "53", "1970-01-01 00:00:00"},
        {"6.2 %V", "%V", "0", kInvalid},
        {"6.2 %V", "%V", "54", kInvalid},
        {"6.2 %G", "%G-%d", "1999-6", "1970-01-06 00:00:00"},
        {"6.2 %g", "%g-%d", "99-6", "1970-01-06 00:00:00"},
    });
}

TEST(TimestampTable, DirectivesOfTimesReadTheirTexts) {
    expect({
        {"6.2 %H", "%H", "7", "1970-01-01 07:00:00"},
        {"6.2 %H", "%H", " 7", "1970-01-01 07:00:00"},
        {"6.2 %H", "%H", "24", "1970-01-02 00:00:00"},
        {"6.2 %H", "%H", "25", kInvalid},
        {"6.2 %k", "%k", " 7", "1970-01-01 07:00:00"},
        {"6.2 %I", "%I", "12", "1970-01-01 12:00:00"},
        {"6.2 %I", "%I", "0", kInvalid},
        {"6.2 %I", "%I", "13", kInvalid},
        {"6.2 %l", "%l", " 7", "1970-01-01 07:00:00"},
        {"6.2 %p", "%I %p", "7 am", "1970-01-01 07:00:00"},
        {"6.2 %p", "%I %p", "7 PM", "1970-01-01 19:00:00"},
        {"6.2 %P", "%I %P", "7 a.m.", "1970-01-01 07:00:00"},
        {"6.2 %P", "%I %P", "7 P.m.", "1970-01-01 19:00:00"},
        {"6.2 %p", "%I %p", "7 m", kInvalid},
        {"6.2 %M", "%M", "59", "1970-01-01 00:59:00"},
        {"6.2 %M", "%M", "60", kInvalid},
        {"6.2 %S", "%S", "60", "1970-01-01 00:00:59"},
        {"6.2 %S", "%S", "61", kInvalid},
        {"6.2 %L", "%L", "5", "1970-01-01 00:00:00.5"},
        {"6.2 %L", "%L", "123456", "1970-01-01 00:00:00.123456"},
        {"6.2 %L", "%L%Y", "1232021", "2021-01-01 00:00:00.123"},
        {"6.2 %N", "%N", "1234567899", "1970-01-01 00:00:00.123456789"},
        {"6.2 %N", "%N%Y", "1234567892021", "2021-01-01 00:00:00.123456789"},
        {"6.2 %N", "%N", "-5", "1969-12-31 23:59:59.5"},
        {"6.2 %N", "%N", "+5", "1970-01-01 00:00:00.5"},
        {"6.2 %N", "%N", "x", kInvalid},
        {"6.2 %s", "%s", "-86400", "1969-12-31 00:00:00"},
        {"6.2 %s", "%s", "+5", kInvalid},
        {"6.2 %Q", "%Q", "-1", "1969-12-31 23:59:59.999"},
        {"6.2 %Q", "%Q", "1500", "1970-01-01 00:00:01.5"},
        {"6.2 %%", "%%%Y", "%2021", "2021-01-01 00:00:00"},
        {"6.2 %n", "%Y%n%m", "2021 \n\t 05", "2021-05-01 00:00:00"},
        {"6.2 %t", "%Y%tx%m", "2021x05", "2021-05-01 00:00:00"},
    });
    for (const std::string zone : {"%z", "%:z", "%::z", "%:::z", "%Z"}) {
        for (const char* text : {"7 +0900", "7 +09:00", "7 +9", "7 JST", "7 jst"}) {
            EXPECT_EQ(read({.format = "%H " + zone}, text), "1969-12-31 22:00:00")
                << "6.2 " << zone << " on " << text;
        }
    }
}

TEST(TimestampTable, CompositesAreTheirParts) {
    expect({
        {"6.2 %c", "%c", "Thu May  6 07:08:09 2021", "2021-05-06 07:08:09"},
        {"6.2 %D", "%D", "05/06/21", "2021-05-06 00:00:00"},
        {"6.2 %x", "%x", "5/6/70", "1970-05-06 00:00:00"},
        {"6.2 %F", "%F", "2021-05-06", "2021-05-06 00:00:00"},
        {"6.2 %R", "%R", "07:08", "1970-01-01 07:08:00"},
        {"6.2 %r", "%r", "07:08:09 PM", "1970-01-01 19:08:09"},
        {"6.2 %T", "%T", "07:08:09", "1970-01-01 07:08:09"},
        {"6.2 %X", "%X", "7:8:9", "1970-01-01 07:08:09"},
        {"6.2 %v", "%v", " 6-May-2021", "2021-05-06 00:00:00"},
        {"6.2 %+", "%+", "Thu May  6 07:08:09 JST 2021", "2021-05-05 22:08:09"},
    });
}

TEST(TimestampTable, NumbersStopBeforeNumbers) {  // 6.2.1
    struct Row {
        std::string_view next;
        std::string_view text;
    };
    for (const Row& row : std::vector<Row>{
             {"%C", "20"}, {"%y", "21"}, {"%m", "05"}, {"%d", "01"}, {"%e", "01"}, {"%j", "001"},
             {"%H", "00"}, {"%k", "00"}, {"%I", "12"}, {"%l", "12"}, {"%M", "00"}, {"%S", "00"},
             {"%L", "0"},  {"%N", "0"},  {"%u", "1"},  {"%w", "1"},  {"%G", "2"},  {"%g", "21"},
             {"%U", "01"}, {"%V", "01"}, {"%W", "01"}, {"7", "7"}}) {
        const std::string format = "%Y" + std::string(row.next);
        EXPECT_TRUE(read({.format = format}, "2021" + std::string(row.text)).starts_with("2021-"))
            << format;
    }
    expect({
        {"6.2.1", "%Yx", "20215x", "20215-01-01 00:00:00"},
        {"6.2.1", "%Y%z", "20215+0000", "20215-01-01 00:00:00"},
        {"6.2.1", "%Y%s", "20210", "1970-01-01 00:00:00"},
    });
}

TEST(TimestampTable, BlanksAndTheEndAreLenient) {
    expect({
        {"6.2.2", "%Y %m", "2021\t \n05", "2021-05-01 00:00:00"},
        {"6.2.2", "%Y\t%m", "2021 05", "2021-05-01 00:00:00"},
        {"6.2.2", "%Y %b", "2021May", "2021-05-01 00:00:00"},
        {"6.2.3", "%Y", " 2021", kInvalid},
        {"6.2.3", " %Y", "   2021", "2021-01-01 00:00:00"},
        {"6.2.4", "%Y-%m-%d", "2015-01-02 trailing", "2015-01-02 00:00:00"},
        {"6.2.4", "%Y-%m-%d", "2015-01-02T03", "2015-01-02 00:00:00"},
    });
}

TEST(TimestampTable, FlagsAndModifiersAreForPrintingOrSkipped) {
    for (const std::string_view flagged :
         {"%-d", "%_d", "%0d", "%^a", "%#p", "%6N", "%3N", "%04Y", "%10A", "%::::z"}) {
        const std::string text = written(flagged, "UTC", {});
        EXPECT_EQ(read({.format = std::string(flagged)}, text), kInvalid) << "6.2.5 " << flagged;
        EXPECT_EQ(read({.format = std::string(flagged)}, flagged), kInvalid) << "6.2.5 " << flagged;
    }
    expect({
        {"6.2.6", "%Ec", "Thu May  6 07:08:09 2021", "2021-05-06 07:08:09"},
        {"6.2.6", "%EC%Ey", "2021", "2021-01-01 00:00:00"},
        {"6.2.6", "%Ex", "05/06/21", "2021-05-06 00:00:00"},
        {"6.2.6", "%EX", "07:08:09", "1970-01-01 07:08:09"},
        {"6.2.6", "%EY", "2021", "2021-01-01 00:00:00"},
        {"6.2.6", "%Om/%Od", "05/06", "1970-05-06 00:00:00"},
        {"6.2.6", "%Oe", " 6", "1970-01-06 00:00:00"},
        {"6.2.6", "%OH:%OM:%OS", "07:08:09", "1970-01-01 07:08:09"},
        {"6.2.6", "%OI", "7", "1970-01-01 07:00:00"},
        {"6.2.6", "%Ou%Ow%OU%OV%OW%Oy", "1101010121", "2021-01-01 00:00:00"},
        {"6.2.6", "%Ed-%Y", "%Ed-2021", "2021-01-01 00:00:00"},
        {"6.2.6", "%OY-%m", "%OY-05", "1970-05-01 00:00:00"},
        {"6.2.6", "%q%Y", "%q2021", "2021-01-01 00:00:00"},
    });
}

TEST(TimestampTable, FailuresSayWhere) {  // 6.2.7, 6.1.4, 6.4.6
    struct Row {
        const char* format;
        const char* text;
        const char* expected;
    };
    for (const Row& row : {
             Row{"%Y-%m", "2021-x", "Text '2021-x' could not be parsed at index 5"},
             Row{"%Y-%m", "2021", "Text '2021' could not be parsed at index 4"},
             Row{"%Y", "", "text is empty."},
             Row{"%H %z", "7 XYZ",
                 "Text '7 XYZ' could not be parsed at index 2: Invalid time zone ID 'XYZ'"},
             Row{"java:uuuu-MM", "2021-x", "Text '2021-x' could not be parsed at index 5"},
         }) {
        auto parser = TimestampParser::compile({.format = row.format});
        ASSERT_TRUE(parser.ok());
        EXPECT_EQ(parser->explain(row.text),
                  std::string("java.time.format.DateTimeParseException: ") + row.expected);
    }
}

TEST(TimestampTable, FieldsBecomeAnInstant) {
    expect({
        {"6.3.1", "%s %Q", "5 7000", "1970-01-01 00:00:07"},
        {"6.3.1", "%Q %s", "7000 5", "1970-01-01 00:00:07"},
        {"6.3.1", "%s %Y-%m-%d %H %z", "5 2021-05-06 7 +0900", "1970-01-01 00:00:05"},
        {"6.3.1", "%s.%N", "1.5", "1970-01-01 00:00:01.5"},
        {"6.3.1", "%s.%N", "-1.5", "1969-12-31 23:59:58.5"},
        {"6.3.2", "%Y %j %m-%d", "2021 060 05-06", "2021-03-01 00:00:00"},
        {"6.3.2", "%Y %m-%d %j", "2021 05-06 060", "2021-03-01 00:00:00"},
        {"6.3.3", "%Y", "2021", "2021-01-01 00:00:00"},
        {"6.3.3", "%d", "6", "1970-01-06 00:00:00"},
        {"6.3.3", "%M", "8", "1970-01-01 00:08:00"},
        {"6.3.4", "%Y-%m-%d", "2015-02-31", "2015-03-03 00:00:00"},
        {"6.3.4", "%Y-%m-%d", "2015-04-31", "2015-05-01 00:00:00"},
        {"6.3.4", "%Y-%m-%d", "2015-12-31", "2015-12-31 00:00:00"},
        {"6.3.4", "ruby:%Y-%m-%d", "2015-02-29", kInvalid},
        {"6.3.4", "ruby:%Y-%m-%d", "2016-02-29", "2016-02-29 00:00:00"},
        {"6.3.5", "%H:%M", "24:10", "1970-01-02 00:10:00"},
        {"6.3.5", "%S", "60", "1970-01-01 00:00:59"},
        {"6.3.5", "ruby:%H:%M:%S", "23:59:60", "1970-01-02 00:00:00"},
        {"6.3.6", "%I:%M %p", "12:34 AM", "1970-01-01 00:34:00"},
        {"6.3.6", "%I:%M %p", "12:34 PM", "1970-01-01 12:34:00"},
        {"6.3.6", "%H:%M %p", "13:34 AM", "1970-01-01 01:34:00"},
    });
    struct Row {
        const char* item;
        TimestampParser::Options options;
        const char* text;
        const char* expected;
    };
    const std::string minutes = "%Y-%m-%d %H:%M";
    for (const Row& row : std::vector<Row>{
             {"6.3.3", {.format = "%H", .date = "2020-02-03"}, "7", "2020-02-03 07:00:00"},
             {"6.3.3", {.format = "%m", .date = "2020-02-03"}, "5", "2020-05-03 00:00:00"},
             {"6.3.3", {.format = "%H", .date = "2020-2-3"}, "7", "2020-02-03 07:00:00"},
             {"6.3.7",
              {.format = "%H %z", .time_zone = "Asia/Tokyo"},
              "7 +0000",
              "1970-01-01 07:00:00"},
             {"6.3.7",
              {.format = minutes, .time_zone = "Europe/Berlin"},
              "2021-03-28 02:30",
              "2021-03-28 01:30:00"},
             {"6.3.7",
              {.format = minutes, .time_zone = "Europe/Berlin"},
              "2021-10-31 02:30",
              "2021-10-31 00:30:00"},
         }) {
        EXPECT_EQ(read(row.options, row.text), row.expected) << row.item << " " << row.text;
    }
}

// What 7 o'clock on a day in January is in UTC, with the text as its zone.
std::string seven_o_clock(std::string_view zone) {
    return read({.format = "%Y-%m-%d %H:%M %z"}, "2021-01-06 07:00 " + std::string(zone)).substr(8);
}

TEST(TimestampTable, ZonesInTexts) {
    struct Row {
        const char* item;
        const char* zone;
        const char* expected;  // the day and the time in UTC
    };
    for (const Row& row : {
             Row{"6.4.1", "gmt+9", "05 22:00:00"},
             Row{"6.4.1", "UT-3", "06 10:00:00"},
             Row{"6.4.1", "Utc+09:30", "05 21:30:00"},
             Row{"6.4.1", "+09:00:30", "05 21:59:30"},
             Row{"6.4.1", "Tokyo Standard Time", "05 22:00:00"},
             Row{"6.4.1", "pacific daylight time", "06 14:00:00"},
             Row{"6.4.1", "EASTERN DST", "06 11:00:00"},
             Row{"6.4.2", "Z", "06 07:00:00"},
             Row{"6.4.2", "EST", "06 12:00:00"},
             Row{"6.4.2", "EDT", "06 12:00:00"},
             Row{"6.4.2", "CST", "06 13:00:00"},
             Row{"6.4.2", "CDT", "06 13:00:00"},
             Row{"6.4.2", "MST", "06 14:00:00"},
             Row{"6.4.2", "MDT", "06 14:00:00"},
             Row{"6.4.2", "PST", "06 15:00:00"},
             Row{"6.4.2", "PDT", "06 15:00:00"},
             Row{"6.4.2", "HST", "06 17:00:00"},
             Row{"6.4.2", "ROC", "05 23:00:00"},
             Row{"6.4.4", "UT", "06 07:00:00"},
             Row{"6.4.4", "GMT", "06 07:00:00"},
             Row{"6.4.4", "A", "06 06:00:00"},
             Row{"6.4.4", "I", "05 22:00:00"},
             Row{"6.4.4", "K", "05 21:00:00"},
             Row{"6.4.4", "M", "05 19:00:00"},
             Row{"6.4.4", "N", "06 08:00:00"},
             Row{"6.4.4", "Y", "06 19:00:00"},
             Row{"6.4.4", "JST", "05 22:00:00"},
             Row{"6.4.4", "KST", "05 22:00:00"},
             Row{"6.4.4", "IST", "06 01:30:00"},
             Row{"6.4.4", "CET", "06 06:00:00"},
             Row{"6.4.4", "CEST", "06 05:00:00"},
             Row{"6.4.4", "BST", "06 06:00:00"},
             Row{"6.4.4", "MSK", "06 04:00:00"},
             Row{"6.4.4", "MSD", "06 03:00:00"},
             Row{"6.4.4", "EET", "06 05:00:00"},
             Row{"6.4.4", "EEST", "06 04:00:00"},
             Row{"6.4.4", "AKST", "06 16:00:00"},
             Row{"6.4.4", "AKDT", "06 15:00:00"},
             Row{"6.4.4", "HAST", "06 17:00:00"},
             Row{"6.4.4", "NZST", "05 19:00:00"},
             Row{"6.4.4", "NZDT", "05 18:00:00"},
             Row{"6.4.4", "SGT", "05 23:00:00"},
             Row{"6.4.4", "CCT", "05 23:00:00"},
             Row{"6.4.4", "ART", "06 10:00:00"},
             Row{"6.4.4", "BRT", "06 10:00:00"},
             Row{"6.4.4", "CLST", "06 10:00:00"},
             Row{"6.4.4", "AST", "06 11:00:00"},
             Row{"6.4.4", "NST", "06 10:30:00"},
             Row{"6.4.4", "NDT", "06 09:30:00"},
             Row{"6.4.4", "WAT", "06 06:00:00"},
             Row{"6.4.4", "EAT", "06 04:00:00"},
             Row{"6.4.4", "SAST", "06 05:00:00"},
             Row{"6.4.4", "WADT", "05 23:00:00"},
             Row{"6.4.4", "EAST", "05 21:00:00"},
             Row{"6.4.4", "EADT", "05 20:00:00"},
             Row{"6.4.4", "IDLE", "05 19:00:00"},
             Row{"6.4.4", "IDLW", "06 19:00:00"},
             Row{"6.4.4", "W. EUROPE standard time", "06 06:00:00"},
             Row{"6.4.5", "+9", "05 22:00:00"},
             Row{"6.4.5", "+09", "05 22:00:00"},
             Row{"6.4.5", "+0900", "05 22:00:00"},
             Row{"6.4.5", "-09:30", "06 16:30:00"},
             Row{"6.4.5", "+930", "05 21:30:00"},
             Row{"6.4.5", "+9.5", "05 21:30:00"},
             Row{"6.4.5", "+93000", "05 21:30:00"},
         }) {
        EXPECT_EQ(seven_o_clock(row.zone), row.expected) << row.item << " " << row.zone;
    }
    expect({
        {"6.4.3", "%H %z", "7 America/Los_Angeles", kInvalid},
        {"6.4.3", "%H %z", "7 Asia/Tokyo", kInvalid},
        {"6.4.4", "%H %z", "7 J", kInvalid},
        {"6.4.6", "%H %z", "7 XYZ", kInvalid},
    });
}

TEST(TimestampTable, ZonesInOptions) {  // 6.5.1, 6.5.2
    struct Row {
        const char* zone;
        const char* expected;
    };
    for (const Row& row :
         {Row{"Asia/Tokyo", "2021-01-05 22:00:00"}, Row{"UTC", "2021-01-06 07:00:00"},
          Row{"GMT", "2021-01-06 07:00:00"}, Row{"Z", "2021-01-06 07:00:00"},
          Row{"Etc/GMT-9", "2021-01-05 22:00:00"}, Row{"UTC+9", "2021-01-05 22:00:00"},
          Row{"+09:00", "2021-01-05 22:00:00"}, Row{"+0900", "2021-01-05 22:00:00"},
          Row{"JST", "2021-01-05 22:00:00"}, Row{"EST", "2021-01-06 12:00:00"},
          Row{"PST", "2021-01-06 15:00:00"}, Row{"PDT", "2021-01-06 15:00:00"},
          Row{"ROC", "2021-01-05 23:00:00"}}) {
        EXPECT_EQ(read({.format = "%Y-%m-%d %H", .time_zone = row.zone}, "2021-01-06 07"),
                  row.expected)
            << row.zone;
    }
    EXPECT_TRUE(read({.format = "%H", .time_zone = "Nowhere"}, "7").starts_with("error: unknown"));
    EXPECT_TRUE(written("%H", "Nowhere", {}).starts_with("error: unknown"));
}

TEST(TimestampTable, ZonesInOptionsOfDatabases) {  // 6.5.3
    for (const char* name : {"Asia/Tokyo", "UTC", "+09:00", "UTC+9", "PST", "EDT", "ROC"}) {
        EXPECT_TRUE(find_database_zone(name).ok()) << name;
    }
    EXPECT_EQ(find_database_zone("EDT")->name(), "-05:00");
    for (const char* name : {"JST", "Somewhere/Some_City", ""}) {
        auto zone = find_database_zone(name);
        ASSERT_FALSE(zone.ok()) << name;
        EXPECT_TRUE(zone.error().message().starts_with("\"" + std::string(name) +
                                                       "\" is not recognized as a timezone name"));
    }
}

struct WriteRow {
    const char* item;
    std::string_view format;
    std::string_view expected;
};

constexpr page::Timestamp kInstant = {1'420'167'845, 6'007'008};  // 2015-01-02T03:04:05.006007008Z

TEST(TimestampTable, DirectivesWriteTheirTexts) {
    for (const WriteRow& row : std::vector<WriteRow>{
             {"6.6.1", "%Y|%C|%y|%m|%d|%e|%j", "2015|20|15|01|02| 2|002"},
             {"6.6.1", "%H|%k|%I|%l|%M|%S", "03| 3|03| 3|04|05"},
             {"6.6.1", "%U|%W|%V|%u|%w|%G", "00|00|01|5|5|2015"},
             {"6.6.1", "%s|%L|%N", "1420167845|006|006007008"},
             {"6.6.2", "%-d|%_m|%0e|%-H|%_H", "2| 1|02|3| 3"},
             {"6.6.2", "%^a|%^B|%#p|%#a|%#Z", "FRI|JANUARY|am|FRI|utc"},
             {"6.6.2", "%10Y|%10A|%5d|%_5d", "0000002015|    Friday|00002|    2"},
             {"6.6.3", "%3N|%6N|%9N|%12N|%1L", "006|006007|006007008|006007008000|0"},
             {"6.6.4", "%z|%:z|%::z|%:::z", "+0000|+00:00|+00:00:00|+00"},
             {"6.6.5", "%Z", "UTC"},
             {"6.6.6", "%a|%A|%b|%B|%h|%p|%P", "Fri|Friday|Jan|January|Jan|AM|am"},
             {"6.6.6", "%c|%D|%x", "Fri Jan  2 03:04:05 2015|01/02/15|01/02/15"},
             {"6.6.6", "%F|%R|%r|%T|%X", "2015-01-02|03:04|03:04:05 AM|03:04:05|03:04:05"},
             {"6.6.6", "%%|%n|%t|", "%|\n|\t|"},
             {"6.6.8", "%Q|%+|%q|%E|%", "%Q|%+|%q|%E|%"},
             {"6.6.9", "java:uuuu/MM/dd HH:mm:ss.SSSSSSSSS XXX", "2015/01/02 03:04:05.006007008 Z"},
             {"6.6.10", "%Y-%m-%d %H:%M:%S.%6N %z", "2015-01-02 03:04:05.006007 +0000"},
             {"6.6.11", "%e|%-d|%I|%U|%V|%G|%s", " 2|2|03|00|01|2015|1420167845"},
         }) {
        EXPECT_EQ(written(row.format, "UTC", kInstant), row.expected) << row.item;
    }
    EXPECT_EQ(written("%v %g", "UTC", kInstant, Compat::kStrict), " 2:Jan:2015 20") << "6.6.7";
    EXPECT_EQ(written("%v %g", "UTC", kInstant), " 2-Jan-2015 15") << "6.6.7";
    EXPECT_EQ(written("%Y", "UTC", {-62'324'000'000, 0}), "-0005") << "6.6.1";
}

TEST(TimestampTable, ZonesAreWritten) {
    constexpr page::Timestamp kSummer = {1'435'849'440, 0};  // 2015-07-02T15:04Z
    constexpr page::Timestamp kWinter = {1'420'167'845, 0};
    struct Row {
        const char* item;
        page::Timestamp instant;
        const char* zone;
        const char* format;
        const char* expected;
    };
    for (const Row& row : std::vector<Row>{
             {"6.6.4", kSummer, "Asia/Tokyo", "%z|%:z|%::z|%:::z", "+0900|+09:00|+09:00:00|+09"},
             {"6.6.4", kSummer, "+09:30", "%z|%:z|%:::z", "+0930|+09:30|+09:30"},
             {"6.6.4", kSummer, "-03:30", "%z|%:z", "-0330|-03:30"},
             {"6.6.5", kSummer, "+09:00", "%Z", "+09:00"},
             {"6.6.5", kSummer, "+00:00", "%Z", "UTC"},
             {"6.6.5", kSummer, "Asia/Tokyo", "%Z", "JST"},
             {"6.6.5", kSummer, "America/New_York", "%Z", "EDT"},
             {"6.6.5", kWinter, "America/New_York", "%Z|%#Z", "EST|est"},
             {"6.6.5", kSummer, "Europe/London", "%Z", "BST"},
             {"6.6.5", kWinter, "Europe/London", "%Z", "GMT"},
             {"6.6.5", kSummer, "Europe/Berlin", "%Z", "CEST"},
             {"6.6.5", kWinter, "Europe/Berlin", "%Z", "CET"},
             {"6.6.11", kSummer, "America/Los_Angeles", "%H:%M %Z %z", "08:04 PDT -0700"},
             {"6.6.11", kSummer, "EST", "%H:%M %Z %z", "10:04 -05:00 -0500"},
         }) {
        EXPECT_EQ(written(row.format, row.zone, row.instant), row.expected)
            << row.item << " " << row.zone;
    }
}

TEST(TimestampTable, WhatIsWrittenReadsBack) {  // 6.7.1 too
    const std::vector<page::Timestamp> instants = {{0, 0},
                                                   {kInstant.seconds, 6'007'008},
                                                   {-1, 999'999'999},
                                                   {1'435'849'440, 500'000'000},
                                                   {951'782'400, 1},              // 2000-02-29
                                                   {327'403'382'400, 0},          // 12345
                                                   {-62'311'391'450, 0},          // -5
                                                   {31'556'889'832'694'399, 0}};  // 999999999
    for (const char* zone : {"UTC", "+09:30", "-11:00"}) {
        for (const char* format : {"%Y-%m-%d %H:%M:%S.%N %z", "%Y %j %T.%N %::z",
                                   "%z %N %d/%b/%Y %r", "ruby:%Y-%m-%d %H:%M:%S.%N %:z"}) {
            for (const page::Timestamp& instant : instants) {
                const std::string text = written(format, zone, instant);
                EXPECT_EQ(read({.format = format}, text), shown(instant)) << format << ": " << text;
            }
        }
    }
    for (const page::Timestamp& instant : {instants[1], instants[2], instants[3], instants[4]}) {
        const char* format = "java:uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX";
        EXPECT_EQ(read({.format = format}, written(format, "+09:30", instant)), shown(instant));
    }
}

}  // namespace
}  // namespace mogura::load
