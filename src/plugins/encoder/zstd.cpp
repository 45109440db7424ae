// Packs with Zstandard: one frame a file, with a checksum.
//
// The library packs parts of a frame side by side in threads of its own, and gives the same bytes
// with any number of them.

#include "plugins/plugins.h"

#include <zstd.h>

#include <algorithm>
#include <atomic>
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

constexpr int kJobBytes = 2 * 1024 * 1024;
constexpr int kLargeLevel = 13;  // from here on a thread takes tens of megabytes: one is enough

// How many threads a file gets, where `open` of them are being written.
int threads_for(int level, const load::Workers* workers, int open) {
    if (!workers || level >= kLargeLevel) return 1;
    return std::max(workers->threads() / std::max(open, 1), 1);
}

class ZstdSink final : public base::ByteSink {
  public:
    ZstdSink(std::unique_ptr<base::ByteSink> sink, int level, const load::Workers* workers,
             std::shared_ptr<std::atomic<int>> open)
        : sink_(std::move(sink)),
          open_(std::move(open)),
          packed_(ZSTD_CStreamOutSize()),
          stream_(ZSTD_createCStream(), ZSTD_freeCStream) {
        ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_compressionLevel, level);
        ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1);
        ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_nbWorkers,
                               threads_for(level, workers, ++*open_));
        ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_jobSize, kJobBytes);
    }
    ~ZstdSink() override { --*open_; }

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
    const std::shared_ptr<std::atomic<int>> open_;
    std::vector<char> packed_;
    const std::unique_ptr<ZSTD_CStream, decltype(&ZSTD_freeCStream)> stream_;
};

class Zstd final : public load::Encoder {
  public:
    explicit Zstd(int level) : level_(level) {}
    Result<std::unique_ptr<base::ByteSink>> wrap(std::unique_ptr<base::ByteSink> sink,
                                                 load::Workers* workers) const override {
        return std::make_unique<ZstdSink>(std::move(sink), level_, workers, open_);
    }

  private:
    const int level_;
    const std::shared_ptr<std::atomic<int>> open_ = std::make_shared<std::atomic<int>>(0);  // sinks
};

Result<std::unique_ptr<load::Encoder>> make(const Options& options, const load::Context&) {
    return std::make_unique<Zstd>(options.level);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(encoder, zstd) {
    registry.encoders.add("zstd", "Packs with Zstandard.", read, make);
}
