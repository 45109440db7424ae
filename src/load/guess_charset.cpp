#include "load/guess_charset.h"

#include <algorithm>
#include <cstddef>

namespace mogura::load {
namespace {

unsigned byte_at(std::string_view bytes, size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

bool is_seven_bit(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(),
                       [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

// A character that the sample's end cuts counts as valid.
bool is_utf8(std::string_view bytes) {
    size_t at = 0;
    while (at < bytes.size()) {
        unsigned first = byte_at(bytes, at);
        size_t size = first < 0x80   ? 1
                      : first < 0xC2 ? 0
                      : first < 0xE0 ? 2
                      : first < 0xF0 ? 3
                      : first < 0xF5 ? 4
                                     : 0;
        if (size == 0) return false;
        for (size_t next = at + 1; next < std::min(at + size, bytes.size()); ++next) {
            if ((byte_at(bytes, next) & 0xC0) != 0x80) return false;
        }
        at += size;
    }
    return true;
}

// How well bytes fit a charset of two-byte characters: frequent ones, others, or not at all.
struct Fit {
    bool is_valid = true;
    size_t frequent = 0;
    size_t rare = 0;

    bool is_likely() const { return is_valid && frequent > rare; }
};

Fit fit_euc_jp(std::string_view bytes) {
    Fit fit;
    size_t at = 0;
    while (at < bytes.size()) {
        unsigned first = byte_at(bytes, at);
        if (first < 0x80) {
            ++at;
            continue;
        }
        size_t size = first == 0x8F ? 3 : 2;
        bool is_lead = first == 0x8E || first == 0x8F || (first >= 0xA1 && first <= 0xFE);
        if (!is_lead) fit.is_valid = false;
        for (size_t next = at + 1; next < std::min(at + size, bytes.size()); ++next) {
            if (byte_at(bytes, next) < 0xA1) fit.is_valid = false;
        }
        if (!fit.is_valid) return fit;
        bool is_frequent = first <= 0xA5 || (first >= 0xB0 && first <= 0xCF);  // kana, first kanji
        ++(is_frequent ? fit.frequent : fit.rare);
        at += size;
    }
    return fit;
}

Fit fit_shift_jis(std::string_view bytes) {
    Fit fit;
    size_t at = 0;
    while (at < bytes.size()) {
        unsigned first = byte_at(bytes, at);
        bool is_half_kana = first >= 0xA1 && first <= 0xDF;
        if (first < 0x80 || is_half_kana) {
            if (is_half_kana) ++fit.rare;
            ++at;
            continue;
        }
        bool is_lead = (first >= 0x81 && first <= 0x9F) || (first >= 0xE0 && first <= 0xFC);
        if (at + 1 < bytes.size()) {
            unsigned second = byte_at(bytes, at + 1);
            is_lead = is_lead && second >= 0x40 && second <= 0xFC && second != 0x7F;
        }
        if (!is_lead) {
            fit.is_valid = false;
            return fit;
        }
        bool is_frequent = first <= 0x98;  // punctuation, kana, the first kanji
        ++(is_frequent ? fit.frequent : fit.rare);
        at += 2;
    }
    return fit;
}

// UTF-16 without a mark: in text of Latin letters every other byte is zero.
std::string_view guess_utf16(std::string_view bytes) {
    constexpr size_t kLooked = 64;
    size_t even = 0, odd = 0;
    size_t size = std::min(bytes.size(), kLooked) & ~size_t{1};
    for (size_t at = 0; at < size; ++at) {
        if (bytes[at] == '\0') ++(at % 2 == 0 ? even : odd);
    }
    if (size < 4) return "";
    if (odd * 4 >= size && even == 0) return "UTF-16LE";
    if (even * 4 >= size && odd == 0) return "UTF-16BE";
    return "";
}

}  // namespace

std::string guess_charset(std::string_view bytes) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("\xEF\xBB\xBF"sv)) return "UTF-8";
    if (bytes.starts_with("\xFF\xFE\0\0"sv)) return "UTF-32LE";
    if (bytes.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32BE";
    if (bytes.starts_with("\xFF\xFE"sv)) return "UTF-16LE";
    if (bytes.starts_with("\xFE\xFF"sv)) return "UTF-16BE";
    if (std::string_view utf16 = guess_utf16(bytes); !utf16.empty()) return std::string(utf16);
    if (is_seven_bit(bytes)) {
        bool is_switched = bytes.find("\x1B$B"sv) != std::string_view::npos ||
                           bytes.find("\x1B$@"sv) != std::string_view::npos;
        return is_switched ? "ISO-2022-JP" : "UTF-8";
    }
    if (is_utf8(bytes)) return "UTF-8";
    Fit euc = fit_euc_jp(bytes);
    Fit shift_jis = fit_shift_jis(bytes);
    if (euc.is_likely() && (!shift_jis.is_likely() || euc.rare <= shift_jis.rare)) return "EUC-JP";
    if (shift_jis.is_likely()) return "MS932";
    bool has_control = std::any_of(bytes.begin(), bytes.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xE0) == 0x80;
    });
    return has_control ? "windows-1252" : "UTF-8";
}

}  // namespace mogura::load
