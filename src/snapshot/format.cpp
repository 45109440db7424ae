#include "snapshot/format.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace mogura::snapshot {

uint64_t hash_of(int64_t key) {
    // The finalizer of SplitMix64: every bit of the key reaches the high bits, which pick the bucket.
    uint64_t x = static_cast<uint64_t>(key) + 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

uint64_t hash_of(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }

uint64_t checksum_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace mogura::snapshot
