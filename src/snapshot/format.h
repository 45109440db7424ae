// The layout of a snapshot file, as docs/design/snapshot_format.md describes it. Little-endian.

#pragma once

#include "page/page.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mogura::snapshot {

inline constexpr std::string_view kMagic = "MOGURAS1";
inline constexpr uint32_t kVersion = 1;
inline constexpr size_t kColumnsMax = 4096;
// The directory counts in units of 8 bytes with 32 bits.
inline constexpr uint64_t kRowsBytesMax = (uint64_t{1} << 32) * 8;

struct Header {
    char magic[8];
    uint32_t version;
    uint32_t header_bytes;
    uint64_t file_bytes;
    uint64_t rows;
    uint64_t buckets;           // the directory has one entry more
    uint64_t schema_offset;     // JSON text
    uint64_t schema_bytes;
    uint64_t directory_offset;  // uint32 a bucket: where its first row begins, in units of 8 bytes
    uint64_t rows_offset;
    uint64_t rows_bytes;
    int64_t created_at_micros;  // since 1970 UTC
    uint32_t key_column;
    uint32_t reserved;
    uint64_t body_checksum;     // XXH3-64 of everything behind the header
    uint64_t header_checksum;   // XXH3-64 of the header up to here
};
static_assert(sizeof(Header) == 112);

// Bytes in front of the first column of a row: size, then one bit a column for nulls.
constexpr size_t row_head_bytes(size_t columns) {
    size_t words = 1 + (columns + 31) / 32;
    return (words * 4 + 7) / 8 * 8;
}
constexpr size_t slot_bytes(page::Type type) { return type == page::Type::kTimestamp ? 16 : 8; }

uint64_t hash_of(int64_t key);
uint64_t hash_of(std::string_view key);

// Which bucket a hash belongs to: the high half of hash x buckets. Rows are sorted by it.
inline uint64_t bucket_of(uint64_t hash, uint64_t buckets) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>((static_cast<Wide>(hash) * buckets) >> 64);
}

uint64_t checksum_of(std::string_view bytes);

}  // namespace mogura::snapshot
