#include "query/text.h"

#include "base/time_zone.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace mogura::query {
namespace {

void append_double(std::string& text, double number) {
    if (std::isfinite(number)) {
        config::append_json_number(text, number);
    } else {
        text += std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    }
}

// Line ends inside of a field become LF, quotes are doubled.
void append_quoted(std::string& text, std::string_view field) {
    text += '"';
    for (size_t at = 0; at < field.size(); ++at) {
        if (field[at] == '\r') {
            text += '\n';
            if (at + 1 < field.size() && field[at + 1] == '\n') ++at;
        } else {
            if (field[at] == '"') text += '"';
            text += field[at];
        }
    }
    text += '"';
}

void append_field(std::string& text, std::string_view field) {
    bool is_plain = !field.empty() && field.find_first_of("\",\r\n") == std::string_view::npos;
    if (is_plain) {
        text += field;
    } else {
        append_quoted(text, field);
    }
}

void append_json_cell(std::string& text, const page::Page& page, size_t column, size_t row) {
    const page::ColumnData& data = page.column(column);
    if (data.is_null(row)) {
        text += "null";
        return;
    }
    switch (page.schema()[column].type) {
        case page::Type::kString:
            config::append_json_string(text, data.texts()[row]);
            break;
        case page::Type::kDouble:
            config::append_json_number(text, data.doubles()[row]);
            break;
        case page::Type::kTimestamp:
            text += '"';
            append_cell(text, page, column, row);
            text += '"';
            break;
        default:
            append_cell(text, page, column, row);
    }
}

}  // namespace

void append_timestamp(std::string& text, page::Timestamp timestamp) {
    base::LocalTime local = base::local_of_seconds(timestamp.seconds);
    std::array<char, 64> buffer;
    int size = std::snprintf(buffer.data(), buffer.size(), "%04lld-%02d-%02d %02d:%02d:%02d",
                             static_cast<long long>(local.year), local.month, local.day, local.hour,
                             local.minute, local.second);
    text.append(buffer.data(), static_cast<size_t>(size));
    if (timestamp.nanoseconds == 0) return;
    bool is_micros = timestamp.nanoseconds % 1000 == 0;
    size = is_micros
               ? std::snprintf(buffer.data(), buffer.size(), ".%06d", timestamp.nanoseconds / 1000)
               : std::snprintf(buffer.data(), buffer.size(), ".%09d", timestamp.nanoseconds);
    text.append(buffer.data(), static_cast<size_t>(size));
}

void append_cell(std::string& text, const page::Page& page, size_t column, size_t row) {
    const page::ColumnData& data = page.column(column);
    if (data.is_null(row)) return;
    switch (page.schema()[column].type) {
        case page::Type::kBoolean:
            text += data.booleans()[row] ? "true" : "false";
            break;
        case page::Type::kLong: {
            std::array<char, 24> buffer;
            auto end =
                std::to_chars(buffer.data(), buffer.data() + buffer.size(), data.longs()[row]);
            text.append(buffer.data(), end.ptr);
            break;
        }
        case page::Type::kDouble:
            append_double(text, data.doubles()[row]);
            break;
        case page::Type::kString:
        case page::Type::kJson:
            text += data.texts()[row];
            break;
        case page::Type::kTimestamp:
            append_timestamp(text, data.timestamps()[row]);
            if (page.schema()[column].format == kDateFormat) text.erase(text.rfind(' '));
            break;
    }
}

config::Value value_of(const page::Page& page, size_t column, size_t row) {
    const page::ColumnData& data = page.column(column);
    if (data.is_null(row)) return nullptr;
    switch (page.schema()[column].type) {
        case page::Type::kBoolean:
            return data.booleans()[row] != 0;
        case page::Type::kLong:
            return data.longs()[row];
        case page::Type::kDouble:
            return data.doubles()[row];
        case page::Type::kJson: {
            auto value = config::parse_json(data.texts()[row], "");
            if (value.ok()) return *std::move(value);
            return data.texts()[row];
        }
        default:
            break;
    }
    std::string text;
    append_cell(text, page, column, row);
    return text;
}

void append_csv_header(std::string& text, const page::Schema& schema) {
    for (size_t column = 0; column < schema.size(); ++column) {
        if (column > 0) text += ',';
        append_field(text, schema[column].name);
    }
    text += "\r\n";
}

void append_csv(std::string& text, const page::Page& page) {
    for (size_t row = 0; row < page.rows(); ++row) {
        for (size_t column = 0; column < page.columns(); ++column) {
            if (column > 0) text += ',';
            const page::ColumnData& data = page.column(column);
            if (data.is_null(row)) continue;
            if (std::holds_alternative<page::ColumnData::Texts>(data.values)) {
                append_field(text, data.texts()[row]);
            } else {
                append_cell(text, page, column, row);
            }
        }
        text += "\r\n";
    }
}

void append_json_object(std::string& text, const page::Page& page, size_t row) {
    text += '{';
    for (size_t column = 0; column < page.columns(); ++column) {
        if (column > 0) text += ',';
        config::append_json_string(text, page.schema()[column].name);
        text += ':';
        append_json_cell(text, page, column, row);
    }
    text += '}';
}

void append_json_lines(std::string& text, const page::Page& page) {
    std::vector<std::string> names;  // each with its colon and what stands in front of it
    for (size_t column = 0; column < page.columns(); ++column) {
        std::string& name = names.emplace_back(column == 0 ? "{" : ",");
        config::append_json_string(name, page.schema()[column].name);
        name += ':';
    }
    for (size_t row = 0; row < page.rows(); ++row) {
        for (size_t column = 0; column < page.columns(); ++column) {
            text += names[column];
            append_json_cell(text, page, column, row);
        }
        text += page.columns() == 0 ? "{}\n" : "}\n";
    }
}

}  // namespace mogura::query
