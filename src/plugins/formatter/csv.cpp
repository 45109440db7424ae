// Rows as delimited text (spec embulk 5.1, 5.2).

#include "base/appender.h"
#include "plugins/plugins.h"

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

enum class Quoting { kMinimal, kAll, kNone };

struct ColumnOptions {
    std::string name;
    std::string place;
    std::optional<std::string> format;
    std::optional<std::string> time_zone;
};

struct Options {
    bool has_header = true;
    std::string delimiter = ",";
    std::string quote = "\"";
    std::string escape;
    Quoting quoting = Quoting::kMinimal;
    std::string null_text;
    std::string newline = "\r\n";
    std::string newline_in_field = "\n";
    std::string charset = "utf-8";
    std::string time_zone = "UTC";
    std::string timestamp_format;
    std::vector<ColumnOptions> columns;
    std::string place;  // of the whole mapping
};

size_t characters(std::string_view text) {
    size_t count = 0;
    for (char byte : text) count += (static_cast<unsigned char>(byte) & 0xC0) != 0x80 ? 1 : 0;
    return count;
}

std::string read_newline(config::Reader& reader, std::string_view name,
                         const std::vector<std::string>& words, std::string_view help) {
    const std::string& word = words[reader.choice(name, words, help)];
    return word == "CRLF" ? "\r\n" : word == "CR" ? "\r" : "\n";
}

std::string read_quote(config::Reader& reader) {
    std::string quote = reader.maybe<std::string>("quote", "One character; by default \".")
                            .value_or(std::string("\""));
    if (characters(quote) > 1) reader.problem("quote", "must be one character, not: " + quote);
    return quote.empty() || quote[0] == '\0' ? "\"" : quote;
}

std::vector<ColumnOptions> read_columns(config::Reader& reader) {
    std::vector<ColumnOptions> columns;
    const config::Value* map =
        reader.raw("column_options", "map of column name to {format, timezone}",
                   "How single timestamp columns are printed.");
    if (!map || map->is_null()) return columns;
    if (!map->is_map()) {
        reader.problem("column_options", "must be a map of column names");
        return columns;
    }
    for (const auto& entry : map->map()) {
        if (!entry.value.is_map()) {
            reader.problem("column_options", "must hold a map for column " + entry.key);
            continue;
        }
        config::Reader nested(entry.value.map(), reader.file(),
                              reader.path() + ".column_options." + entry.key);
        columns.push_back({.name = entry.key,
                           .place = reader.place_of("column_options"),
                           .format = nested.maybe<std::string>("format", "Timestamp format."),
                           .time_zone = nested.maybe<std::string>("timezone", "Time zone.")});
        reader.absorb(std::move(nested));
    }
    return columns;
}

Options read(config::Reader& reader) {
    Options options;
    options.has_header = reader.optional("header_line", true, "Begin with the column names.");
    options.delimiter = reader.optional("delimiter", ",", "One character between values.");
    if (characters(options.delimiter) != 1) {
        reader.problem("delimiter", "must be one character, not: " + options.delimiter);
    }
    options.quote = read_quote(reader);
    options.quoting = static_cast<Quoting>(
        reader.choice("quote_policy", {"MINIMAL", "ALL", "NONE"}, "Which values are quoted."));
    auto escape = reader.maybe<std::string>(
        "escape", "Stands before a quote inside quotes; by default the quote, or \\ under NONE.");
    if (escape && characters(*escape) > 1) {
        reader.problem("escape", "must be one character, not: " + *escape);
    }
    bool has_escape = escape && !escape->empty() && *escape != std::string(1, '\0');
    options.escape = has_escape                          ? *escape
                     : options.quoting == Quoting::kNone ? "\\"
                                                         : options.quote;
    options.null_text = reader.optional("null_string", "", "How null is written.");
    options.newline = read_newline(reader, "newline", {"CRLF", "LF", "CR"}, "Ends each row.");
    options.newline_in_field = read_newline(reader, "newline_in_field", {"LF", "CRLF", "CR"},
                                            "Replaces line ends inside values.");
    options.charset = reader.optional("charset", "utf-8", "Charset of the file.");
    options.time_zone = reader.optional("default_timezone", "UTC", "Time zone of timestamps.");
    options.timestamp_format = reader.optional("default_timestamp_format",
                                               "%Y-%m-%d %H:%M:%S.%6N %z", "Timestamp format.");
    options.columns = read_columns(reader);
    options.place = reader.file().empty() ? reader.path() : reader.file() + ": " + reader.path();
    return options;
}

