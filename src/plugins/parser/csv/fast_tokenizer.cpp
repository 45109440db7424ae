#include "plugins/parser/csv/fast_tokenizer.h"

#include <algorithm>

namespace mogura::plugins::csv {
namespace {

MarkBytes mark_bytes(const Dialect& dialect) {
    char delimiter = dialect.delimiter[0];
    return {
        .delimiter = delimiter,
        .quote = dialect.quote.empty() ? delimiter : dialect.quote[0],
        .escape = dialect.quote.empty() || dialect.escape.empty() ? delimiter : dialect.escape[0]};
}

int byte_or_none(const std::string& text) {
    return text.empty() ? -1 : static_cast<unsigned char>(text[0]);
}

}  // namespace

FastTokenizer::FastTokenizer(const Dialect& dialect, std::string_view text)
    : text_(text),
      bytes_(mark_bytes(dialect)),
      quote_(byte_or_none(dialect.quote)),
      escape_(byte_or_none(dialect.escape)),
      comment_(dialect.comment_marker.empty() ? '\0' : dialect.comment_marker[0]),
      has_comment_(!dialect.comment_marker.empty()),
      quoted_max_(static_cast<size_t>(std::max<int64_t>(dialect.quoted_units_max, 0))),
      marks_(std::min(kWindowBytes, text.size()) + kMarkBlock + 8) {}

void FastTokenizer::seek(size_t offset) {
    if (offset < window_begin_ || offset >= window_end_ || next_ == nullptr) {
        window_end_ = offset / kMarkBlock * kMarkBlock;
        next_ = end_ = marks_.data();
        if (!refill()) return;
    }
    next_ = std::lower_bound(static_cast<const uint32_t*>(marks_.data()), end_,
                             static_cast<uint32_t>(offset));
}

bool FastTokenizer::refill() {
    while (window_end_ < text_.size()) {
        window_begin_ = window_end_;
        window_end_ = std::min(window_begin_ + kWindowBytes, text_.size());
        size_t count = find_marks(text_, window_begin_, window_end_, bytes_, marks_.data());
        next_ = marks_.data();
        end_ = next_ + count;
        if (count > 0) return true;
    }
    return false;
}

// One loop over the marks, and on purpose one function: everything it touches stays in registers.
size_t FastTokenizer::read(size_t offset, Rows& rows) {
    seek(offset);
    const char* const text = text_.data();
    const size_t size = text_.size();
    const char delimiter = bytes_.delimiter;
    const size_t columns = rows.columns;
    size_t begin = offset;  // of the record
    while (rows.count < rows.rows_max && begin < size) {
        if (has_comment_ && text[begin] == comment_) return begin;
        Field* field = rows.row(rows.count);
        size_t at = begin;  // of the field
        size_t column = 0;
        uint32_t mark = peek();
        while (true) {
            if (mark == kNone) return begin;
            Field found{};
            found.begin = static_cast<uint32_t>(at);
            if (mark == at && static_cast<unsigned char>(text[at]) == quote_) {
                found.begin = static_cast<uint32_t>(at + 1);
                found.is_quoted = 1;
                while (true) {
                    ++next_;
                    mark = peek();
                    if (mark == kNone) return begin;
                    int byte = static_cast<unsigned char>(text[mark]);
                    if (byte == delimiter) continue;
                    bool is_quote = byte == quote_;
                    if (!is_quote && byte != escape_) {  // a line end
                        found.is_edited = 1;
                        continue;
                    }
                    int after = mark + 1 < size ? static_cast<unsigned char>(text[mark + 1]) : -1;
                    bool is_pair = after == quote_ || (!is_quote && after == escape_);
                    if (is_pair) {
                        found.is_edited = 1;
                        ++next_;  // the pair's other half is a mark too
                        if (peek() == kNone) return begin;
                    } else if (is_quote) {
                        break;
                    }
                }
                size_t length = mark - found.begin;
                // A line end of one byte may become two: let the exact one count.
                if (length > quoted_max_ / 2) return begin;
                found.size = static_cast<uint32_t>(length) & ((1u << 30) - 1);
                at = mark + 1;
                ++next_;
                mark = peek();
                if (mark != at) return begin;
            } else {
                while (text[mark] != delimiter && text[mark] != '\n' && text[mark] != '\r') {
                    ++next_;
                    mark = peek();
                    if (mark == kNone) return begin;
                }
                found.size = static_cast<uint32_t>(mark - at) & ((1u << 30) - 1);
            }
            // Here `mark` is the first byte behind the field.
            if (text[mark] == delimiter) {
                if (column + 1 == columns) return begin;
                field[column++] = found;
                at = mark + 1;
                ++next_;
                mark = peek();
                continue;
            }
            if (text[mark] != '\n' && text[mark] != '\r') return begin;
            size_t end = mark + 1;
            ++next_;
            if (text[mark] == '\r') {
                if (end == size) return begin;
                if (text[end] == '\n') {
                    ++end;
                    peek();
                    ++next_;
                }
            }
            if (mark == begin) {  // a blank line
                begin = end;
                break;
            }
            if (column + 1 != columns) return begin;
            field[column] = found;
            rows.spans[rows.count++] = {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
            begin = end;
            break;
        }
    }
    return begin;
}

}  // namespace mogura::plugins::csv
