#include "base/utf8.h"

namespace mogura::base {
namespace {

size_t length_of(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first < 0xE0) return 2;
    if (first >= 0xE0 && first < 0xF0) return 3;
    if (first >= 0xF0 && first < 0xF5) return 4;
    return 0;
}

}  // namespace

char32_t utf8_character(std::string_view text) {
    auto first = static_cast<unsigned char>(text[0]);
    size_t length = length_of(first);
    if (length == 1) return first;
    char32_t character = first & (0x7FU >> length);
    for (size_t at = 1; at < length; ++at) {
        character = (character << 6) | (static_cast<unsigned char>(text[at]) & 0x3FU);
    }
    return character;
}

size_t utf8_length(std::string_view text) {
    if (text.empty()) return 0;
    size_t length = length_of(static_cast<unsigned char>(text[0]));
    if (length == 0 || text.size() < length) return 0;
    for (size_t at = 1; at < length; ++at) {
        if (!continues_utf8(text[at])) return 0;
    }
    char32_t character = utf8_character(text);
    if (length == 3 && (character < 0x800 || (character >= 0xD800 && character < 0xE000))) return 0;
    if (length == 4 && (character < 0x10000 || character > 0x10FFFF)) return 0;
    return length;
}

void append_utf8(std::string& text, char32_t character) {
    auto add = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (character < 0x80) {
        add(character);
    } else if (character < 0x800) {
        add(0xC0 | (character >> 6));
        add(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        add(0xE0 | (character >> 12));
        add(0x80 | ((character >> 6) & 0x3F));
        add(0x80 | (character & 0x3F));
    } else {
        add(0xF0 | (character >> 18));
        add(0x80 | ((character >> 12) & 0x3F));
        add(0x80 | ((character >> 6) & 0x3F));
        add(0x80 | (character & 0x3F));
    }
}

}  // namespace mogura::base
