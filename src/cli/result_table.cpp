#include "cli/result_table.h"

#include "query/query.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

namespace mogura::cli {
namespace {

constexpr size_t kColumnWidthMin = 8;  // narrower columns are never cut

// Bytes of the character that begins at the front, and how wide terminals show it.
std::pair<size_t, size_t> measure(std::string_view text) {
    auto lead = static_cast<unsigned char>(text[0]);
    size_t bytes = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    size_t width = (lead >= 0xE3 && lead <= 0xED) || lead >= 0xF0 ? 2 : 1;
    return {std::min(bytes, text.size()), width};
}

// Line ends and other control characters would tear the table.
std::string one_line(std::string text) {
    std::string line;
    for (char letter : text) {
        switch (letter) {
            case '\n':
                line += "\\n";
                break;
            case '\r':
                line += "\\r";
                break;
            case '\t':
                line += "\\t";
                break;
            default:
                line += static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F ? '?' : letter;
        }
    }
    return line;
}

bool is_number(page::Type type) {
    return type == page::Type::kLong || type == page::Type::kDouble;
}

void append_padded(std::string& line, const std::string& text, size_t width, bool to_the_right) {
    std::string fitting = cut_to_width(text, width);
    size_t blanks = width - display_width(fitting);
    if (to_the_right) line.append(blanks, ' ');
    line += fitting;
    if (!to_the_right) line.append(blanks, ' ');
}

// Takes from the widest column until a line fits.
std::vector<size_t> fitted(std::vector<size_t> widths, size_t width_max) {
    if (width_max == 0 || widths.empty()) return widths;
    size_t total =
        std::accumulate(widths.begin(), widths.end(), size_t{0}) + 3 * (widths.size() - 1);
    while (total > width_max) {
        auto widest = std::max_element(widths.begin(), widths.end());
        if (*widest <= kColumnWidthMin) break;
        --*widest;
        --total;
    }
    return widths;
}

}  // namespace

size_t display_width(std::string_view text) {
    size_t width = 0;
    while (!text.empty()) {
        auto [bytes, columns] = measure(text);
        width += columns;
        text.remove_prefix(bytes);
    }
    return width;
}

std::string cut_to_width(std::string_view text, size_t width) {
    if (display_width(text) <= width) return std::string(text);
    size_t end = 0;
    size_t taken = 0;
    while (end < text.size()) {
        auto [bytes, columns] = measure(text.substr(end));
        if (taken + columns + 1 > width) break;
        taken += columns;
        end += bytes;
    }
    return std::string(text.substr(0, end)) + "…";
}

ResultTable::ResultTable(page::Schema schema, Limits limits)
    : schema_(std::move(schema)), limits_(limits) {
    for (const page::Column& column : schema_.columns()) {
        widths_.push_back(display_width(one_line(column.name)));
    }
}

void ResultTable::add(const page::Page& page) {
    for (size_t row = 0; row < page.rows() && cells_.size() < limits_.rows_max; ++row) {
        auto& cells = cells_.emplace_back();
        for (size_t column = 0; column < page.columns(); ++column) {
            std::string text;
            if (page.column(column).is_null(row)) {
                text = "NULL";
            } else {
                query::append_cell(text, page, column, row);
            }
            cells.push_back(one_line(std::move(text)));
            widths_[column] = std::max(widths_[column], display_width(cells.back()));
        }
    }
    rows_ += page.rows();
}

std::string ResultTable::text() const {
    if (schema_.size() == 0) return "";
    const std::vector<size_t> widths = fitted(widths_, limits_.width_max);
    std::string text;
    auto append_line = [&](const std::vector<std::string>& cells) {
        std::string line;
        for (size_t column = 0; column < cells.size(); ++column) {
            if (column > 0) line += " │ ";
            append_padded(line, cells[column], widths[column], is_number(schema_[column].type));
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    };
    std::vector<std::string> names;
    for (const page::Column& column : schema_.columns()) names.push_back(one_line(column.name));
    append_line(names);
    for (size_t column = 0; column < widths.size(); ++column) {
        if (column > 0) text += "─┼─";
        for (size_t count = 0; count < widths[column]; ++count) text += "─";
    }
    text += "\n";
    for (const auto& cells : cells_) append_line(cells);
    return text;
}

}  // namespace mogura::cli
