// The encoders and decoders of files: with any number of threads they give the same bytes and the
// same errors, and what they write is what the formats' own libraries expect.

#include "plugins/plugins.h"

#include "base/bytes.h"
#include "base/check.h"
#include "plugins/bzip2_bits.h"

#include <bzlib.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

class Codecs : public testing::TestWithParam<std::string> {
  protected:
    Codecs() { add_all(registry_); }

    // By the format's own library, in one go: one member, one frame, one stream.
    std::string packed_alone(std::string text, int level) const;
    std::string unpacked_alone(std::string packed, size_t size) const;

    std::string packed(std::string_view text, load::Workers* workers, size_t step = 100'000,
                       int level = 0) {
        config::Map options;
        if (level > 0) options.set("level", level);
        config::Reader reader(options, "", "");
        auto encoder =
            registry_.encoders.create(GetParam(), reader, true, load::Context{.clock = clock_});
        CHECK(encoder.ok());
        std::string result;
        auto sink = (*encoder)->wrap(std::make_unique<base::TextSink>(result), workers);
        CHECK(sink.ok());
        for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) {
            CHECK((*sink)->write(text.substr(0, step)).ok());
        }
        CHECK((*sink)->finish().ok());
        return result;
    }

    // The bytes, and the error behind them.
    std::string unpacked(std::string_view bytes, load::Workers* workers, size_t step = 70'000) {
        const config::Map none;
        config::Reader reader(none, "", "");
        auto decoder =
            registry_.decoders.create(GetParam(), reader, true, load::Context{.clock = clock_});
        CHECK(decoder.ok());
        auto source = (*decoder)->wrap(std::make_unique<base::TextSource>(bytes), "file", workers);
        CHECK(source.ok());
        std::string all;
        std::string buffer(step, '\0');
        while (true) {
            auto count = (*source)->read(buffer);
            if (!count.ok()) return all + "|" + count.error().message();
            if (*count == 0) return all;
            all.append(buffer, 0, *count);
        }
    }

    // What both ways make of the bytes; a failure where they differ.
    std::string unpacked_both_ways(std::string_view bytes) {
        std::string alone = unpacked(bytes, nullptr);
        EXPECT_TRUE(unpacked(bytes, &two_) == alone)
            << "of " << bytes.size() << " bytes, alone: " << alone.size() << " "
            << alone.substr(alone.rfind('|') + 1).substr(0, 100);
        return alone;
    }

    Registry registry_;
    base::SystemClock clock_;
    load::Workers one_{1};
    load::Workers two_{2};
    load::Workers three_{3};
};

