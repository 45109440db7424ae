#include "plugins/parser/csv/parser.h"

#include "plugins/parser/csv/fast_tokenizer.h"
#include "plugins/parser/csv/lines.h"

#include <algorithm>
#include <utility>

namespace mogura::plugins::csv {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kFieldsOfBatch = 8 * 1024;  // a batch and its text stay in the cache

// A record takes two bytes at least: short texts need no long batches.
size_t rows_of_batch(size_t columns, size_t bytes) {
    size_t rows = std::min(kFieldsOfBatch / std::max<size_t>(columns, 1), bytes / 2);
    return std::clamp<size_t>(rows, 16, 1024);
}

}  // namespace

// The parse of one piece. Records are tokenized in batches and converted column by column. When a
// value does not fit, the original goes on behind the value's line: where the record had more lines
// than that, the rest of the batch was read in vain and is dropped.
class CsvParser::Reading {
  public:
    Reading(const CsvParser& parser, const load::Piece& piece)
        : dialect_(parser.dialect_),
          text_(piece.bytes),
          piece_(piece),
          exact_(dialect_, parser.table_.schema.size()),
          survey_(survey(text_)),
          odd_(survey_.is_ascii ? text_.size() : first_not_utf8(text_)),
          maker_(parser.table_, dialect_, exact_, text_, odd_ == text_.size()),
          rows_(parser.table_.schema.size(),
                rows_of_batch(parser.table_.schema.size(), text_.size())),
          fields_(parser.table_.schema.size()) {
        bool is_fast = parser.uses_fast_ && dialect_.is_plain() && !fields_.empty();
        if (is_fast) fast_.emplace(dialect_, text_);
    }

    load::Parsed read() {
        load::Parsed parsed;
        auto begin = behind_header();
        if (!begin) {
            parsed.header_pending = true;
            return parsed;
        }
        size_t end = read_from(*begin);
        parsed.rejects = std::move(rejects_);
        parsed.consumed_bytes = end;
        parsed.consumed_lines = end == text_.size() && dialect_.line_end == LineEnd::kAny
                                    ? survey_.lines
                                    : count_lines(text_.substr(0, end), dialect_.line_end);
        if (odd_ < end) {
            parsed.replaced_line = count_lines(text_.substr(0, odd_), dialect_.line_end) + 1;
        }
        if (maker_.rows() > 0) parsed.pages.push_back(maker_.finish(piece_.owner));
        return parsed;
    }

  private:
    // Where the records begin; nothing when the piece ends before that.
    std::optional<size_t> behind_header() const {
        if (!piece_.is_first) return 0;
        size_t at = 0;
        if (!dialect_.keeps_byte_order_mark) {
            if (text_.size() < kByteOrderMark.size() && !piece_.is_last) return std::nullopt;
            if (text_.starts_with(kByteOrderMark)) at = kByteOrderMark.size();
        }
        for (int64_t line = 0; line < dialect_.header_lines; ++line) {
            if (at == text_.size()) {
                if (piece_.is_last) break;
                return std::nullopt;
            }
            Line found = line_at(text_, at, dialect_.line_end, piece_.is_last);
            if (!found.is_complete) return std::nullopt;
            at = found.next;
        }
        return at;
    }

    size_t read_from(size_t offset) {
        const size_t rows_max = rows_.rows_max;
        while (!is_stopped_) {
            rows_.count = 0;
            Step step;
            offset = fill(offset, step);
            if (auto resume = convert()) {
                offset = *resume;
                rows_.rows_max = std::max<size_t>(rows_.rows_max / 4, 8);
                continue;
            }
            rows_.rows_max = std::min(rows_.rows_max * 2, rows_max);
            switch (step.kind) {
                case Step::Kind::kRecord:
                    break;
                case Step::Kind::kEnd:
                    return text_.size();
                case Step::Kind::kUnfinished:
                    return step.begin;
                case Step::Kind::kFailed:
                    offset = take_failure(step);
                    break;
            }
        }
        return text_.size();
    }

