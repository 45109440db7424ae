// Unpacks gzip (embulk 5.5.1; RFC 1952), with ISA-L: about twice as fast as zlib.

#include "plugins/plugins.h"

#include "plugins/member_source.h"

#include <isa-l/igzip_lib.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

struct Options {};
Options read(config::Reader&) {
    return {};
}

constexpr unsigned char kMagic[] = {0x1F, 0x8B};
constexpr unsigned char kDeflate = 8;
constexpr unsigned kReservedFlags = 0xE0;

unsigned byte_at(std::string_view bytes, size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

// What stands in front of a member's data, behind its magic. ISA-L loses its place in a header that
// comes in several pieces.
class GzipHeader {
  public:
    // Takes the header's bytes away from `in`; true once it is complete.
    Result<bool> take(std::string_view& in, const std::string& name) {
        while (!in.empty() && stage_ != Stage::kDone) {
            unsigned byte = byte_at(in, 0);
            in.remove_prefix(1);
            if (stage_ == Stage::kCheck) checked_ |= byte << (8 * count_);
            if (stage_ != Stage::kCheck) crc_ = step(crc_, byte);
            if (stage_ == Stage::kFixed && count_ == 0 && byte != kDeflate) {
                return Error(Code::kInvalid, name + ": Not in GZIP format");
            }
            if (stage_ == Stage::kFixed && count_ == 1) flags_ = byte;
            if (stage_ == Stage::kExtraSize) extra_size_ |= byte << (8 * count_);
            ++count_;
            if (!is_stage_done(byte)) continue;
            if (stage_ == Stage::kCheck && checked_ != (crc_ & 0xFFFF)) {
                return Error(Code::kInvalid,
                             name + ": the gzip checksum is wrong (the file is damaged)");
            }
            enter_next();
        }
        return stage_ == Stage::kDone;
    }

  private:
    enum class Stage { kFixed, kExtraSize, kExtra, kName, kComment, kCheck, kDone };

    static uLong step(uLong crc, unsigned byte) {
        auto one = static_cast<Bytef>(byte);
        return ::crc32(crc, &one, 1);
    }

    bool is_stage_done(unsigned byte) const {
        switch (stage_) {
            case Stage::kFixed:
                return count_ == 8;
            case Stage::kExtra:
                return count_ == extra_size_;
            case Stage::kName:
            case Stage::kComment:
                return byte == 0;
            default:
                return count_ == 2;
        }
    }

    void enter_next() {
        do {
            stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1);
        } while (!is_present());
        count_ = 0;
    }

    bool is_present() const {
        switch (stage_) {
            case Stage::kExtraSize:
                return (flags_ & 4) != 0;
            case Stage::kExtra:
                return extra_size_ > 0;
            case Stage::kName:
                return (flags_ & 8) != 0;
            case Stage::kComment:
                return (flags_ & 16) != 0;
            case Stage::kCheck:
                return (flags_ & 2) != 0;
            default:
                return true;
        }
    }

    Stage stage_ = Stage::kFixed;
    size_t count_ = 0;  // bytes of the stage
    size_t extra_size_ = 0;
    unsigned flags_ = 0;
    unsigned checked_ = 0;
    uLong crc_ = ::crc32(0, kMagic, sizeof kMagic);
};

class GzipUnpacker final : public Unpacker {
  public:
    GzipUnpacker(const std::string& name, bool is_first) : name_(name), is_first_(is_first) {}

    Result<> unpack(std::string_view& in, std::span<char>& out) override {
        while (true) {
            switch (place_) {
                case Place::kBetween:
                    if (in.empty()) return {};
                    TRY(take_magic(in));
                    break;
                case Place::kHeader: {
                    bool is_done = TRY(header_.take(in, name_));
                    if (!is_done) return {};
                    begin_data();
                    break;
                }
                case Place::kData:
                    TRY(inflate(in, out));
                    if (place_ == Place::kData || out.empty()) return {};
                    break;
                case Place::kBehind:  // whatever follows the last member is ignored
                    in = {};
                    return {};
            }
        }
    }

    bool is_between() const override { return place_ == Place::kBetween && magic_seen_ == 0; }

