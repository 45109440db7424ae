#include "load/liquid/chunks.h"

#include "base/text.h"

#include <algorithm>

namespace mogura::load::liquid {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view first_word(std::string_view text) {
    text = base::trim(text);
    return text.substr(0, std::min(text.find_first_of(" \t\r\n,"), text.size()));
}

class Cutter {
  public:
    Cutter(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    Result<std::vector<Chunk>> run() {
        while (at_ < text_.size()) {
            size_t open = next_open(at_);
            add_text(text_.substr(at_, open - at_));
            if (open == text_.size()) break;
            at_ = open;
            TRY(take_braces());
        }
        return std::move(chunks_);
    }

  private:
    size_t next_open(size_t from) const {
        size_t at = from;
        while ((at = text_.find('{', at)) != std::string_view::npos) {
            if (at + 1 < text_.size() && (text_[at + 1] == '{' || text_[at + 1] == '%')) return at;
            ++at;
        }
        return text_.size();
    }

    Error no_end(std::string_view what, size_t line) const {
        return {Code::kInvalid,
                file_ + ":" + std::to_string(line) + ": " + std::string(what) + " has no end"};
    }

    void add_text(std::string_view text) {
        if (strips_next_)
            text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
        strips_next_ = false;
        if (text.empty()) return;
        chunks_.push_back({Chunk::Type::kText, text, line_of(text)});
    }

    // {- strips the blanks in front of the braces, -} those behind them.
    void strip_before() {
        if (chunks_.empty() || chunks_.back().type != Chunk::Type::kText) return;
        std::string_view& text = chunks_.back().text;
        size_t last = text.find_last_not_of(kBlanks);
        text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
        if (text.empty()) chunks_.pop_back();
    }

    Result<> take_braces() {
        bool is_tag = text_[at_ + 1] == '%';
        size_t line = line_at(at_);
        size_t end = text_.find(is_tag ? "%}" : "}}", at_ + 2);
        if (end == std::string_view::npos) return no_end(is_tag ? "a tag" : "a value", line);
        std::string_view inner = text_.substr(at_ + 2, end - at_ - 2);
        if (inner.starts_with('-')) {
            strip_before();
            inner.remove_prefix(1);
        }
        if (inner.ends_with('-')) {
            strips_next_ = true;
            inner.remove_suffix(1);
        }
        at_ = end + 2;
        std::string_view word = is_tag ? first_word(inner) : "";
        if (word == "raw" || word == "comment") return take_verbatim(word, line);
        chunks_.push_back({is_tag ? Chunk::Type::kTag : Chunk::Type::kValue, inner, line});
        return {};
    }

    // Up to {% endraw %} or {% endcomment %}.
    Result<> take_verbatim(std::string_view word, size_t line) {
        const std::string wanted = "end" + std::string(word);
        size_t begin = at_;
        for (size_t open = text_.find("{%", at_); open != std::string_view::npos;
             open = text_.find("{%", open + 2)) {
            size_t end = text_.find("%}", open);
            if (end == std::string_view::npos) break;
            std::string_view inner = text_.substr(open + 2, end - open - 2);
            bool strips_before = inner.starts_with('-');
            if (strips_before) inner.remove_prefix(1);
            bool strips_after = inner.ends_with('-');
            if (strips_after) inner.remove_suffix(1);
            if (base::trim(inner) != wanted) continue;
            if (word == "raw") {
                add_text(text_.substr(begin, open - begin));
                if (strips_before) strip_before();
            }
            strips_next_ = strips_after;
            at_ = end + 2;
            return {};
        }
        return no_end(word, line);
    }

    size_t line_of(std::string_view part) {
        return line_at(static_cast<size_t>(part.data() - text_.data()));
    }

    size_t line_at(size_t at) {
        line_ += static_cast<size_t>(
            std::count(text_.begin() + static_cast<ptrdiff_t>(counted_),
                       text_.begin() + static_cast<ptrdiff_t>(std::max(at, counted_)), '\n'));
        counted_ = std::max(at, counted_);
        return line_;
    }

    const std::string_view text_;
    const std::string& file_;
    std::vector<Chunk> chunks_;
    size_t at_ = 0;
    bool strips_next_ = false;
    size_t counted_ = 0;
    size_t line_ = 1;
};

}  // namespace

Result<std::vector<Chunk>> cut(std::string_view text, const std::string& file) {
    return Cutter(text, file).run();
}

}  // namespace mogura::load::liquid
