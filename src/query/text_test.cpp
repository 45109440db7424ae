#include "query/text.h"

#include <gtest/gtest.h>

namespace mogura::query {
namespace {

page::Page example() {
    page::Builder builder(page::Schema({{"n", page::Type::kLong},
                                        {"d", page::Type::kDouble},
                                        {"s", page::Type::kString},
                                        {"t", page::Type::kTimestamp},
                                        {"j", page::Type::kJson},
                                        {"b", page::Type::kBoolean}}));
    builder.set_long(0, -7);
    builder.set_double(1, 0.5);
    builder.set_text(2, "a \"b\",\r\nc");
    builder.set_timestamp(3, {1700000000, 120000000});
    builder.set_text(4, "{\"k\":[1]}");
    builder.set_boolean(5, true);
    builder.end_row();
    builder.set_text(2, "");
    builder.end_row();
    return builder.finish();
}

TEST(Csv, QuotesOnlyWhereItMustAndTellsNullFromEmpty) {
    page::Page page = example();
    std::string text;
    append_csv_header(text, page.schema());
    append_csv(text, page);
    EXPECT_EQ(text,
              "n,d,s,t,j,b\r\n"
              "-7,0.5,\"a \"\"b\"\",\nc\",2023-11-14 22:13:20.120000,\"{\"\"k\"\":[1]}\",true\r\n"
              ",,\"\",,,\r\n");
}

TEST(JsonLines, WritesAnObjectALine) {
    page::Page page = example();
    std::string text;
    append_json_lines(text, page);
    EXPECT_EQ(
        text,
        R"({"n":-7,"d":0.5,"s":"a \"b\",\r\nc","t":"2023-11-14 22:13:20.120000","j":{"k":[1]},"b":true})"
        "\n"
        R"({"n":null,"d":null,"s":"","t":null,"j":null,"b":null})"
        "\n");
}

TEST(ValueOf, KeepsTypesAndOpensJson) {
    page::Page page = example();
    EXPECT_EQ(value_of(page, 0, 0), config::Value(-7));
    EXPECT_EQ(value_of(page, 4, 0).find("k")->list()[0], config::Value(1));
    EXPECT_TRUE(value_of(page, 0, 1).is_null());
    EXPECT_EQ(value_of(page, 2, 1), config::Value(""));
}

TEST(Timestamps, PrintNanosecondsOnlyWhenTheyAreThere) {
    std::string text;
    append_timestamp(text, {0, 0});
    append_timestamp(text, {-1, 1});
    EXPECT_EQ(text, "1970-01-01 00:00:001969-12-31 23:59:59.000000001");
}

}  // namespace
}  // namespace mogura::query
