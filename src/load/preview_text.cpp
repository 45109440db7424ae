// A preview for people: as a table, or each row on lines of its own (spec embulk 1.12.6
// to 1.12.10).

#include "base/text.h"
#include "load/java_number.h"
#include "load/job.h"
#include "load/json_value.h"
#include "load/timestamp.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::load {
namespace {

constexpr size_t kMeasuredCharacters = 32000;  // of cells; what comes later may be wider

// Java's measure; a terminal may show wide characters wider.
size_t width_of(std::string_view text) {
    size_t units = 0;
    for (char byte : text) {
        auto value = static_cast<unsigned char>(byte);
        if ((value & 0xC0) != 0x80) units += value >= 0xF0 ? 2 : 1;
    }
    return units;
}

std::string padded(std::string_view text, size_t width) {
    size_t used = width_of(text);
    std::string result(width > used ? width - used : 0, ' ');
    return result.append(text);
}

// Fractions in groups of three digits, as few as it takes.
std::string timestamp_text(page::Timestamp timestamp, std::string_view middle,
                           std::string_view end) {
    std::string format = "%Y-%m-%d" + std::string(middle) + "%H:%M:%S";
    if (timestamp.nanoseconds != 0) {
        format += timestamp.nanoseconds % 1'000'000 == 0 ? ".%3N"
                  : timestamp.nanoseconds % 1000 == 0    ? ".%6N"
                                                         : ".%9N";
    }
    std::string text;
    auto formatter = TimestampFormatter::compile(format, "UTC");
    formatter->format(timestamp, text);
    return text.append(end);
}

// In the original's table the zeros in front of a small fraction stand behind it (1.12.10).
std::string table_timestamp(page::Timestamp timestamp, Compat compat) {
    std::string text = timestamp_text(timestamp, " ", "");
    size_t begin = text.find('.') + 1;
    if (shifts_small_fractions(compat) && begin > 0 && text.size() - begin > 3) {
        size_t first = text.find_first_not_of('0', begin);
        std::rotate(text.begin() + static_cast<ptrdiff_t>(begin),
                    text.begin() + static_cast<ptrdiff_t>(first), text.end());
    }
    return text + " UTC";
}

std::string table_cell(const page::Page& page, size_t column, size_t row, Compat compat) {
    const page::ColumnData& data = page.column(column);
    if (data.is_null(row)) return "";
    std::string text;
    switch (page.schema()[column].type) {
        case page::Type::kBoolean:
            return data.booleans()[row] ? "true" : "false";
        case page::Type::kLong:
            return base::with_thousands(data.longs()[row]);
        case page::Type::kDouble:
            append_double(text, data.doubles()[row]);
            return text;
        case page::Type::kTimestamp:
            return table_timestamp(data.timestamps()[row], compat);
        default:
            return std::string(data.texts()[row]);
    }
}

// A JSON string shows its content, everything else its JSON.
std::string json_content(std::string_view json) {
    size_t used = 0;
    auto value = parse_json_value(json, used);
    if (value.ok() && value->type == Json::Type::kString) return value->text;
    return std::string(json);
}

std::string vertical_cell(const page::Page& page, size_t column, size_t row) {
    const page::ColumnData& data = page.column(column);
    if (data.is_null(row)) return "null";
    std::string text;
    switch (page.schema()[column].type) {
        case page::Type::kLong:
            append_long(text, data.longs()[row]);
            return text;
        case page::Type::kTimestamp:
            return timestamp_text(data.timestamps()[row], "T", "Z");
        case page::Type::kJson:
            return json_content(data.texts()[row]);
        default:
            return table_cell(page, column, row, Compat::kFixed);
    }
}

using Line = std::vector<std::string>;

std::vector<Line> table_lines(const Preview& preview) {
    std::vector<Line> lines(1);
    for (const page::Column& column : preview.schema.columns()) {
        lines[0].push_back(column.name + ":" + std::string(page::type_name(column.type)));
    }
    for (const page::Page& page : preview.pages) {
        for (size_t row = 0; row < page.rows(); ++row) {
            Line& line = lines.emplace_back();
            for (size_t column = 0; column < page.columns(); ++column) {
                line.push_back(table_cell(page, column, row, preview.compat));
            }
        }
    }
    return lines;
}

std::vector<size_t> widths_of(const std::vector<Line>& lines) {
    std::vector<size_t> widths(lines[0].size());
    size_t measured = 0;
    for (const Line& line : lines) {
        if (measured > kMeasuredCharacters) break;
        for (size_t column = 0; column < line.size(); ++column) {
            size_t width = width_of(line[column]);
            widths[column] = std::max(widths[column], width);
            measured += width;
        }
    }
    return widths;
}

}  // namespace

std::string preview_table(const Preview& preview) {
    std::vector<Line> lines = table_lines(preview);
    std::vector<size_t> widths = widths_of(lines);
    std::string border = "+";
    for (size_t width : widths) border.append(width + 2, '-').append("+");
    border += '\n';
    std::string table = border;
    for (size_t index = 0; index < lines.size(); ++index) {
        table += '|';
        for (size_t column = 0; column < widths.size(); ++column) {
            table.append(" ").append(padded(lines[index][column], widths[column])).append(" |");
        }
        table += '\n';
        if (index == 0) table += border;
    }
    return table + border;
}

std::string preview_vertical(const Preview& preview) {
    size_t name_width = 0;
    size_t type_width = 0;
    for (const page::Column& column : preview.schema.columns()) {
        name_width = std::max(name_width, width_of(column.name));
        type_width = std::max(type_width, page::type_name(column.type).size());
    }
    const std::string stars(27, '*');
    std::string text;
    size_t record = 0;
    for (const page::Page& page : preview.pages) {
        for (size_t row = 0; row < page.rows(); ++row) {
            text += stars + " " + std::to_string(record++) + " " + stars + "\n";
            for (size_t column = 0; column < page.columns(); ++column) {
                const page::Column& head = preview.schema[column];
                text += padded(head.name, name_width) + " (" +
                        padded(page::type_name(head.type), type_width) +
                        ") : " + vertical_cell(page, column, row) + "\n";
            }
        }
    }
    return text;
}

}  // namespace mogura::load