// Writes one value under the dialect. Values that cannot contain anything special go straight to
// the text; the others are looked at first.
class Dialect {
  public:
    explicit Dialect(const Options& options)
        : options_(options),
          special_(options.quote[0], options.delimiter[0], '\r', '\n'),
          are_numbers_plain_(
              cannot_be_number(options.quote[0]) && cannot_be_number(options.delimiter[0]) &&
              (options.null_text.empty() || cannot_be_number(options.null_text[0]))) {}

    // `write` appends a value that is made of the characters of numbers and boolean words.
    template <typename Write>
    void append_number(std::string& text, Write write) const {
        if (!are_numbers_plain_) {
            append_generated(text, write);
            return;
        }
        if (options_.quoting == Quoting::kAll) text += options_.quote;
        write(text);
        if (options_.quoting == Quoting::kAll) text += options_.quote;
    }

    // `write` appends any text of its own making; it is looked at where it stands.
    template <typename Write>
    void append_generated(std::string& text, Write write) const {
        bool is_quoted = options_.quoting == Quoting::kAll;
        size_t begin = text.size();
        if (is_quoted) text += options_.quote;
        size_t value_begin = text.size();
        write(text);
        std::string_view value = std::string_view(text).substr(value_begin);
        if (is_plain(value)) {
            if (is_quoted) text += options_.quote;
            return;
        }
        std::string copy(value);
        text.resize(begin);
        append_text(text, copy);
    }

    void append_text(std::string& text, std::string_view value) const {
        if (options_.quoting == Quoting::kNone) {
            append_escaped(text, value);
        } else if (options_.quoting == Quoting::kMinimal && is_plain(value)) {
            text += value;
        } else {
            text += options_.quote;
            append_inside_quotes(text, value);
            text += options_.quote;
        }
    }

    // Whether numbers and words of booleans may stand as they are.
    bool has_bare_numbers() const {
        return are_numbers_plain_ && options_.quoting != Quoting::kAll;
    }
    // Whether this text may.
    bool has_bare(std::string_view value) const {
        return options_.quoting == Quoting::kMinimal && is_plain(value);
    }

  private:
    static bool cannot_be_number(char byte) {
        return std::string_view("+-.0123456789EINafilnrstuey").find(byte) == std::string_view::npos;
    }

    bool is_plain(std::string_view value) const {
        if (special_.is_in(value)) {
            // The first byte of a delimiter or a quote may begin another character.
            bool has_long = options_.delimiter.size() > 1 || options_.quote.size() > 1;
            bool may_be_plain = has_long && value.find_first_of("\r\n") == std::string_view::npos &&
                                value.find(options_.quote) == std::string_view::npos &&
                                value.find(options_.delimiter) == std::string_view::npos;
            if (!may_be_plain) return false;
        }
        return value != options_.null_text || options_.quoting != Quoting::kMinimal;
    }

    // Appends a line end at `at` and returns the place behind it; CRLF is one.
    size_t append_newline(std::string& text, std::string_view value, size_t at) const {
        text += options_.newline_in_field;
        bool is_pair = value[at] == '\r' && at + 1 < value.size() && value[at + 1] == '\n';
        return at + (is_pair ? 2 : 1);
    }

    void append_inside_quotes(std::string& text, std::string_view value) const {
        if (!special_.is_in(value)) {
            text += value;
            return;
        }
        size_t at = 0;
        while (at < value.size()) {
            char byte = value[at];
            if (byte == '\r' || byte == '\n') {
                at = append_newline(text, value, at);
                continue;
            }
            bool is_quote =
                byte == options_.quote[0] && value.substr(at).starts_with(options_.quote);
            if (is_quote) text += options_.escape;
            text += byte;
            ++at;
        }
    }

    void append_escaped(std::string& text, std::string_view value) const {
        if (!special_.is_in(value)) {
            text += value;
            return;
        }
        size_t at = 0;
        while (at < value.size()) {
            char byte = value[at];
            if (byte == '\r' || byte == '\n') {
                text += options_.escape;
                at = append_newline(text, value, at);
                continue;
            }
            if (value.substr(at).starts_with(options_.delimiter)) text += options_.escape;
            text += byte;
            ++at;
        }
    }

    const Options& options_;
    load::ByteFinder special_;
    bool are_numbers_plain_;
};

class CsvFormatter final : public load::Formatter {
  public:
    CsvFormatter(Options options, page::Schema schema, load::TextEncoder encoder,
                 std::vector<std::unique_ptr<load::TimestampFormatter>> timestamps)
        : options_(std::move(options)),
          dialect_(options_),
          schema_(std::move(schema)),
          encoder_(std::move(encoder)),
          timestamps_(std::move(timestamps)) {}

