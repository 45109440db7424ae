// Unpacks gzip (embulk 5.5.1), with ISA-L: about twice as fast as zlib.

#include "plugins/plugins.h"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstring>
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

class GzipSource final : public base::ByteSource {
  public:
    GzipSource(std::unique_ptr<base::ByteSource> source, std::string name)
        : source_(std::move(source)), name_(std::move(name)), packed_(kPackedBytes) {}

    Result<size_t> read(std::span<char> buffer) override {
        state_.next_out = reinterpret_cast<uint8_t*>(buffer.data());
        state_.avail_out = static_cast<uint32_t>(std::min(buffer.size(), kOutputBytesMax));
        const uint32_t room = state_.avail_out;
        while (state_.avail_out == room && place_ != Place::kEnd) {
            if (place_ == Place::kBetween) {
                TRY(begin_member());
            } else {
                TRY(inflate());
            }
        }
        return static_cast<size_t>(room - state_.avail_out);
    }

  private:
    enum class Place { kBetween, kInside, kEnd };
    static constexpr size_t kPackedBytes = 256 * 1024;
    static constexpr size_t kOutputBytesMax = size_t{1} << 30;
    static constexpr size_t kHeaderBytesMin = 10;

    // Moves what is left to the front and reads more behind it; false at the end.
    Result<bool> refill() {
        if (state_.avail_in > 0) {
            std::memmove(packed_.data(), state_.next_in, state_.avail_in);
        }
        size_t filled = state_.avail_in;
        size_t count = TRY(source_->read(std::span(packed_).subspan(filled)));
        state_.next_in = reinterpret_cast<uint8_t*>(packed_.data());
        state_.avail_in = static_cast<uint32_t>(filled + count);
        return count > 0;
    }

    // At the beginning, or behind a member: another member, or bytes that are none, or the end.
    Result<> begin_member() {
        bool more = true;
        while (more && state_.avail_in < kHeaderBytesMin) more = TRY(refill());
        bool is_member =
            state_.avail_in >= 2 && state_.next_in[0] == 0x1F && state_.next_in[1] == 0x8B;
        if (!is_member && members_ > 0) {
            place_ = Place::kEnd;
            return {};
        }
        if (state_.avail_in == 0) {
            return Error(Code::kInvalid,
                         name_ + ": the file is empty, which is no gzip (EOFException)");
        }
        if (!is_member)
            return Error(
                Code::kInvalid,
                name_ + ": Not in GZIP format (leave the decoder out, or is the file damaged?)");
        uint8_t* next_in = state_.next_in;
        uint32_t avail_in = state_.avail_in;
        uint8_t* next_out = state_.next_out;
        uint32_t avail_out = state_.avail_out;
        isal_inflate_init(&state_);
        state_.crc_flag = ISAL_GZIP;
        state_.next_in = next_in;
        state_.avail_in = avail_in;
        state_.next_out = next_out;
        state_.avail_out = avail_out;
        ++members_;
        place_ = Place::kInside;
        return {};
    }

    Result<> inflate() {
        bool has_more = true;
        if (state_.avail_in == 0) has_more = TRY(refill());
        const uint32_t room = state_.avail_out;
        int result = isal_inflate(&state_);
        if (result != ISAL_DECOMP_OK) {
            return Error(Code::kInvalid, name_ + ": " + reason_of(result));
        }
        if (state_.block_state == ISAL_BLOCK_FINISH) {
            place_ = Place::kBetween;
        } else if (!has_more && state_.avail_out == room) {
            return Error(Code::kInvalid,
                         name_ + ": Unexpected end of ZLIB input stream (the file is cut off)");
        }
        return {};
    }

    static std::string reason_of(int result) {
        switch (result) {
            case ISAL_INVALID_WRAPPER:
            case ISAL_UNSUPPORTED_METHOD:
                return "Not in GZIP format";
            case ISAL_INCORRECT_CHECKSUM:
                return "the gzip checksum is wrong (the file is damaged)";
            default:
                return "the gzip data is damaged";
        }
    }

    const std::unique_ptr<base::ByteSource> source_;
    const std::string name_;
    std::vector<char> packed_;
    inflate_state state_{};
    Place place_ = Place::kBetween;
    int64_t members_ = 0;
};

class Gzip final : public load::Decoder {
  public:
    Result<std::unique_ptr<base::ByteSource>> wrap(std::unique_ptr<base::ByteSource> source,
                                                   const std::string& name) const override {
        return std::make_unique<GzipSource>(std::move(source), name);
    }
};

Result<std::unique_ptr<load::Decoder>> make(const Options&, const load::Context&) {
    return std::make_unique<Gzip>();
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(decoder, gzip) {
    registry.decoders.add("gzip", "Unpacks gzip.", read, make);
}
