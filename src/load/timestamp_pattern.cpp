#include "load/timestamp_pattern.h"

#include <algorithm>

namespace mogura::load {
namespace {

constexpr std::string_view kLetters = "AaBbCcDdeFGgHhIjkLlMmNnPpQRrSsTtUuVvWwXxYyZz%+";
constexpr std::string_view kAfterE = "cCxXyY";
constexpr std::string_view kAfterO = "deHImMSuUVwWy";
constexpr int kWidthMax = 1000;

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

// Reads one directive at the percent sign `begin`. Returns false when it is no directive.
bool read_directive(std::string_view pattern, size_t begin, PatternToken& token, size_t& end) {
    size_t at = begin + 1;
    for (; at < pattern.size(); ++at) {
        char byte = pattern[at];
        if (byte == '-' || byte == '_' || (byte == '0' && token.width == 0)) {
            token.padding = byte;
        } else if (byte == '^') {
            token.upper = true;
        } else if (byte == '#') {
            token.change_case = true;
        } else if (byte == ':') {
            ++token.colons;
        } else if (is_digit(byte)) {
            token.width = std::min(token.width * 10 + (byte - '0'), kWidthMax);
        } else {
            break;
        }
    }
    std::string_view allowed = kLetters;
    if (at < pattern.size() && (pattern[at] == 'E' || pattern[at] == 'O')) {
        allowed = pattern[at] == 'E' ? kAfterE : kAfterO;
        ++at;
    }
    if (at >= pattern.size() || allowed.find(pattern[at]) == std::string_view::npos) return false;
    if (token.colons > 0 && pattern[at] != 'z') return false;
    token.letter = pattern[at];
    end = at + 1;
    return true;
}

void add_literal(std::vector<PatternToken>& tokens, std::string_view text) {
    if (tokens.empty() || tokens.back().letter != 0) tokens.emplace_back();
    tokens.back().text.append(text);
}

}  // namespace

std::vector<PatternToken> tokenize_pattern(std::string_view pattern) {
    std::vector<PatternToken> tokens;
    size_t at = 0;
    while (at < pattern.size()) {
        PatternToken token;
        size_t end = 0;
        if (pattern[at] == '%' && read_directive(pattern, at, token, end)) {
            token.text = pattern.substr(at, end - at);
            tokens.push_back(std::move(token));
            at = end;
        } else {
            add_literal(tokens, pattern.substr(at, 1));
            ++at;
        }
    }
    return tokens;
}

std::string_view composite_pattern(char letter) {
    switch (letter) {
        case 'c':
            return "%a %b %e %H:%M:%S %Y";
        case 'D':
        case 'x':
            return "%m/%d/%y";
        case 'F':
            return "%Y-%m-%d";
        case 'R':
            return "%H:%M";
        case 'r':
            return "%I:%M:%S %p";
        case 'T':
        case 'X':
            return "%H:%M:%S";
        case 'v':
            return "%e-%b-%Y";
        case '+':
            return "%a %b %e %H:%M:%S %Z %Y";
        default:
            return "";
    }
}

}  // namespace mogura::load
