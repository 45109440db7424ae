#include "plugins/parser/json/value_stream.h"

#include "base/text.h"
#include "load/load.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mogura::plugins::json {
namespace {

bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

// Gives some bytes back in front of a source.
class PrefixedSource final : public base::ByteSource {
  public:
    PrefixedSource(std::string prefix, std::unique_ptr<base::ByteSource> source)
        : prefix_(std::move(prefix)), source_(std::move(source)) {}

    Result<size_t> read(std::span<char> buffer) override {
        if (prefix_.empty()) return source_->read(buffer);
        size_t count = std::min(buffer.size(), prefix_.size());
        std::memcpy(buffer.data(), prefix_.data(), count);
        prefix_.erase(0, count);
        return count;
    }

  private:
    std::string prefix_;
    const std::unique_ptr<base::ByteSource> source_;
};

// The character set that the first four bytes show, and how many of them are a mark.
std::pair<std::string, size_t> charset_of(std::string_view head) {
    using namespace std::string_view_literals;
    if (head.starts_with("\xEF\xBB\xBF"sv)) return {"", 3};
    if (head.starts_with("\0\0\xFE\xFF"sv)) return {"UTF-32BE", 4};
    if (head.starts_with("\xFF\xFE\0\0"sv)) return {"UTF-32LE", 4};
    if (head.starts_with("\xFE\xFF"sv)) return {"UTF-16BE", 2};
    if (head.starts_with("\xFF\xFE"sv)) return {"UTF-16LE", 2};
    auto is_zero = [&](size_t at) { return at < head.size() && head[at] == '\0'; };
    if (head.size() >= 4 && is_zero(0) && is_zero(1) && is_zero(2)) return {"UTF-32BE", 0};
    if (head.size() >= 4 && is_zero(1) && is_zero(2) && is_zero(3)) return {"UTF-32LE", 0};
    if (head.size() >= 2 && is_zero(0)) return {"UTF-16BE", 0};
    if (head.size() >= 2 && is_zero(1)) return {"UTF-16LE", 0};
    return {"", 0};
}

}  // namespace

Result<std::optional<std::string_view>> ValueStream::next() {
    begin_ = scanned_;
    while (true) {
        while (begin_ < text_.size() && is_blank(text_[begin_])) ++begin_;
        if (begin_ < text_.size()) break;
        bool more = TRY(refill());
        if (!more) return std::optional<std::string_view>();
    }
    scanned_ = begin_;
    depth_ = 0;
    in_string_ = false;
    is_escaped_ = false;
    size_t end = find_end();
    while (end == std::string::npos) {
        bool more = TRY(refill());
        end = more ? find_end() : text_.size();
    }
    scanned_ = end;
    offset_bytes_ = dropped_bytes_ + static_cast<int64_t>(begin_);
    return std::optional<std::string_view>(std::string_view(text_).substr(begin_, end - begin_));
}

Result<bool> ValueStream::refill() {
    dropped_bytes_ += static_cast<int64_t>(begin_);
    text_.erase(0, begin_);
    scanned_ -= std::min(scanned_, begin_);
    begin_ = 0;
    if (text_.size() > kValueBytesMax) {
        return Error(Code::kLimit, name_ + ": a JSON value is longer than " +
                                       base::with_unit_bytes(kValueBytesMax));
    }
    size_t kept = text_.size();
    text_.resize(kept + kStepBytes);
    size_t count = TRY(source_.read(std::span(text_).subspan(kept)));
    text_.resize(kept + count);
    return count > 0;
}

size_t ValueStream::find_end() {
    for (; scanned_ < text_.size(); ++scanned_) {
        char byte = text_[scanned_];
        if (in_string_) {
            if (is_escaped_) {
                is_escaped_ = false;
            } else if (byte == '\\') {
                is_escaped_ = true;
            } else if (byte == '"') {
                in_string_ = false;
                if (depth_ == 0) return scanned_ + 1;
            }
            continue;
        }
        bool is_start = scanned_ == begin_;
        if (byte == '"') {
            if (depth_ == 0 && !is_start) return scanned_;  // behind a word or number
            in_string_ = true;
        } else if (byte == '{' || byte == '[') {
            if (depth_ == 0 && !is_start) return scanned_;
            ++depth_;
        } else if (byte == '}' || byte == ']') {
            if (depth_ <= 1) return scanned_ + 1;
            --depth_;
        } else if (depth_ == 0 && is_blank(byte)) {
            return scanned_;
        }
    }
    return std::string::npos;
}

Result<std::unique_ptr<base::ByteSource>> as_utf8(std::unique_ptr<base::ByteSource> source) {
    std::string head(4, '\0');
    size_t count = TRY(base::read_fully(*source, head));
    head.resize(count);
    auto [charset, mark] = charset_of(head);
    head.erase(0, mark);
    std::unique_ptr<base::ByteSource> whole =
        std::make_unique<PrefixedSource>(std::move(head), std::move(source));
    if (charset.empty()) return whole;
    return load::decode_charset(std::move(whole), charset);
}

}  // namespace mogura::plugins::json
