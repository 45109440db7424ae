#include "load/charset.h"

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
    for (const char* name : {"Shift_JIS", "shift-jis", "SJIS", "MS_Kanji"}) {
        EXPECT_EQ(decode(name, kBytes), text) << name;
    }
    EXPECT_EQ(decode("MS932", kBytes), "C:\\a~\u30BD\uFF5E\uFFE5\uFF71\\");
    EXPECT_EQ(decode("ISO-8859-1", "\\~\xA5"), "\\~\u00A5");
    EXPECT_EQ(decode("UTF-16BE", std::string_view("\0\xA5\x20\x3E", 4)), "\u00A5\u203E");
}

}  // namespace
}  // namespace mogura::load
