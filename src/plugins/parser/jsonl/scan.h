// Steps over JSON text, several bytes at a time. All read up to kScanRoom bytes behind the line end
// at which they stop at the latest; the caller sees to it that those may be read.

#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace mogura::plugins::jsonl {

inline constexpr size_t kScanRoom = 64;

inline uint64_t word_at(const char* at) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

inline const char* skip_blanks(const char* at) {
    while (*at == ' ' || *at == '\t') ++at;
    return at;
}

// Behind the comma, with blanks around it, between two values; null at another byte. `closing` is
// the byte that ends the object or array: then `at_end` is set, and the result is behind it.
inline const char* to_next(const char* at, char closing, bool& at_end) {
    at = skip_blanks(at);
    if (*at == ',') return skip_blanks(at + 1);
    at_end = true;
    return *at == closing ? at + 1 : nullptr;
}

// Behind a colon with blanks around it.
inline const char* skip_colon(const char* at) {
    at = skip_blanks(at);
    return *at == ':' ? skip_blanks(at + 1) : nullptr;
}

// Which bytes end a run of a string: quotes, backslashes and control characters always do.
enum class Run { kAscii, kAnyText };

template <Run run>
const char* run_end_plainly(const char* at) {
    while (true) {
        auto byte = static_cast<unsigned char>(*at);
        bool is_foreign = run == Run::kAscii && byte >= 0x80;
        if (byte < 0x20 || byte == '"' || byte == '\\' || is_foreign) return at;
        ++at;
    }
}

#if defined(__SSE2__)
// A bit for each of sixteen bytes.
template <Run run>
inline uint64_t ends_of_16(const char* at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // With a sign, the bytes beyond ASCII are less than any control character.
    __m128i low = run == Run::kAscii
                      ? _mm_cmpgt_epi8(_mm_set1_epi8(0x20), bytes)
                      : _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    __m128i ends = _mm_or_si128(low, _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                                  _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
    return static_cast<uint64_t>(_mm_movemask_epi8(ends));
}
#endif

template <Run run>
inline const char* run_end(const char* at) {
#if defined(__SSE2__)
    uint64_t ends = ends_of_16<run>(at);
    if (ends != 0) return at + std::countr_zero(ends);
    // Longer texts differ in length: large steps, since each step taken or not is a guess.
    for (at += 16;; at += 64) {
        ends = ends_of_16<run>(at) | ends_of_16<run>(at + 16) << 16 |
               ends_of_16<run>(at + 32) << 32 | ends_of_16<run>(at + 48) << 48;
        if (ends != 0) return at + std::countr_zero(ends);
    }
#else
    return run_end_plainly<run>(at);
#endif
}

inline bool is_line_end(char byte) {
    return byte == '\n' || byte == '\r';
}

// A string's bytes up to its closing quote.
struct Extent {
    const char* end = nullptr;  // the quote; null: the line's end came first
    bool has_escapes = false;
    bool has_controls = false;
    bool is_ascii = true;
};

inline Extent extent_of(const char* at) {
    Extent extent;
    at = run_end<Run::kAscii>(at);
    while (*at != '"') {
        if (is_line_end(*at)) return extent;
        if (static_cast<unsigned char>(*at) >= 0x80) {
            extent.is_ascii = false;
        } else if (*at == '\\') {
            if (is_line_end(at[1])) return extent;
            extent.has_escapes = true;
            at += 2;
        } else {
            extent.has_controls = true;
            ++at;
        }
        at = extent.is_ascii ? run_end<Run::kAscii>(at) : run_end<Run::kAnyText>(at);
    }
    extent.end = at;
    return extent;
}

inline constexpr std::array<uint64_t, 16> kPowersOfTen = {1,
                                                          10,
                                                          100,
                                                          1'000,
                                                          10'000,
                                                          100'000,
                                                          1'000'000,
                                                          10'000'000,
                                                          100'000'000,
                                                          1'000'000'000,
                                                          10'000'000'000,
                                                          100'000'000'000,
                                                          1'000'000'000'000,
                                                          10'000'000'000'000,
                                                          100'000'000'000'000,
                                                          1'000'000'000'000'000};

struct Digits {
    uint64_t value = 0;
    size_t count = 0;
};

// The first digits of eight bytes: pairs, then pairs of pairs, inside one word (little-endian, as
// every machine that this is built for).
inline Digits digits_of_eight(const char* at) {
    uint64_t word = word_at(at) ^ 0x3030303030303030;
    // The high bit of each byte that is no digit; right up to the first of them.
    uint64_t others = ((word + 0x7676767676767676) | word) & 0x8080808080808080;
    size_t bits = others == 0 ? 64 : static_cast<size_t>(std::countr_zero(others)) - 7;
    if (bits == 0) return {};
    word <<= 64 - bits;
    word = word * 2561 >> 8;
    word = (word & 0x00FF00FF00FF00FF) * 6553601 >> 16;
    return {(word & 0x0000FFFF0000FFFF) * 42949672960001 >> 32, bits / 8};
}

// The digits at `at`, sixteen at most.
inline Digits digits_at(const char* at) {
    Digits digits = digits_of_eight(at);
    if (digits.count < 8) return digits;
    Digits more = digits_of_eight(at + 8);
    return {digits.value * kPowersOfTen[more.count] + more.value, 8 + more.count};
}

}  // namespace mogura::plugins::jsonl
