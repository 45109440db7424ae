// Unpacks Zstandard, several frames one after another.

#include "plugins/plugins.h"

#include <zstd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

struct Options {};
Options read(config::Reader&) {
    return {};
}

class ZstdSource final : public base::ByteSource {
  public:
    ZstdSource(std::unique_ptr<base::ByteSource> source, std::string name)
        : source_(std::move(source)),
          name_(std::move(name)),
          packed_(ZSTD_DStreamInSize()),
          stream_(ZSTD_createDStream(), ZSTD_freeDStream) {}

    Result<size_t> read(std::span<char> buffer) override {
        ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
        while (out.pos == 0) {
            if (in_.pos == in_.size && !has_more_output_) {
                size_t count = TRY(source_->read(packed_));
                if (count == 0) return ended();
                in_ = {packed_.data(), count, 0};
            }
            wanted_ = ZSTD_decompressStream(stream_.get(), &out, &in_);
            if (ZSTD_isError(wanted_)) {
                return Error(Code::kInvalid, name_ + ": the zstd data is damaged, or is none: " +
                                                 ZSTD_getErrorName(wanted_));
            }
            has_begun_ = true;
            has_more_output_ = out.pos == out.size;
        }
        return out.pos;
    }

  private:
    Result<size_t> ended() const {
        if (has_begun_ && wanted_ == 0) return size_t{0};
        return Error(Code::kInvalid,
                     name_ + (has_begun_ ? ": unexpected end of the zstd data (the "
                                           "file is cut off)"
                                         : ": the file is empty, which is no zstd"));
    }

    const std::unique_ptr<base::ByteSource> source_;
    const std::string name_;
    std::vector<char> packed_;
    const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream_;
    ZSTD_inBuffer in_{nullptr, 0, 0};
    size_t wanted_ = 0;  // 0: a frame has just ended
    bool has_begun_ = false;
    bool has_more_output_ = false;
};

class Zstd final : public load::Decoder {
  public:
    Result<std::unique_ptr<base::ByteSource>> wrap(std::unique_ptr<base::ByteSource> source,
                                                   const std::string& name) const override {
        return std::make_unique<ZstdSource>(std::move(source), name);
    }
};

Result<std::unique_ptr<load::Decoder>> make(const Options&, const load::Context&) {
    return std::make_unique<Zstd>();
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(decoder, zstd) {
    registry.decoders.add("zstd", "Unpacks Zstandard.", read, make);
}
