#include "plugins/parser/csv/exact_tokenizer.h"

namespace mogura::plugins::csv {

// The walk through one record.
class ExactTokenizer::Reading {
  public:
    Reading(const ExactTokenizer& tokenizer, std::string_view text, bool is_last)
        : dialect_(tokenizer.dialect_),
          columns_(tokenizer.columns_),
          text_(text),
          is_last_(is_last) {}

    Step read(size_t offset, Field* fields) {
        pos_ = offset;
        if (!find_begin())
            return {.kind = pos_ == text_.size() ? Step::Kind::kEnd : Step::Kind::kUnfinished,
                    .begin = pos_};
        begin_ = pos_;
        field_line_ = {line_begin_, line_};
        if (columns_ == 0) return extra();
        for (size_t column = 0;; ++column) {
            field_line_ = {line_begin_, line_};
            Outcome outcome = read_field(fields[column]);
            if (outcome == Outcome::kUnfinished)
                return {.kind = Step::Kind::kUnfinished, .begin = begin_};
            if (outcome == Outcome::kFailed) return failed(column, reason_);
            bool is_end = pos_ == line_.end;
            if (!is_end) pos_ += dialect_.delimiter.size();
            if (is_end) return ended(column + 1, fields);
            if (column + 1 == columns_) return extra();
        }
    }

    // The same walk, to the end of one field.
    Skip skip_for(size_t begin, size_t column) {
        Field field;
        pos_ = begin;
        find_begin();
        begin_ = pos_;
        for (size_t index = 0;; ++index) {
            field_line_ = {line_begin_, line_};
            Outcome outcome = read_field(field);
            if (outcome != Outcome::kDone || index == column || pos_ == line_.end) return skip();
            pos_ += dialect_.delimiter.size();
        }
    }

  private:
    enum class Outcome { kDone, kFailed, kUnfinished };
    struct LineSpan {
        size_t begin = 0;
        Line line;
    };

    bool starts_with(size_t at, std::string_view part) const {
        return !part.empty() && at + part.size() <= line_.end &&
               text_.compare(at, part.size(), part) == 0;
    }

    void enter_line(size_t begin) {
        line_begin_ = begin;
        line_ = line_at(text_, begin, dialect_.line_end, is_last_);
    }

    // Skips blank lines and comments; false when no whole line follows.
    bool find_begin() {
        while (pos_ < text_.size()) {
            enter_line(pos_);
            if (!line_.is_complete) return false;
            bool is_blank = line_.end == pos_;
            if (!is_blank && !starts_with(pos_, dialect_.comment_marker)) return true;
            pos_ = line_.next;
        }
        return false;
    }

    Outcome read_field(Field& field) {
        if (dialect_.trims) skip_blanks();
        if (starts_with(pos_, dialect_.quote)) return read_quoted(field);
        size_t begin = pos_;
        while (pos_ < line_.end && !starts_with(pos_, dialect_.delimiter)) ++pos_;
        size_t end = pos_;
        if (dialect_.trims) {
            while (end > begin && text_[end - 1] == ' ') --end;
        }
        field = field_of(begin, end);
        return Outcome::kDone;
    }

    Outcome read_quoted(Field& field) {
        pos_ += dialect_.quote.size();
        size_t begin = pos_;
        bool is_edited = false;
        int64_t units = 0;
        while (true) {
            if (pos_ == line_.end) {
                if (line_.next == text_.size()) {
                    if (!is_last_) return Outcome::kUnfinished;
                    return fail("Unexpected end of file in a quoted field.");
                }
                enter_line(line_.next);
                if (!line_.is_complete) return Outcome::kUnfinished;
                pos_ = line_begin_;
                is_edited = true;
                units += static_cast<int64_t>(dialect_.newline.size());
            } else if (starts_with(pos_, dialect_.quote)) {
                size_t after = pos_ + dialect_.quote.size();
                QuoteMeans means = quote_at(after);
                if (means == QuoteMeans::kEnd) {
                    field = field_of(begin, pos_);
                    field.is_quoted = 1;
                    field.is_edited = is_edited ? 1 : 0;
                    pos_ = after;
                    return expect_end();
                }
                is_edited = is_edited || means == QuoteMeans::kPair;
                pos_ = means == QuoteMeans::kPair ? after + dialect_.quote.size() : after;
                ++units;
            } else if (size_t size = escaped_at(pos_)) {
                is_edited = true;
                pos_ += size;
                ++units;
            } else {
                units += pass_character();
                if (units > dialect_.quoted_units_max) {
                    return fail("The length of the quoted field exceeds the limit (" +
                                std::to_string(dialect_.quoted_units_max) + ")");
                }
            }
        }
    }

    // Returns the units that the character takes in UTF-16: two for those of four bytes.
    int pass_character() {
        auto byte = static_cast<unsigned char>(text_[pos_]);
        Character character = byte < 0x80 ? Character{1, true} : character_at(text_, pos_);
        pos_ += character.size;
        return character.size == 4 ? 2 : 1;
    }

    enum class QuoteMeans { kEnd, kPair, kItself };

