#include "load/guess_csv.h"

#include "base/text.h"
#include "load/guess_charset.h"
#include "load/guess_lines.h"
#include "load/guess_schema.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mogura::load {
namespace {

using Lines = std::span<const std::string>;

size_t count_of(std::string_view text, std::string_view part) {
    size_t count = 0;
    for (size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size())) {
        ++count;
    }
    return count;
}

bool is_blank(char byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

std::string guess_newline(std::string_view sample) {
    size_t pairs = count_of(sample, "\r\n");
    size_t returns = count_of(sample, "\r");
    size_t feeds = count_of(sample, "\n");
    if (pairs > returns / 2 && pairs > feeds / 2) return "CRLF";
    return returns > feeds / 2 ? "CR" : "LF";
}

// The delimiter that stands about equally often in every line (2.7.3).
std::string guess_delimiter(Lines lines) {
    std::string best = ",";
    double best_weight = 1.0;
    for (const char* candidate : {",", "\t", "|", ";"}) {
        double total = 0;
        std::vector<double> counts;
        for (const std::string& line : lines) {
            counts.push_back(static_cast<double>(count_of(line, candidate)));
            total += counts.back();
        }
        double mean = total / static_cast<double>(lines.size());
        double variance = 0;
        for (double count : counts) variance += (count - mean) * (count - mean);
        double deviation = std::sqrt(variance / static_cast<double>(lines.size()));
        double weight = total / (deviation < 1e-11 ? 1e-9 : deviation);
        if (weight > best_weight) {
            best_weight = weight;
            best = candidate;
        }
    }
    return best;
}

// Calls `match(at)`, which returns the end of a match that begins in a field at `at`, for every
// field start; matches do not overlap, so a delimiter that ended one begins no other.
template <typename Match>
size_t count_fields(std::string_view line, std::string_view delimiter, Match match) {
    size_t count = 0;
    size_t at = 0;
    while (at <= line.size()) {
        std::optional<size_t> end;
        if (at == 0) end = match(0);
        if (!end && line.substr(at).starts_with(delimiter)) end = match(at + delimiter.size());
        if (end) {
            ++count;
            at = std::max(*end, at + 1);
        } else {
            ++at;
        }
    }
    return count;
}

// The end of a delimiter at `at`, or the end of the line.
std::optional<size_t> field_end(std::string_view line, std::string_view delimiter, size_t at) {
    if (at == line.size()) return at;
    if (line.substr(at).starts_with(delimiter)) return at + delimiter.size();
    return std::nullopt;
}

// Fields in quotes without a quote inside.
size_t count_plainly_quoted(std::string_view line, std::string_view delimiter, char quote) {
    return count_fields(line, delimiter, [&](size_t at) -> std::optional<size_t> {
        while (at < line.size() && is_blank(line[at])) ++at;
        if (at >= line.size() || line[at] != quote) return std::nullopt;
        size_t close = line.find(quote, at + 1);
        if (close == std::string_view::npos) return std::nullopt;
        return field_end(line, delimiter, close + 1);
    });
}

// Fields in quotes without a delimiter inside; there may be quotes.
size_t count_quoted(std::string_view line, std::string_view delimiter, char quote) {
    return count_fields(line, delimiter, [&](size_t at) -> std::optional<size_t> {
        while (at < line.size() && is_blank(line[at])) ++at;
        if (at >= line.size() || line[at] != quote) return std::nullopt;
        size_t end = std::min(line.find(delimiter, at + 1), line.size());
        if (end < at + 2 || line[end - 1] != quote) return std::nullopt;
        return field_end(line, delimiter, end);
    });
}

// A quote in the middle of a value that does not begin with one.
bool has_stray_quote(std::string_view line, std::string_view delimiter, char quote) {
    return count_fields(line, delimiter, [&](size_t at) -> std::optional<size_t> {
               size_t next = line.find(quote, at);
               if (next == std::string_view::npos) return std::nullopt;
               bool has_other = next > at;  // blanks count as well as anything else
               return has_other ? std::optional(next + 1) : std::nullopt;
           }) > 0;
}

// 2.7.4, 2.7.5. Nothing means: no quotes.
std::optional<char> guess_quote(Lines lines, std::string_view delimiter) {
    std::optional<char> best;
    double best_score = 10;
    for (char quote : {'"', '\''}) {
        double total = 0;
        size_t with_quote = 0;
        for (const std::string& line : lines) {
            size_t occurrences = count_of(line, std::string_view(&quote, 1));
            if (occurrences == 0) continue;
            ++with_quote;
            total += static_cast<double>(occurrences +
                                         20 * count_plainly_quoted(line, delimiter, quote) +
                                         40 * count_quoted(line, delimiter, quote));
        }
        double score = with_quote > 0 ? total / static_cast<double>(with_quote) : 0;
        bool is_better = best ? score > best_score : score >= best_score;
        if (is_better) {
            best = quote;
            best_score = score;
        }
    }
    if (best) return best;
    for (const std::string& line : lines) {
        if (has_stray_quote(line, delimiter, '"')) return std::nullopt;
    }
    return '"';
}

std::optional<char> guess_escape(Lines lines, std::string_view delimiter, char quote) {
    std::optional<char> best;
    size_t best_count = 0;
    for (char escape : {'\\', '"'}) {
        size_t count = 0;
        for (const std::string& line : lines) {
            for (size_t at = 0; at + 1 < line.size(); ++at) {
                if (line[at] != escape) continue;
                std::string_view rest = std::string_view(line).substr(at + 1);
                if (rest[0] != quote && !rest.starts_with(delimiter)) continue;
                ++count;
                at += rest[0] == quote ? 1 : delimiter.size();
            }
        }
        if (count > best_count) {
            best = escape;
            best_count = count;
        }
    }
    if (!best && quote == '"') return '"';
    return best;
}

std::optional<std::string> guess_null_string(Lines lines, std::string_view delimiter) {
    std::optional<std::string> best;
    size_t best_count = 0;
    for (std::string_view word : {"null", "NULL", "#N/A", "\\N"}) {
        size_t count = 0;
        for (const std::string& line : lines) {
            count += count_fields(line, delimiter, [&](size_t at) -> std::optional<size_t> {
                if (!std::string_view(line).substr(at).starts_with(word)) return std::nullopt;
                return field_end(line, delimiter, at + word.size());
            });
        }
        if (count > best_count) {
            best = word;
            best_count = count;
        }
    }
    return best;
}

size_t usual_size(std::span<const GuessRecord> records) {
    std::map<size_t, size_t> counts;
    for (const GuessRecord& record : records) ++counts[record.size()];
    auto best = std::max_element(
        counts.begin(), counts.end(),
        [](const auto& one, const auto& other) { return one.second < other.second; });
    return best->first;
}

// Leading records with fewer fields than later ones are no part of the table (2.7.9). When records
// differ in length further on, the table begins where the usual length does.
size_t guess_skipped(const std::vector<GuessRecord>& records) {
    size_t base = 0;
    size_t looked = std::min<size_t>(10, records.size());
    for (size_t index = 1; index <= std::min<size_t>(10, records.size() - 1); ++index) {
        bool is_widest = true;
        for (size_t later = index; later < looked; ++later) {
            if (records[later].size() > records[index - 1].size()) is_widest = false;
        }
        if (is_widest) {
            base = index - 1;
            break;
        }
    }
    size_t usual = usual_size(std::span(records).subspan(base));
    if (base < records.size() && records[base].size() > usual) {
        for (size_t index = 0; index < base; ++index) {
            if (records[index].size() == usual) return index;
        }
    }
    return base;
}

bool is_comment(std::string_view line, std::string_view marker, const GuessDialect& dialect) {
    if (!line.starts_with(marker)) return false;
    if (dialect.quote && line.starts_with(*dialect.quote)) return false;
    if (dialect.null_string && line.starts_with(*dialect.null_string) &&
        field_end(line, dialect.delimiter, dialect.null_string->size())) {
        return false;
    }
    return true;
}

std::optional<std::string> guess_comment_marker(Lines lines, const GuessDialect& dialect) {
    std::optional<std::string> best;
    size_t best_count = 0;
    for (std::string_view marker : {"#", "//"}) {
        auto count = static_cast<size_t>(std::count_if(
            lines.begin(), lines.end(),
            [&](const std::string& line) { return is_comment(line, marker, dialect); }));
        if (count > best_count) {
            best = marker;
            best_count = count;
        }
    }
    return best;
}

size_t length_utf16(std::string_view text) {
    size_t units = 0;
    for (char byte : text) {
        auto value = static_cast<unsigned char>(byte);
        if ((value & 0xC0) != 0x80) units += value >= 0xF0 ? 2 : 1;
    }
    return units;
}

// A first value much shorter or longer than the others, which are all about equally long (2.7.17).
bool has_odd_first_value(std::span<const GuessRecord> records, size_t column) {
    const auto& first = records[0][column];
    std::vector<double> lengths;
    for (const GuessRecord& record : records.subspan(1)) {
        if (column < record.size() && record[column]) {
            lengths.push_back(static_cast<double>(length_utf16(*record[column])));
        }
    }
    if (!first || lengths.empty()) return false;
    double sum = 0;
    for (double length : lengths) sum += length;
    double average = sum / static_cast<double>(lengths.size());
    double variance = 0;
    for (double length : lengths) variance += (length - average) * (length - average);
    variance /= static_cast<double>(lengths.size());
    if (variance > 0.2) return false;
    auto first_length = static_cast<double>(length_utf16(*first));
    if (average == 0) return first_length > 1;
    return std::fabs(average - first_length) / average > 0.7;
}

struct Shape {
    bool has_header = false;
    std::vector<GuessedType> types;
};

bool is_word_like(const GuessedType& type) {
    return type.type == page::Type::kString || type.type == page::Type::kBoolean;
}

// The original looks into every record for each column of the longest one.
Result<> check_alike(std::span<const GuessRecord> records) {
    size_t columns = 0;
    for (const GuessRecord& record : records) columns = std::max(columns, record.size());
    for (const GuessRecord& record : records) {
        if (record.size() == columns) continue;
        std::string size = std::to_string(record.size());
        return Error(Code::kInvalid,
                     "guess: Index " + size + " out of bounds for length " + size +
                         " (rows of different lengths; exec: {compat: fixed} takes the usual one)");
    }
    return {};
}

// Whether the first record names the columns (2.7.15 to 2.7.17).
Result<Shape> guess_shape(std::span<const GuessRecord> records, Compat compat) {
    if (records.size() == 1) {
        return Shape{.has_header = false, .types = guess_types(records, compat)};
    }
    std::vector<GuessedType> first = guess_types(records.first(1), compat);
    std::vector<GuessedType> others = guess_types(records.subspan(1), compat);
    bool has_header = first != others && std::all_of(first.begin(), first.end(), is_word_like);
    if (!has_header && stops_guess_on_short_records(compat)) TRY(check_alike(records));
    for (size_t column = 0; column < records[0].size() && !has_header; ++column) {
        has_header = has_odd_first_value(records, column);
    }
    if (has_header) return Shape{.has_header = true, .types = std::move(others)};
    return Shape{.has_header = false, .types = guess_types(records, compat)};
}

// What the user or an earlier round said, as text.
std::optional<std::string> given_text(const config::Map& parser, std::string_view key) {
    const config::Value* value = parser.find(key);
    return value ? value->scalar_text() : std::nullopt;
}

std::optional<char> given_character(const config::Map& parser, std::string_view key) {
    auto text = given_text(parser, key);
    if (!text || text->empty() || text->front() == '\0') return std::nullopt;
    return text->front();
}

config::Value as_value(std::optional<char> character) {
    if (!character) return nullptr;
    return std::string(1, *character);
}

// Everything behind charset and newline, step by step in the original's order.
class TableGuess {
  public:
    TableGuess(const config::Map& parser, std::vector<std::string> lines, const CsvGuess& options)
        : parser_(parser), lines_(std::move(lines)), options_(options) {}

    // Empty when the lines are no table.
    Result<config::Map> run() {
        answer_.set("type", "csv");
        decide_dialect();
        skipped_ = skipped_lines();
        lines_.erase(lines_.begin(), lines_.begin() + static_cast<ptrdiff_t>(skipped_));
        drop_comments();
        std::vector<GuessRecord> records = tokenized(/*trims=*/false);
        bool is_one_of_lines = records.size() == 1 && lines_.size() > 1;
        if (records.empty() || (is_one_of_lines && counts_lines_for_one_record(options_.compat))) {
            return config::Map();
        }
        decide_trim(records);
        Shape shape = TRY(guess_shape(records, options_.compat));
        answer_.set("skip_header_lines",
                    static_cast<int64_t>(skipped_) + (shape.has_header ? 1 : 0));
        for (const char* key : {"allow_extra_columns", "allow_optional_columns"}) {
            if (!parser_.find(key)) answer_.set(key, false);
        }
        answer_.set("columns", columns(shape, records[0]));
        return std::move(answer_);
    }

  private:
    void decide_dialect() {
        if (auto delimiter = given_text(parser_, "delimiter"); delimiter && !delimiter->empty()) {
            dialect_.delimiter = *delimiter;
        } else {
            dialect_.delimiter = guess_delimiter(lines_);
            answer_.set("delimiter", dialect_.delimiter);
        }
        std::optional<char> quote = '"';
        const config::Value* given_quote = parser_.find("quote");
        if (!given_quote) {
            quote = guess_quote(lines_, dialect_.delimiter);
            answer_.set("quote", as_value(quote));
        } else if (given_text(parser_, "quote") == "") {
            answer_.set("quote", "\"");
        } else {
            quote = given_character(parser_, "quote");
        }
        std::optional<char> escape = given_character(parser_, "escape");
        if (!parser_.find("escape") && quote) {
            escape = guess_escape(lines_, dialect_.delimiter, *quote);
            answer_.set("escape", as_value(escape));
        }
        dialect_.null_string = given_text(parser_, "null_string");
        if (!parser_.find("null_string")) {
            dialect_.null_string = guess_null_string(lines_, dialect_.delimiter);
            if (dialect_.null_string) answer_.set("null_string", *dialect_.null_string);
        }
        has_quote_ = quote.has_value();
        dialect_.quote = quote.value_or('"');  // the original's tokenizer falls back to these
        dialect_.escape = escape.value_or('\\');
    }

    size_t skipped_lines() const {
        GuessTable table = split_records(lines_, dialect_, /*keeps_empty=*/true);
        if (table.records.empty()) return 0;
        return std::min(guess_skipped(table.records), lines_.size() - 1);
    }

    void drop_comments() {
        auto marker = given_text(parser_, "comment_line_marker");
        if (!parser_.find("comment_line_marker")) {
            GuessDialect seen = dialect_;
            if (!has_quote_) seen.quote.reset();
            marker = guess_comment_marker(lines_, seen);
            if (marker) answer_.set("comment_line_marker", *marker);
        }
        if (!marker || marker->empty()) return;
        std::erase_if(lines_,
                      [&](const std::string& line) { return is_comment(line, *marker, dialect_); });
    }

    std::vector<GuessRecord> tokenized(bool trims) const {
        GuessDialect dialect = dialect_;
        dialect.trims = trims;
        std::vector<GuessRecord> records =
            split_records(lines_, dialect, /*keeps_empty=*/false).records;
        // Where records differ in length, the usual one is the table's.
        if (records.empty() || stops_guess_on_short_records(options_.compat)) return records;
        size_t usual = usual_size(records);
        if (records[0].size() > usual) return records;
        for (GuessRecord& record : records) record.resize(std::min(record.size(), usual));
        return records;
    }

    // The types below what may be a header.
    std::vector<GuessedType> body_types(std::span<const GuessRecord> records) const {
        return guess_types(records.size() > 1 ? records.subspan(1) : records, options_.compat);
    }

    void decide_trim(std::vector<GuessRecord>& records) {
        const config::Value* given = parser_.find("trim_if_not_quoted");
        std::vector<GuessRecord> trimmed = tokenized(/*trims=*/true);
        bool trims = given ? given->is_boolean() && given->boolean()
                           : body_types(records) != body_types(trimmed);
        if (trims) records = std::move(trimmed);
        if (!given) answer_.set("trim_if_not_quoted", trims);
    }

    config::List columns(const Shape& shape, const GuessRecord& first) const {
        config::List columns;
        size_t count =
            shape.has_header ? std::min(first.size(), shape.types.size()) : shape.types.size();
        for (size_t index = 0; index < count; ++index) {
            const GuessedType& type = shape.types[index];
            config::Map column;
            column.set("name", shape.has_header ? std::string(base::trim(first[index].value_or("")))
                                                : "c" + std::to_string(index));
            column.set("type", options_.all_strings ? "string" : page::type_name(type.type));
            if (!options_.all_strings && type.type == page::Type::kTimestamp) {
                column.set("format", type.format);
            }
            columns.emplace_back(std::move(column));
        }
        return columns;
    }

    const config::Map& parser_;
    std::vector<std::string> lines_;
    const CsvGuess options_;
    config::Map answer_;
    GuessDialect dialect_;
    bool has_quote_ = true;
    size_t skipped_ = 0;
};

}  // namespace

Result<config::Map> guess_csv(const config::Map& parser, std::string_view sample,
                              const CsvGuess& options) {
    config::Map answer;
    auto charset = given_text(parser, "charset");
    if (!charset) {
        answer.set("charset", guess_charset(sample));
        return answer;
    }
    auto newline = given_text(parser, "newline");
    if (!newline) {
        answer.set("newline", guess_newline(sample));
        return answer;
    }
    if (auto type = given_text(parser, "type"); type && *type != "csv") return answer;
    auto recognized = given_text(parser, "line_delimiter_recognized").value_or("");
    auto lines = sample_lines(sample, *charset, *newline, recognized);
    if (!lines.ok() || lines->empty()) return answer;
    return TableGuess(parser, *std::move(lines), options).run();
}

}  // namespace mogura::load
