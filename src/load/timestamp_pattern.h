// The pieces of a Ruby-like timestamp pattern (spec embulk 6.2 and 6.6), before parsing or
// formatting gives them a meaning.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mogura::load {

struct PatternToken {
    char letter = 0;           // the directive's letter; 0: literal text
    char padding = 0;          // flag '-', '_' or '0'; 0: the directive's own
    bool upper = false;        // flag ^
    bool change_case = false;  // flag #
    int width = 0;             // 0: the directive's own
    int colons = 0;            // in front of z
    std::string text;          // as it was written; literal text without its percent signs

    // Flags and widths only make sense when formatting; no text parses with them.
    bool is_plain() const {
        return padding == 0 && !upper && !change_case && width == 0 && colons <= 3;
    }
};

// Unknown directives become literal text.
std::vector<PatternToken> tokenize_pattern(std::string_view pattern);

// What a directive such as %F stands for ("%Y-%m-%d"); empty when it stands for itself.
std::string_view composite_pattern(char letter);

}  // namespace mogura::load