    // Tokenizes until the batch is full or `step` is something else than a record.
    size_t fill(size_t offset, Step& step) {
        step.kind = Step::Kind::kRecord;
        while (rows_.count < rows_.rows_max) {
            if (fast_) {
                offset = fast_->read(offset, rows_);
                if (rows_.count == rows_.rows_max) break;
            }
            step = exact_.next(text_, offset, piece_.is_last, fields_.data());
            if (step.kind != Step::Kind::kRecord) break;
            std::ranges::copy(fields_, rows_.row(rows_.count));
            rows_.spans[rows_.count++] = {static_cast<uint32_t>(step.begin),
                                          static_cast<uint32_t>(step.end)};
            offset = step.end;
        }
        return offset;
    }

    // Converts the batch. Returns where to go on when that is not behind the batch.
    std::optional<size_t> convert() {
        if (rows_.count == 0) return std::nullopt;
        size_t base = maker_.rows();
        for (const ColumnMaker::Failure& failure : maker_.add(rows_)) {
            const Rows::Span& span = rows_.spans[failure.row];
            Skip skip = exact_.skip_for(text_, span.begin, piece_.is_last, failure.column);
            Field field = rows_.row(failure.row)[failure.column];
            reject(skip, maker_.explain(field, failure.column));
            maker_.leave_out(base + failure.row);
            if (is_stopped_ || skip.resume != span.end) {
                maker_.drop_last(rows_.count - failure.row - 1);
                return skip.resume;
            }
        }
        return std::nullopt;
    }

    // A record that is no record; a value in it that does not fit comes first.
    size_t take_failure(const Step& step) {
        size_t complete = std::min(step.complete, fields_.size());
        for (size_t column = 0; column < complete; ++column) {
            if (maker_.fits(fields_[column], column)) continue;
            Skip skip = exact_.skip_for(text_, step.begin, piece_.is_last, column);
            reject(skip, maker_.explain(fields_[column], column));
            return skip.resume;
        }
        reject(step.skip, step.reason);
        return step.skip.resume;
    }

    void reject(const Skip& skip, std::string reason) {
        lines_ += count_lines(text_.substr(counted_, skip.begin - counted_), dialect_.line_end);
        counted_ = skip.begin;
        load::Reject reject;
        reject.offset_bytes = static_cast<int64_t>(skip.begin);
        reject.line = lines_ + 1;
        reject.reason = std::move(reason);
        append_repaired(text_.substr(skip.begin, skip.end - skip.begin), reject.text);
        if (skip.record < skip.begin) {
            append_repaired(text_.substr(skip.record, skip.end - skip.record), reject.lost);
        }
        reject.stops = dialect_.stops_on_invalid;
        is_stopped_ = reject.stops;
        rejects_.push_back(std::move(reject));
    }

    const Dialect& dialect_;
    const std::string_view text_;
    const load::Piece& piece_;
    const ExactTokenizer exact_;
    const Survey survey_;
    const size_t odd_;  // the first byte that is no UTF-8
    ColumnMaker maker_;
    Rows rows_;
    std::vector<Field> fields_;
    std::optional<FastTokenizer> fast_;
    std::vector<load::Reject> rejects_;
    size_t counted_ = 0;  // bytes whose lines are in lines_
    int64_t lines_ = 0;
    bool is_stopped_ = false;
};

CsvParser::CsvParser(Dialect dialect, ColumnTable table, std::string charset, bool uses_fast)
    : dialect_(std::move(dialect)),
      table_(std::move(table)),
      charset_(std::move(charset)),
      uses_fast_(uses_fast) {}

size_t CsvParser::cut(std::string_view bytes) const {
    return last_record_end(bytes, dialect_);
}

Result<load::Parsed> CsvParser::parse(const load::Piece& piece) const {
    return Reading(*this, piece).read();
}

Result<std::unique_ptr<base::ByteSource>> CsvParser::wrap(std::unique_ptr<base::ByteSource> source,
                                                          const std::string& name) const {
    if (charset_.empty()) return source;
    return load::decode_charset(std::move(source), charset_, name);
}

}  // namespace mogura::plugins::csv
