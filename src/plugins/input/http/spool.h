// The body of an answer, whole before anybody reads it: in memory while it is small, else in a
// temporary file that has no name.
//
// So a connection that breaks half-way is simply asked again, and a slow output keeps no server
// waiting. One thread writes it; then its readers share it.

#pragma once

#include "base/bytes.h"
#include "base/file.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mogura::plugins::web {

inline constexpr size_t kSpoolMemoryBytes = 1024 * 1024;

class Spool final : public base::ByteSink {
  public:
    // `folder`: for a temporary file.
    explicit Spool(std::string folder) : folder_(std::move(folder)) {}

    Result<> write(std::string_view bytes) override;
    Result<> finish() override { return {}; }
    // As if nothing had been written.
    void clear();

    int64_t size_bytes() const { return size_bytes_; }
    // Equal bytes have equal hashes.
    uint64_t hash() const { return hash_; }
    bool is_in_memory() const { return !file_; }

    // From the first byte.
    static std::unique_ptr<base::ByteSource> source(std::shared_ptr<const Spool> spool);

  private:
    friend class SpoolSource;
    Result<> open_file();

    const std::string folder_;
    std::string memory_;
    base::Descriptor file_;
    int64_t size_bytes_ = 0;
    uint64_t hash_ = kHashStart;

    static constexpr uint64_t kHashStart = 14695981039346656037U;
};

}  // namespace mogura::plugins::web
