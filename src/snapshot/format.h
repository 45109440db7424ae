// The layout of a snapshot file, as docs/design/snapshot_format.md describes it. Little-endian.

#pragma once

#include "page/page.h"

#include <array>
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
// Rows stay below it: places count units of 8 bytes with 32 bits, and rows are counted with 32.
inline constexpr uint64_t kRowsBytesMax = (uint64_t{1} << 32) * 8;
inline constexpr size_t kCacheLine = 64;

struct Header {
    char magic[8];
    uint32_t version;
    uint32_t header_bytes;
    uint64_t file_bytes;
    uint64_t rows;
    uint64_t groups;
    uint64_t schema_offset;  // JSON text
    uint64_t schema_bytes;
    uint64_t groups_offset;
    uint64_t places_offset;  // a u32 for each row, where rows have heads; otherwise 0
    uint64_t rows_offset;
    uint64_t rows_bytes;
    int64_t created_at_micros;  // since 1970 UTC
    uint32_t key_column;
    uint32_t row_head_bytes;   // row_head_bytes(columns), or 0: see there
    uint64_t body_checksum;    // XXH3-64 of everything behind the header
    uint64_t header_checksum;  // XXH3-64 of the header up to here
};
static_assert(sizeof(Header) == 120);

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

// Which rows may have a hash. Rows stand in the order of groups and slots, so a number for each
// group is all that leads to them, and the groups of a million rows (2 MB) stay in the cache. Slots
// are filled from the first; a key whose group is full goes to the next group, and from the last to
// the first. So a group with a free slot ends a search.
struct alignas(16) Group {
    uint8_t tags[kSlots];  // 0: the slot is free
    uint32_t first;        // ordinal of the row of slot 0

    bool is_full() const { return tags[kSlots - 1] != 0; }
    uint32_t taken() const {
        uint32_t slots = 0;
        while (slots < kSlots && tags[slots] != 0) ++slots;
        return slots;
    }
};
static_assert(sizeof(Group) == 16);

__extension__ using Wide = unsigned __int128;

// The two halves of a 128-bit product, mixed and multiplied once more. Short, because a lookup
// waits for it; as even as the finalizer of SplitMix64 over strides, grids and negative keys.
inline uint64_t hash_of(int64_t key) {
    Wide product = static_cast<Wide>(static_cast<uint64_t>(key)) * 0x9e3779b97f4a7c15U;
    uint64_t mixed = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
    return mixed * 0xbf58476d1ce4e5b9U;
}
uint64_t hash_of(std::string_view key);  // XXH3-64

// The low byte, which is never the free slot's.
inline uint8_t tag_of(uint64_t hash) {
    return (hash & 0xff) == 0 ? uint8_t{1} : static_cast<uint8_t>(hash & 0xff);
}

// The high half of hash x groups: where the search for a hash begins.
inline uint64_t group_of(uint64_t hash, uint64_t groups) {
    return static_cast<uint64_t>((static_cast<Wide>(hash) * groups) >> 64);
}

// Eight rows in twelve slots: two keys in a hundred are not in their own group, and one group in
// eight is full. With nine it would be five in a hundred, and one in four.
constexpr uint64_t groups_for(uint64_t rows) {
    return rows / 8 + 1;
}

// A bit for each slot of the group that has the tag of the hash.
inline uint32_t slots_one_by_one(const Group& group, uint64_t hash) {
    const uint8_t tag = tag_of(hash);
    uint32_t found = 0;
    for (uint32_t slot = 0; slot < kSlots; ++slot)
        found |= uint32_t{group.tags[slot] == tag} << slot;
    return found;
}
// The same at once, where the processor can.
inline uint32_t slots_with(const Group& group, uint64_t hash) {
#if defined(__SSE2__)
    constexpr uint32_t kTags = (1U << kSlots) - 1;  // behind them stands `first`
    __m128i bytes = _mm_load_si128(reinterpret_cast<const __m128i*>(&group));
    __m128i equal = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(static_cast<char>(tag_of(hash))));
    return static_cast<uint32_t>(_mm_movemask_epi8(equal)) & kTags;
#else
    return slots_one_by_one(group, hash);
#endif
}

uint64_t checksum_of(std::string_view bytes);

}  // namespace mogura::snapshot
