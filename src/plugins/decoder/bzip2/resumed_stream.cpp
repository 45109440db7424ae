#include "plugins/decoder/bzip2/resumed_stream.h"

#include "plugins/bzip2_bits.h"

#include <bzlib.h>

namespace mogura::plugins {
namespace {

constexpr uint32_t kPolynomial = 0x04C11DB7;  // bits from the highest to the lowest
constexpr uint32_t kHighest = 0x80000000;

uint32_t forward(uint32_t state) {
    return (state & kHighest) != 0 ? (state << 1) ^ kPolynomial : state << 1;
}

uint32_t backward(uint32_t state) {
    return (state & 1) != 0 ? ((state ^ kPolynomial) >> 1) | kHighest : state >> 1;
}

// One block: its bits are those behind the header and before the end mark.
std::optional<std::string> packed(std::string text) {
    std::string stream(text.size() * 2 + 600, '\0');
    auto size = static_cast<unsigned>(stream.size());
    int result = BZ2_bzBuffToBuffCompress(stream.data(), &size, text.data(),
                                          static_cast<unsigned>(text.size()), 1, 0, 0);
    if (result != BZ_OK) return std::nullopt;
    stream.resize(size);
    return stream;
}

}  // namespace

uint32_t bzip2_check(std::string_view text) {
    uint32_t state = UINT32_MAX;
    for (char byte : text) {
        state ^= static_cast<uint32_t>(static_cast<unsigned char>(byte)) << 24;
        for (int bit = 0; bit < 8; ++bit) state = forward(state);
    }
    return ~state;
}

std::string bzip2_check_bytes(uint32_t before, uint32_t check) {
    uint32_t state = ~check;
    for (int bit = 0; bit < 32; ++bit) state = backward(state);
    state ^= ~before;
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(state >> shift & 0xFF);
    return bytes;
}

std::optional<ResumedStream> resumed_stream(int level, uint32_t check, size_t bits_before) {
    constexpr int kTriesMax = 4096;  // one in eight fits
    std::string text;
    for (int count = 0; count < kTriesMax; ++count) {
        std::string whole = text + bzip2_check_bytes(bzip2_check(text), check);
        auto stream = packed(whole);
        if (!stream) return std::nullopt;
        auto end = bzip2_end_of(*stream);
        if (end && *end % 8 == bits_before % 8) {
            (*stream)[3] = static_cast<char>('0' + level);
            return ResumedStream{*std::move(stream), *end, whole.size()};
        }
        text = std::to_string(count);
    }
    return std::nullopt;
}

}  // namespace mogura::plugins
