#include "base/bytes.h"

#include <algorithm>
#include <cstring>

namespace mogura::base {

Result<size_t> read_fully(ByteSource& source, std::span<char> buffer) {
    size_t filled = 0;
    while (filled < buffer.size()) {
        size_t count = TRY(source.read(buffer.subspan(filled)));
        if (count == 0) break;
        filled += count;
    }
    return filled;
}

Result<std::string> read_all(ByteSource& source, size_t bytes_max) {
    constexpr size_t kStepBytes = 64 * 1024;
    std::string text;
    while (true) {
        size_t before = text.size();
        text.resize(before + kStepBytes);
        size_t count = TRY(source.read(std::span(text).subspan(before)));
        text.resize(before + count);
        if (count == 0) return text;
        if (text.size() > bytes_max) {
            return Error(Code::kLimit, "more than " + std::to_string(bytes_max) +
                                           " bytes where fewer are allowed");
        }
    }
}

Result<size_t> TextSource::read(std::span<char> buffer) {
    size_t count = std::min(buffer.size(), text_.size());
    std::memcpy(buffer.data(), text_.data(), count);
    text_.remove_prefix(count);
    return count;
}

}  // namespace mogura::base
