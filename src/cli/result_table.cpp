#include "cli/result_table.h"

#include "base/display_width.h"
#include "query/query.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mogura::cli {
namespace {

constexpr size_t kColumnWidthMin = 8;  // narrower columns are never cut

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
    std::string fitting = base::cut_to_width(text, width);
    size_t blanks = width - base::display_width(fitting);
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

ResultTable::ResultTable(page::Schema schema, Limits limits)
    : schema_(std::move(schema)), limits_(limits) {
    for (const page::Column& column : schema_.columns()) {
        widths_.push_back(base::display_width(one_line(column.name)));
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
            widths_[column] = std::max(widths_[column], base::display_width(cells.back()));
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
