#include "load/charset.h"

#include "load/encode_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace mogura::load {
namespace {

// Gives three bytes at a time, so that characters fall apart.
class Trickle final : public base::ByteSource {
  public:
    explicit Trickle(std::string bytes) : bytes_(std::move(bytes)) {}
    Result<size_t> read(std::span<char> buffer) override {
        size_t count = std::min({buffer.size(), size_t{3}, bytes_.size() - at_});
        std::memcpy(buffer.data(), bytes_.data() + at_, count);
        at_ += count;
        return count;
    }

  private:
    const std::string bytes_;
    size_t at_ = 0;
};

std::string decode(const std::string& charset, std::string_view bytes) {
    auto source = decode_charset(std::make_unique<Trickle>(std::string(bytes)), charset, "");
    if (!source.ok()) return source.error().message();
    auto text = base::read_all(**source, 1000);
    return text.ok() ? *text : text.error().message();
}

TEST(Charset, ShiftJisHasBackslashAndTildeWhereAsciiHasThem) {  // embulk 1.5.18, as Java decodes
    // The second byte of a katakana SO is a backslash too; 81 60 is the wave dash, in CP932 the
    // fullwidth tilde.
    constexpr std::string_view kBytes = "C:\\a~\x83\x5C\x81\x60\x81\x8F\xB1\\";
    const std::string text = "C:\\a~\u30BD\u301C\uFFE5\uFF71\\";
    for (const char* name : {"Shift_JIS", "shift-jis", "SJIS", "x-sjis", "MS_Kanji"}) {
        EXPECT_EQ(decode(name, kBytes), text) << name;
    }
    EXPECT_EQ(decode("MS932", kBytes), "C:\\a~\u30BD\uFF5E\uFFE5\uFF71\\");
    EXPECT_EQ(decode("ISO-8859-1", "\\~\xA5"), "\\~\u00A5");
    EXPECT_EQ(decode("UTF-16BE", std::string_view("\0\xA5\x20\x3E", 4)), "\u00A5\u203E");
}

TEST(Charset, HasJavasNamesBothWays) {  // embulk 1.5.18
    struct Case {
        const char* name;
        const char* text;
        const char* bytes;
    };
    for (const Case& one :
         {Case{"ISO8859_1", "\u00E9", "\xE9"}, Case{"latin1", "\u00E9", "\xE9"},
          Case{"Cp1252", "\u20AC", "\x80"}, Case{"x-sjis", "\u3042", "\x82\xA0"},
          Case{"windows-932", "\u2460", "\x87\x40"}, Case{"EUC_JP", "\u3042", "\xA4\xA2"},
          Case{"x-windows-949", "\uAC00", "\xB0\xA1"}, Case{"MS949", "\uAC02", "\x81\x41"},
          Case{"MS936", "\u4E2D", "\xD6\xD0"}, Case{"MS950", "\u4E2D", "\xA4\xA4"},
          Case{"MacRoman", "\u00E9", "\x8E"}, Case{"UTF_8", "\u00E9", "\xC3\xA9"}}) {
        EXPECT_EQ(decode(one.name, one.bytes), one.text) << one.name;
        auto encoder = TextEncoder::find(one.name);
        ASSERT_TRUE(encoder.ok()) << one.name;
        std::string bytes;
        encoder->encode(one.text, bytes);
        EXPECT_EQ(bytes, one.bytes) << one.name;
    }
    EXPECT_FALSE(TextEncoder::find("nonsense").ok());
}

}  // namespace
}  // namespace mogura::load
