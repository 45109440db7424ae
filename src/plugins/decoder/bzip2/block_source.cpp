#include "plugins/decoder/bzip2/block_source.h"

#include "plugins/bzip2_bits.h"
#include "plugins/decoder/bzip2/resumed_stream.h"
#include "plugins/decoder/bzip2/unpacker.h"
#include "plugins/unpacked_blocks.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr size_t kReadBytes = 256 * 1024;
constexpr size_t kPartBits = 8 * 3 * 1024 * 1024;  // longer than a block of the library can be
constexpr size_t kUnpackedMax = 9 * 1024 * 1024;   // of one block, by a worker
constexpr size_t kEndBits = kBzip2MarkBits + kBzip2CheckBits;

// The bits from one mark to the next. Bits count from the file's beginning.
struct Part {
    enum class Kind { kStart, kBlock, kEnd };
    Kind kind = Kind::kStart;
    size_t begin = 0;
    size_t end = 0;
    bool is_last = false;  // it ends where the file does
    int level = 0;         // of a block: what it was unpacked with; 0: it was not
};

// What a worker made of a block.
struct Attempt {
    UnpackedBlocks blocks;
    bool is_whole = false;
};

// The bits [begin, end) of `bytes` as the only block of a stream.
std::string stream_of(std::string_view bytes, size_t begin, size_t end, int level) {
    BitWriter writer;
    writer.append("BZh" + std::to_string(level), 0, kBzip2HeaderBits);
    writer.append(bytes, begin, end);
    writer.append(kBzip2End, kBzip2MarkBits);
    writer.append(bits_at(bytes, begin + kBzip2MarkBits, kBzip2CheckBits), kBzip2CheckBits);
    return writer.finish();
}

Attempt attempt(std::string_view stream) {
    Attempt result;
    Bzip2Unpacker unpacker("", true);
    while (result.blocks.bytes() < kUnpackedMax) {
        const std::span<char> room = result.blocks.room();
        std::span<char> out = room;
        if (!unpacker.unpack(stream, out).ok()) return {};
        result.blocks.kept(room.size() - out.size());
        if (out.empty()) continue;
        result.is_whole = stream.empty() && unpacker.is_between();
        break;
    }
    return result;
}

// The bytes of the file between those that are unpacked and those that are not read yet.
class Window {
  public:
    explicit Window(base::ByteSource& source) : source_(source) {}

    size_t end() const { return begin_ + bytes_.size() * 8; }
    const Result<>& reading() const { return reading_; }

    // False at the end of the file, or where it cannot be read any further.
    bool read() {
        if (!reading_.ok()) return false;
        size_t filled = bytes_.size();
        bytes_.resize(filled + kReadBytes);
        auto count = source_.read(std::span(bytes_).subspan(filled));
        bytes_.resize(filled + (count.ok() ? *count : 0));
        if (!count.ok()) reading_ = count.error();
        return bytes_.size() > filled;
    }

    void forget_before(size_t bit) {
        bytes_.erase(0, (bit - begin_) / 8);
        begin_ = bit / 8 * 8;
    }

    std::optional<Bzip2Mark> find_mark(size_t from) const {
        auto mark = find_bzip2_mark(bytes_, from - begin_);
        if (mark) mark->begin += begin_;
        return mark;
    }
    uint64_t bits(size_t begin, size_t count) const {
        return bits_at(bytes_, begin - begin_, count);
    }
    // The bytes that bits [begin, end) touch.
    std::string bytes(size_t begin, size_t end) const {
        size_t first = (begin - begin_) / 8;
        return bytes_.substr(first, (end - begin_ + 7) / 8 - first);
    }

  private:
    base::ByteSource& source_;
    Result<> reading_;
    std::string bytes_;
    size_t begin_ = 0;
};

// The level of the stream whose header stands at `begin`; 0 when none does.
int level_at(const Window& window, size_t begin) {
    constexpr uint64_t kBzh = 0x425A68;
    if (begin + kBzip2HeaderBits > window.end() || window.bits(begin, 24) != kBzh) return 0;
    auto level = static_cast<int>(window.bits(begin + 24, 8)) - '0';
    return level >= 1 && level <= 9 ? level : 0;
}

