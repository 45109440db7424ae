// Unpacks the blocks of a bzip2 file side by side.
//
// The marks that blocks begin with are searched at every bit, and the workers unpack from one mark
// to the next, each block as a stream of its own: that succeeds only where the block is whole and
// its check value right. What does not fit (a false mark, a file that is damaged or cut off, bytes
// behind its end, a block that unpacks to very much) is unpacked on the reading thread together
// with all that follows it, as a stream that goes on from the last good block. So the bytes and
// the errors are those of unpacking the file from its first byte to its last.

#pragma once

#include "base/bytes.h"
#include "load/load.h"

#include <memory>
#include <string>

namespace mogura::plugins {

std::unique_ptr<base::ByteSource> bzip2_block_source(std::unique_ptr<base::ByteSource> source,
                                                     std::string name, load::Workers& workers);

}  // namespace mogura::plugins
