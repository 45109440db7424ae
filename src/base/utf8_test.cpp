// Every valid character goes there and back; everything else is refused.

#include "base/utf8.h"

#include <gtest/gtest.h>

namespace mogura::base {
namespace {

TEST(Utf8, EveryCharacterComesBackAndKnowsItsLength) {
    // All of the shorter forms, every 97th of the longest.
    for (char32_t character = 0; character <= 0x10FFFF; character += character < 0x11000 ? 1 : 97) {
        if (character >= 0xD800 && character <= 0xDFFF) continue;
        std::string text;
        append_utf8(text, character);
        ASSERT_EQ(utf8_length(text), text.size()) << static_cast<uint32_t>(character);
        ASSERT_EQ(utf8_character(text), character);
        ASSERT_EQ(utf8_length(text + "more"), text.size());
        if (text.size() > 1) {
            ASSERT_EQ(utf8_length(std::string_view(text).substr(0, text.size() - 1)), 0u);
            ASSERT_EQ(utf8_length(std::string_view(text).substr(1)), 0u);
        }
    }
}

TEST(Utf8, RefusesWhatTheStandardRefuses) {
    for (std::string_view text :
         {"", "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2",
          "\xC2"
          "a",
          "\xE0\x9F\xBF", "\xE0\xA0", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
          "\xF0\x90\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF"}) {
        EXPECT_EQ(utf8_length(text), 0u) << testing::PrintToString(text);
    }
}

}  // namespace
}  // namespace mogura::base
