#include "snapshot/format.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace mogura::snapshot {

uint64_t hash_of(std::string_view key) {
    return XXH3_64bits(key.data(), key.size());
}

uint64_t checksum_of(std::string_view bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace mogura::snapshot
