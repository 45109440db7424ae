#include "plugins/decoder/bzip2/unpacker.h"

#include <algorithm>
#include <utility>

namespace mogura::plugins {

Bzip2Unpacker::Bzip2Unpacker(std::string name, bool is_first)
    : name_(std::move(name)), is_first_(is_first) {}

Result<> Bzip2Unpacker::unpack(std::string_view& in, std::span<char>& out) {
    while (is_open_ || !in.empty()) {
        if (!is_open_ && BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) {
            return Error(Code::kUnavailable, name_ + ": cannot start to unpack bzip2");
        }
        is_open_ = true;
        TRY(decompress(in, out));
        if (out.empty() || (is_open_ && in.empty())) return {};
    }
    return {};
}

Result<> Bzip2Unpacker::decompress(std::string_view& in, std::span<char>& out) {
    constexpr size_t kStepMax = size_t{1} << 30;
    std::string_view part = in.substr(0, kStepMax);
    stream_.next_in = const_cast<char*>(part.data());
    stream_.avail_in = static_cast<unsigned>(part.size());
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<unsigned>(std::min(out.size(), kStepMax));
    const unsigned room = stream_.avail_out;
    int result = BZ2_bzDecompress(&stream_);
    in.remove_prefix(part.size() - stream_.avail_in);
    out = out.subspan(room - stream_.avail_out);
    if (result == BZ_STREAM_END) {
        end_stream();
        is_first_ = false;
        return {};
    }
    if (result == BZ_DATA_ERROR_MAGIC) {
        return Error(Code::kInvalid, name_ + ": Stream is not in the BZip2 format");
    }
    if (result != BZ_OK) return Error(Code::kInvalid, name_ + ": the bzip2 data is damaged");
    return {};
}

Result<> Bzip2Unpacker::end() {
    if (is_open_) {
        return Error(Code::kInvalid,
                     name_ + ": unexpected end of the bzip2 data (the file is cut off)");
    }
    if (is_first_) {
        return Error(Code::kInvalid, name_ + ": the file is empty, which is no bzip2");
    }
    return {};
}

void Bzip2Unpacker::end_stream() {
    if (is_open_) BZ2_bzDecompressEnd(&stream_);
    is_open_ = false;
}

}  // namespace mogura::plugins
