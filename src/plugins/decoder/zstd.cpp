// Unpacks Zstandard, several frames one after another.

#include "plugins/plugins.h"

#include "plugins/member_source.h"

#include <zstd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

struct Options {};
Options read(config::Reader&) {
    return {};
}

class ZstdUnpacker final : public Unpacker {
  public:
    ZstdUnpacker(const std::string& name, bool is_first)
        : name_(name), has_begun_(!is_first), stream_(ZSTD_createDStream(), ZSTD_freeDStream) {}

    Result<> unpack(std::string_view& in, std::span<char>& out) override {
        while (!out.empty() && (!in.empty() || has_more_output_)) {
            // Block by block: what comes out before an error must not depend on how the bytes come.
            constexpr size_t kHeaderBytes = 5;
            size_t step = std::min(in.size(), wanted_ == 0 ? kHeaderBytes : wanted_);
            ZSTD_inBuffer from{in.data(), step, 0};
            ZSTD_outBuffer to{out.data(), out.size(), 0};
            wanted_ = ZSTD_decompressStream(stream_.get(), &to, &from);
            if (ZSTD_isError(wanted_)) {
                return Error(Code::kInvalid, name_ + ": the zstd data is damaged, or is none: " +
                                                 ZSTD_getErrorName(wanted_));
            }
            in.remove_prefix(from.pos);
            out = out.subspan(to.pos);
            has_begun_ = true;
            has_more_output_ = out.empty() && wanted_ != 0;
        }
        return {};
    }

    bool is_between() const override { return wanted_ == 0; }

    Result<> end() override {
        if (has_begun_ && wanted_ == 0) return {};
        return Error(Code::kInvalid,
                     name_ + (has_begun_ ? ": unexpected end of the zstd data (the "
                                           "file is cut off)"
                                         : ": the file is empty, which is no zstd"));
    }

  private:
    const std::string& name_;
    bool has_begun_;
    const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream_;
    size_t wanted_ = 0;  // 0: a frame has just ended
    bool has_more_output_ = false;
};

class ZstdFormat final : public MemberFormat {
  public:
    explicit ZstdFormat(std::string name) : name_(std::move(name)) {}

    std::unique_ptr<Unpacker> begin(bool is_first) const override {
        return std::make_unique<ZstdUnpacker>(name_, is_first);
    }
    size_t find(std::string_view bytes, size_t from) const override {
        return bytes.find("\x28\xB5\x2F\xFD", from);
    }
    size_t mark_bytes() const override { return 4; }

  private:
    const std::string name_;
};

class Zstd final : public load::Decoder {
  public:
    Result<std::unique_ptr<base::ByteSource>> wrap(std::unique_ptr<base::ByteSource> source,
                                                   const std::string& name,
                                                   load::Workers* workers) const override {
        return member_source(std::move(source), std::make_unique<ZstdFormat>(name), workers);
    }
    std::string_view parts() const override { return "zstd frames"; }
};

Result<std::unique_ptr<load::Decoder>> make(const Options&, const load::Context&) {
    return std::make_unique<Zstd>();
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(decoder, zstd) {
    registry.decoders.add("zstd", "Unpacks Zstandard.", read, make);
}
