#include "plugins/parser/json/escapes.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mogura::plugins::json {
namespace {

class BorrowedSource final : public base::ByteSource {
  public:
    explicit BorrowedSource(base::ByteSource& source) : source_(source) {}
    Result<size_t> read(std::span<char> buffer) override { return source_.read(buffer); }

  private:
    base::ByteSource& source_;
};

class RewrittenSource final : public base::ByteSource {
  public:
    RewrittenSource(std::unique_ptr<base::ByteSource> source, InvalidEscapes mode)
        : source_(std::move(source)), mode_(mode) {}

    Result<size_t> read(std::span<char> buffer) override {
        while (given_ == ready_.size()) {
            if (is_done_) return size_t{0};
            TRY(rewrite_more());
        }
        size_t count = std::min(buffer.size(), ready_.size() - given_);
        std::memcpy(buffer.data(), ready_.data() + given_, count);
        given_ += count;
        return count;
    }

  private:
    static constexpr size_t kStepBytes = 256 * 1024;

    Result<> rewrite_more() {
        ready_.clear();
        given_ = 0;
        size_t kept = raw_.size();
        raw_.resize(kept + kStepBytes);
        size_t count = TRY(source_->read(std::span(raw_).subspan(kept)));
        raw_.resize(kept + count);
        is_done_ = count == 0;
        size_t begin = 0;
        for (size_t end = raw_.find_first_of("\r\n"); end != std::string::npos;
             end = raw_.find_first_of("\r\n", begin)) {
            append_rewritten(std::string_view(raw_).substr(begin, end - begin), mode_, ready_);
            begin = end + 1;
        }
        if (is_done_) {
            append_rewritten(std::string_view(raw_).substr(begin), mode_, ready_);
            begin = raw_.size();
        }
        raw_.erase(0, begin);
        return {};
    }

    const std::unique_ptr<base::ByteSource> source_;
    const InvalidEscapes mode_;
    std::string raw_;
    std::string ready_;
    size_t given_ = 0;
    bool is_done_ = false;
};

bool is_hex(char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f') ||
           (letter >= 'A' && letter <= 'F');
}

}  // namespace

void append_rewritten(std::string_view line, InvalidEscapes mode, std::string& text) {
    for (size_t at = 0; at < line.size();) {
        if (line[at] != '\\') {
            text += line[at++];
            continue;
        }
        if (at + 1 == line.size()) return;  // a backslash at the end goes
        char letter = line[at + 1];
        if (letter == 'u') {
            std::string_view digits = line.substr(at + 2, 4);
            if (digits.size() == 4 && std::all_of(digits.begin(), digits.end(), is_hex)) {
                text.append(line, at, 6);
                at += 6;
            } else {
                bool drops_both = digits.size() == 4 && mode == InvalidEscapes::kSkip;
                at += drops_both ? 2 : 1;
            }
        } else if (std::string_view("bfnrt\"\\/").find(letter) != std::string_view::npos) {
            text.append(line, at, 2);
            at += 2;
        } else {
            at += mode == InvalidEscapes::kSkip ? 2 : 1;
        }
    }
}

std::unique_ptr<base::ByteSource> rewritten(std::unique_ptr<base::ByteSource> source,
                                            InvalidEscapes mode) {
    return std::make_unique<RewrittenSource>(std::move(source), mode);
}

std::unique_ptr<base::ByteSource> borrowed(base::ByteSource& source) {
    return std::make_unique<BorrowedSource>(source);
}

}  // namespace mogura::plugins::json
