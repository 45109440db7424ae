// Bytes that flow: a source is read piece by piece, a sink is written piece by piece. Decoders wrap
// a source in a source, encoders a sink in a sink. One thread at a time uses one of them.

#pragma once

#include "base/result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mogura::base {

class ByteSource {
  public:
    virtual ~ByteSource() = default;

    // Fills as much of `buffer` as comes at once, at least one byte; 0 means the end.
    virtual Result<size_t> read(std::span<char> buffer) = 0;
};

class ByteSink {
  public:
    virtual ~ByteSink() = default;

    virtual Result<> write(std::string_view bytes) = 0;
    // Completes what was written (trailers, flush, sync). A sink that is destroyed without it
    // leaves its target unfinished.
    virtual Result<> finish() = 0;
};

// Reads until `buffer` is full or the source ends; returns how much was read.
Result<size_t> read_fully(ByteSource& source, std::span<char> buffer);
// Everything that is left, at most `bytes_max` bytes (more is a kLimit error).
Result<std::string> read_all(ByteSource& source, size_t bytes_max);

// A source over text that is already in memory; the text outlives the source.
class TextSource final : public ByteSource {
  public:
    explicit TextSource(std::string_view text) : text_(text) {}
    Result<size_t> read(std::span<char> buffer) override;

  private:
    std::string_view text_;
};

// A sink into a string that the caller owns.
class TextSink final : public ByteSink {
  public:
    explicit TextSink(std::string& text) : text_(text) {}
    Result<> write(std::string_view bytes) override {
        text_.append(bytes);
        return {};
    }
    Result<> finish() override { return {}; }

  private:
    std::string& text_;
};

}  // namespace mogura::base
