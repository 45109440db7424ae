#include "plugins/member_source.h"

#include "plugins/unpacked_blocks.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr size_t kReadBytes = 128 * 1024;
constexpr int kMisfitsMax = 8;  // after as many wrong guesses no more are made

// Some bytes of the file as it is.
struct Part {
    std::shared_ptr<const std::string> bytes;
    bool has_attempt = false;
};

// What a worker made of a part, as if a member began with its first byte.
struct Attempt {
    UnpackedBlocks blocks;
    bool is_whole = false;  // the part's end is the end of a member
};

Attempt attempt(const MemberFormat& format, std::string_view in, size_t unpacked_max) {
    Attempt result;
    std::unique_ptr<Unpacker> unpacker = format.begin(false);
    while (result.blocks.bytes() < unpacked_max) {
        const std::span<char> room = result.blocks.room();
        std::span<char> out = room;
        if (!unpacker->unpack(in, out).ok()) return {};
        result.blocks.kept(room.size() - out.size());
        if (out.empty()) continue;
        result.is_whole = unpacker->is_between();
        break;
    }
    return result;
}

// Cuts a file where members seem to begin.
class PartCutter {
  public:
    PartCutter(base::ByteSource& source, const MemberFormat& format, PartSizes sizes, bool guesses)
        : source_(source), format_(format), sizes_(sizes), guesses_(guesses) {}

    void stop_guessing() { guesses_ = false; }
    // Why reading ended.
    const Result<>& reading() const { return reading_; }

    // Nothing at the end, or where the file cannot be read any further.
    std::optional<Part> next() {
        if (!guesses_) return plain();
        size_t from = begins_member_ ? sizes_.bytes : 0;
        size_t seen = 0;
        while (true) {
            size_t found = format_.find(window_, std::max(from, seen));
            if (found == 0) {  // the last part was cut in front of a member
                begins_member_ = true;
                from = sizes_.bytes;
                continue;
            }
            if (found != std::string::npos && found <= sizes_.bytes_max) return cut(found, true);
            if (window_.size() >= sizes_.bytes_max) return cut(sizes_.bytes_max, false);
            if (window_.size() >= format_.mark_bytes()) {
                seen = window_.size() - format_.mark_bytes() + 1;
            }
            if (!read()) return rest();
        }
    }

  private:
    std::optional<Part> plain() {
        if (window_.empty()) read();
        begins_member_ = false;
        return rest();
    }

    std::optional<Part> rest() {
        if (window_.empty()) return std::nullopt;
        return cut(window_.size(), true);
    }

    std::optional<Part> cut(size_t size, bool is_guess) {
        std::string left = window_.substr(size);
        window_.resize(size);
        bool has_attempt = std::exchange(begins_member_, is_guess) && is_guess;
        return Part{
            .bytes = std::make_shared<const std::string>(std::exchange(window_, std::move(left))),
            .has_attempt = has_attempt};
    }

    // False at the end.
    bool read() {
        if (!reading_.ok()) return false;
        size_t filled = window_.size();
        window_.resize(filled + kReadBytes);
        auto count = source_.read(std::span(window_).subspan(filled));
        window_.resize(filled + (count.ok() ? *count : 0));
        if (!count.ok()) reading_ = count.error();
        return window_.size() > filled;
    }

    base::ByteSource& source_;
    const MemberFormat& format_;
    const PartSizes sizes_;
    bool guesses_;
    Result<> reading_;
    std::string window_;
    bool begins_member_ = true;  // the window does, or seems to
};

class MemberSource final : public base::ByteSource {
  public:
    MemberSource(std::unique_ptr<base::ByteSource> source, std::unique_ptr<MemberFormat> format,
                 load::Workers* workers, PartSizes sizes)
        : source_(std::move(source)),
          format_(std::move(format)),
          sizes_(sizes),
          parts_max_(workers ? static_cast<size_t>(workers->threads()) + 2 : 1),
          cutter_(*source_, *format_, sizes, workers != nullptr),
          unpacker_(format_->begin(true)) {
        if (workers) lane_.emplace(*workers, parts_max_);
    }

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
        } else if (is_open_) {
            TRY(failure_);
            const size_t room = out.size();
            failure_ = unpacker_->unpack(in_, out);
            if (out.size() == room) TRY(failure_);  // what came before a failure counts
            is_open_ = out.empty() || !failure_.ok();
        } else {
            return next_part();
        }
        return true;
    }

    Result<bool> next_part() {
        fill_parts();
        if (parts_.empty()) {
            TRY(cutter_.reading());
            TRY(unpacker_->end());
            return false;
        }
        part_ = std::move(parts_.front());
        parts_.pop_front();
        if (part_.has_attempt) {
            std::optional<Attempt> made = TRY(lane_->pop());
            if (unpacker_->is_between() && made->is_whole) {
                take(*std::move(made));
                return true;
            }
            if (++misfits_ == kMisfitsMax) cutter_.stop_guessing();
        }
        in_ = *part_.bytes;
        is_open_ = true;
        return true;
    }

    // The part is done, and so is every member up to its end.
    void take(Attempt made) {
        ready_ = std::move(made.blocks);
        misfits_ = 0;
        if (std::exchange(is_first_, false)) unpacker_ = format_->begin(false);
    }

    void fill_parts() {
        while (parts_.size() < parts_max_ && !is_read_) {
            std::optional<Part> part = cutter_.next();
            is_read_ = !part;
            if (is_read_) return;
            parts_.push_back(*part);
            if (!part->has_attempt) continue;
            lane_->push([format = format_.get(), bytes = part->bytes,
                         unpacked_max = sizes_.unpacked_max]() -> Result<Attempt> {
                return attempt(*format, *bytes, unpacked_max);
            });
        }
    }

    const std::unique_ptr<base::ByteSource> source_;
    const std::unique_ptr<MemberFormat> format_;
    const PartSizes sizes_;
    const size_t parts_max_;
    PartCutter cutter_;
    std::deque<Part> parts_;
    bool is_read_ = false;
    int misfits_ = 0;

    std::unique_ptr<Unpacker> unpacker_;
    Part part_;
    std::string_view in_;   // of part_
    bool is_open_ = false;  // more may come from in_
    bool is_first_ = true;  // no attempt has been taken
    UnpackedBlocks ready_;
    Result<> failure_;
    std::optional<load::Lane<Attempt>> lane_;  // last: its jobs use the format
};

}  // namespace

std::unique_ptr<base::ByteSource> member_source(std::unique_ptr<base::ByteSource> source,
                                                std::unique_ptr<MemberFormat> format,
                                                load::Workers* workers, PartSizes sizes) {
    if (workers && workers->threads() < 2) workers = nullptr;
    return std::make_unique<MemberSource>(std::move(source), std::move(format), workers, sizes);
}

}  // namespace mogura::plugins
