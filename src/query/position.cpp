#include "query/position.h"

#include "base/text.h"

#include <algorithm>

namespace mogura::query {
namespace {

constexpr size_t kLineBytesMax = 160;

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

size_t characters(std::string_view text) {
    return static_cast<size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return !is_continuation(byte); }));
}

// The part of a long line around `offset`, cut between characters; moves `offset` with it.
std::string_view surroundings(std::string_view line, size_t& offset) {
    if (line.size() <= kLineBytesMax) return line;
    size_t begin = offset > kLineBytesMax / 2 ? offset - kLineBytesMax / 2 : 0;
    while (begin > 0 && is_continuation(line[begin])) --begin;
    size_t end = std::min(line.size(), begin + kLineBytesMax);
    while (end < line.size() && is_continuation(line[end])) ++end;
    offset -= begin;
    return line.substr(begin, end - begin);
}

// Terminals show the characters that begin with these bytes (East Asian scripts, emoji) two wide.
bool is_wide(char byte) {
    auto lead = static_cast<unsigned char>(byte);
    return (lead >= 0xE3 && lead <= 0xED) || lead >= 0xF0;
}

// Blanks that are as wide as `text`; tabs stay tabs.
std::string blanks_like(std::string_view text) {
    std::string blanks;
    for (char byte : text) {
        if (is_continuation(byte)) continue;
        blanks += byte == '\t' ? "\t" : is_wide(byte) ? "  " : " ";
    }
    return blanks;
}

}  // namespace

std::string message_at(std::string_view sql, std::string_view file, size_t offset_bytes,
                       std::string_view message) {
    size_t offset = std::min(offset_bytes, sql.size());
    while (offset > 0 && offset < sql.size() && is_continuation(sql[offset])) --offset;
    size_t before = offset == 0 ? std::string_view::npos : sql.rfind('\n', offset - 1);
    size_t begin = before == std::string_view::npos ? 0 : before + 1;
    std::string_view line = sql.substr(begin, sql.find('\n', begin) - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    offset = std::min(offset - begin, line.size());

    auto line_number =
        1 + std::count(sql.begin(), sql.begin() + static_cast<ptrdiff_t>(begin), '\n');
    size_t column = 1 + characters(line.substr(0, offset));
    std::string_view first = message.substr(0, message.find('\n'));
    std::string text(file.empty() ? "sql" : file);
    text += ":" + std::to_string(line_number) + ":" + std::to_string(column) + ": ";
    text += base::trim(first);
    line = surroundings(line, offset);
    text.append("\n  ").append(line);
    text += "\n  " + blanks_like(line.substr(0, offset)) + "^";
    std::string_view rest = base::trim(message.substr(first.size()));
    if (!rest.empty()) text.append("\n").append(rest);
    return text;
}

size_t skip_blanks(std::string_view sql, size_t offset_bytes) {
    size_t at = offset_bytes;
    while (at < sql.size()) {
        if (std::string_view(" \t\r\n;").find(sql[at]) != std::string_view::npos) {
            ++at;
        } else if (sql.substr(at).starts_with("--")) {
            at = std::min(sql.find('\n', at), sql.size());
        } else if (sql.substr(at).starts_with("/*")) {
            size_t end = sql.find("*/", at + 2);
            at = end == std::string_view::npos ? sql.size() : end + 2;
        } else {
            break;
        }
    }
    return at;
}

}  // namespace mogura::query
