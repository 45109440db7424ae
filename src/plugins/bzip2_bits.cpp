#include "plugins/bzip2_bits.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr uint64_t kMarkMask = (uint64_t{1} << kBzip2MarkBits) - 1;

// For each byte value the alignments (one bit each) at which it may be the byte of a mark that
// stands `place` bytes in front of the last one that the mark touches.
constexpr std::array<uint8_t, 256> alignments_of(int place) {
    std::array<uint8_t, 256> table{};
    for (int shift = 0; shift < 8; ++shift) {
        for (uint64_t mark : {kBzip2Block, kBzip2End}) {
            uint8_t& alignments = table[(mark >> (8 * place - shift)) & 0xFF];
            alignments = static_cast<uint8_t>(alignments | (1u << shift));
        }
    }
    return table;
}

constexpr auto kSecondLast = alignments_of(2);
constexpr auto kThirdLast = alignments_of(3);

uint64_t byte_at(std::string_view bytes, size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

uint64_t bits_at(std::string_view bytes, size_t begin, size_t count) {
    uint64_t value = 0;
    while (count > 0) {
        size_t offset = begin % 8;
        size_t step = std::min(count, 8 - offset);
        uint64_t part = byte_at(bytes, begin / 8) >> (8 - offset - step);
        value = (value << step) | (part & ((1u << step) - 1));
        begin += step;
        count -= step;
    }
    return value;
}

std::optional<Bzip2Mark> find_bzip2_mark(std::string_view bytes, size_t from) {
    // `last` is the last byte that a mark touches; `shift` bits of it follow the mark.
    for (size_t last = from / 8 + 5; last < bytes.size(); ++last) {
        unsigned shifts =
            kSecondLast[byte_at(bytes, last - 2)] & kThirdLast[byte_at(bytes, last - 3)];
        for (size_t shift = 8; shifts != 0 && shift-- > 0;) {
            size_t end = 8 * (last + 1) - shift;
            if ((shifts >> shift & 1) == 0 || end < from + kBzip2MarkBits) continue;
            size_t begin = end - kBzip2MarkBits;
            uint64_t found = bits_at(bytes, begin, kBzip2MarkBits) & kMarkMask;
            if (found == kBzip2Block || found == kBzip2End) {
                return Bzip2Mark{begin, found == kBzip2End};
            }
        }
    }
    return std::nullopt;
}

std::optional<size_t> bzip2_end_of(std::string_view stream) {
    constexpr size_t kTail = kBzip2MarkBits + kBzip2CheckBits;
    for (size_t padding = 0; padding < 8 && stream.size() * 8 >= kTail + padding; ++padding) {
        size_t begin = stream.size() * 8 - kTail - padding;
        if (bits_at(stream, begin, kBzip2MarkBits) == kBzip2End) return begin;
    }
    return std::nullopt;
}

void BitWriter::append(std::string_view bytes, size_t begin, size_t end) {
    for (; begin % 8 != 0 && begin < end; ++begin) append(bits_at(bytes, begin, 1), 1);
    size_t whole = (end - begin) / 8;
    if (held_bits_ == 0) {
        bytes_.append(bytes, begin / 8, whole);
        bits_ += 8 * whole;
    } else {
        for (size_t at = begin / 8; at < begin / 8 + whole; ++at) append(byte_at(bytes, at), 8);
    }
    begin += 8 * whole;
    if (begin < end) append(bits_at(bytes, begin, end - begin), end - begin);
}

void BitWriter::append(uint64_t value, size_t count) {
    held_ = (held_ << count) | (value & ((uint64_t{1} << count) - 1));
    held_bits_ += count;
    bits_ += count;
    while (held_bits_ >= 8) {
        held_bits_ -= 8;
        bytes_ += static_cast<char>(held_ >> held_bits_ & 0xFF);
    }
}

std::string BitWriter::take() {
    return std::exchange(bytes_, {});
}

std::string BitWriter::finish() {
    if (held_bits_ > 0) append(0, 8 - held_bits_);
    return take();
}

}  // namespace mogura::plugins
