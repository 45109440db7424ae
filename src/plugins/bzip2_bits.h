// The bits of a bzip2 stream. Its blocks begin at any bit, each with 48 bits that are always the
// same; so does the stream's end, where a check value of all blocks follows. Bits count from the
// highest one of each byte.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins {

inline constexpr uint64_t kBzip2Block = 0x314159265359;
inline constexpr uint64_t kBzip2End = 0x177245385090;
inline constexpr size_t kBzip2MarkBits = 48;
inline constexpr size_t kBzip2CheckBits = 32;
inline constexpr size_t kBzip2HeaderBits = 32;  // "BZh" and the level's digit

// `count` bits (at most 64) of `bytes` from bit `begin` on.
uint64_t bits_at(std::string_view bytes, size_t begin, size_t count);

struct Bzip2Mark {
    size_t begin = 0;
    bool is_end = false;
};
// The first mark that begins at bit `from` or behind it.
std::optional<Bzip2Mark> find_bzip2_mark(std::string_view bytes, size_t from);

// Where the end mark of a whole stream begins: in the last bytes, at one of eight bits.
std::optional<size_t> bzip2_end_of(std::string_view stream);

// The check value of a stream after one more block.
constexpr uint32_t bzip2_checked(uint32_t stream, uint32_t block) {
    return ((stream << 1) | (stream >> 31)) ^ block;
}

class BitWriter {
  public:
    // Bits [begin, end) of `bytes`.
    void append(std::string_view bytes, size_t begin, size_t end);
    // The low `count` bits of `value`, at most 56.
    void append(uint64_t value, size_t count);

    size_t bits() const { return bits_; }
    // The whole bytes so far; the bits behind them stay.
    std::string take();
    // The same, with zeros up to the next whole byte.
    std::string finish();

  private:
    std::string bytes_;
    uint64_t held_ = 0;  // the last bits, less than a byte
    size_t held_bits_ = 0;
    size_t bits_ = 0;
};

}  // namespace mogura::plugins
