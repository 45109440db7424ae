#include "plugins/parser/csv/plain_reader.h"

#include <algorithm>
#include <optional>

namespace mogura::plugins::csv {
namespace {

// 3.2.1, 3.2.2: what ends a line at `at`, in bytes; 0 when nothing does.
size_t end_size(std::string_view text, size_t at, LineEnd line_end) {
    bool is_return = text[at] == '\r';
    bool is_feed = text[at] == '\n';
    bool feed_follows = at + 1 < text.size() && text[at + 1] == '\n';
    switch (line_end) {
        case LineEnd::kLf:
            return is_feed && (at == 0 || text[at - 1] != '\r') ? 1 : 0;
        case LineEnd::kCr:
            return is_return && !feed_follows ? 1 : 0;
        case LineEnd::kCrlf:
            return is_return && feed_follows ? 2 : 0;
        default:
            return is_return && feed_follows ? 2 : is_return || is_feed ? 1 : 0;
    }
}

std::vector<std::string> lines_of(std::string_view text, LineEnd line_end) {
    std::vector<std::string> lines;
    std::string line;
    bool is_open = false;
    for (size_t at = 0; at < text.size();) {
        if (size_t size = end_size(text, at, line_end)) {
            lines.push_back(line);
            line.clear();
            is_open = false;
            at += size;
        } else {
            line += text[at++];
            is_open = true;
        }
    }
    if (is_open) lines.push_back(line);
    return lines;
}

// The number as it is printed again; nothing where the text is none (3.5.2, ASCII only).
std::optional<std::string> long_of(const std::string& text) {
    bool is_negative = text.starts_with('-');
    std::string digits = is_negative || text.starts_with('+') ? text.substr(1) : text;
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) {
        return std::nullopt;
    }
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    const std::string max = is_negative ? "9223372036854775808" : "9223372036854775807";
    bool is_larger = digits.size() == max.size() ? digits > max : digits.size() > max.size();
    if (is_larger) return std::nullopt;
    return (is_negative && digits != "0" ? "-" : "") + digits;
}

class PlainReader {
  public:
    PlainReader(std::string_view text, const Dialect& dialect,
                const std::vector<page::Type>& columns)
        : dialect_(dialect), columns_(columns) {
        bool has_mark = text.starts_with("\xEF\xBB\xBF");  // 3.2.4
        if (has_mark && !dialect.keeps_byte_order_mark) text.remove_prefix(3);
        lines_ = lines_of(text, dialect.line_end);
    }

    PlainRead run() {
        line_ = std::min(static_cast<size_t>(dialect_.header_lines), lines_.size());  // 3.3.1
        while (line_ < lines_.size() && !is_stopped_) {
            const std::string& line = lines_[line_];
            bool is_comment =
                !dialect_.comment_marker.empty() && line.starts_with(dialect_.comment_marker);
            if (line.empty() || is_comment) {  // 3.3.2
                ++line_;
                continue;
            }
            read_record();
        }
        return result_;
    }

  private:
    bool has(std::string_view part, size_t at) const {
        return !part.empty() && lines_[line_].compare(at, part.size(), part) == 0;
    }
    bool at_end() const { return at_ == lines_[line_].size(); }

    void read_record() {
        at_ = 0;
        std::vector<std::optional<std::string>> cells;
        while (true) {
            field_line_ = line_;
            std::optional<std::string> cell;
            if (auto reason = read_field(cell)) return fail(*reason);
            if (cell && columns_[cells.size()] == page::Type::kLong) {  // 3.5.2
                auto number = long_of(*cell);
                if (!number) {
                    return fail("java.lang.NumberFormatException: For input string: \"" + *cell +
                                "\"");
                }
                cells.push_back(number);
            } else {
                cells.push_back(cell ? std::optional("[" + *cell + "]") : std::nullopt);
            }
            if (at_end()) break;
            at_ += dialect_.delimiter.size();
            if (cells.size() < columns_.size()) continue;
            if (dialect_.allows_extra_columns) break;  // 3.4.5
            return fail("A record has an unexpected trailing column (i.e. too many columns).");
        }
        if (cells.size() < columns_.size() && !dialect_.allows_missing_columns) {  // 3.4.4
            return fail("A record does not have an expected column (i.e. too few columns).");
        }
        cells.resize(columns_.size());
        std::string row;
        for (const auto& cell : cells) {
            if (!row.empty()) row += '|';
            row += cell.value_or("~");
        }
        result_.rows.push_back(row);
        ++line_;
    }

