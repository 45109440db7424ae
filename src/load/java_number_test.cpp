// Spec embulk 5.2.1, 5.2.2, 5.7.2 and the recorded case csv_formatter/double_text.

#include "load/java_number.h"

#include <gtest/gtest.h>

#include <limits>

namespace mogura::load {
namespace {

std::string text_of(double number) {
    std::string text;
    append_double(text, number);
    return text;
}

TEST(JavaNumber, PrintsDoublesAsJavaDoes) {
    EXPECT_EQ(text_of(0.1), "0.1");
    EXPECT_EQ(text_of(1), "1.0");
    EXPECT_EQ(text_of(100), "100.0");
    EXPECT_EQ(text_of(123456.789), "123456.789");
    EXPECT_EQ(text_of(9999999.0), "9999999.0");
    EXPECT_EQ(text_of(1e7), "1.0E7");
    EXPECT_EQ(text_of(123456789), "1.23456789E8");
    EXPECT_EQ(text_of(1e21), "1.0E21");
    EXPECT_EQ(text_of(0.001), "0.001");
    EXPECT_EQ(text_of(0.00099), "9.9E-4");
    EXPECT_EQ(text_of(1e-7), "1.0E-7");
    EXPECT_EQ(text_of(-2.5), "-2.5");
    EXPECT_EQ(text_of(0.3333333333333333), "0.3333333333333333");
    EXPECT_EQ(text_of(1.5e300), "1.5E300");
}

TEST(JavaNumber, PrintsTheEdges) {
    EXPECT_EQ(text_of(-0.0), "-0.0");
    EXPECT_EQ(text_of(1.7976931348623157e308), "1.7976931348623157E308");
    EXPECT_EQ(text_of(5e-324), "4.9E-324");
    EXPECT_EQ(text_of(2.2250738585072014e-308), "2.2250738585072014E-308");
    EXPECT_EQ(text_of(std::numeric_limits<double>::quiet_NaN()), "NaN");
    EXPECT_EQ(text_of(std::numeric_limits<double>::infinity()), "Infinity");
    EXPECT_EQ(text_of(-std::numeric_limits<double>::infinity()), "-Infinity");
}

}  // namespace
}  // namespace mogura::load
