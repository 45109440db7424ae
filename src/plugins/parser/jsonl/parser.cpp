#include "plugins/parser/jsonl/parser.h"

#include "base/text.h"
#include "plugins/parser/csv/lines.h"
#include "plugins/parser/jsonl/line_reader.h"
#include "plugins/parser/jsonl/scan.h"

#include <algorithm>
#include <utility>

namespace mogura::plugins::jsonl {

class JsonLinesParser::Reading {
  public:
    Reading(const JsonLinesParser& parser, const load::Piece& piece)
        : options_(parser.options_),
          piece_(piece),
          rows_(parser.table_),
          text_(piece.bytes),
          reader_(parser.table_.schema, rows_) {}

    load::Parsed read() {
        load::Parsed parsed;
        size_t at = 0;
        if (piece_.is_first) {
            constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
            if (text_.size() < 3 && !piece_.is_last) {
                parsed.header_pending = true;
                return parsed;
            }
            if (text_.starts_with(kByteOrderMark)) at = 3;
        }
        at = read_lines(at);
        parsed.consumed_bytes = at;
        parsed.consumed_lines = lines_;
        parsed.replaced_line = replaced_line_;
        parsed.rejects = std::move(rejects_);
        if (rows_.rows() > 0) parsed.pages.push_back(rows_.finish(piece_.owner));
        return parsed;
    }

  private:
    // Where it stopped: at the end, at a line without one, or where the run stops.
    size_t read_lines(size_t at) {
        const size_t quick_end = options_.uses_fast ? end_of_padded_lines() : 0;
        while (at < text_.size()) {
            if (rows_.is_full()) rows_.make_room(rows_expected(at));
            if (at < quick_end) {
                const char* next = reader_.read(text_.data() + at, /*lives_with_page=*/true);
                if (next) {
                    rows_.end_row();
                    ++lines_;
                    at = static_cast<size_t>(next - text_.data());
                    continue;
                }
                rows_.cancel_row();
            }
            csv::Line line = csv::line_at(text_, at, csv::LineEnd::kAny, piece_.is_last);
            if (!line.is_complete) break;
            ++lines_;
            if (!read_line(at, line.end, at < quick_end)) return text_.size();
            at = line.next;
        }
        return at;
    }

    // The end of the last line that has all the bytes behind it that LineReader may read.
    size_t end_of_padded_lines() const {
        if (text_.size() <= kScanRoom) return 0;
        size_t last = text_.rfind('\n', text_.size() - kScanRoom - 1);
        return last == std::string_view::npos ? 0 : last + 1;
    }

    // If the other lines are as long as those so far; nothing is expected of the first.
    size_t rows_expected(size_t at) const {
        if (rows_.rows() == 0) return 0;
        return text_.size() / std::max<size_t>(at / rows_.rows(), 1) + 1;
    }

    // False when the run stops here.
    bool read_line(size_t begin, size_t end, bool was_tried) {
        std::string_view line = text_.substr(begin, end - begin);
        if ((options_.uses_fast && !was_tried && read_padded(line)) || read_exactly(line)) {
            rows_.end_row();
            return true;
        }
        rows_.cancel_row();
        load::Reject reject;
        reject.offset_bytes = static_cast<int64_t>(begin);
        reject.line = lines_;
        reject.reason = reason_;
        csv::append_repaired(line, reject.text);
        reject.stops = options_.stops_on_invalid;
        reject.is_line_alone = options_.hides_file;
        rejects_.push_back(std::move(reject));
        return !options_.stops_on_invalid;
    }

    // One of the last lines, from a copy with bytes behind it.
    bool read_padded(std::string_view line) {
        padded_.assign(line);
        padded_ += '\n';
        padded_.append(kScanRoom, ' ');
        const char* next = reader_.read(padded_.data(), /*lives_with_page=*/false);
        if (next == padded_.data() + line.size() + 1) return true;
        rows_.cancel_row();
        return false;
    }

    bool read_exactly(std::string_view line) {
        std::string repaired;
        if (!csv::is_utf8(line)) {
            csv::append_repaired(line, repaired);
            line = repaired;
            if (replaced_line_ == 0) replaced_line_ = lines_;
        }
        if (base::trim(line).empty()) {
            reason_ = "Unable to parse empty string";
            return false;
        }
        size_t used = 0;
        auto json = load::parse_json_value(line, used);
        if (!json.ok()) {
            reason_ = "not JSON: " + json.error().message();
            return false;
        }
        if (json->type != load::Json::Type::kObject) {
            reason_ = "the line is not an object";
            return false;
        }
        if (!base::trim(line.substr(used)).empty()) {
            reason_ = "something follows the object";
            return false;
        }
        for (size_t index = 0; index < json->items.size(); ++index) {
            int column = reader_.column_of(json->keys[index]);
            if (column < 0) continue;
            if (!rows_.set(static_cast<size_t>(column), cell_of(json->items[index]))) {
                reason_ = rows_.reason();
                return false;
            }
        }
        return true;
    }

    Cell cell_of(const load::Json& json) {
        using Type = load::Json::Type;
        switch (json.type) {
            case Type::kNull:
                return {};
            case Type::kBoolean:
                return {.kind = Cell::Kind::kBoolean, .boolean = json.boolean};
            case Type::kLong:
                return {.kind = Cell::Kind::kLong, .integer = json.integer};
            case Type::kDouble:
                return {.kind = Cell::Kind::kDouble, .number = json.number};
            case Type::kString:
                return {.kind = Cell::Kind::kString, .text = json.text};
            default:
                nested_.clear();
                load::append_json(json, nested_);
                return {.kind = Cell::Kind::kNested, .text = nested_};
        }
    }

    const Options& options_;
    const load::Piece& piece_;
    Rows rows_;
    const std::string_view text_;
    LineReader reader_;
    std::string padded_;
    std::string nested_;
    std::string reason_;
    std::vector<load::Reject> rejects_;
    int64_t lines_ = 0;
    int64_t replaced_line_ = 0;
};

size_t JsonLinesParser::cut(std::string_view bytes) const {
    csv::Dialect lines;
    lines.quote.clear();
    return csv::last_record_end(bytes, lines);
}

Result<load::Parsed> JsonLinesParser::parse(const load::Piece& piece) const {
    return Reading(*this, piece).read();
}

Result<std::unique_ptr<base::ByteSource>> JsonLinesParser::wrap(
    std::unique_ptr<base::ByteSource> source, const std::string& name) const {
    if (options_.charset.empty()) return source;
    return load::decode_charset(std::move(source), options_.charset, name);
}

}  // namespace mogura::plugins::jsonl
