// A stream may go on behind the small block as if that had always been its beginning.

#include "plugins/decoder/bzip2/resumed_stream.h"

#include "plugins/bzip2_bits.h"

#include <bzlib.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace mogura::plugins {
namespace {

TEST(ResumedStream, HasTheCheckValueThatIsAskedFor) {
    EXPECT_EQ(bzip2_check("123456789"), 0xFC891918u);
    std::mt19937 random(4);
    for (int round = 0; round < 1000; ++round) {
        auto check = static_cast<uint32_t>(random());
        std::string text = "some text " + std::to_string(round);
        EXPECT_EQ(bzip2_check(text + bzip2_check_bytes(bzip2_check(text), check)), check);
    }
}

TEST(ResumedStream, EndsAtAnyBit) {
    std::mt19937 random(8);
    for (size_t round = 0; round < 200; ++round) {
        auto check = static_cast<uint32_t>(random());
        int level = 1 + static_cast<int>(random() % 9);
        auto stream = resumed_stream(level, check, round);
        ASSERT_TRUE(stream);
        EXPECT_EQ(stream->bits % 8, round % 8);
        BitWriter writer;
        writer.append(stream->bytes, 0, stream->bits);
        writer.append(kBzip2End, kBzip2MarkBits);
        writer.append(check, kBzip2CheckBits);
        std::string whole = writer.finish();
        EXPECT_EQ(whole[3], static_cast<char>('0' + level));
        std::string text(100, '\0');
        unsigned size = 100;
        ASSERT_EQ(BZ2_bzBuffToBuffDecompress(text.data(), &size, whole.data(),
                                             static_cast<unsigned>(whole.size()), 0, 0),
                  BZ_OK);
        EXPECT_EQ(size, stream->unpacked_bytes);
    }
}

}  // namespace
}  // namespace mogura::plugins
