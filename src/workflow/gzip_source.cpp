#include "workflow/gzip_source.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <string>

namespace mogura::workflow {

GzipSource::GzipSource(base::ByteSource& compressed)
    : compressed_(compressed), stream_(std::make_unique<z_stream_s>()) {}

GzipSource::~GzipSource() {
    ::inflateEnd(stream_.get());
}

Result<std::unique_ptr<GzipSource>> GzipSource::open(base::ByteSource& compressed) {
    std::unique_ptr<GzipSource> source(new GzipSource(compressed));
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (::inflateInit2(source->stream_.get(), kGzipOnly) != Z_OK) {
        return Error(Code::kLimit, "no memory is left for decompressing");
    }
    return source;
}

Result<> GzipSource::fill() {
    size_t count = TRY(compressed_.read(input_));
    if (count == 0) return Error(Code::kInvalid, "the compressed bytes end too early");
    stream_->next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_->avail_in = static_cast<uInt>(count);
    return {};
}

Result<size_t> GzipSource::read(std::span<char> buffer) {
    auto wanted = std::min<size_t>(buffer.size(), std::numeric_limits<uInt>::max());
    stream_->next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_->avail_out = static_cast<uInt>(wanted);
    while (!is_done_ && stream_->avail_out == wanted) {
        if (stream_->avail_in == 0) TRY(fill());
        int code = ::inflate(stream_.get(), Z_NO_FLUSH);
        is_done_ = code == Z_STREAM_END;
        if (code != Z_OK && code != Z_STREAM_END) {
            std::string reason = stream_->msg ? stream_->msg : "damaged";
            return Error(Code::kInvalid, "is not gzip, or is damaged: " + reason);
        }
    }
    return wanted - stream_->avail_out;
}

}  // namespace mogura::workflow