    // 3.6.4: the line that the current field began in is skipped.
    void fail(const std::string& reason) {
        result_.rejects.push_back(std::to_string(field_line_ + 1) + ": " + reason + ": " +
                                  lines_[field_line_]);
        line_ = field_line_ + 1;
        is_stopped_ = dialect_.stops_on_invalid;  // 3.6.3
    }

    // 3.4.1 to 3.4.3.
    std::optional<std::string> or_null(std::string text, bool is_quoted) const {
        if (dialect_.null_string) {
            if (text == *dialect_.null_string) return std::nullopt;
        } else if (text.empty() && !is_quoted) {
            return std::nullopt;
        }
        return text;
    }

    std::optional<std::string> read_field(std::optional<std::string>& cell) {
        if (dialect_.trims) skip_blanks();
        if (has(dialect_.quote, at_)) return read_quoted(cell);
        std::string text;
        while (!at_end() && !has(dialect_.delimiter, at_)) text += lines_[line_][at_++];
        while (dialect_.trims && text.ends_with(' ')) text.pop_back();
        cell = or_null(text, false);
        return std::nullopt;
    }

    void skip_blanks() {
        while (!at_end() && lines_[line_][at_] == ' ' && !has(dialect_.delimiter, at_)) ++at_;
    }

    bool is_field_end(size_t at) const {
        return at == lines_[line_].size() || has(dialect_.delimiter_head(), at);
    }

    // Nothing when the field is there, else why not.
    std::optional<std::string> read_quoted(std::optional<std::string>& cell) {
        const std::string& quote = dialect_.quote;
        const std::string& escape = dialect_.escape;
        at_ += quote.size();
        std::string text;
        int64_t units = 0;
        while (true) {
            if (at_end()) {  // 3.3.9, 3.3.13
                if (line_ + 1 == lines_.size()) return "Unexpected end of file in a quoted field.";
                ++line_;
                at_ = 0;
                text += dialect_.newline;
                units += static_cast<int64_t>(dialect_.newline.size());
            } else if (has(quote, at_)) {
                size_t after = at_ + quote.size();
                bool is_pair = has(quote, after);
                bool is_end = !is_pair;
                if (dialect_.accepts_stray_quotes) {  // 3.3.11
                    is_end = is_field_end(after);
                    is_pair = !is_end && is_pair && !is_field_end(after + quote.size());
                }
                at_ = after;
                if (is_end) break;
                if (is_pair) at_ += quote.size();
                text += quote;
                ++units;
            } else if (has(escape, at_) && (has(quote, at_ + escape.size()) ||
                                            has(escape, at_ + escape.size()))) {  // 3.3.8
                at_ += escape.size();
                const std::string& meant = has(quote, at_) ? quote : escape;
                text += meant;
                at_ += meant.size();
                ++units;
            } else {
                auto byte = static_cast<unsigned char>(lines_[line_][at_]);
                text += lines_[line_][at_++];
                bool is_inner = byte >= 0x80 && byte < 0xC0;
                units += byte >= 0xF0 ? 2 : is_inner ? 0 : 1;
                if (units > dialect_.quoted_units_max) {  // 3.3.12
                    return "The length of the quoted field exceeds the limit (" +
                           std::to_string(dialect_.quoted_units_max) + ")";
                }
            }
        }
        skip_blanks();  // 3.3.10
        if (!at_end() && !has(dialect_.delimiter, at_)) {
            size_t end = at_ + 1;
            const std::string& line = lines_[line_];
            while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80)
                ++end;
            return "Unexpected extra character '" + line.substr(at_, end - at_) +
                   "' after a quote by '" + quote + "'.";
        }
        cell = or_null(text, true);
        return std::nullopt;
    }

    const Dialect& dialect_;
    const std::vector<page::Type>& columns_;
    std::vector<std::string> lines_;
    bool is_stopped_ = false;
    size_t line_ = 0;
    size_t at_ = 0;
    size_t field_line_ = 0;
    PlainRead result_;
};

}  // namespace

PlainRead read_plainly(std::string_view text, const Dialect& dialect,
                       const std::vector<page::Type>& columns) {
    return PlainReader(text, dialect, columns).run();
}

}  // namespace mogura::plugins::csv
