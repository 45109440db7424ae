// Reading and writing single characters of UTF-8 text.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::base {

// How many bytes the character at the start of `text` takes; 0 when it is not valid UTF-8
// (truncated, overlong, a surrogate, beyond U+10FFFF).
size_t utf8_length(std::string_view text);
// The character at the start of `text`, which must be valid.
char32_t utf8_character(std::string_view text);
void append_utf8(std::string& text, char32_t character);
inline bool continues_utf8(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace mogura::base
