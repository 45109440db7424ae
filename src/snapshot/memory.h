// Bytes in memory of their own, read-only once filled, on huge pages where the system has them: a
// lookup at random costs a page walk less.

#pragma once

#include "base/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace mogura::snapshot {

class Memory {
  public:
    // A copy of the bytes. Fails with kLimit when there is no memory.
    static Result<std::unique_ptr<Memory>> copy(std::string_view bytes);
    // A whole file, read now: what happens to the file later does not matter.
    static Result<std::unique_ptr<Memory>> read(const std::string& path);
    ~Memory();
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    std::string_view bytes() const { return {data_, size_}; }  // begins at a page

  private:
    Memory(char* data, size_t size, size_t reserved)
        : data_(data), size_(size), reserved_(reserved) {}
    char* data_;
    size_t size_;
    size_t reserved_;
};

}  // namespace mogura::snapshot
