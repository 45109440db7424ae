// CSV: the fast parallel reader against the plain one, which knows nothing of pieces, marks and
// batches. The first bytes choose the dialect and the columns, the others are the text. It is read
// whole and with a cut at every place, with AVX2 and without; each time the rows, the rejects and
// their lines must be those of the plain reader.

#include "plugins/parser/csv/lines.h"
#include "plugins/parser/csv/marks.h"
#include "plugins/parser/csv/parser.h"
#include "plugins/parser/csv/plain_reader.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace mogura;
using plugins::csv::CsvParser;
using plugins::csv::Dialect;
using plugins::csv::PlainRead;

// More than two blocks of the AVX2 code; every cut of it is tried.
constexpr size_t kTextBytesMax = 160;

class Bytes {
  public:
    Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}

    size_t next() {
        if (size_ == 0) return 0;
        --size_;
        return *data_++;
    }
    template <typename T, size_t count>
    const T& pick(const T (&choices)[count]) {
        return choices[next() % count];
    }
    std::string rest() {
        size_t size = std::min(std::exchange(size_, 0), kTextBytesMax);
        return {reinterpret_cast<const char*>(data_), size};
    }

  private:
    const uint8_t* data_;
    size_t size_;
};

const std::string kHiragana = "\xE3\x81\x82";

// Embulk 3.1; the commonest first, so that few bytes say much.
Dialect read_dialect(Bytes& bytes) {
    static const std::string kDelimiters[] = {",", ",",       "\t", "|",  "::", ",a",
                                              "a", kHiragana, " ",  "\"", "\n"};
    static const std::string kQuotes[] = {"\"", "\"", "\"", "", "'", kHiragana, ",", "a", " "};
    static const std::string kEscapes[] = {"\\", "\\", "\"", "", "'", kHiragana, ",", "a", " "};
    static const std::string kNulls[] = {"", "a", "\"", "1", " ", kHiragana, "\r\n"};
    static const std::string kComments[] = {"", "", "#", "#a", "\"", kHiragana, " "};
    static const std::string kNewlines[] = {"\r\n", "\n", "\r"};
    static const int64_t kUnitsMax[] = {131072, 131072, 0, 1, 2, 4, 8, 40, 100};
    Dialect dialect;
    size_t flags = bytes.next();
    dialect.allows_missing_columns = (flags & 1) != 0;
    dialect.allows_extra_columns = (flags & 2) != 0;
    dialect.trims = (flags & 12) == 4;
    dialect.accepts_stray_quotes = (flags & 12) == 8;
    dialect.stops_on_invalid = (flags & 48) == 16;
    dialect.keeps_byte_order_mark = (flags & 64) != 0;
    bool has_null = (flags & 128) != 0;
    dialect.delimiter = bytes.pick(kDelimiters);
    dialect.quote = bytes.pick(kQuotes);
    dialect.escape = bytes.pick(kEscapes);
    if (has_null) dialect.null_string = bytes.pick(kNulls);
    dialect.comment_marker = bytes.pick(kComments);
    size_t lines = bytes.next();
    dialect.header_lines = std::max<int64_t>(static_cast<int64_t>(lines & 7) - 4, 0);
    // Half of the dialects take every line end: only those have a fast path.
    size_t line_end = lines >> 3 & 7;
    if (line_end > 4) dialect.line_end = static_cast<plugins::csv::LineEnd>(line_end - 4);
    dialect.newline = kNewlines[(lines >> 6) % std::size(kNewlines)];
    dialect.quoted_units_max = bytes.pick(kUnitsMax);
    return dialect;
}

// The text as it stands, or each of its bytes as a piece that means something in this dialect.
std::string read_text(Bytes& bytes, const Dialect& dialect, bool is_raw) {
    std::string raw = bytes.rest();
    if (is_raw) return raw;
    const std::string kPieces[] = {"a",
                                   "1",
                                   "23",
                                   "-",
                                   dialect.delimiter,
                                   dialect.delimiter,
                                   dialect.delimiter.substr(0, 1),
                                   dialect.quote,
                                   dialect.quote,
                                   dialect.escape,
                                   dialect.quote + dialect.delimiter,
                                   dialect.delimiter + dialect.quote,
                                   dialect.null_string.value_or(""),
                                   dialect.comment_marker,
                                   "\n",
                                   "\n",
                                   "\r",
                                   "\r\n",
                                   " ",
                                   "\\",
                                   "\"",
                                   kHiragana,
                                   "\xF0\x9F\x90\xBE",
                                   "\xE3\x81",
                                   "\xFF",
                                   "\xEF\xBB\xBF",
                                   std::string(1, '\0'),
                                   "a long word without any mark, ",
                                   "9223372036854775807"};
    std::string text;
    for (char byte : raw) {
        text += kPieces[static_cast<unsigned char>(byte) % std::size(kPieces)];
        if (text.size() >= kTextBytesMax) break;
    }
    return text;
}

