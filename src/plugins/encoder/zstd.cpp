// Packs with Zstandard: one frame a file, with a checksum.

#include "plugins/plugins.h"

#include <zstd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

struct Options {
    int level;
};

Options read(config::Reader& reader) {
    Options options{.level = reader.optional("level", 3, "1 (fast) to 19 (small).")};
    if (options.level < 1 || options.level > 19) {
        reader.problem("level", "must be in the range of 1 to 19");
    }
    return options;
}

class ZstdSink final : public base::ByteSink {
  public:
    ZstdSink(std::unique_ptr<base::ByteSink> sink, int level)
        : sink_(std::move(sink)),
          packed_(ZSTD_CStreamOutSize()),
          stream_(ZSTD_createCStream(), ZSTD_freeCStream) {
        ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_compressionLevel, level);
        ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1);
    }

    Result<> write(std::string_view bytes) override {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        while (in.pos < in.size) TRY(compress(in, ZSTD_e_continue));
        return {};
    }

    Result<> finish() override {
        ZSTD_inBuffer in{nullptr, 0, 0};
        size_t left = 1;
        while (left > 0) left = TRY(compress(in, ZSTD_e_end));
        return sink_->finish();
    }

  private:
    Result<size_t> compress(ZSTD_inBuffer& in, ZSTD_EndDirective action) {
        ZSTD_outBuffer out{packed_.data(), packed_.size(), 0};
        size_t left = ZSTD_compressStream2(stream_.get(), &out, &in, action);
        if (ZSTD_isError(left)) {
            return Error(Code::kInternal, std::string("zstd: ") + ZSTD_getErrorName(left));
        }
        TRY(sink_->write({packed_.data(), out.pos}));
        return left;
    }

    const std::unique_ptr<base::ByteSink> sink_;
    std::vector<char> packed_;
    const std::unique_ptr<ZSTD_CStream, decltype(&ZSTD_freeCStream)> stream_;
};

class Zstd final : public load::Encoder {
  public:
    explicit Zstd(int level) : level_(level) {}
    Result<std::unique_ptr<base::ByteSink>> wrap(
        std::unique_ptr<base::ByteSink> sink) const override {
        return std::make_unique<ZstdSink>(std::move(sink), level_);
    }

  private:
    const int level_;
};

Result<std::unique_ptr<load::Encoder>> make(const Options& options, const load::Context&) {
    return std::make_unique<Zstd>(options.level);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(encoder, zstd) {
    registry.encoders.add("zstd", "Packs with Zstandard.", read, make);
}
