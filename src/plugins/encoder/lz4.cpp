// Packs with LZ4: one frame a file, with a checksum of its content.

#include "plugins/plugins.h"

#include <lz4frame.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

constexpr size_t kStepBytes = 64 * 1024;  // packed at a time

struct Options {
    int level;
};

Options read(config::Reader& reader) {
    Options options{.level = reader.optional("level", 0, "0 (fast) to 12 (small).")};
    if (options.level < 0 || options.level > 12) {
        reader.problem("level", "must be in the range of 0 to 12");
    }
    return options;
}

struct FreeContext {
    void operator()(LZ4F_cctx* context) const { LZ4F_freeCompressionContext(context); }
};
using Context = std::unique_ptr<LZ4F_cctx, FreeContext>;

class Lz4Sink final : public base::ByteSink {
  public:
    Lz4Sink(std::unique_ptr<base::ByteSink> sink, int level, Context context)
        : sink_(std::move(sink)), context_(std::move(context)) {
        preferences_.compressionLevel = level;
        preferences_.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
        packed_.resize(LZ4F_compressBound(kStepBytes, &preferences_) + LZ4F_HEADER_SIZE_MAX);
    }

    Result<> write(std::string_view bytes) override {
        TRY(begin());
        while (!bytes.empty()) {
            std::string_view step = bytes.substr(0, std::min(bytes.size(), kStepBytes));
            TRY(pass(LZ4F_compressUpdate(context_.get(), packed_.data(), packed_.size(),
                                         step.data(), step.size(), nullptr)));
            bytes.remove_prefix(step.size());
        }
        return {};
    }

    Result<> finish() override {
        TRY(begin());
        TRY(pass(LZ4F_compressEnd(context_.get(), packed_.data(), packed_.size(), nullptr)));
        return sink_->finish();
    }

  private:
    Result<> begin() {
        if (has_begun_) return {};
        has_begun_ = true;
        return pass(
            LZ4F_compressBegin(context_.get(), packed_.data(), packed_.size(), &preferences_));
    }

    Result<> pass(size_t size) {
        if (LZ4F_isError(size)) {
            return Error(Code::kInternal, std::string("lz4: ") + LZ4F_getErrorName(size));
        }
        return sink_->write({packed_.data(), size});
    }

    const std::unique_ptr<base::ByteSink> sink_;
    const Context context_;
    LZ4F_preferences_t preferences_{};
    std::vector<char> packed_;
    bool has_begun_ = false;
};

class Lz4 final : public load::Encoder {
  public:
    explicit Lz4(int level) : level_(level) {}
    Result<std::unique_ptr<base::ByteSink>> wrap(std::unique_ptr<base::ByteSink> sink,
                                                 load::Workers*) const override {
        LZ4F_cctx* context = nullptr;
        if (LZ4F_isError(LZ4F_createCompressionContext(&context, LZ4F_VERSION))) {
            return Error(Code::kInternal, "lz4 cannot begin");
        }
        return std::make_unique<Lz4Sink>(std::move(sink), level_, Context(context));
    }

  private:
    const int level_;
};

Result<std::unique_ptr<load::Encoder>> make(const Options& options, const load::Context&) {
    return std::make_unique<Lz4>(options.level);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(encoder, lz4) {
    registry.encoders.add("lz4", "Packs with LZ4.", read, make);
}
