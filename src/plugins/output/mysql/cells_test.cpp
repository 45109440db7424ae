#include "plugins/output/mysql/cells.h"

#include "plugins/output/mysql/target.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mogura::plugins::mysql {
namespace {

using page::Type;

// What a value of `type` becomes in a column of `column`, "NULL" for null.
std::string sent(Type type, const std::string& column, auto set, const std::string& word = "coerce",
                 const std::string& zone = "UTC") {
    page::Builder builder(page::Schema({{.name = "c", .type = type}}));
    set(builder);
    builder.end_row();
    const page::Page page = builder.finish();
    auto kind = table::kind_of_word(word);
    if (!kind) kind = *kind_of_type(column);
    auto coercion = table::Coercion::create({.type = type,
                                             .kind = *kind,
                                             .zone = *base::TimeZone::find(zone),
                                             .timestamp_format = "%Y-%m-%d %H:%M:%S.%6N"});
    EXPECT_TRUE(coercion.ok());
    std::string scratch;
    std::string_view text;
    const table::Cell cell = coercion->cell(page.column(0), 0, scratch);
    return cell_text(cell, *kind, scratch, text) ? std::string(text) : "NULL";
}

auto a_long(int64_t value) {
    return [value](page::Builder& builder) { builder.set_long(0, value); };
}
auto a_double(double value) {
    return [value](page::Builder& builder) { builder.set_double(0, value); };
}
auto a_text(std::string_view value) {
    return [value](page::Builder& builder) { builder.set_text(0, value); };
}
auto a_boolean(bool value) {
    return [value](page::Builder& builder) { builder.set_boolean(0, value); };
}
auto a_time() {
    return [](page::Builder& builder) {
        builder.set_timestamp(0, {.seconds = 1435754096, .nanoseconds = 789'000'000});
    };
}

TEST(MysqlCells, SendNullWhereALongIsOutOfRange) {
    EXPECT_EQ(sent(Type::kLong, "smallint(6)", a_long(40'000)), "NULL");
    EXPECT_EQ(sent(Type::kLong, "smallint(5) unsigned", a_long(40'000)), "40000");
    EXPECT_EQ(sent(Type::kLong, "int", a_long(3'000'000'000)), "NULL");
    EXPECT_EQ(sent(Type::kLong, "int unsigned", a_long(-1)), "NULL");
    EXPECT_EQ(sent(Type::kLong, "BIGINT", a_long(INT64_MIN)), "-9223372036854775808");
    EXPECT_EQ(sent(Type::kLong, "tinyint(1)", a_long(5)), "1");
    EXPECT_EQ(sent(Type::kLong, "text", a_long(5)), "5");
    EXPECT_EQ(sent(Type::kLong, "datetime", a_long(5)), "NULL");
}

TEST(MysqlCells, RoundDoublesHalfAwayFromZero) {
    EXPECT_EQ(sent(Type::kDouble, "int", a_double(1.5)), "2");
    EXPECT_EQ(sent(Type::kDouble, "int", a_double(-2.5)), "-3");
    EXPECT_EQ(sent(Type::kDouble, "int", a_double(1e20)), "NULL");
    EXPECT_EQ(sent(Type::kDouble, "bigint", a_double(std::nan(""))), "NULL");
    EXPECT_EQ(sent(Type::kDouble, "double", a_double(HUGE_VAL)), "NULL");
    EXPECT_EQ(sent(Type::kDouble, "text", a_double(1e10)), "1.0E10");
}

TEST(MysqlCells, ReadTextAsNumbersOnly) {
    EXPECT_EQ(sent(Type::kString, "int", a_text("12")), "12");
    EXPECT_EQ(sent(Type::kString, "int", a_text("x")), "NULL");
    EXPECT_EQ(sent(Type::kString, "decimal(20,3)", a_text("123456789012345.125")),
              "123456789012345.125");
    EXPECT_EQ(sent(Type::kString, "decimal(20,3)", a_text("1'")), "NULL");
    EXPECT_EQ(sent(Type::kString, "datetime", a_text("2015-07-01")), "NULL");
    EXPECT_EQ(sent(Type::kString, "date", a_text("2015-07-01")), "NULL");
    EXPECT_EQ(sent(Type::kString, "boolean", a_text("true")), "NULL");
    EXPECT_EQ(sent(Type::kString, "datetime", a_text("12"), "pass"), "12");
}

TEST(MysqlCells, SendBooleansAndJson) {
    EXPECT_EQ(sent(Type::kBoolean, "int", a_boolean(true)), "1");
    EXPECT_EQ(sent(Type::kBoolean, "varchar(9)", a_boolean(true)), "true");
    EXPECT_EQ(sent(Type::kBoolean, "date", a_boolean(true)), "NULL");
    EXPECT_EQ(sent(Type::kJson, "text", a_text("\"x\"")), "\"x\"");
    EXPECT_EQ(sent(Type::kJson, "json", a_text("1"), "json"), "1");
    EXPECT_EQ(sent(Type::kJson, "int", a_text("1")), "NULL");
}

TEST(MysqlCells, SendTimestampsInTheColumnsZoneAndPrecision) {
    const std::string tokyo = "Asia/Tokyo";
    EXPECT_EQ(sent(Type::kTimestamp, "datetime(6)", a_time()), "2015-07-01 12:34:56.789000");
    EXPECT_EQ(sent(Type::kTimestamp, "datetime(1)", a_time()), "2015-07-01 12:34:56.7");
    EXPECT_EQ(sent(Type::kTimestamp, "datetime", a_time()), "20150701123456");
    EXPECT_EQ(sent(Type::kTimestamp, "datetime", a_time(), "coerce", tokyo), "20150701213456");
    EXPECT_EQ(sent(Type::kTimestamp, "date", a_time(), "coerce", tokyo), "2015-07-01");
    EXPECT_EQ(sent(Type::kTimestamp, "time(3)", a_time()), "12:34:56.789");
    EXPECT_EQ(sent(Type::kTimestamp, "text", a_time(), "coerce", tokyo),
              "2015-07-01 21:34:56.789000");
    EXPECT_EQ(sent(Type::kTimestamp, "bigint", a_time()), "NULL");
    // An instant stays one, whatever the zone: the session is in UTC.
    EXPECT_EQ(sent(Type::kTimestamp, "timestamp", a_time(), "coerce", tokyo), "20150701123456");
}

TEST(MysqlCells, SendDigitsToColumnsOfTimesOnly) {
    const auto at = [](int64_t seconds, int32_t nanoseconds = 0) {
        return [=](page::Builder& builder) {
            builder.set_timestamp(0, {.seconds = seconds, .nanoseconds = nanoseconds});
        };
    };
    EXPECT_EQ(sent(Type::kTimestamp, "datetime", at(0)), "19700101");
    EXPECT_EQ(sent(Type::kTimestamp, "datetime", at(0, 900'000'000)), "19700101000000");
    EXPECT_EQ(sent(Type::kTimestamp, "datetime(6)", at(1)), "19700101000001");
    EXPECT_EQ(sent(Type::kTimestamp, "datetime(6)", at(0, 1000)), "1970-01-01 00:00:00.000001");
    EXPECT_EQ(sent(Type::kTimestamp, "datetime", at(-62'135'596'800)), "00010101");
    EXPECT_EQ(sent(Type::kTimestamp, "datetime", at(-62'135'596'801)), "0000-12-31 23:59:59");
    EXPECT_EQ(sent(Type::kTimestamp, "datetime", at(253'402'300'800)), "10000-01-01 00:00:00");
    // A text that holds a time: value_type is the word.
    EXPECT_EQ(sent(Type::kTimestamp, "varchar(40)", at(1), "timestamp"),
              "1970-01-01 00:00:01.000000");
}

TEST(MysqlCells, RefuseTypesThatTakeNoValues) {
    EXPECT_EQ(kind_of_type("point").error().message().substr(0, 22), "Unsupported type point");
}

}  // namespace
}  // namespace mogura::plugins::mysql