    Result<std::string> header() const override {
        std::string bytes(encoder_.mark());
        if (!options_.has_header) return bytes;
        std::string text;
        for (size_t column = 0; column < schema_.size(); ++column) {
            if (column > 0) text += options_.delimiter;
            dialect_.append_text(text, schema_[column].name);
        }
        text += options_.newline;
        encoder_.encode(text, bytes);
        return bytes;
    }

    Result<> format(const page::Page& page, std::string& text) const override {
        if (encoder_.is_utf8()) {
            append_rows(page, text);
        } else {
            std::string utf8;
            append_rows(page, utf8);
            encoder_.encode(utf8, text);
        }
        return {};
    }

  private:
    void append_rows(const page::Page& page, std::string& text) const {
        base::Appender rows(text);
        std::string scratch;
        const bool has_bare_numbers = dialect_.has_bare_numbers();
        for (size_t row = 0; row < page.rows(); ++row) {
            for (size_t column = 0; column < page.columns(); ++column) {
                if (column > 0) rows.append(options_.delimiter);
                const page::ColumnData& data = page.column(column);
                if (data.is_null(row)) {
                    rows.append(options_.null_text);
                } else if (!append_bare(rows, data, row, has_bare_numbers)) {
                    scratch.clear();
                    append_value(scratch, data, row, column);
                    rows.append(scratch);
                }
            }
            rows.append(options_.newline);
        }
    }

    // The usual values, which need neither quotes nor escapes; false for others.
    bool append_bare(base::Appender& rows, const page::ColumnData& data, size_t row,
                     bool has_bare_numbers) const {
        constexpr size_t kLongBytesMax = 20;
        switch (data.values.index()) {
            case 0:
                if (has_bare_numbers) rows.append(data.booleans()[row] ? "true" : "false");
                return has_bare_numbers;
            case 1: {
                if (!has_bare_numbers) return false;
                char* out = rows.room(kLongBytesMax);
                rows.take(std::to_chars(out, out + kLongBytesMax, data.longs()[row]).ptr);
                return true;
            }
            case 3: {
                std::string_view value = data.texts()[row];
                if (!dialect_.has_bare(value)) return false;
                rows.append(value);
                return true;
            }
            default:
                return false;
        }
    }

    void append_value(std::string& text, const page::ColumnData& data, size_t row,
                      size_t column) const {
        switch (data.values.index()) {
            case 0:
                dialect_.append_number(text, [&](std::string& out) {
                    out += data.booleans()[row] ? "true" : "false";
                });
                return;
            case 1:
                dialect_.append_number(
                    text, [&](std::string& out) { load::append_long(out, data.longs()[row]); });
                return;
            case 2:
                dialect_.append_number(
                    text, [&](std::string& out) { load::append_double(out, data.doubles()[row]); });
                return;
            case 3:
                dialect_.append_text(text, data.texts()[row]);
                return;
            default:
                dialect_.append_generated(text, [&](std::string& out) {
                    timestamps_[column]->format(data.timestamps()[row], out);
                });
        }
    }

    const Options options_;
    const Dialect dialect_;  // refers to options_
    const page::Schema schema_;
    const load::TextEncoder encoder_;
    const std::vector<std::unique_ptr<load::TimestampFormatter>> timestamps_;  // by column
};

Result<std::unique_ptr<load::AnyFormatter>> make(const Options& options, const page::Schema& schema,
                                                 const load::Context& context) {
    for (const ColumnOptions& column : options.columns) {
        if (!schema.find(column.name)) {
            return Error(Code::kInvalid,
                         column.place + ": Column '" + column.name + "' is not found");
        }
    }
    std::vector<std::unique_ptr<load::TimestampFormatter>> timestamps(schema.size());
    for (size_t index = 0; index < schema.size(); ++index) {
        if (schema[index].type != page::Type::kTimestamp) continue;
        std::string format = options.timestamp_format;
        std::string time_zone = options.time_zone;
        for (const ColumnOptions& column : options.columns) {
            if (column.name != schema[index].name) continue;
            format = column.format.value_or(format);
            time_zone = column.time_zone.value_or(time_zone);
        }
        auto compiled = load::TimestampFormatter::compile(format, time_zone, context.compat);
        if (!compiled.ok()) {
            return compiled.error().at(options.place + ": column " + schema[index].name);
        }
        timestamps[index] = std::make_unique<load::TimestampFormatter>(*std::move(compiled));
    }
    auto encoder = load::TextEncoder::find(options.charset);
    if (!encoder.ok()) return encoder.error().at(options.place + ".charset");
    auto made = std::make_unique<load::AnyFormatter>();
    made->text =
        std::make_unique<CsvFormatter>(options, schema, *std::move(encoder), std::move(timestamps));
    return made;
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(formatter, csv) {
    registry.formatters.add("csv", "Delimited text with quotes.", read, make);
}
