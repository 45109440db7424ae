// Packs with bzip2: one stream a file (embulk 5.4.2).
//
// The library packs each block as a stream of its own, on any thread. The blocks are taken out of
// these streams, bit by bit, and become one stream.

#include "plugins/plugins.h"

#include "plugins/bzip2_bits.h"
#include "plugins/ordered_work.h"

#include <bzlib.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

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

constexpr size_t kBlockTextMax = 8 * 1024 * 1024;  // a block of one repeated byte would be larger

// How much of a text makes a block. A block holds the text with its runs shortened: four equal
// bytes or more, up to 255, take five.
class BlockRoom {
  public:
    // The library's own limit, and room for the run that is open.
    explicit BlockRoom(int level) : room_(static_cast<size_t>(level) * 100'000 - 19 - 5) {}

    // How many of the bytes still go into the block.
    size_t take(std::string_view bytes) {
        size_t at = 0;
        for (; at < bytes.size() && text_bytes_ < kBlockTextMax; ++at, ++text_bytes_) {
            size_t cost = cost_of(bytes[at]);
            if (used_ + cost > room_) break;
            used_ += cost;
            run_ = is_run(bytes[at]) ? run_ + 1 : 1;
            last_ = bytes[at];
        }
        return at;
    }

  private:
    bool is_run(char byte) const { return run_ > 0 && run_ < 255 && byte == last_; }
    size_t cost_of(char byte) const {
        if (!is_run(byte) || run_ < 3) return 1;
        return run_ == 3 ? 2 : 0;
    }

    const size_t room_;
    size_t used_ = 0;
    size_t text_bytes_ = 0;
    size_t run_ = 0;  // of `last_`
    char last_ = 0;
};

struct Packed {
    std::string stream;
    size_t end = 0;  // the bit behind its block
    uint32_t check = 0;
};

Result<Packed> pack(const std::string& text, int level) {
    Packed packed;
    packed.stream.resize(text.size() + text.size() / 50 + 600);
    auto size = static_cast<unsigned>(packed.stream.size());
    int result =
        BZ2_bzBuffToBuffCompress(packed.stream.data(), &size, const_cast<char*>(text.data()),
                                 static_cast<unsigned>(text.size()), level, 0, 0);
    if (result == BZ_MEM_ERROR) return Error(Code::kLimit, "bzip2: not enough memory");
    packed.stream.resize(size);
    auto end = bzip2_end_of(packed.stream);
    if (result != BZ_OK || !end) return Error(Code::kInternal, "bzip2: cannot pack");
    packed.end = *end;
    packed.check =
        static_cast<uint32_t>(bits_at(packed.stream, *end + kBzip2MarkBits, kBzip2CheckBits));
    return packed;
}

class Bzip2Sink final : public base::ByteSink {
  public:
    Bzip2Sink(std::unique_ptr<base::ByteSink> sink, int level, load::Workers* workers)
        : sink_(std::move(sink)),
          level_(level),
          room_(level),
          work_(workers, [this](const Packed& packed) { return take(packed); }) {
        stream_.append("BZh" + std::to_string(level), 0, kBzip2HeaderBits);
    }

    Result<> write(std::string_view bytes) override {
        while (!bytes.empty()) {
            size_t count = room_->take(bytes);
            text_.append(bytes, 0, count);
            bytes.remove_prefix(count);
            if (!bytes.empty()) TRY(push());
        }
        return {};
    }

    Result<> finish() override {
        if (!text_.empty()) TRY(push());
        TRY(work_.finish());
        stream_.append(kBzip2End, kBzip2MarkBits);
        stream_.append(check_, kBzip2CheckBits);
        TRY(sink_->write(stream_.finish()));
        return sink_->finish();
    }

  private:
    Result<> push() {
        room_.emplace(level_);
        return work_.push(
            [text = std::exchange(text_, {}), level = level_] { return pack(text, level); });
    }

    Result<> take(const Packed& packed) {
        stream_.append(packed.stream, kBzip2HeaderBits, packed.end);
        check_ = bzip2_checked(check_, packed.check);
        return sink_->write(stream_.take());
    }

    const std::unique_ptr<base::ByteSink> sink_;
    const int level_;
    std::string text_;  // of the block that is not full yet
    std::optional<BlockRoom> room_;
    BitWriter stream_;
    uint32_t check_ = 0;
    OrderedWork<Packed> work_;
};

class Bzip2 final : public load::Encoder {
  public:
    explicit Bzip2(int level) : level_(level) {}
    Result<std::unique_ptr<base::ByteSink>> wrap(std::unique_ptr<base::ByteSink> sink,
                                                 load::Workers* workers) const override {
        return std::make_unique<Bzip2Sink>(std::move(sink), level_, workers);
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
