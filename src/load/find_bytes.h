// Finds out quickly whether a text contains any of four bytes.

#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace mogura::load {

class ByteFinder {
  public:
    ByteFinder(char one, char two, char three, char four)
        : bytes_{one, two, three, four},
          patterns_{spread(one), spread(two), spread(three), spread(four)} {}

    bool is_in(std::string_view text) const {
        constexpr size_t kWord = sizeof(uint64_t);
        const char* at = text.data();
        size_t left = text.size();
        if (left >= kWord) {
            const char* last = at + left - kWord;
            for (; at < last; at += kWord) {
                if (has_any(word_at(at))) return true;
            }
            return has_any(word_at(last));  // the last words may overlap
        }
        for (; left > 0; ++at, --left) {
            if (*at == bytes_[0] || *at == bytes_[1] || *at == bytes_[2] || *at == bytes_[3]) {
                return true;
            }
        }
        return false;
    }

  private:
    static uint64_t word_at(const char* at) {
        uint64_t word;
        std::memcpy(&word, at, sizeof word);
        return word;
    }
    static uint64_t spread(char byte) {
        return static_cast<unsigned char>(byte) * uint64_t{0x0101010101010101};
    }
    // The high bit of each byte that is zero.
    static uint64_t zero_bytes(uint64_t word) {
        return (word - 0x0101010101010101) & ~word & 0x8080808080808080;
    }
    bool has_any(uint64_t word) const {
        return (zero_bytes(word ^ patterns_[0]) | zero_bytes(word ^ patterns_[1]) |
                zero_bytes(word ^ patterns_[2]) | zero_bytes(word ^ patterns_[3])) != 0;
    }

    char bytes_[4];
    uint64_t patterns_[4];
};

}  // namespace mogura::load
