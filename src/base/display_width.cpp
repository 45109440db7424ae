#include "base/display_width.h"

#include "base/utf8.h"

#include <algorithm>
#include <array>
#include <span>

namespace mogura::base {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// Unicode's marks that stand on the character before them, in the scripts that are common, and
// what is never seen.
constexpr std::array kCombining = {
    Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD}, Range{0x0610, 0x061A},
    Range{0x064B, 0x065F}, Range{0x0900, 0x0902}, Range{0x093C, 0x093C}, Range{0x0941, 0x0948},
    Range{0x094D, 0x094D}, Range{0x0E31, 0x0E31}, Range{0x0E34, 0x0E3A}, Range{0x0E47, 0x0E4E},
    Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20F0},
    Range{0x302A, 0x302D}, Range{0x3099, 0x309A}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F},
    Range{0xFEFF, 0xFEFF}};
// Unicode's "wide" and "fullwidth" (UAX 11).
constexpr std::array kWide = {
    Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x23E9, 0x23EC},
    Range{0x2614, 0x2615},   Range{0x26A1, 0x26A1},   Range{0x2705, 0x2705},
    Range{0x2728, 0x2728},   Range{0x274C, 0x274C},   Range{0x2753, 0x2755},
    Range{0x2757, 0x2757},   Range{0x2B50, 0x2B50},   Range{0x2E80, 0x303E},
    Range{0x3041, 0x33FF},   Range{0x3400, 0x4DBF},   Range{0x4E00, 0xA4CF},
    Range{0xA960, 0xA97F},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
    Range{0xFE10, 0xFE19},   Range{0xFE30, 0xFE6F},   Range{0xFF01, 0xFF60},
    Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF},
    Range{0x1F900, 0x1F9FF}, Range{0x1FA70, 0x1FAFF}, Range{0x20000, 0x3FFFD}};

bool is_in(std::span<const Range> ranges, char32_t character) {
    auto range =
        std::lower_bound(ranges.begin(), ranges.end(), character,
                         [](const Range& one, char32_t wanted) { return one.last < wanted; });
    return range != ranges.end() && range->first <= character;
}

size_t width_of(char32_t character) {
    if (character < 0x300) return 1;
    if (is_in(kCombining, character)) return 0;
    return is_in(kWide, character) ? 2 : 1;
}

// Takes one character off the text.
size_t next_width(std::string_view& text) {
    size_t length = utf8_length(text);
    size_t width = length == 0 ? 1 : width_of(utf8_character(text));
    text.remove_prefix(std::max<size_t>(length, 1));
    return width;
}

}  // namespace

size_t display_width(std::string_view text) {
    size_t width = 0;
    while (!text.empty()) width += next_width(text);
    return width;
}

std::string cut_to_width(std::string_view text, size_t columns) {
    if (display_width(text) <= columns) return std::string(text);
    std::string_view rest = text;
    size_t end = 0;
    size_t width = 1;  // of the ellipsis
    while (!rest.empty()) {
        width += next_width(rest);
        if (width > columns) break;
        end = text.size() - rest.size();
    }
    return std::string(text.substr(0, end)) + "\xE2\x80\xA6";
}

}  // namespace mogura::base
