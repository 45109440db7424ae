// CSV: the fast tokenizer against the exact one, whole against cut into pieces, and both against
// the plain rules. The first bytes choose the dialect and the cut.

#include "plugins/parser/csv/lines.h"
#include "plugins/parser/csv/parser.h"
#include "plugins/parser/csv/plain_reader.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace mogura;
using plugins::csv::CsvParser;
using plugins::csv::Dialect;

plugins::ColumnTable table() {
    plugins::ColumnTable table;
    table.schema = page::Schema({{.name = "a", .type = page::Type::kString},
                                 {.name = "b", .type = page::Type::kLong},
                                 {.name = "c", .type = page::Type::kDouble}});
    table.timestamps.resize(3);
    return table;
}

// Rows and rejects go to two texts: their order within a piece says nothing.
struct Contents {
    std::string rows;
    std::string rejects;
    bool operator==(const Contents&) const = default;
};

void append(const load::Parsed& parsed, int64_t lines, Contents& contents) {
    std::string& result = contents.rows;
    for (const page::Page& page : parsed.pages) {
        for (size_t row = 0; row < page.rows(); ++row) {
            const page::ColumnData& text = page.column(0);
            result += text.is_null(row) ? "~" : std::string(text.texts()[row]);
            const page::ColumnData& number = page.column(1);
            result += '\x01' + (number.is_null(row) ? "~" : std::to_string(number.longs()[row]));
            const page::ColumnData& real = page.column(2);
            result +=
                '\x01' + (real.is_null(row) ? "~" : std::to_string(real.doubles()[row])) + '\n';
        }
    }
    for (const load::Reject& reject : parsed.rejects) {
        contents.rejects +=
            std::to_string(lines + reject.line) + reject.reason + reject.text + '\n';
    }
}

// Rows and rejects of the text, read as one piece or, with a cut inside, as two.
Contents read(const CsvParser& parser, std::string_view text, size_t cut) {
    Contents rows;
    std::string bytes(text.substr(0, cut));
    bool is_first = true;
    int64_t lines = 0;
    if (cut < text.size()) {
        auto parsed = parser.parse({.bytes = bytes, .owner = nullptr, .is_first = true});
        if (!parsed.ok()) std::abort();
        append(*parsed, lines, rows);
        lines = parsed->consumed_lines;
        is_first = parsed->header_pending;
        bytes = bytes.substr(parsed->consumed_bytes) + std::string(text.substr(cut));
    }
    auto parsed =
        parser.parse({.bytes = bytes, .owner = nullptr, .is_first = is_first, .is_last = true});
    if (!parsed.ok() || parsed->consumed_bytes != bytes.size()) std::abort();
    append(*parsed, lines, rows);
    return rows;
}

// Text columns against the plain reader, which knows nothing of pieces, marks and batches.
void compare_with_plain(std::string_view text, const Dialect& dialect, size_t cut) {
    if (!plugins::csv::is_utf8(text)) return;
    plugins::ColumnTable texts;
    texts.schema = page::Schema({{.name = "a"}, {.name = "b"}});
    texts.timestamps.resize(2);
    CsvParser parser(dialect, std::move(texts), "");
    plugins::csv::PlainRead plain = plugins::csv::read_plainly(text, dialect, 2);
    std::vector<std::string> rows;
    std::vector<std::string> rejects;
    std::string bytes(text.substr(0, cut));
    bool is_first = true;
    int64_t lines = 0;
    for (bool is_last : {false, true}) {
        auto parsed = parser.parse(
            {.bytes = bytes, .owner = nullptr, .is_first = is_first, .is_last = is_last});
        if (!parsed.ok()) std::abort();
        for (const page::Page& page : parsed->pages) {
            for (size_t row = 0; row < page.rows(); ++row) {
                std::string line;
                for (size_t column = 0; column < 2; ++column) {
                    const page::ColumnData& data = page.column(column);
                    if (column > 0) line += '|';
                    line += data.is_null(row) ? "~" : "[" + std::string(data.texts()[row]) + "]";
                }
                rows.push_back(std::move(line));
            }
        }
        for (const load::Reject& reject : parsed->rejects) {
            rejects.push_back(std::to_string(lines + reject.line) + ": " + reject.reason + ": " +
                              reject.text);
        }
        lines += parsed->consumed_lines;
        is_first = parsed->header_pending;
        bytes = bytes.substr(parsed->consumed_bytes) + std::string(text.substr(cut));
    }
    if (rows != plain.rows || rejects != plain.rejects) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 3) return 0;
    Dialect dialect;
    if (data[0] & 1) dialect.escape = "\"";
    if (data[0] & 2) dialect.quote = "";
    if (data[0] & 4) dialect.null_string = "";
    if (data[0] & 8) dialect.comment_marker = "#";
    if (data[0] & 16) dialect.allows_missing_columns = true;
    if (data[0] & 32) dialect.allows_extra_columns = true;
    if (data[0] & 64) dialect.quoted_units_max = 8;
    if (data[0] & 128) dialect.header_lines = 1;
    Dialect other = dialect;
    other.trims = (data[1] & 1) != 0;
    other.accepts_stray_quotes = !other.trims && (data[1] & 2) != 0;
    other.line_end = static_cast<plugins::csv::LineEnd>(data[1] >> 2 & 3);
    std::string_view text(reinterpret_cast<const char*>(data + 3), size - 3);
    size_t cut = text.empty() ? 0 : data[2] % text.size();
    CsvParser fast(dialect, table(), "");
    CsvParser exact(dialect, table(), "", false);
    Contents whole = read(exact, text, text.size());
    if (!(read(fast, text, text.size()) == whole) || !(read(fast, text, cut) == whole))
        std::abort();
    CsvParser rare(other, table(), "");
    if (!(read(rare, text, cut) == read(rare, text, text.size()))) std::abort();
    compare_with_plain(text, dialect, cut);
    compare_with_plain(text, other, cut);
    return 0;
}
