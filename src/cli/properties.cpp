#include "cli/properties.h"

#include "base/utf8.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace mogura::cli {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\f';
}

std::string_view without_leading_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    return text;
}

bool is_continued(std::string_view line) {
    size_t slashes = 0;
    while (slashes < line.size() && line[line.size() - 1 - slashes] == '\\') ++slashes;
    return slashes % 2 == 1;
}

// Natural lines joined into logical ones, without comments.
std::vector<std::string> logical_lines(std::string_view text) {
    std::vector<std::string> lines;
    bool continues = false;
    while (!text.empty()) {
        size_t end = text.find_first_of("\r\n");
        std::string_view line = without_leading_blanks(text.substr(0, end));
        text.remove_prefix(std::min(end, text.size()));
        text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<size_t>(text.size(), 1));
        if (!continues && (line.empty() || line[0] == '#' || line[0] == '!')) continue;
        if (!continues) lines.emplace_back();
        continues = is_continued(line);
        lines.back() += continues ? line.substr(0, line.size() - 1) : line;
    }
    return lines;
}

std::string unescaped(std::string_view text) {
    std::string result;
    for (size_t place = 0; place < text.size(); ++place) {
        if (text[place] != '\\' || place + 1 == text.size()) {
            result += text[place];
            continue;
        }
        char letter = text[++place];
        unsigned code = 0;
        const char* digits = text.data() + place + 1;
        if (letter == 'u' && place + 4 < text.size() &&
            std::from_chars(digits, digits + 4, code, 16).ptr == digits + 4) {
            base::append_utf8(result, static_cast<char32_t>(code));
            place += 4;
        } else {
            constexpr std::string_view kLetters = "tnrf";
            constexpr std::string_view kMeanings = "\t\n\r\f";
            size_t known = kLetters.find(letter);
            result += known == std::string_view::npos ? letter : kMeanings[known];
        }
    }
    return result;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        size_t length = base::utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string from_latin1(std::string_view bytes) {
    std::string text;
    for (unsigned char byte : bytes) base::append_utf8(text, byte);
    return text;
}

}  // namespace

Properties parse_properties(std::string_view text) {
    if (!is_utf8(text)) return parse_properties(from_latin1(text));
    Properties properties;
    for (const std::string& line : logical_lines(text)) {
        size_t end = 0;
        while (end < line.size() && !is_blank(line[end]) && line[end] != '=' && line[end] != ':') {
            end += line[end] == '\\' ? 2 : 1;
        }
        end = std::min(end, line.size());
        std::string_view value = without_leading_blanks(std::string_view(line).substr(end));
        if (!value.empty() && (value[0] == '=' || value[0] == ':')) {
            value = without_leading_blanks(value.substr(1));
        }
        properties[unescaped(std::string_view(line).substr(0, end))] = unescaped(value);
    }
    return properties;
}

}  // namespace mogura::cli
