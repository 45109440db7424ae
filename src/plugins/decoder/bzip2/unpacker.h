// Unpacks bzip2 streams, several one after another, on the calling thread.

#pragma once

#include "plugins/member_source.h"

#include <bzlib.h>

#include <string>

namespace mogura::plugins {

class Bzip2Unpacker final : public Unpacker {
  public:
    // `name` stands in front of errors. `is_first`: at the beginning of a file.
    Bzip2Unpacker(std::string name, bool is_first);
    ~Bzip2Unpacker() override { end_stream(); }
    Bzip2Unpacker(const Bzip2Unpacker&) = delete;
    Bzip2Unpacker& operator=(const Bzip2Unpacker&) = delete;

    Result<> unpack(std::string_view& in, std::span<char>& out) override;
    bool is_between() const override { return !is_open_; }
    Result<> end() override;

  private:
    Result<> decompress(std::string_view& in, std::span<char>& out);
    void end_stream();

    const std::string name_;
    bool is_first_;
    bz_stream stream_{};
    bool is_open_ = false;
};

}  // namespace mogura::plugins
