// Takes the top-level values of a JSON text one by one from a source of bytes (embulk 4.2.1), with
// memory for one value at a time.

#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins::json {

class ValueStream {
  public:
    // `name` stands in front of errors.
    ValueStream(base::ByteSource& source, std::string name)
        : source_(source), name_(std::move(name)) {}

    // The text of the next value; nothing at the end. Valid until the next call. A value that has
    // no end is returned as far as it goes: whoever parses it finds out.
    Result<std::optional<std::string_view>> next();
    // Where the value that next() returned begins.
    int64_t offset_bytes() const { return offset_bytes_; }

  private:
    static constexpr size_t kStepBytes = 256 * 1024;
    static constexpr size_t kValueBytesMax = 512 * 1024 * 1024;

    // Reads more behind what is there; false at the end.
    Result<bool> refill();
    // Where the value that begins at begin_ ends, or npos when that is not there yet.
    size_t find_end();

    base::ByteSource& source_;
    const std::string name_;
    std::string text_;
    size_t begin_ = 0;    // of the current value
    size_t scanned_ = 0;  // how far find_end() has looked
    int depth_ = 0;
    bool in_string_ = false;
    bool is_escaped_ = false;
    int64_t dropped_bytes_ = 0;  // in front of text_
    int64_t offset_bytes_ = 0;
};

// Bytes as UTF-8: UTF-16 and UTF-32 are recognised by their first bytes.
Result<std::unique_ptr<base::ByteSource>> as_utf8(std::unique_ptr<base::ByteSource> source);

}  // namespace mogura::plugins::json
