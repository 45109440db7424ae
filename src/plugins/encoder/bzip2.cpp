// Packs with bzip2 (embulk 5.4.2).

#include "plugins/plugins.h"

#include <bzlib.h>

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
    Options options{.level = reader.optional("level", 9, "Size of blocks, 1 to 9.")};
    if (options.level < 1 || options.level > 9) {
        reader.problem("level", "\"level\" must be in the range of 1 <= level <= 9.");
    }
    return options;
}

class Bzip2Sink final : public base::ByteSink {
  public:
    Bzip2Sink(std::unique_ptr<base::ByteSink> sink, int level)
        : sink_(std::move(sink)), packed_(kPackedBytes) {
        is_open_ = BZ2_bzCompressInit(&stream_, level, 0, 0) == BZ_OK;
    }
    ~Bzip2Sink() override {
        if (is_open_) BZ2_bzCompressEnd(&stream_);
    }

    Result<> write(std::string_view bytes) override {
        while (!bytes.empty()) {
            constexpr size_t kStepMax = size_t{1} << 30;
            size_t step = std::min(bytes.size(), kStepMax);
            stream_.next_in = const_cast<char*>(bytes.data());
            stream_.avail_in = static_cast<unsigned>(step);
            while (stream_.avail_in > 0) TRY(compress(BZ_RUN));
            bytes.remove_prefix(step);
        }
        return {};
    }

    Result<> finish() override {
        stream_.avail_in = 0;
        int result = BZ_FINISH_OK;
        while (result != BZ_STREAM_END) result = TRY(compress(BZ_FINISH));
        return sink_->finish();
    }

  private:
    static constexpr size_t kPackedBytes = 256 * 1024;

    Result<int> compress(int action) {
        if (!is_open_) return Error(Code::kLimit, "bzip2: not enough memory");
        stream_.next_out = packed_.data();
        stream_.avail_out = static_cast<unsigned>(packed_.size());
        int result = BZ2_bzCompress(&stream_, action);
        if (result < 0) return Error(Code::kInternal, "bzip2: cannot pack");
        TRY(sink_->write({packed_.data(), packed_.size() - stream_.avail_out}));
        return result;
    }

    const std::unique_ptr<base::ByteSink> sink_;
    std::vector<char> packed_;
    bz_stream stream_{};
    bool is_open_ = false;
};

class Bzip2 final : public load::Encoder {
  public:
    explicit Bzip2(int level) : level_(level) {}
    Result<std::unique_ptr<base::ByteSink>> wrap(
        std::unique_ptr<base::ByteSink> sink) const override {
        return std::make_unique<Bzip2Sink>(std::move(sink), level_);
    }

  private:
    const int level_;
};

Result<std::unique_ptr<load::Encoder>> make(const Options& options, const load::Context&) {
    return std::make_unique<Bzip2>(options.level);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(encoder, bzip2) {
    registry.encoders.add("bzip2", "Packs with bzip2.", read, make);
}
