// Packs with gzip: one member a file, no time in its header (embulk 5.4.1; RFC 1952).
//
// The text is packed in blocks, each with the end of the one before as its dictionary. So they can
// be packed side by side, the member is a usual one, and it grows by less than one in a hundred.

#include "plugins/plugins.h"

#include "plugins/ordered_work.h"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

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

constexpr size_t kBlockBytes = 256 * 1024;
constexpr size_t kDictionaryBytes = 32 * 1024;

struct Packed {
    std::string bytes = {};
    uLong crc = 0;
    size_t text_bytes = 0;
};

// Deflates one block; all but the last end at a whole byte.
Result<Packed> pack(const std::string& dictionary, const std::string& text, int level,
                    bool is_last) {
    z_stream stream{};
    if (::deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return Error(Code::kLimit, "gzip: not enough memory");
    }
    auto bytes_of = [](const std::string& bytes) {
        return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    };
    auto size = static_cast<uInt>(text.size());
    ::deflateSetDictionary(&stream, bytes_of(dictionary), static_cast<uInt>(dictionary.size()));
    Packed packed{.crc = ::crc32(0, bytes_of(text), size), .text_bytes = text.size()};
    packed.bytes.resize(::deflateBound(&stream, size) + 16);
    stream.next_in = bytes_of(text);
    stream.avail_in = size;
    stream.next_out = bytes_of(packed.bytes);
    stream.avail_out = static_cast<uInt>(packed.bytes.size());
    int result = ::deflate(&stream, is_last ? Z_FINISH : Z_SYNC_FLUSH);
    bool is_whole = result == (is_last ? Z_STREAM_END : Z_OK) && stream.avail_out > 0;
    packed.bytes.resize(packed.bytes.size() - stream.avail_out);
    ::deflateEnd(&stream);
    if (!is_whole) return Error(Code::kInternal, "gzip: cannot pack");
    return packed;
}

std::string header(int level) {
    constexpr char kUnix = 3;
    const char effort = level == 9 ? 2 : level == 1 ? 4 : 0;
    return {'\x1F', '\x8B', Z_DEFLATED, 0, 0, 0, 0, 0, effort, kUnix};
}

class GzipSink final : public base::ByteSink {
  public:
    GzipSink(std::unique_ptr<base::ByteSink> sink, int level, load::Workers* workers)
        : sink_(std::move(sink)),
          level_(level),
          work_(workers, [this](Packed packed) { return take(packed); }) {}

    Result<> write(std::string_view bytes) override {
        while (!bytes.empty()) {
            if (text_.size() == kBlockBytes) TRY(push(false));
            size_t count = std::min(bytes.size(), kBlockBytes - text_.size());
            text_.append(bytes, 0, count);
            bytes.remove_prefix(count);
        }
        return {};
    }

    Result<> finish() override {
        TRY(push(true));
        TRY(work_.finish());
        std::string trailer;
        for (uint64_t value : {uint64_t{crc_}, text_bytes_}) {
            for (int shift = 0; shift < 32; shift += 8) {
                trailer += static_cast<char>(value >> shift & 0xFF);
            }
        }
        TRY(sink_->write(trailer));
        return sink_->finish();
    }

  private:
    Result<> push(bool is_last) {
        std::string next(text_, text_.size() - std::min(text_.size(), kDictionaryBytes));
        std::string dictionary = std::exchange(dictionary_, std::move(next));
        std::string text = std::exchange(text_, {});
        return work_.push([dictionary = std::move(dictionary), text = std::move(text),
                           level = level_,
                           is_last] { return pack(dictionary, text, level, is_last); });
    }

    Result<> take(const Packed& packed) {
        if (!has_header_) TRY(sink_->write(header(level_)));
        has_header_ = true;
        crc_ = ::crc32_combine(crc_, packed.crc, static_cast<z_off_t>(packed.text_bytes));
        text_bytes_ += packed.text_bytes;
        return sink_->write(packed.bytes);
    }

    const std::unique_ptr<base::ByteSink> sink_;
    const int level_;
    std::string text_;        // of the block that is not full yet
    std::string dictionary_;  // what came before it
    bool has_header_ = false;
    uLong crc_ = ::crc32(0, nullptr, 0);
    uint64_t text_bytes_ = 0;
    OrderedWork<Packed> work_;
};

class Gzip final : public load::Encoder {
  public:
    explicit Gzip(int level) : level_(level) {}
    Result<std::unique_ptr<base::ByteSink>> wrap(std::unique_ptr<base::ByteSink> sink,
                                                 load::Workers* workers) const override {
        return std::make_unique<GzipSink>(std::move(sink), level_, workers);
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
