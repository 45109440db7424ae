// Text out in other charsets than UTF-8, by their Java names. Characters that the charset lacks
// become question marks, as in Java.

#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace mogura::load {

class TextEncoder {
  public:
    // Fails with kInvalid for unknown charsets.
    static Result<TextEncoder> find(std::string_view charset);

    bool is_utf8() const { return name_.empty(); }
    // What stands at the beginning of a file: a byte order mark for UTF-16, else nothing.
    std::string_view mark() const { return mark_; }
    // Appends `text` (UTF-8, whole characters) in the charset. May be called from several threads.
    void encode(std::string_view text, std::string& bytes) const;

  private:
    std::string name_;  // as iconv knows it; empty for UTF-8
    std::string_view mark_;
};

}  // namespace mogura::load
