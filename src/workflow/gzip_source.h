// The bytes inside a .gz, with its checksum verified at the end. What stands behind the first
// compressed stream does not count.

#pragma once

#include "base/bytes.h"

#include <array>
#include <memory>

struct z_stream_s;

namespace mogura::workflow {

class GzipSource final : public base::ByteSource {
  public:
    // `compressed` outlives this.
    static Result<std::unique_ptr<GzipSource>> open(base::ByteSource& compressed);
    ~GzipSource() override;

    Result<size_t> read(std::span<char> buffer) override;

  private:
    explicit GzipSource(base::ByteSource& compressed);
    Result<> fill();

    base::ByteSource& compressed_;
    std::unique_ptr<z_stream_s> stream_;
    std::array<char, 16 * 1024> input_{};
    bool is_done_ = false;
};

}  // namespace mogura::workflow
