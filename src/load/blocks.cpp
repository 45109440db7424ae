#include "load/blocks.h"

#include "base/text.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace mogura::load {

std::shared_ptr<BlockPool::Block> BlockPool::take(const std::shared_ptr<BlockPool>& pool,
                                                  size_t size) {
    Block block;
    {
        base::Lock lock(pool->mutex_);
        if (!pool->free_.empty() && pool->free_.back().size >= size) {
            block = std::move(pool->free_.back());
            pool->free_.pop_back();
        }
    }
    if (!block.bytes) block = {std::make_unique_for_overwrite<char[]>(size), size};
    return {new Block(std::move(block)), [pool](Block* used) {
                pool->put_back(std::move(*used));
                delete used;
            }};
}

void BlockPool::put_back(Block block) {
    base::Lock lock(mutex_);
    // A block that grew for one long record is not worth keeping.
    if (free_.size() < kKeptMax && block.size <= 2 * kBlockBytes) free_.push_back(std::move(block));
}

BlockReader::BlockReader(base::ByteSource& source, const PieceParser& parser,
                         std::shared_ptr<BlockPool> pool, std::string name, bool is_first,
                         size_t block_bytes)
    : source_(source),
      parser_(parser),
      pool_(std::move(pool)),
      name_(std::move(name)),
      block_bytes_(block_bytes),
      is_first_(is_first) {}

Result<std::optional<Piece>> BlockReader::next() {
    TRY(failure_);
    if (is_done_) return std::optional<Piece>();
    Buffer buffer =
        BlockPool::take(pool_, std::max(block_bytes_, carried_.size() + block_bytes_ / 2));
    std::memcpy(buffer->bytes.get(), carried_.data(), carried_.size());
    size_t filled = carried_.size();
    while (true) {
        bool more = fill(buffer, filled);
        if (!more && failure_.ok()) {
            is_done_ = true;
            return std::optional<Piece>(piece_of(std::move(buffer), filled, true));
        }
        size_t size = parser_.cut({buffer->bytes.get(), filled});
        if (size > 0) {
            carried_.assign(buffer->bytes.get() + size, filled - size);
            return std::optional<Piece>(piece_of(std::move(buffer), size, false));
        }
        TRY(failure_);
        buffer = TRY(grown(buffer, filled));
    }
}

bool BlockReader::fill(Buffer& buffer, size_t& filled) {
    while (filled < buffer->size) {
        auto count = source_.read(std::span(buffer->bytes.get() + filled, buffer->size - filled));
        if (!count.ok()) failure_ = count.error();
        if (!count.ok() || *count == 0) return false;
        filled += *count;
    }
    return true;
}

Result<BlockReader::Buffer> BlockReader::grown(const Buffer& buffer, size_t filled) {
    if (filled >= kRecordBytesMax) {
        return Error(Code::kLimit, name_ + ": a record is longer than " +
                                       base::with_unit_bytes(kRecordBytesMax) +
                                       " (is this the right format?)");
    }
    Buffer larger = BlockPool::take(pool_, filled * 2);
    std::memcpy(larger->bytes.get(), buffer->bytes.get(), filled);
    return larger;
}

Piece BlockReader::piece_of(Buffer buffer, size_t size, bool is_last) {
    Piece piece{.bytes = {buffer->bytes.get(), size},
                .owner = std::move(buffer),
                .is_first = std::exchange(is_first_, false),
                .is_last = is_last};
    return piece;
}

}  // namespace mogura::load