size_t next_byte(size_t bit) {
    return (bit + 7) / 8 * 8;
}

// Cuts a file at its marks.
class MarkCutter {
  public:
    explicit MarkCutter(Window& window) : window_(window) {}

    // Nothing when no more parts come: behind the last one, or where a part has no end for too
    // long.
    std::optional<Part> next() {
        while (!is_done_) {
            if (auto mark = window_.find_mark(searched_)) {
                searched_ = mark->begin + 1;
                Part part = part_to(mark->begin);
                open_.kind = mark->is_end ? Part::Kind::kEnd : Part::Kind::kBlock;
                return part;
            }
            searched_ =
                std::max(searched_, window_.end() - std::min(window_.end(), kBzip2MarkBits));
            is_done_ = window_.end() - open_.begin > kPartBits;
            if (is_done_ || window_.read()) continue;
            is_done_ = true;
            open_.is_last = true;
            return part_to(window_.end());
        }
        return std::nullopt;
    }

  private:
    Part part_to(size_t end) {
        Part part = open_;
        part.end = end;
        if (part.kind == Part::Kind::kStart) level_ = level_at(window_, part.begin);
        if (part.kind == Part::Kind::kEnd) {
            level_ = level_at(window_, next_byte(part.begin + kEndBits));
        }
        bool is_block = part.kind == Part::Kind::kBlock && !part.is_last;
        if (is_block && end - part.begin >= kEndBits) part.level = level_;
        open_.begin = end;
        return part;
    }

    Window& window_;
    size_t searched_ = 0;
    Part open_;
    int level_ = 0;  // of the stream, as far as its header tells
    bool is_done_ = false;
};

class BlockSource final : public base::ByteSource {
  public:
    BlockSource(std::unique_ptr<base::ByteSource> source, std::string name, load::Workers& workers)
        : source_(std::move(source)),
          name_(std::move(name)),
          parts_max_(static_cast<size_t>(workers.threads()) + 2),
          window_(*source_),
          cutter_(window_),
          lane_(workers, parts_max_) {}

    Result<size_t> read(std::span<char> buffer) override {
        std::span<char> out = buffer;
        bool more = true;
        while (more && out.size() == buffer.size()) more = TRY(step(out));
        return buffer.size() - out.size();
    }

  private:
    // False at the end.
    Result<bool> step(std::span<char>& out) {
        if (!ready_.empty()) {
            ready_.take(out);
            return true;
        }
        if (is_ended_) return false;
        if (rest_) return step_of_rest(out);
        fill_parts();
        bool is_good = false;
        if (!parts_.empty()) is_good = TRY(accept(parts_.front()));
        if (!is_good) {
            TRY(begin_rest());
            return true;
        }
        at_ = parts_.front().end;
        window_.forget_before(at_);
        parts_.pop_front();
        return true;
    }

    void fill_parts() {
        while (parts_.size() < parts_max_) {
            std::optional<Part> part = cutter_.next();
            if (!part) return;
            parts_.push_back(*part);
            if (part->level == 0) continue;
            size_t begin = part->begin % 8;
            lane_.push([bytes = window_.bytes(part->begin, part->end), begin,
                        end = begin + part->end - part->begin,
                        level = part->level]() -> Result<Attempt> {
                return attempt(stream_of(bytes, begin, end, level));
            });
        }
    }

    // Whether the part is what the file has there, whatever may follow.
    Result<bool> accept(const Part& part) {
        switch (part.kind) {
            case Part::Kind::kStart:
                return part.end == kBzip2HeaderBits && !part.is_last && begin_stream(0);
            case Part::Kind::kBlock:
                return accept_block(part);
            case Part::Kind::kEnd:
                return accept_end(part);
        }
        return false;
    }

    bool begin_stream(size_t header) {
        level_ = level_at(window_, header);
        check_ = 0;
        blocks_ = 0;
        return level_ > 0;
    }

