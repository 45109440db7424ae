// The beginning of a bzip2 stream that stands for blocks that are unpacked already.
//
// A stream ends with a check value of all its blocks. To go on from the middle of a stream with the
// library, the blocks before are replaced by a small one whose check value is theirs.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins {

struct ResumedStream {
    std::string bytes;          // the header and the small block
    size_t bits = 0;            // how many of them count
    size_t unpacked_bytes = 0;  // what the small block unpacks to: not part of the file
};

// For blocks whose check value together is `check`. Its bits end as far from the next whole byte as
// those that follow begin: `bits` and `bits_before` are equal modulo 8. Nothing when the library
// has no memory.
std::optional<ResumedStream> resumed_stream(int level, uint32_t check, size_t bits_before);

// Four bytes that give `check` when they follow a text whose check value is `before`.
std::string bzip2_check_bytes(uint32_t before, uint32_t check);
// The check value of a text.
uint32_t bzip2_check(std::string_view text);

}  // namespace mogura::plugins
