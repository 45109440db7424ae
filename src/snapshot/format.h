// The layout of a snapshot file, as docs/design/snapshot_format.md describes it. Little-endian.

#pragma once

#include "page/page.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace mogura::snapshot {

inline constexpr std::string_view kMagic = "MOGURAS1";
inline constexpr uint32_t kVersion = 1;
inline constexpr size_t kColumnsMax = 4096;
// Slots name rows in units of 8 bytes with 32 bits.
inline constexpr uint64_t kRowsBytesMax = (uint64_t{1} << 32) * 8;

struct Header {
    char magic[8];
    uint32_t version;
    uint32_t header_bytes;
    uint64_t file_bytes;
    uint64_t rows;
    uint64_t groups;
    uint64_t schema_offset;  // JSON text
    uint64_t schema_bytes;
    uint64_t groups_offset;  // a multiple of 64, so that a group is one cache line
    uint64_t rows_offset;
    uint64_t rows_bytes;
    int64_t created_at_micros;  // since 1970 UTC
    uint32_t key_column;
    uint32_t row_head_bytes;   // row_head_bytes(columns), or 0: see there
    uint64_t body_checksum;    // XXH3-64 of everything behind the header
    uint64_t header_checksum;  // XXH3-64 of the header up to here
};
static_assert(sizeof(Header) == 112);

// Bytes in front of the first column of a row: size, then one bit a column for nulls. Rows without
// texts in a table without nulls need neither and have no head: 8 longs are one cache line.
constexpr size_t row_head_bytes(size_t columns) {
    size_t words = 1 + (columns + 31) / 32;
    return (words * 4 + 7) / 8 * 8;
}
constexpr bool is_text(page::Type type) {
    return type == page::Type::kString || type == page::Type::kJson;
}
constexpr size_t slot_bytes(page::Type type) {
    return type == page::Type::kTimestamp ? 16 : 8;
}

inline constexpr size_t kSlots = 12;

// Where rows are, by hash. Slots are filled from the first; a key whose group is full goes to the
// next group, and from the last to the first. So a group with a free slot ends a search.
struct alignas(64) Group {
    uint8_t tags[kSlots];  // 0: the slot is free
    uint8_t zeros[4];
    uint32_t rows[kSlots];  // where the row begins, in units of 8 bytes from rows_offset

    bool is_full() const { return tags[kSlots - 1] != 0; }
};
static_assert(sizeof(Group) == 64);

// The finalizer of SplitMix64: every bit of the key reaches every bit of the hash.
inline uint64_t hash_of(int64_t key) {
    uint64_t x = static_cast<uint64_t>(key) + 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}
uint64_t hash_of(std::string_view key);  // XXH3-64

// The low byte, which is never the free slot's.
inline uint8_t tag_of(uint64_t hash) {
    return (hash & 0xff) == 0 ? uint8_t{1} : static_cast<uint8_t>(hash & 0xff);
}

// The high half of hash x groups: where the search for a hash begins.
inline uint64_t group_of(uint64_t hash, uint64_t groups) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>((static_cast<Wide>(hash) * groups) >> 64);
}

// Eight rows in twelve slots: two keys in a hundred are not in their own group.
constexpr uint64_t groups_for(uint64_t rows) {
    return rows / 8 + 1;
}

// A bit for each slot of the group that has the tag.
inline uint32_t slots_with(const Group& group, uint8_t tag) {
#if defined(__SSE2__)
    __m128i tags = _mm_load_si128(reinterpret_cast<const __m128i*>(group.tags));
    return static_cast<uint32_t>(
        _mm_movemask_epi8(_mm_cmpeq_epi8(tags, _mm_set1_epi8(static_cast<char>(tag)))));
#else
    uint32_t found = 0;
    for (uint32_t slot = 0; slot < kSlots; ++slot)
        found |= uint32_t{group.tags[slot] == tag} << slot;
    return found;
#endif
}

uint64_t checksum_of(std::string_view bytes);

}  // namespace mogura::snapshot