    QuoteMeans quote_at(size_t after) const {
        bool is_doubled = starts_with(after, dialect_.quote);
        if (!dialect_.accepts_stray_quotes)
            return is_doubled ? QuoteMeans::kPair : QuoteMeans::kEnd;
        if (is_field_end(after)) return QuoteMeans::kEnd;
        bool is_pair = is_doubled && !is_field_end(after + dialect_.quote.size());
        return is_pair ? QuoteMeans::kPair : QuoteMeans::kItself;
    }

    bool is_field_end(size_t at) const {
        return at == line_.end || starts_with(at, dialect_.delimiter_head());
    }

    // The size of an escape with what it escapes; 0 when it is no such pair.
    size_t escaped_at(size_t at) const {
        if (!starts_with(at, dialect_.escape)) return 0;
        size_t after = at + dialect_.escape.size();
        if (starts_with(after, dialect_.quote))
            return dialect_.escape.size() + dialect_.quote.size();
        if (starts_with(after, dialect_.escape)) return dialect_.escape.size() * 2;
        return 0;
    }

    // Behind a closing quote only blanks may stand before the delimiter or the line end.
    Outcome expect_end() {
        skip_blanks();
        if (pos_ == line_.end || starts_with(pos_, dialect_.delimiter)) return Outcome::kDone;
        std::string character;
        append_repaired(text_.substr(pos_, character_at(text_, pos_).size), character);
        return fail("Unexpected extra character '" + character + "' after a quote by '" +
                    dialect_.quote + "'.");
    }

    void skip_blanks() {
        while (pos_ < line_.end && text_[pos_] == ' ' && !starts_with(pos_, dialect_.delimiter))
            ++pos_;
    }

    static Field field_of(size_t begin, size_t end) {
        Field field;
        field.begin = static_cast<uint32_t>(begin);
        field.size = static_cast<uint32_t>(end - begin) & ((1u << 30) - 1);
        return field;
    }

    Step ended(size_t found, Field* fields) const {
        if (found < columns_ && !dialect_.allows_missing_columns) {
            return failed(found,
                          "A record does not have an expected column (i.e. too few columns).");
        }
        for (size_t column = found; column < columns_; ++column) fields[column] = Field::missing();
        return record();
    }

    // A field behind the last column.
    Step extra() const {
        if (dialect_.allows_extra_columns) return record();
        return failed(columns_,
                      "A record has an unexpected trailing column (i.e. too many columns).");
    }

    Step record() const {
        return {
            .kind = Step::Kind::kRecord, .begin = begin_, .end = line_.next, .complete = columns_};
    }

    Step failed(size_t complete, std::string reason) const {
        return {.kind = Step::Kind::kFailed,
                .begin = begin_,
                .end = line_.next,
                .complete = complete,
                .reason = std::move(reason),
                .skip = skip()};
    }

    // The line that a failure in the current field costs: the field's first one.
    Skip skip() const {
        return {.begin = field_line_.begin,
                .end = field_line_.line.end,
                .resume = field_line_.line.next,
                .record = begin_};
    }

    Outcome fail(std::string reason) {
        reason_ = std::move(reason);
        return Outcome::kFailed;
    }

    const Dialect& dialect_;
    const size_t columns_;
    const std::string_view text_;
    const bool is_last_;
    size_t pos_ = 0;
    size_t begin_ = 0;
    size_t line_begin_ = 0;
    Line line_;            // the physical line that pos_ is in
    LineSpan field_line_;  // the one that the current field began in
    std::string reason_;
};

Step ExactTokenizer::next(std::string_view text, size_t offset, bool is_last, Field* fields) const {
    return Reading(*this, text, is_last).read(offset, fields);
}

Skip ExactTokenizer::skip_for(std::string_view text, size_t begin, bool is_last,
                              size_t column) const {
    return Reading(*this, text, is_last).skip_for(begin, column);
}

ExactTokenizer::ExactTokenizer(const Dialect& dialect, size_t columns)
    : dialect_(dialect), columns_(columns) {
    for (std::string_view text : {std::string_view(dialect.quote), std::string_view(dialect.escape),
                                  std::string_view("\r"), std::string_view("\n")}) {
        if (!text.empty()) may_be_edited_[static_cast<unsigned char>(text[0])] = true;
    }
}

void ExactTokenizer::append_unescaped(std::string_view raw, std::string& value) const {
    const std::string& quote = dialect_.quote;
    const std::string& escape = dialect_.escape;
    auto has = [&](size_t at, const std::string& part) {
        return !part.empty() && raw.compare(at, part.size(), part) == 0;
    };
    for (size_t at = 0; at < raw.size();) {
        size_t end = at;
        while (end < raw.size() && !may_be_edited_[static_cast<unsigned char>(raw[end])]) ++end;
        value.append(raw, at, end - at);
        at = end;
        if (at == raw.size()) return;
        if (has(at, quote)) {
            value += quote;
            at += quote.size();
            if (has(at, quote)) at += quote.size();
        } else if (has(at, escape) && has(at + escape.size(), quote)) {
            value += quote;
            at += escape.size() + quote.size();
        } else if (has(at, escape) && has(at + escape.size(), escape)) {
            value += escape;
            at += 2 * escape.size();
        } else if (size_t size = line_end_at(raw, at, dialect_.line_end)) {
            value += dialect_.newline;
            at += size;
        } else {
            value += raw[at++];
        }
    }
}

}  // namespace mogura::plugins::csv