    Result<bool> accept_block(const Part& part) {
        if (part.level == 0) return false;
        auto made = TRY(lane_.pop());
        if (!made || !made->is_whole || part.level != level_) return false;
        ready_ = std::move(made->blocks);
        auto check = window_.bits(part.begin + kBzip2MarkBits, kBzip2CheckBits);
        check_ = bzip2_checked(check_, static_cast<uint32_t>(check));
        ++blocks_;
        return true;
    }

    bool accept_end(const Part& part) {
        size_t end = next_byte(part.begin + kEndBits);
        bool is_whole =
            part.end >= end && window_.bits(part.begin + kBzip2MarkBits, kBzip2CheckBits) == check_;
        if (!is_whole) return false;
        // A file that could not be read on has no end here.
        is_ended_ = part.is_last && part.end == end && window_.reading().ok();
        if (is_ended_) return true;
        int level = level_;
        uint32_t check = check_;
        int64_t blocks = blocks_;
        if (!part.is_last && part.end == end + kBzip2HeaderBits && begin_stream(end)) return true;
        level_ = level;
        check_ = check;
        blocks_ = blocks;
        return false;
    }

    // Everything from here on goes through the library, in the order of the file.
    Result<> begin_rest() {
        BitWriter writer;
        if (blocks_ > 0) {
            auto before = resumed_stream(level_, check_, at_);
            if (!before) return Error(Code::kLimit, name_ + ": not enough memory to unpack bzip2");
            writer.append(before->bytes, 0, before->bits);
            left_out_bytes_ = before->unpacked_bytes;
        } else if (level_ > 0) {
            writer.append("BZh" + std::to_string(level_), 0, kBzip2HeaderBits);
        }
        size_t begin = at_ % 8;
        writer.append(window_.bytes(at_, window_.end()), begin, begin + window_.end() - at_);
        rest_bytes_ = writer.finish();
        rest_in_ = rest_bytes_;
        rest_.emplace(name_, true);
        return {};
    }

    Result<bool> step_of_rest(std::span<char>& out) {
        while (left_out_bytes_ > 0) {
            std::string dropped(left_out_bytes_, '\0');
            std::span<char> room = dropped;
            TRY(rest_->unpack(rest_in_, room));
            left_out_bytes_ = room.size();
            if (left_out_bytes_ == 0) break;
            bool more = TRY(read_rest());
            if (!more) return ended();
        }
        TRY(failure_);
        const size_t room = out.size();
        failure_ = rest_->unpack(rest_in_, out);
        if (out.size() < room) return true;  // what came before a failure counts
        TRY(failure_);
        bool more = TRY(read_rest());
        return more ? Result<bool>(true) : ended();
    }

    Result<bool> ended() {
        TRY(rest_->end());
        return false;
    }

    // False at the end of the file.
    Result<bool> read_rest() {
        TRY(window_.reading());
        rest_bytes_.resize(kReadBytes);
        size_t count = TRY(source_->read(rest_bytes_));
        rest_bytes_.resize(count);
        rest_in_ = rest_bytes_;
        return count > 0;
    }

    const std::unique_ptr<base::ByteSource> source_;
    const std::string name_;
    const size_t parts_max_;
    Window window_;
    MarkCutter cutter_;
    std::deque<Part> parts_;

    // Up to here, in bits, everything is unpacked.
    size_t at_ = 0;
    int level_ = 0;       // of the stream that is open; 0: none is
    uint32_t check_ = 0;  // of its blocks so far
    int64_t blocks_ = 0;
    UnpackedBlocks ready_;
    bool is_ended_ = false;

    std::optional<Bzip2Unpacker> rest_;
    std::string rest_bytes_;
    std::string_view rest_in_;
    size_t left_out_bytes_ = 0;
    Result<> failure_;

    load::Lane<Attempt> lane_;
};

}  // namespace

std::unique_ptr<base::ByteSource> bzip2_block_source(std::unique_ptr<base::ByteSource> source,
                                                     std::string name, load::Workers& workers) {
    return std::make_unique<BlockSource>(std::move(source), std::move(name), workers);
}

}  // namespace mogura::plugins
