#include "plugins/message_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;

std::string bytes_of(std::string_view hex) {
    std::string bytes;
    for (size_t at = 0; at + 1 < hex.size(); at += 2) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
    }
    return bytes;
}

// The JSON of what the hex digits say, or the failure.
std::string json_of(std::string_view hex) {
    std::string json = "<";
    auto done = append_message_pack(bytes_of(hex), json);
    if (!done.ok()) {
        EXPECT_EQ(json, "<");
        return done.error().message();
    }
    return json.substr(1);
}

TEST(MessagePack, BecomesJson) {
    struct Case {
        const char* hex;
        const char* json;
    };
    for (const Case& one : {
             Case{"c0", "null"},
             Case{"c2", "false"},
             Case{"7f", "127"},
             Case{"ff", "-1"},
             Case{"d38000000000000000", "-9223372036854775808"},
             Case{"cfffffffffffffffff", "18446744073709551615"},
             Case{"ca3fc00000", "1.5"},
             Case{"cb3fb999999999999a", "0.1"},
             Case{"a0", "\"\""},
             Case{"a4e697a50a", "\"日\\n\""},
             Case{"90", "[]"},
             Case{"80", "{}"},
             Case{"93010280", "[1,2,{}]"},
             Case{"82a1619101a16281a16390", R"({"a":[1],"b":{"c":[]}})"},
             Case{"c403000aff", "\"000aff\""},
             Case{"d40500", R"({"type":5,"data":"00"})"},
             Case{"d6ff65ec7f00", "\"2024-03-09T15:23:44Z\""},
             Case{"d7ff7735940065ec7f00", "\"2024-03-09T15:23:44.500000000Z\""},
             Case{"c70cff00000000ffffffffffffffff", "\"1969-12-31T23:59:59Z\""},
             Case{"c70cff000000007fffffffffffffff",
                  R"({"type":-1,"data":"000000007fffffffffffffff"})"},
         }) {
        EXPECT_EQ(json_of(one.hex), one.json) << one.hex;
    }
}

TEST(MessagePack, SaysWhatIsWrong) {
    EXPECT_THAT(json_of(""), HasSubstr("no MessagePack value: byte 1: "));
    EXPECT_THAT(json_of("9201"), HasSubstr("unexpected end of input"));
    EXPECT_THAT(json_of("dbffffffff61"), HasSubstr("unexpected end of input"));
    EXPECT_THAT(json_of("c1"), HasSubstr("0xC1"));
    EXPECT_THAT(json_of("0102"), HasSubstr("byte 2: "));
    EXPECT_THAT(json_of("810102"), HasSubstr("(the keys of maps must be text)"));
    EXPECT_THAT(json_of("a1ff"), HasSubstr("a text that is no UTF-8"));
    EXPECT_THAT(json_of("81a1ff01"), HasSubstr("a text that is no UTF-8"));
    EXPECT_THAT(json_of("ca7fc00000"), HasSubstr("a float that JSON lacks: nan"));
    EXPECT_THAT(json_of("ca7f800000"), HasSubstr("a float that JSON lacks: inf"));
}

TEST(MessagePack, NestsAsDeepAsJson) {
    std::string deep(999, '\x91');
    std::string json;
    EXPECT_TRUE(append_message_pack(deep + "\x90", json).ok());
    EXPECT_EQ(json, std::string(1000, '[') + std::string(1000, ']'));
    std::string extension("\xd4\x05\x00", 3);  // an object in JSON
    EXPECT_TRUE(append_message_pack(deep + extension, json).ok());
    EXPECT_FALSE(append_message_pack(deep + "\x91" + extension, json).ok());
    auto deeper = append_message_pack(std::string(1'000'000, '\x91') + "\x90", json);
    ASSERT_FALSE(deeper.ok());
    EXPECT_THAT(deeper.error().message(), HasSubstr("nested deeper than 1000"));
}

}  // namespace
}  // namespace mogura::plugins