plugins::ColumnTable table_of(const std::vector<page::Type>& types) {
    std::vector<page::Column> columns;
    for (page::Type type : types) {
        columns.push_back(
            {.name = std::string(1, static_cast<char>('a' + columns.size())), .type = type});
    }
    plugins::ColumnTable table;
    table.schema = page::Schema(std::move(columns));
    table.timestamps.resize(types.size());
    return table;
}

std::string cell_text(const page::ColumnData& data, page::Type type, size_t row) {
    if (data.is_null(row)) return "~";
    if (type == page::Type::kLong) return std::to_string(data.longs()[row]);
    if (type == page::Type::kDouble) return std::to_string(data.doubles()[row]);
    return "[" + std::string(data.texts()[row]) + "]";
}

// False where a reject stops the run.
bool append(const load::Parsed& parsed, int64_t lines, PlainRead& read) {
    for (const page::Page& page : parsed.pages) {
        for (size_t row = 0; row < page.rows(); ++row) {
            std::string line;
            for (size_t column = 0; column < page.columns(); ++column) {
                if (column > 0) line += '|';
                line += cell_text(page.column(column), page.schema()[column].type, row);
            }
            read.rows.push_back(std::move(line));
        }
    }
    for (const load::Reject& reject : parsed.rejects) {
        read.rejects.push_back(std::to_string(lines + reject.line) + ": " + reject.reason + ": " +
                               reject.text);
        if (reject.stops) return false;
    }
    return true;
}

// The text in two pieces, as the pipeline reads them; in one where the cut is its end.
PlainRead read(const CsvParser& parser, std::string_view text, size_t cut) {
    PlainRead result;
    std::string bytes(text.substr(0, cut));
    bool is_first = true;
    int64_t lines = 0;
    for (bool is_last : {false, true}) {
        if (!is_last && cut == text.size()) continue;
        // No byte behind the piece may be read: the sanitizer sees the end of this copy.
        auto exact = std::make_unique<char[]>(bytes.size());
        std::ranges::copy(bytes, exact.get());
        auto parsed = parser.parse({.bytes = {exact.get(), bytes.size()},
                                    .owner = nullptr,
                                    .is_first = is_first,
                                    .is_last = is_last});
        if (!parsed.ok()) std::abort();
        if (!append(*parsed, lines, result)) return result;
        if (is_last && parsed->consumed_bytes != bytes.size()) std::abort();
        lines += parsed->consumed_lines;
        is_first = parsed->header_pending;
        bytes = bytes.substr(parsed->consumed_bytes) + std::string(text.substr(cut));
    }
    return result;
}

void print(const char* title, const PlainRead& read) {
    std::fprintf(stderr, "%s\n", title);
    for (const std::string& row : read.rows) std::fprintf(stderr, "  row    %s\n", row.c_str());
    for (const std::string& line : read.rejects)
        std::fprintf(stderr, "  reject %s\n", line.c_str());
}

void expect_same(const PlainRead& found, const PlainRead& wanted, size_t cut) {
    if (found.rows == wanted.rows && found.rejects == wanted.rejects) return;
    std::fprintf(stderr, "cut at %zu\n", cut);
    print("found:", found);
    print("wanted:", wanted);
    std::abort();
}

// The plain reader has no doubles: these are compared with the exact tokenizer alone.
void compare_with_exact(const std::string& text, const Dialect& dialect) {
    const std::vector<page::Type> types = {page::Type::kString, page::Type::kLong,
                                           page::Type::kDouble};
    PlainRead exact = read(CsvParser(dialect, table_of(types), "", false), text, text.size());
    CsvParser fast(dialect, table_of(types), "");
    for (size_t cut : {text.size(), text.size() / 2})
        expect_same(read(fast, text, cut), exact, cut);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Bytes bytes(data, size);
    size_t shape = bytes.next();
    const Dialect dialect = read_dialect(bytes);
    const std::string text = read_text(bytes, dialect, (shape & 1) != 0);
    std::vector<page::Type> types(1 + (shape >> 1) % 3, page::Type::kString);
    if ((shape & 8) != 0 && plugins::csv::is_ascii(text)) types.back() = page::Type::kLong;
    // 3.2.3: what is not UTF-8 is replaced before anything else happens.
    std::string repaired;
    plugins::csv::append_repaired(text, repaired);
    const PlainRead plain = plugins::csv::read_plainly(repaired, dialect, types);
    const CsvParser parser(dialect, table_of(types), "");
    for (bool uses_avx2 : {true, false}) {
        plugins::csv::use_fast_marks(uses_avx2);
        for (size_t cut = 0; cut <= text.size(); ++cut)
            expect_same(read(parser, text, cut), plain, cut);
    }
    plugins::csv::use_fast_marks(true);
    compare_with_exact(text, dialect);
    return 0;
}
