// Unpacks a file that is made of members, one after another: gzip's members, zstd's frames.
//
// Where a member begins is known only when the one before it has been unpacked. So the places that
// look like a beginning are guesses: the workers unpack from one guess to the next, and what they
// made counts only if the part before it ended exactly there. Every other part is unpacked on the
// reading thread, as if there were no workers. So the bytes and the errors never depend on the
// guesses.

#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "load/load.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace mogura::plugins {

// Unpacks members from bytes that come piece by piece.
class Unpacker {
  public:
    virtual ~Unpacker() = default;
    // Unpacks from the front of `in` to the front of `out` and moves both on, until `out` is full,
    // or `in` is used up and gives nothing more.
    virtual Result<> unpack(std::string_view& in, std::span<char>& out) = 0;
    // Nothing is held back, and a member may begin with the next byte.
    virtual bool is_between() const = 0;
    // The file ends here: an error where that is too early.
    virtual Result<> end() = 0;
};

class MemberFormat {
  public:
    virtual ~MemberFormat() = default;
    // Begins between two members: `is_first` in front of the first one.
    virtual std::unique_ptr<Unpacker> begin(bool is_first) const = 0;
    // The first place in `bytes` from `from` on that looks like the beginning of a member; npos.
    virtual size_t find(std::string_view bytes, size_t from) const = 0;
    // How many bytes find() needs to see of a member.
    virtual size_t mark_bytes() const = 0;
};

struct PartSizes {
    size_t bytes = 128 * 1024;              // a part ends at the first guess behind this
    size_t bytes_max = 1024 * 1024;         // or here, and is unpacked on the reading thread
    size_t unpacked_max = 4 * 1024 * 1024;  // by a worker: what gives more is not for workers
};

// Without workers, or with only one, one part is unpacked after the other.
std::unique_ptr<base::ByteSource> member_source(std::unique_ptr<base::ByteSource> source,
                                                std::unique_ptr<MemberFormat> format,
                                                load::Workers* workers, PartSizes sizes = {});

}  // namespace mogura::plugins
