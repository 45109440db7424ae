// Reads a file's decoded bytes as pieces that a PieceParser takes, cut where records end.
//
// The buffers are recycled: a piece's owner gives its buffer back when the last page that points
// into it is gone. One thread uses a BlockReader; the pool may be shared by several.

#pragma once

#include "base/bytes.h"
#include "base/mutex.h"
#include "base/result.h"
#include "load/parser.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::load {

inline constexpr size_t kBlockBytes = 512 * 1024;
inline constexpr size_t kRecordBytesMax = 512 * 1024 * 1024;  // a longer record is a kLimit error

// Memory that several pieces may use one after another.
class BlockPool {
  public:
    struct Block {
        std::unique_ptr<char[]> bytes;
        size_t size = 0;
    };
    // At least `size` bytes; the block returns to the pool when the last owner is gone.
    static std::shared_ptr<Block> take(const std::shared_ptr<BlockPool>& pool, size_t size);

  private:
    void put_back(Block block);

    static constexpr size_t kKeptMax = 16;
    base::Mutex mutex_;
    std::vector<Block> free_ GUARDED_BY(mutex_);
};

class BlockReader {
  public:
    // `name` stands in front of errors. `is_first`: the source begins where the file does.
    BlockReader(base::ByteSource& source, const PieceParser& parser,
                std::shared_ptr<BlockPool> pool, std::string name, bool is_first = true,
                size_t block_bytes = kBlockBytes);

    // The next piece; nothing after the one with is_last. An empty file is one empty piece. Where
    // the source fails, the whole records in front of that come first (embulk 5.7.16).
    Result<std::optional<Piece>> next();

  private:
    using Buffer = std::shared_ptr<BlockPool::Block>;
    // Fills the buffer behind `filled` bytes; false at the end of the source, or at its failure_.
    bool fill(Buffer& buffer, size_t& filled);
    Result<Buffer> grown(const Buffer& buffer, size_t filled);
    Piece piece_of(Buffer buffer, size_t size, bool is_last);

    base::ByteSource& source_;
    const PieceParser& parser_;
    const std::shared_ptr<BlockPool> pool_;
    const std::string name_;
    const size_t block_bytes_;
    std::string carried_;  // what followed the last cut
    Result<> failure_;     // of the source
    bool is_first_;
    bool is_done_ = false;
};

}  // namespace mogura::load
