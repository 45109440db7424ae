// Rows as JSON objects, one a line (spec embulk 5.6).

#include "plugins/plugins.h"
#include "plugins/simple_date_pattern.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

struct Options {
    std::string charset = "UTF-8";
    std::string newline = "\n";
    std::optional<std::string> timestamp_format;
    std::string time_zone;
    std::vector<std::string> json_columns;
    std::string json_columns_place;
    std::string place;  // of the whole mapping
};

Options read(config::Reader& reader) {
    Options options;
    options.charset = reader.optional("encoding", "UTF-8", "Charset of the file.");
    if (auto charset = reader.maybe<std::string>("charset", "Another name of encoding.")) {
        options.charset = *charset;
    }
    constexpr std::string_view kNewlines[] = {"\n", "\r\n", "\r", {"\0", 1}, ""};
    options.newline = kNewlines[reader.choice("newline", {"LF", "CRLF", "CR", "NUL", "NO"},
                                              "Ends each object.", /*ignore_case=*/true)];
    options.timestamp_format = reader.maybe<std::string>(
        "date_format",
        "Timestamp format: of Java's SimpleDateFormat, or with % of strftime. Default: "
        "%Y-%m-%d %H:%M:%S.%6N %z.");
    options.time_zone =
        reader.maybe<std::string>("timezone", "Time zone of timestamps; default: UTC.")
            .value_or("UTC");
    options.json_columns = reader.optional("json_columns", std::vector<std::string>(),
                                           "String columns that hold JSON, written as it is.");
    options.json_columns_place = reader.place_of("json_columns");
    options.place = reader.file().empty() ? reader.path() : reader.file() + ": " + reader.path();
    return options;
}

class JsonlFormatter final : public load::Formatter {
  public:
    struct Column {
        std::string key;  // with what stands before the value: {"id": or ,"name":
        std::string name;
        bool is_raw = false;
        std::unique_ptr<load::TimestampFormatter> timestamp;
    };

    JsonlFormatter(std::vector<Column> columns, load::TextEncoder encoder, std::string newline)
        : columns_(std::move(columns)),
          encoder_(std::move(encoder)),
          newline_(std::move(newline)) {}

    Result<std::string> header() const override { return std::string(encoder_.mark()); }

    Result<> format(const page::Page& page, std::string& text) const override {
        for (size_t index = 0; index < page.columns(); ++index) {
            TRY(check_raw(page, index));
        }
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
    // Text that claims to be JSON must be, or the whole file is broken.
    Result<> check_raw(const page::Page& page, size_t index) const {
        const Column& column = columns_[index];
        if (!column.is_raw || page.schema()[index].type != page::Type::kString) return {};
        const page::ColumnData& data = page.column(index);
        for (size_t row = 0; row < page.rows(); ++row) {
            if (data.is_null(row)) continue;
            TRY(config::parse_json(data.texts()[row], "json_columns: column " + column.name));
        }
        return {};
    }

    void append_rows(const page::Page& page, std::string& text) const {
        for (size_t row = 0; row < page.rows(); ++row) {
            if (columns_.empty()) text += '{';
            for (size_t index = 0; index < columns_.size(); ++index) {
                text += columns_[index].key;
                const page::ColumnData& data = page.column(index);
                if (data.is_null(row)) {
                    text += "null";
                } else {
                    append_value(text, columns_[index], data, row);
                }
            }
            text += '}';
            text += newline_;
        }
    }

    static void append_value(std::string& text, const Column& column, const page::ColumnData& data,
                             size_t row) {
        switch (data.values.index()) {
            case 0:
                text += data.booleans()[row] ? "true" : "false";
                return;
            case 1:
                load::append_long(text, data.longs()[row]);
                return;
            case 2:
                if (std::isfinite(data.doubles()[row])) {
                    load::append_double(text, data.doubles()[row]);
                } else {
                    text += "null";  // JSON has no such numbers
                }
                return;
            case 3:
                append_string(text, column, data.texts()[row]);
                return;
            default:
                text += '"';
                size_t begin = text.size();
                column.timestamp->format(data.timestamps()[row], text);
                if (needs_escapes(std::string_view(text).substr(begin))) {
                    std::string value = text.substr(begin);
                    text.resize(begin - 1);
                    config::append_json_string(text, value);
                } else {
                    text += '"';
                }
        }
    }

    static void append_string(std::string& text, const Column& column, std::string_view value) {
        if (column.is_raw) {
            append_one_line(text, value);
        } else if (needs_escapes(value)) {
            config::append_json_string(text, value);
        } else {
            text += '"';
            text += value;
            text += '"';
        }
    }

    // Line ends between JSON tokens are blanks; a row must stay on its line.
    static void append_one_line(std::string& text, std::string_view json) {
        for (char byte : json) text += byte == '\n' || byte == '\r' ? ' ' : byte;
    }

    static bool needs_escapes(std::string_view text) {
        return std::any_of(text.begin(), text.end(), [](char byte) {
            return static_cast<unsigned char>(byte) < 0x20 || byte == '"' || byte == '\\';
        });
    }

    const std::vector<Column> columns_;
    const load::TextEncoder encoder_;
    const std::string newline_;
};

Result<load::TimestampFormatter> timestamps(const Options& options, load::Compat compat) {
    std::string format = options.timestamp_format.value_or(
        loses_fractions(compat) ? "%Y-%m-%d %H:%M:%S %z" : "%Y-%m-%d %H:%M:%S.%6N %z");
    if (format.find('%') == format.npos) {
        format = TRY(strftime_of_simple_date(format, options.time_zone == "UTC"));
    }
    return load::TimestampFormatter::compile(format, options.time_zone, compat);
}

Result<std::unique_ptr<load::AnyFormatter>> make(const Options& options, const page::Schema& schema,
                                                 const load::Context& context) {
    std::vector<JsonlFormatter::Column> columns(schema.size());
    for (size_t index = 0; index < schema.size(); ++index) {
        JsonlFormatter::Column& column = columns[index];
        column.name = schema[index].name;
        column.key = index == 0 ? "{" : ",";
        config::append_json_string(column.key, column.name);
        column.key += ':';
        column.is_raw = schema[index].type == page::Type::kJson;
        if (schema[index].type != page::Type::kTimestamp) continue;
        auto compiled = timestamps(options, context.compat);
        if (!compiled.ok()) return compiled.error().at(options.place + ": column " + column.name);
        column.timestamp = std::make_unique<load::TimestampFormatter>(*std::move(compiled));
    }
    for (const std::string& name : options.json_columns) {
        auto index = schema.find(name);
        if (!index) {
            return Error(Code::kInvalid,
                         options.json_columns_place + ": Column '" + name + "' is not found");
        }
        columns[*index].is_raw =
            schema[*index].type == page::Type::kString || schema[*index].type == page::Type::kJson;
    }
    auto encoder = load::TextEncoder::find(options.charset);
    if (!encoder.ok()) return encoder.error().at(options.place + ".encoding");
    auto made = std::make_unique<load::AnyFormatter>();
    made->text =
        std::make_unique<JsonlFormatter>(std::move(columns), *std::move(encoder), options.newline);
    return made;
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(formatter, jsonl) {
    registry.formatters.add("jsonl", "One JSON object a line.", read, make);
}
