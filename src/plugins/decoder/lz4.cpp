// Unpacks LZ4 frames, several one after another.

#include "plugins/plugins.h"

#include <lz4frame.h>

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

struct FreeContext {
    void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};
using Context = std::unique_ptr<LZ4F_dctx, FreeContext>;

class Lz4Source final : public base::ByteSource {
  public:
    Lz4Source(std::unique_ptr<base::ByteSource> source, std::string name, Context context)
        : source_(std::move(source)),
          name_(std::move(name)),
          context_(std::move(context)),
          packed_(kPackedBytes) {}

    Result<size_t> read(std::span<char> buffer) override {
        while (true) {
            if (next_ == end_ && !has_more_output_) {
                end_ = TRY(source_->read(packed_));
                next_ = 0;
                if (end_ == 0) return ended();
            }
            size_t made = buffer.size();
            size_t used = end_ - next_;
            wanted_ = LZ4F_decompress(context_.get(), buffer.data(), &made, packed_.data() + next_,
                                      &used, nullptr);
            if (LZ4F_isError(wanted_)) {
                return Error(Code::kInvalid, name_ + ": the lz4 data is damaged, or is none: " +
                                                 LZ4F_getErrorName(wanted_));
            }
            next_ += used;
            has_begun_ = true;
            has_more_output_ = wanted_ != 0 && made == buffer.size();
            if (made > 0) return made;
        }
    }

  private:
    static constexpr size_t kPackedBytes = 64 * 1024;

    Result<size_t> ended() const {
        if (has_begun_ && wanted_ == 0) return size_t{0};
        return Error(Code::kInvalid,
                     name_ + (has_begun_ ? ": unexpected end of the lz4 data (the file is cut off)"
                                         : ": the file is empty, which is no lz4"));
    }

    const std::unique_ptr<base::ByteSource> source_;
    const std::string name_;
    const Context context_;
    std::vector<char> packed_;
    size_t next_ = 0;
    size_t end_ = 0;
    size_t wanted_ = 0;  // 0: a frame has just ended
    bool has_begun_ = false;
    bool has_more_output_ = false;
};

class Lz4 final : public load::Decoder {
  public:
    Result<std::unique_ptr<base::ByteSource>> wrap(std::unique_ptr<base::ByteSource> source,
                                                   const std::string& name,
                                                   load::Workers*) const override {
        LZ4F_dctx* context = nullptr;
        if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION))) {
            return Error(Code::kInternal, name + ": lz4 cannot begin");
        }
        return std::make_unique<Lz4Source>(std::move(source), name, Context(context));
    }
};

Result<std::unique_ptr<load::Decoder>> make(const Options&, const load::Context&) {
    return std::make_unique<Lz4>();
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(decoder, lz4) {
    registry.decoders.add("lz4", "Unpacks LZ4 frames.", read, make);
}
