#include "plugins/parser/csv/marks.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#define MOGURA_AVX2 __attribute__((target("avx2,bmi,popcnt")))
#endif

namespace mogura::plugins::csv {
namespace {

bool has_avx2() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
#else
    return false;
#endif
}

std::atomic<bool> use_fast = has_avx2();

bool is_mark(char byte, MarkBytes bytes) {
    return byte == bytes.delimiter || byte == '\n' || byte == '\r' || byte == bytes.quote ||
           byte == bytes.escape;
}

size_t find_plainly(std::string_view text, size_t begin, size_t end, MarkBytes bytes,
                    uint32_t* positions) {
    size_t count = 0;
    for (size_t at = begin; at < end; ++at) {
        positions[count] = static_cast<uint32_t>(at);
        count += is_mark(text[at], bytes) ? 1 : 0;
    }
    return count;
}

#if defined(__x86_64__)

struct Needles {
    __m256i delimiter, quote, escape, lf, cr;
};

MOGURA_AVX2 inline uint32_t marks_of_32(const char* text, const Needles& needles) {
    __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
    __m256i found = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, needles.delimiter),
                                    _mm256_cmpeq_epi8(bytes, needles.quote));
    found = _mm256_or_si256(found, _mm256_cmpeq_epi8(bytes, needles.escape));
    found = _mm256_or_si256(found, _mm256_cmpeq_epi8(bytes, needles.lf));
    found = _mm256_or_si256(found, _mm256_cmpeq_epi8(bytes, needles.cr));
    return static_cast<uint32_t>(_mm256_movemask_epi8(found));
}

// Writes the positions of the bits, eight at a time: some past the last are written and forgotten.
MOGURA_AVX2 inline uint32_t* write_bits(uint64_t bits, uint32_t base, uint32_t* positions) {
    int count = static_cast<int>(_mm_popcnt_u64(bits));
    for (int written = 0; written < count; written += 8) {
        for (int place = 0; place < 8; ++place) {
            positions[written + place] = base + static_cast<uint32_t>(_tzcnt_u64(bits));
            bits = _blsr_u64(bits);
        }
    }
    return positions + count;
}

MOGURA_AVX2 size_t find_avx2(std::string_view text, size_t begin, size_t end, MarkBytes bytes,
                             uint32_t* positions) {
    Needles needles{_mm256_set1_epi8(bytes.delimiter), _mm256_set1_epi8(bytes.quote),
                    _mm256_set1_epi8(bytes.escape), _mm256_set1_epi8('\n'), _mm256_set1_epi8('\r')};
    uint32_t* next = positions;
    size_t at = begin;
    for (; at + kMarkBlock <= end; at += kMarkBlock) {
        uint64_t low = marks_of_32(text.data() + at, needles);
        uint64_t high = marks_of_32(text.data() + at + 32, needles);
        next = write_bits(low | (high << 32), static_cast<uint32_t>(at), next);
    }
    size_t count = static_cast<size_t>(next - positions);
    // The compiler leaves this out in front of the call below. Without it every SSE instruction of
    // the thread is slow from here on, until somebody happens to do it.
    _mm256_zeroupper();
    return count + find_plainly(text, at, end, bytes, next);
}

MOGURA_AVX2 Survey survey_avx2(const char* text, size_t size) {
    const __m256i lf = _mm256_set1_epi8('\n');
    const __m256i cr = _mm256_set1_epi8('\r');
    __m256i all = _mm256_setzero_si256();
    int64_t lines = 0;
    uint64_t cr_before = 0;  // whether the block before ended with a CR
    for (size_t at = 0; at < size; at += kMarkBlock) {
        __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at));
        __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at + 32));
        all = _mm256_or_si256(all, _mm256_or_si256(first, second));
        auto bits = [](__m256i low, __m256i high) MOGURA_AVX2 {
            return static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(low))) |
                   (static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(high))) << 32);
        };
        uint64_t lf_bits = bits(_mm256_cmpeq_epi8(first, lf), _mm256_cmpeq_epi8(second, lf));
        uint64_t cr_bits = bits(_mm256_cmpeq_epi8(first, cr), _mm256_cmpeq_epi8(second, cr));
        uint64_t pairs = lf_bits & ((cr_bits << 1) | cr_before);
        lines += _mm_popcnt_u64(lf_bits) + _mm_popcnt_u64(cr_bits) - _mm_popcnt_u64(pairs);
        cr_before = cr_bits >> 63;
    }
    return {_mm256_movemask_epi8(all) == 0, lines};
}

MOGURA_AVX2 size_t count_avx2(const char* text, size_t size, char byte) {
    const __m256i needle = _mm256_set1_epi8(byte);
    size_t count = 0;
    for (size_t at = 0; at < size; at += 32) {
        __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at));
        uint32_t bits =
            static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, needle)));
        count += static_cast<size_t>(_mm_popcnt_u32(bits));
    }
    return count;
}

#endif

Survey survey_plainly(std::string_view text, bool cr_before) {
    Survey result;
    for (char byte : text) {
        result.is_ascii = result.is_ascii && static_cast<unsigned char>(byte) < 0x80;
        if (byte == '\r' || (byte == '\n' && !cr_before)) ++result.lines;
        cr_before = byte == '\r';
    }
    return result;
}

}  // namespace

size_t find_marks(std::string_view text, size_t begin, size_t end, MarkBytes bytes,
                  uint32_t* positions) {
#if defined(__x86_64__)
    if (use_fast) return find_avx2(text, begin, end, bytes, positions);
#endif
    return find_plainly(text, begin, end, bytes, positions);
}

Survey survey(std::string_view text) {
    Survey result;
    size_t whole = 0;
#if defined(__x86_64__)
    if (use_fast) {
        whole = text.size() / kMarkBlock * kMarkBlock;
        result = survey_avx2(text.data(), whole);
    }
#endif
    bool cr_before = whole > 0 && text[whole - 1] == '\r';
    Survey rest = survey_plainly(text.substr(whole), cr_before);
    return {result.is_ascii && rest.is_ascii, result.lines + rest.lines};
}

size_t count_byte(std::string_view text, char byte) {
    size_t whole = 0;
    size_t count = 0;
#if defined(__x86_64__)
    if (use_fast) {
        whole = text.size() / 32 * 32;
        count = count_avx2(text.data(), whole, byte);
    }
#endif
    return count + static_cast<size_t>(
                       std::count(text.begin() + static_cast<ptrdiff_t>(whole), text.end(), byte));
}

void use_fast_marks(bool use) {
    use_fast = use && has_avx2();
}

}  // namespace mogura::plugins::csv
