// Reads CSV files (embulk chapter 3).

#include "plugins/plugins.h"

#include "base/log.h"
#include "plugins/column_options.h"
#include "plugins/parser/csv/parser.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

struct Options {
    csv::Dialect dialect;
    ColumnOptions columns;
    std::string charset;
};

size_t characters_of(std::string_view text) {
    return static_cast<size_t>(std::ranges::count_if(
        text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

// `quote` and `escape`: one character; null turns it off; '' is an old way to write something else.
std::string read_character(config::Reader& reader, std::string_view name, std::string fallback,
                           std::string_view of_empty, std::string_view help) {
    const config::Value* value = reader.raw(name, "string", help);
    if (!value) return fallback;
    if (value->is_null()) return "";
    auto text = value->scalar_text();
    if (!text || characters_of(*text) > 1) {
        reader.problem(name, "must be one character");
        return fallback;
    }
    if (text->empty()) {
        log::warn(reader.place_of(name) +
                  ": an empty value is obsolete (write null to turn it off)");
        return std::string(of_empty);
    }
    return *text == std::string(1, '\0') ? "" : *text;
}

csv::LineEnd line_end_of(config::Reader& reader) {
    auto text = reader.maybe<std::string>("line_delimiter_recognized",
                                          "Only this ends a line: CRLF, LF or CR.");
    if (!text) return csv::LineEnd::kAny;
    if (*text == "CRLF") return csv::LineEnd::kCrlf;
    if (*text == "LF") return csv::LineEnd::kLf;
    if (*text == "CR") return csv::LineEnd::kCr;
    reader.problem("line_delimiter_recognized", "must be CRLF, LF or CR, not " + *text);
    return csv::LineEnd::kAny;
}

int64_t header_lines_of(config::Reader& reader) {
    int64_t lines = reader.optional<int64_t>("skip_header_lines", 0, "Lines to skip at the top.");
    auto header = reader.maybe<bool>("header_line", "Old spelling of skip_header_lines: 1.");
    if (lines > 0 && header) {
        reader.problem("header_line",
                       "'header_line' option is invalid if 'skip_header_lines' is set.");
    }
    return lines == 0 && header.value_or(false) ? 1 : lines;
}

csv::Dialect read_dialect(config::Reader& reader) {
    csv::Dialect dialect;
    dialect.delimiter = reader.optional("delimiter", ",", "What stands between fields.");
    if (dialect.delimiter.empty())
        reader.problem("delimiter", "CSV does not accept an empty delimiter");
    dialect.quote = read_character(reader, "quote", "\"", "\"", "Quote character; null for none.");
    dialect.escape = read_character(reader, "escape", "\\", "", "Escape character in quotes.");
    dialect.null_string = reader.maybe<std::string>("null_string", "Text that means null.");
    dialect.trims = reader.optional("trim_if_not_quoted", false, "Drop blanks around fields.");
    dialect.accepts_stray_quotes =
        reader.choice(
            "quotes_in_quoted_fields",
            {"ACCEPT_ONLY_RFC4180_ESCAPED", "ACCEPT_STRAY_QUOTES_ASSUMING_NO_DELIMITERS_IN_FIELDS"},
            "What a lone quote inside quotes means.") == 1;
    if (dialect.trims && dialect.accepts_stray_quotes) {
        reader.problem("trim_if_not_quoted", "cannot be used with stray quotes");
    }
    dialect.quoted_units_max =
        reader.optional<int64_t>("max_quoted_size_limit", 131072, "Longest quoted field.");
    dialect.comment_marker =
        reader.maybe<std::string>("comment_line_marker", "Begins lines to skip.").value_or("");
    dialect.header_lines = header_lines_of(reader);
    dialect.allows_missing_columns =
        reader.optional("allow_optional_columns", false, "Missing last columns are null.");
    dialect.allows_extra_columns =
        reader.optional("allow_extra_columns", false, "Ignore further fields.");
    dialect.stops_on_invalid =
        reader.optional("stop_on_invalid_record", false, "The first bad row fails the run.");
    constexpr std::string_view kNewlines[] = {"\r\n", "\n", "\r"};
    dialect.newline = kNewlines[reader.choice("newline", {"CRLF", "LF", "CR"},
                                              "What a line end inside quotes becomes.")];
    dialect.line_end = line_end_of(reader);
    return dialect;
}

Options read(config::Reader& reader) {
    Options options;
    options.dialect = read_dialect(reader);
    options.columns = read_columns(reader, true);
    std::string charset = reader.optional("charset", "utf-8", "Character set of the file.");
    if (!load::is_utf8_charset(charset)) {
        options.charset = charset;
        auto known = load::check_charset(charset);
        if (!known.ok()) reader.problem("charset", known.error().message());
    }
    return options;
}

Result<std::unique_ptr<load::Parser>> make(const Options& options, const load::Context& context) {
    ColumnTable table = TRY(make_columns(options.columns));
    csv::Dialect dialect = options.dialect;
    dialect.keeps_byte_order_mark = load::keeps_byte_order_mark(context.compat);
    auto parser = std::make_unique<load::Parser>();
    parser->pieces =
        std::make_unique<csv::CsvParser>(std::move(dialect), std::move(table), options.charset);
    return parser;
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(parser, csv) {
    registry.parsers.add("csv", "Text with fields between delimiters.", read, make);
}
