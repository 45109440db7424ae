// Unpacks bzip2, several streams one after another (embulk 5.5.2).

#include "plugins/plugins.h"

#include <bzlib.h>

#include <algorithm>
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

class Bzip2Source final : public base::ByteSource {
  public:
    Bzip2Source(std::unique_ptr<base::ByteSource> source, std::string name)
        : source_(std::move(source)), name_(std::move(name)), packed_(kPackedBytes) {}
    ~Bzip2Source() override { end_stream(); }

    Result<size_t> read(std::span<char> buffer) override {
        stream_.next_out = buffer.data();
        stream_.avail_out = static_cast<unsigned>(std::min<size_t>(buffer.size(), kOutputBytesMax));
        const unsigned room = stream_.avail_out;
        while (stream_.avail_out == room) {
            if (stream_.avail_in == 0) {
                size_t count = TRY(source_->read(packed_));
                if (count == 0) return ended();
                stream_.next_in = packed_.data();
                stream_.avail_in = static_cast<unsigned>(count);
            }
            TRY(decompress());
        }
        return static_cast<size_t>(room - stream_.avail_out);
    }

  private:
    static constexpr size_t kPackedBytes = 256 * 1024;
    static constexpr size_t kOutputBytesMax = size_t{1} << 30;

    Result<> decompress() {
        if (!is_open_) {
            if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) {
                return Error(Code::kUnavailable, name_ + ": cannot start to unpack bzip2");
            }
            is_open_ = true;
        }
        int result = BZ2_bzDecompress(&stream_);
        if (result == BZ_STREAM_END) {
            end_stream();
            ++streams_;
            return {};
        }
        if (result == BZ_DATA_ERROR_MAGIC) {
            return Error(Code::kInvalid, name_ + ": Stream is not in the BZip2 format");
        }
        if (result != BZ_OK) {
            return Error(Code::kInvalid, name_ + ": the bzip2 data is damaged");
        }
        return {};
    }

    Result<size_t> ended() const {
        if (!is_open_ && streams_ > 0) return size_t{0};
        return Error(Code::kInvalid, name_ + (streams_ == 0 && !is_open_
                                                  ? ": the file is empty, which is no bzip2"
                                                  : ": unexpected end of the bzip2 data (the file "
                                                    "is cut off)"));
    }

    void end_stream() {
        if (is_open_) BZ2_bzDecompressEnd(&stream_);
        is_open_ = false;
    }

    const std::unique_ptr<base::ByteSource> source_;
    const std::string name_;
    std::vector<char> packed_;
    bz_stream stream_{};
    bool is_open_ = false;
    int64_t streams_ = 0;
};

class Bzip2 final : public load::Decoder {
  public:
    Result<std::unique_ptr<base::ByteSource>> wrap(std::unique_ptr<base::ByteSource> source,
                                                   const std::string& name) const override {
        return std::make_unique<Bzip2Source>(std::move(source), name);
    }
};

Result<std::unique_ptr<load::Decoder>> make(const Options&, const load::Context&) {
    return std::make_unique<Bzip2>();
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(decoder, bzip2) {
    registry.decoders.add("bzip2", "Unpacks bzip2.", read, make);
}
