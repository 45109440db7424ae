#include "plugins/parser/csv/lines.h"

#include "plugins/parser/csv/marks.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace mogura::plugins::csv {
namespace {

// The position of the first CR or LF from `begin`.
size_t find_any(std::string_view text, size_t begin) {
    size_t at = begin;
    while (at < text.size() && text[at] != '\n' && text[at] != '\r') ++at;
    return at;
}

Line unended(std::string_view text, bool is_last) {
    return {text.size(), text.size(), is_last};
}

size_t last_line_end(std::string_view text, LineEnd line_end) {
    for (size_t at = text.size(); at-- > 0;) {
        char byte = text[at];
        char before = at > 0 ? text[at - 1] : '\0';
        char after = at + 1 < text.size() ? text[at + 1] : '\0';
        bool is_end = false;
        switch (line_end) {
            case LineEnd::kAny:
                is_end = byte == '\n' || (byte == '\r' && at + 1 < text.size() && after != '\n');
                break;
            case LineEnd::kLf:
                is_end = byte == '\n' && before != '\r';
                break;
            case LineEnd::kCr:
                is_end = byte == '\r' && at + 1 < text.size() && after != '\n';
                break;
            case LineEnd::kCrlf:
                is_end = byte == '\n' && before == '\r';
                break;
        }
        if (is_end) return at + 1;
    }
    return 0;
}

// Whether the low bytes are a character of three bytes as most of Asia's text has them: with a lead
// byte after which every continuation is one.
bool is_usual_triple(uint64_t bytes) {
    const uint64_t lead = bytes & 0xFF;
    return (bytes & 0xC0C0F0) == 0x8080E0 && lead != 0xE0 && lead != 0xED;
}

}  // namespace

size_t line_end_at(std::string_view text, size_t at, LineEnd line_end) {
    bool is_lf = text[at] == '\n';
    bool is_cr = text[at] == '\r';
    bool is_pair = is_cr && at + 1 < text.size() && text[at + 1] == '\n';
    switch (line_end) {
        case LineEnd::kAny:
            return is_pair ? 2 : is_cr || is_lf ? 1 : 0;
        case LineEnd::kLf:
            return is_lf && !(at > 0 && text[at - 1] == '\r') ? 1 : 0;
        case LineEnd::kCr:
            return is_cr && !is_pair ? 1 : 0;
        case LineEnd::kCrlf:
            return is_pair ? 2 : 0;
    }
    return 0;
}

Line line_at(std::string_view text, size_t begin, LineEnd line_end, bool is_last) {
    for (size_t at = find_any(text, begin); at < text.size(); at = find_any(text, at + 1)) {
        size_t size = line_end_at(text, at, line_end);
        if (size == 0) continue;
        // A CR at the very end may be half of a pair.
        bool is_open = text[at] == '\r' && at + 1 == text.size() && !is_last;
        return is_open ? unended(text, false) : Line{at, at + size, true};
    }
    return unended(text, is_last);
}

int64_t count_lines(std::string_view text, LineEnd line_end) {
    if (line_end == LineEnd::kAny) return survey(text).lines;
    int64_t lines = 0;
    for (size_t at = 0; at < text.size(); ++lines) {
        Line line = line_at(text, at, line_end, true);
        if (line.next == line.end) break;  // the rest has no line end
        at = line.next;
    }
    return lines;
}

Character character_at(std::string_view text, size_t at) {
    auto byte = [&](size_t index) -> unsigned {
        return index < text.size() ? static_cast<unsigned char>(text[index]) : 0u;
    };
    unsigned lead = byte(at);
    if (lead < 0x80) return {1, true};
    if (lead < 0xC2 || lead > 0xF4) return {1, false};
    size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (size_t place = 1; place < size; ++place) {
        unsigned next = byte(at + place);
        if (next < low || next > high) return {place, false};
        low = 0x80;
        high = 0xBF;
    }
    return {size, true};
}

bool is_ascii(std::string_view text) {
    return survey(text).is_ascii;
}

bool is_utf8(std::string_view text) {
    return first_not_utf8(text) == text.size();
}

size_t first_not_utf8(std::string_view text) {
    size_t at = 0;
    while (at < text.size()) {
        if (at + 8 <= text.size()) {
            uint64_t eight;
            std::memcpy(&eight, text.data() + at, 8);
            uint64_t high = eight & 0x8080808080808080u;
            size_t ascii = high == 0 ? 8 : static_cast<size_t>(std::countr_zero(high)) / 8;
            size_t triples = is_usual_triple(eight) ? is_usual_triple(eight >> 24) ? 6 : 3 : 0;
            at += ascii + triples;  // one of them at most
            if (ascii + triples > 0) continue;
        }
        Character character = character_at(text, at);
        if (!character.is_valid) return at;
        at += character.size;
    }
    return text.size();
}

void append_repaired(std::string_view text, std::string& repaired) {
    for (size_t at = 0; at < text.size();) {
        Character character = character_at(text, at);
        if (character.is_valid) {
            repaired.append(text, at, character.size);
        } else {
            repaired += "\xEF\xBF\xBD";
        }
        at += character.size;
    }
}

size_t last_record_end(std::string_view text, const Dialect& dialect) {
    constexpr size_t kSearchedMax = 64 * 1024;
    size_t last = last_line_end(text, dialect.line_end);
    if (last == 0 || dialect.quote.size() != 1) return last;
    char quote = dialect.quote[0];
    auto quotes_in = [&](size_t begin, size_t end) {
        return count_byte(text.substr(begin, end - begin), quote);
    };
    size_t quotes = quotes_in(0, last);
    for (size_t end = last; end > 0 && last - end < kSearchedMax;) {
        if (quotes % 2 == 0) return end;
        size_t before = last_line_end(text.substr(0, end - 1), dialect.line_end);
        quotes -= quotes_in(before, end);
        end = before;
    }
    return last;
}

}  // namespace mogura::plugins::csv