std::string gzip_alone(const std::string& text, int level) {
    z_stream stream{};
    CHECK(deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string result(deflateBound(&stream, text.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    result.resize(stream.total_out);
    deflateEnd(&stream);
    return result;
}

std::string Codecs::packed_alone(std::string text, int level) const {
    if (GetParam() == "gzip") return gzip_alone(text, level);
    if (GetParam() == "bzip2") {
        std::string result(text.size() * 2 + 600, '\0');
        auto size = static_cast<unsigned>(result.size());
        CHECK(BZ2_bzBuffToBuffCompress(result.data(), &size, text.data(),
                                       static_cast<unsigned>(text.size()), level, 0, 0) == BZ_OK);
        result.resize(size);
        return result;
    }
    std::string result(ZSTD_compressBound(text.size()), '\0');
    size_t size = ZSTD_compress(result.data(), result.size(), text.data(), text.size(), level);
    CHECK(!ZSTD_isError(size));
    result.resize(size);
    return result;
}

// Fails where the first member does not end where the file does.
std::string Codecs::unpacked_alone(std::string packed, size_t size) const {
    std::string text(size + 1, '\0');
    if (GetParam() == "gzip") {
        z_stream stream{};
        CHECK(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK);
        stream.next_in = reinterpret_cast<Bytef*>(packed.data());
        stream.avail_in = static_cast<uInt>(packed.size());
        stream.next_out = reinterpret_cast<Bytef*>(text.data());
        stream.avail_out = static_cast<uInt>(text.size());
        EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
        EXPECT_EQ(stream.avail_in, 0u);
        text.resize(stream.total_out);
        inflateEnd(&stream);
    } else if (GetParam() == "bzip2") {
        bz_stream stream{};
        CHECK(BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK);
        stream.next_in = packed.data();
        stream.avail_in = static_cast<unsigned>(packed.size());
        stream.next_out = text.data();
        stream.avail_out = static_cast<unsigned>(text.size());
        EXPECT_EQ(BZ2_bzDecompress(&stream), BZ_STREAM_END);
        EXPECT_EQ(stream.avail_in, 0u);
        text.resize(text.size() - stream.avail_out);
        BZ2_bzDecompressEnd(&stream);
    } else {
        EXPECT_EQ(ZSTD_findFrameCompressedSize(packed.data(), packed.size()), packed.size());
        size_t count = ZSTD_decompress(text.data(), text.size(), packed.data(), packed.size());
        EXPECT_FALSE(ZSTD_isError(count));
        text.resize(ZSTD_isError(count) ? 0 : count);
    }
    return text;
}

// Rows as they are in real files; the same for the same seed.
std::string rows(size_t bytes, uint32_t seed = 1) {
    std::mt19937 random(seed);
    std::string text;
    while (text.size() < bytes) {
        text += std::to_string(random() % 100'000) + ",2024-03-" +
                std::to_string(1 + random() % 28) + ",account " + std::to_string(random() % 500) +
                ",some words that come again\n";
    }
    text.resize(bytes);
    return text;
}

std::string noise(size_t bytes, uint32_t seed = 1) {
    std::mt19937 random(seed);
    std::string text(bytes, '\0');
    for (char& byte : text) byte = static_cast<char>(random());
    return text;
}

std::string with_runs(size_t bytes) {
    std::mt19937 random(3);
    std::string text;
    while (text.size() < bytes) {
        text.append(random() % 3 == 0 ? random() % 1200 : random() % 6,
                    static_cast<char>('a' + random() % 3));
    }
    text.resize(bytes);
    return text;
}

std::vector<std::string> texts() {
    std::vector<std::string> result = {"", "a"};
    for (size_t size : {255u, 256u, 65536u, 262143u, 262144u, 262145u, 524288u, 3'000'000u}) {
        result.push_back(rows(size));
    }
    result.push_back(noise(700'000));
    result.push_back(with_runs(2'000'000));
    result.push_back(std::string(20'000'000, 'a'));
    return result;
}

TEST_P(Codecs, WriteTheSameBytesWithAnyNumberOfThreads) {
    for (const std::string& text : texts()) {
        std::string alone = packed(text, nullptr);
        EXPECT_TRUE(unpacked_alone(alone, text.size()) == text) << text.size();
        EXPECT_TRUE(packed(text, &one_) == alone) << text.size();
        EXPECT_TRUE(packed(text, &two_) == alone) << text.size();
        EXPECT_TRUE(packed(text, &three_, 777) == alone) << text.size();
        EXPECT_TRUE(unpacked_both_ways(alone) == text) << text.size();
    }
}

TEST_P(Codecs, PackAlmostAsWellAsOneThread) {
    const size_t size = GetParam() == "bzip2" ? 1'200'000 : 5'000'000;
    for (const std::string& text : {rows(size), with_runs(size)}) {
        for (int level : {1, 3, 9}) {
            double alone = static_cast<double>(packed_alone(text, level).size());
            double found = static_cast<double>(packed(text, &two_, 100'000, level).size());
            EXPECT_LT(found, alone * 1.02 + 100) << level;
        }
    }
}

TEST_P(Codecs, ReadManyMembers) {
    std::mt19937 random(5);
    for (size_t size_max : {100u, 70'000u, 1'500'000u}) {
        std::string text;
        std::string file;
        while (file.size() < (size_max < 1000 ? 300'000u : 1'500'000u) &&
               text.size() < 4 * size_max + 3'000'000) {
            std::string part =
                rows(random() % 4 == 0 ? 0 : random() % size_max, static_cast<uint32_t>(random()));
            if (random() % 3 == 0) part = noise(part.size(), static_cast<uint32_t>(random()));
            file += packed_alone(part, 1);
            text += part;
        }
        EXPECT_TRUE(unpacked_both_ways(file) == text) << size_max;
    }
}

// What looks like the beginning of a member, a frame or a block stands in the packed bytes
// themselves: noise is stored as it is by gzip and zstd.
TEST_P(Codecs, AreNotFooledByWhatLooksLikeAMember) {
    std::string inner;
    while (inner.size() < 900'000) {
        inner += packed_alone("inner " + std::to_string(inner.size()), 1) +
                 noise(3000, static_cast<uint32_t>(inner.size()));
    }
    std::string file = GetParam() == "gzip" ? gzip_alone(inner, 0) : packed_alone(inner, 1);
    EXPECT_TRUE(unpacked_both_ways(file) == inner);
    std::string text = rows(2'000'000);
    std::string more = packed_alone(text, 1);
    EXPECT_TRUE(unpacked_both_ways(file + more + file + more) == inner + text + inner + text);
}

// Three members of which the middle one is empty.
std::string small_file(const std::function<std::string(std::string)>& packed) {
    return packed("the first one") + packed("") + packed("the last one, with more words in it");
}

TEST_P(Codecs, FailTheSameWhereASmallFileIsCutOff) {
    std::string file = small_file([&](std::string text) { return packed_alone(text, 1); });
    std::string whole = unpacked_both_ways(file);
    for (size_t size = 0; size < file.size(); ++size) {
        std::string result = unpacked_both_ways(std::string_view(file).substr(0, size));
        EXPECT_TRUE(result.find('|') != std::string::npos || whole.starts_with(result)) << size;
        for (size_t step : {1u, 3u, 13u}) {
            EXPECT_EQ(unpacked(file.substr(0, size), &two_, step), result) << size;
        }
    }
}

TEST_P(Codecs, FailTheSameWhereASmallFileIsDamaged) {
    std::string file = small_file([&](std::string text) { return packed_alone(text, 1); });
    for (size_t at = 0; at < file.size(); ++at) {
        for (int change : {1, 0x80, 0xFF}) {
            std::string damaged = file;
            damaged[at] = static_cast<char>(damaged[at] ^ change);
            unpacked_both_ways(damaged);
        }
    }
}

TEST_P(Codecs, FailTheSameWhereALargeFileIsBroken) {
    std::string file;
    std::vector<size_t> places;
    for (uint32_t part = 0; part < 4; ++part) {
        places.push_back(file.size());
        file += packed_alone(part % 2 == 0 ? noise(140'000, part) : rows(250'000, part), 1);
    }
    places.push_back(file.size());
    std::mt19937 random(11);
    for (int count = 0; count < 30; ++count) {
        size_t near = places[random() % places.size()] + random() % 40;
        size_t at = count % 2 == 0 ? random() % file.size()
                                   : std::min(near < 20 ? near : near - 20, file.size() - 1);
        unpacked_both_ways(std::string_view(file).substr(0, at));
        std::string damaged = file;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
        unpacked_both_ways(damaged);
    }
}

TEST_P(Codecs, TreatWhatFollowsTheLastMemberTheSame) {
    for (size_t size : {300u, 400'000u}) {
        std::string file = packed_alone(noise(size), 1) + packed_alone(rows(size), 1);
        std::string first = file.substr(0, 2);
        for (const std::string& behind :
             {std::string(1, '\0'), std::string(700, '\0'), std::string("x"), first,
              std::string("BZh"), std::string("BZh9"), std::string("no member at all"), noise(2000),
              noise(500) + packed_alone("more", 1)}) {
            unpacked_both_ways(file + behind);
            unpacked_both_ways(behind);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, Codecs, testing::Values("gzip", "bzip2", "zstd"),
                         [](const auto& tested) { return tested.param; });

// Fields that a header may have, in any pieces.
TEST(GzipHeader, MayHaveEveryField) {
    Registry registry;
    add_all(registry);
    const config::Map none;
    config::Reader reader(none, "", "");
    base::SystemClock clock;
    auto decoder = registry.decoders.create("gzip", reader, true, load::Context{.clock = clock});
    ASSERT_TRUE(decoder.ok());
    std::string plain = gzip_alone("some text", 6);
    for (int flags = 0; flags < 32; ++flags) {
        std::string header = plain.substr(0, 10);
        header[3] = static_cast<char>(flags);
        if (flags & 4) header += std::string("\x05\0extra", 7);
        if (flags & 8) header += std::string("name\0", 5);
        if (flags & 16) header += std::string("\0", 1);
        if (flags & 2) {
            uLong crc = crc32(0, reinterpret_cast<const Bytef*>(header.data()),
                              static_cast<uInt>(header.size()));
            header += static_cast<char>(crc & 0xFF);
            header += static_cast<char>(crc >> 8 & 0xFF);
        }
        std::string file = header + plain.substr(10);
        struct OneByOne final : base::ByteSource {
            explicit OneByOne(std::string_view bytes) : bytes_(bytes) {}
            Result<size_t> read(std::span<char> buffer) override {
                if (bytes_.empty()) return size_t{0};
                buffer[0] = bytes_[0];
                bytes_.remove_prefix(1);
                return size_t{1};
            }
            std::string_view bytes_;
        };
        const std::string twice = file + file;
        auto source = (*decoder)->wrap(std::make_unique<OneByOne>(twice), "file", nullptr);
        ASSERT_TRUE(source.ok());
        auto text = base::read_all(**source, 1000);
        EXPECT_EQ(text.ok() ? *text : text.error().message(), "some textsome text") << flags;
        if (flags & 2) {
            file[header.size() - 1] = static_cast<char>(file[header.size() - 1] + 1);
            source = (*decoder)->wrap(std::make_unique<base::TextSource>(file), "file", nullptr);
            EXPECT_FALSE(base::read_all(**source, 1000).ok()) << flags;
        }
    }
}

TEST(Bzip2Bits, FindsMarksAtEveryBit) {
    for (size_t before = 0; before < 40; ++before) {
        for (uint64_t mark : {kBzip2Block, kBzip2End}) {
            BitWriter writer;
            for (size_t bit = 0; bit < before; ++bit) writer.append(bit % 3, 1);
            writer.append(mark, kBzip2MarkBits);
            std::string bytes = writer.finish();
            auto found = find_bzip2_mark(bytes, 0);
            ASSERT_TRUE(found) << before;
            EXPECT_EQ(found->begin, before);
            EXPECT_EQ(found->is_end, mark == kBzip2End);
            EXPECT_TRUE(find_bzip2_mark(bytes, before)) << before;
            EXPECT_FALSE(find_bzip2_mark(bytes, before + 1)) << before;
            EXPECT_FALSE(find_bzip2_mark(std::string_view(bytes).substr(0, bytes.size() - 1), 0));
        }
    }
}

TEST(Bzip2Bits, CopiesBitsFromAnywhereToAnywhere) {
    std::string bytes = noise(40);
    std::mt19937 random(2);
    for (int round = 0; round < 2000; ++round) {
        size_t begin = random() % 300;
        size_t end = begin + random() % (321 - begin);
        size_t before = random() % 20;
        BitWriter writer;
        writer.append(0, before);
        writer.append(bytes, begin, end);
        ASSERT_EQ(writer.bits(), before + end - begin);
        std::string copy = writer.finish();
        for (size_t bit = begin; bit < end; ++bit) {
            ASSERT_EQ(bits_at(copy, before + bit - begin, 1), bits_at(bytes, bit, 1));
        }
    }
}

}  // namespace
}  // namespace mogura::plugins
