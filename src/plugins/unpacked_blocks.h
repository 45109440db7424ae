// Unpacked bytes in the blocks in which a worker made them, on their way to a reader.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <deque>
#include <memory>
#include <span>
#include <utility>

namespace mogura::plugins {

class UnpackedBlocks {
  public:
    static constexpr size_t kBlockBytes = 256 * 1024;

    // Room behind what is there; kept() says how much of it was used.
    std::span<char> room() {
        blocks_.push_back({std::make_unique_for_overwrite<char[]>(kBlockBytes), 0});
        return {blocks_.back().bytes.get(), kBlockBytes};
    }
    void kept(size_t bytes) {
        blocks_.back().size = bytes;
        bytes_ += bytes;
        if (bytes == 0) blocks_.pop_back();
    }

    size_t bytes() const { return bytes_; }
    bool empty() const { return bytes_ == 0; }

    // Moves bytes from the front to the front of `out`.
    void take(std::span<char>& out) {
        while (!out.empty() && !blocks_.empty()) {
            Block& block = blocks_.front();
            size_t count = std::min(out.size(), block.size - used_);
            std::memcpy(out.data(), block.bytes.get() + used_, count);
            out = out.subspan(count);
            used_ += count;
            bytes_ -= count;
            if (used_ < block.size) return;
            blocks_.pop_front();
            used_ = 0;
        }
    }

  private:
    struct Block {
        std::unique_ptr<char[]> bytes;
        size_t size = 0;
    };
    std::deque<Block> blocks_;
    size_t used_ = 0;  // of the first
    size_t bytes_ = 0;
};

}  // namespace mogura::plugins
