// Packs with gzip: one member a file, no time in its header (embulk 5.4.1).

#include "plugins/plugins.h"

#include <zlib.h>

#include <algorithm>
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
    Options options{.level = reader.optional("level", 6, "1 (fast) to 9 (small).")};
    if (options.level < 1 || options.level > 9) {
        reader.problem("level", "\"level\" must be in the range of 1 <= level <= 9.");
    }
    return options;
}

class GzipSink final : public base::ByteSink {
  public:
    GzipSink(std::unique_ptr<base::ByteSink> sink, int level)
        : sink_(std::move(sink)), packed_(kPackedBytes) {
        constexpr int kGzipWrapper = 16;
        is_open_ = ::deflateInit2(&stream_, level, Z_DEFLATED, MAX_WBITS + kGzipWrapper, 8,
                                  Z_DEFAULT_STRATEGY) == Z_OK;
    }
    ~GzipSink() override {
        if (is_open_) ::deflateEnd(&stream_);
    }

    Result<> write(std::string_view bytes) override {
        while (!bytes.empty()) {
            constexpr size_t kStepMax = size_t{1} << 30;
            size_t step = std::min(bytes.size(), kStepMax);
            stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
            stream_.avail_in = static_cast<uInt>(step);
            TRY(deflate(Z_NO_FLUSH));
            bytes.remove_prefix(step);
        }
        return {};
    }

    Result<> finish() override {
        stream_.avail_in = 0;
        TRY(deflate(Z_FINISH));
        return sink_->finish();
    }

  private:
    static constexpr size_t kPackedBytes = 256 * 1024;

    // Until the input is used up and, at the end, the trailer is out.
    Result<> deflate(int flush) {
        if (!is_open_) return Error(Code::kLimit, "gzip: not enough memory");
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(packed_.data());
            stream_.avail_out = static_cast<uInt>(packed_.size());
            ::deflate(&stream_, flush);
            TRY(sink_->write({packed_.data(), packed_.size() - stream_.avail_out}));
        } while (stream_.avail_out == 0);
        return {};
    }

    const std::unique_ptr<base::ByteSink> sink_;
    std::vector<char> packed_;
    z_stream stream_{};
    bool is_open_ = false;
};

class Gzip final : public load::Encoder {
  public:
    explicit Gzip(int level) : level_(level) {}
    Result<std::unique_ptr<base::ByteSink>> wrap(
        std::unique_ptr<base::ByteSink> sink) const override {
        return std::make_unique<GzipSink>(std::move(sink), level_);
    }

  private:
    const int level_;
};

Result<std::unique_ptr<load::Encoder>> make(const Options& options, const load::Context&) {
    return std::make_unique<Gzip>(options.level);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(encoder, gzip) {
    registry.encoders.add("gzip", "Packs with gzip.", read, make);
}
