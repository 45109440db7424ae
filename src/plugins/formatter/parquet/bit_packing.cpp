#include "plugins/formatter/parquet/bit_packing.h"

#include <algorithm>
#include <bit>
#include <cstring>

static_assert(std::endian::native == std::endian::little, "Parquet is little-endian");

namespace mogura::plugins::parquet {
namespace {

void append_varint(std::string& target, uint64_t value) {
    while (value >= 0x80) {
        target += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    target += static_cast<char>(value);
}

}  // namespace

int bits_of(uint32_t number) {
    return std::max(1, static_cast<int>(std::bit_width(number)));
}

void append_run(std::string& target, uint32_t value, int bits, size_t count) {
    append_varint(target, count << 1);
    for (int done = 0; done < bits; done += 8) target += static_cast<char>(value >> done);
}

void append_packed(std::string& target, std::span<const uint32_t> numbers, int bits) {
    size_t groups = (numbers.size() + 7) / 8;
    append_varint(target, groups << 1 | 1);
    size_t begin = target.size();
    // Room for the eight bytes that the last store may touch.
    target.resize(begin + groups * static_cast<size_t>(bits) + sizeof(uint64_t), '\0');
    char* at = target.data() + begin;
    uint64_t held = 0;
    int held_bits = 0;
    for (uint32_t number : numbers) {
        held |= static_cast<uint64_t>(number) << held_bits;
        held_bits += bits;
        if (held_bits < 32) continue;
        std::memcpy(at, &held, sizeof(uint32_t));
        at += sizeof(uint32_t);
        held >>= 32;
        held_bits -= 32;
    }
    std::memcpy(at, &held, sizeof(uint64_t));
    target.resize(target.size() - sizeof(uint64_t));
}

void append_bits(std::string& target, std::span<const uint8_t> flags) {
    for (size_t first = 0; first < flags.size(); first += 8) {
        unsigned byte = 0;
        for (size_t bit = 0; bit < std::min<size_t>(8, flags.size() - first); ++bit) {
            byte |= static_cast<unsigned>(flags[first + bit] != 0) << bit;
        }
        target += static_cast<char>(byte);
    }
}

}  // namespace mogura::plugins::parquet
