// JavaScript as a row of tokens, as far as checking an expression needs it.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mogura::script {

enum class TokenKind { kName, kNumber, kText, kTemplate, kRegularExpression, kSign };

struct Token {
    TokenKind kind = TokenKind::kSign;
    std::string_view text;
};

struct Tokens {
    std::vector<Token> tokens;
    std::string problem;  // what ended the reading: an unclosed string or comment
};

// Views into `expression`.
Tokens tokenize(std::string_view expression);

// Words that are part of the language, such as `typeof`, and those that stand for a value (`true`).
bool is_keyword(std::string_view name);
bool is_value_word(std::string_view name);

}  // namespace mogura::script
