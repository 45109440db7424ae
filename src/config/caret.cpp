#include "base/display_width.h"
#include "base/utf8.h"
#include "config/yaml.h"

#include <algorithm>

namespace mogura::config {
namespace {

constexpr size_t kShownMax = 120;  // bytes of a long line that are shown

std::string_view line_of(std::string_view text, int32_t line) {
    for (int32_t current = 1; current < line; ++current) {
        const size_t end = text.find('\n');
        if (end == text.npos) return {};
        text.remove_prefix(end + 1);
    }
    text = text.substr(0, text.find('\n'));
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

// Where the character of a column starts.
size_t offset_of(std::string_view line, int32_t column) {
    size_t offset = 0;
    for (int32_t current = 1; current < column && offset < line.size(); ++current) {
        do ++offset;
        while (offset < line.size() && base::continues_utf8(line[offset]));
    }
    return offset;
}

// As wide on a terminal as the text.
std::string blanks_like(std::string_view text) {
    std::string blanks;
    while (!text.empty()) {
        const size_t tab = text.find('\t');
        blanks.append(base::display_width(text.substr(0, tab)), ' ');
        if (tab == text.npos) break;
        blanks += '\t';
        text.remove_prefix(tab + 1);
    }
    return blanks;
}

}  // namespace

std::string message_with_caret(std::string_view text, std::string_view file, Mark mark,
                               std::string_view message) {
    std::string result(file);
    if (mark.line > 0) {
        if (!result.empty()) result += ':';
        result += std::to_string(mark.line) + ':' + std::to_string(mark.column);
    }
    if (!result.empty()) result += ": ";
    result += message;
    if (mark.line <= 0) return result;

    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::string_view line = line_of(text, mark.line);
    size_t caret = offset_of(line, mark.column);
    if (caret > kShownMax / 2 && line.size() > kShownMax) {
        size_t start = caret - kShownMax / 2;
        while (start > 0 && base::continues_utf8(line[start])) --start;
        line.remove_prefix(start);
        caret -= start;
    }
    size_t end = std::min(line.size(), kShownMax);
    while (end < line.size() && base::continues_utf8(line[end])) ++end;
    result.append("\n").append(line.substr(0, end)).append("\n");
    return result.append(blanks_like(line.substr(0, caret))) += '^';
}

}  // namespace mogura::config