    Result<> end() override {
        if (place_ == Place::kBehind || (place_ == Place::kBetween && !is_first_)) return {};
        if (place_ != Place::kBetween) {
            return Error(Code::kInvalid,
                         name_ + ": Unexpected end of ZLIB input stream (the file is cut off)");
        }
        if (magic_seen_ > 0) return no_gzip();
        return Error(Code::kInvalid,
                     name_ + ": the file is empty, which is no gzip (EOFException)");
    }

  private:
    enum class Place { kBetween, kHeader, kData, kBehind };

    // At the beginning, or behind a member: another member, or bytes that are none.
    Result<> take_magic(std::string_view& in) {
        bool is_magic = byte_at(in, 0) == kMagic[magic_seen_];
        if (!is_magic && is_first_) return no_gzip();
        if (!is_magic) {
            place_ = Place::kBehind;
            return {};
        }
        in.remove_prefix(1);
        if (++magic_seen_ < std::size(kMagic)) return {};
        magic_seen_ = 0;
        is_first_ = false;
        header_ = {};
        place_ = Place::kHeader;
        return {};
    }

    Error no_gzip() const {
        return {Code::kInvalid,
                name_ + ": Not in GZIP format (leave the decoder out, or is the file damaged?)"};
    }

    void begin_data() {
        isal_inflate_init(&state_);
        state_.crc_flag = ISAL_GZIP_NO_HDR_VER;
        place_ = Place::kData;
    }

    Result<> inflate(std::string_view& in, std::span<char>& out) {
        constexpr size_t kStepMax = size_t{1} << 30;
        std::string_view part = in.substr(0, kStepMax);
        state_.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(part.data()));
        state_.avail_in = static_cast<uint32_t>(part.size());
        state_.next_out = reinterpret_cast<uint8_t*>(out.data());
        state_.avail_out = static_cast<uint32_t>(std::min(out.size(), kStepMax));
        const uint32_t room = state_.avail_out;
        int result = isal_inflate(&state_);
        in.remove_prefix(part.size() - state_.avail_in);
        out = out.subspan(room - state_.avail_out);
        if (result != ISAL_DECOMP_OK) {
            return Error(Code::kInvalid, name_ + ": " + reason_of(result));
        }
        if (state_.block_state == ISAL_BLOCK_FINISH) place_ = Place::kBetween;
        return {};
    }

    static std::string reason_of(int result) {
        if (result == ISAL_INCORRECT_CHECKSUM) {
            return "the gzip checksum is wrong (the file is damaged)";
        }
        return "the gzip data is damaged";
    }

    const std::string& name_;
    bool is_first_;
    size_t magic_seen_ = 0;
    GzipHeader header_;
    inflate_state state_{};
    Place place_ = Place::kBetween;
};

class GzipFormat final : public MemberFormat {
  public:
    explicit GzipFormat(std::string name) : name_(std::move(name)) {}

    std::unique_ptr<Unpacker> begin(bool is_first) const override {
        return std::make_unique<GzipUnpacker>(name_, is_first);
    }

    size_t find(std::string_view bytes, size_t from) const override {
        while (from + mark_bytes() <= bytes.size()) {
            size_t at = bytes.find(static_cast<char>(kMagic[0]), from);
            if (at == std::string_view::npos || at + mark_bytes() > bytes.size()) break;
            if (byte_at(bytes, at + 1) == kMagic[1] && byte_at(bytes, at + 2) == kDeflate &&
                (byte_at(bytes, at + 3) & kReservedFlags) == 0) {
                return at;
            }
            from = at + 1;
        }
        return std::string_view::npos;
    }

    size_t mark_bytes() const override { return 4; }

  private:
    const std::string name_;
};

class Gzip final : public load::Decoder {
  public:
    Result<std::unique_ptr<base::ByteSource>> wrap(std::unique_ptr<base::ByteSource> source,
                                                   const std::string& name,
                                                   load::Workers* workers) const override {
        return member_source(std::move(source), std::make_unique<GzipFormat>(name), workers);
    }
    std::string_view parts() const override { return "gzip members"; }
};

Result<std::unique_ptr<load::Decoder>> make(const Options&, const load::Context&) {
    return std::make_unique<Gzip>();
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(decoder, gzip) {
    registry.decoders.add("gzip", "Unpacks gzip.", read, make);
}
