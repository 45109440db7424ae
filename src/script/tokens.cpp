#include "script/tokens.h"

#include "script/plain_path.h"

#include <algorithm>
#include <array>

namespace mogura::script {
namespace {

constexpr std::array<std::string_view, 33> kKeywords = {
    "break", "case",   "catch",    "class", "const", "continue", "debugger", "default",    "delete",
    "do",    "else",   "export",   "for",   "if",    "import",   "in",       "instanceof", "let",
    "new",   "return", "switch",   "throw", "try",   "typeof",   "var",      "void",       "while",
    "with",  "yield",  "function", "await", "async", "extends"};
constexpr std::array<std::string_view, 5> kValues = {"true", "false", "null", "this", "super"};

// Longer ones first.
constexpr std::array<std::string_view, 34> kSigns = {
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "?\?=", "=>",
    "==",   "!=",  "<=",  ">=",  "&&",  "||",  "?\?", "?.",  "++",  "--",  "+=",   "-=",
    "*=",   "/=",  "%=",  "&=",  "|=",  "^=",  "<<",  ">>",  "**",  "!"};

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_start(char c) {
    return is_name_start(c) || static_cast<unsigned char>(c) >= 0x80;
}
bool is_part(char c) {
    return is_name_part(c) || static_cast<unsigned char>(c) >= 0x80;
}

class Tokenizer {
  public:
    explicit Tokenizer(std::string_view text) : text_(text) {}

    Tokens run() {
        while (result_.problem.empty() && skip_blanks()) {
            char c = text_[place_];
            if (is_start(c)) {
                take_while(TokenKind::kName, is_part);
            } else if (is_digit(c) || (c == '.' && is_digit(at(place_ + 1)))) {
                take_number();
            } else if (c == '"' || c == '\'') {
                take_quoted(TokenKind::kText, c);
            } else if (c == '`') {
                take_quoted(TokenKind::kTemplate, c);
            } else if (c == '/' && !ends_operand()) {
                take_regular_expression();
            } else {
                take_sign();
            }
        }
        return std::move(result_);
    }

  private:
    char at(size_t place) const { return place < text_.size() ? text_[place] : '\0'; }

    // False at the end.
    bool skip_blanks() {
        while (place_ < text_.size()) {
            if (is_blank(text_[place_])) {
                ++place_;
            } else if (text_.substr(place_).starts_with("//")) {
                place_ = std::min(text_.find('\n', place_), text_.size());
            } else if (text_.substr(place_).starts_with("/*")) {
                size_t end = text_.find("*/", place_ + 2);
                if (end == text_.npos) {
                    result_.problem = "a comment is never closed (*/)";
                    return false;
                }
                place_ = end + 2;
            } else {
                return true;
            }
        }
        return false;
    }

    void add(TokenKind kind, size_t end) {
        result_.tokens.push_back({kind, text_.substr(place_, end - place_)});
        place_ = end;
    }

    void take_while(TokenKind kind, bool (*belongs)(char)) {
        size_t end = place_;
        while (end < text_.size() && belongs(text_[end])) ++end;
        add(kind, end);
    }

    // 1, 0x1F, 1.5e-3, .5, 10n
    void take_number() {
        size_t end = place_;
        while (end < text_.size() && (is_part(text_[end]) || text_[end] == '.')) {
            bool is_exponent = (text_[end] == 'e' || text_[end] == 'E') && at(place_ + 1) != 'x';
            ++end;
            if (is_exponent && (at(end) == '+' || at(end) == '-')) ++end;
        }
        add(TokenKind::kNumber, end);
    }

    void take_quoted(TokenKind kind, char quote) {
        for (size_t end = place_ + 1; end < text_.size(); ++end) {
            if (text_[end] == '\\') {
                ++end;
            } else if (text_[end] == quote) {
                return add(kind, end + 1);
            } else if (text_[end] == '\n' && quote != '`') {
                break;
            }
        }
        result_.problem = std::string("a string is never closed (") + quote + ")";
    }

    void take_regular_expression() {
        bool in_class = false;
        for (size_t end = place_ + 1; end < text_.size() && text_[end] != '\n'; ++end) {
            if (text_[end] == '\\') {
                ++end;
            } else if (text_[end] == '[') {
                in_class = true;
            } else if (text_[end] == ']') {
                in_class = false;
            } else if (text_[end] == '/' && !in_class) {
                while (end + 1 < text_.size() && is_part(text_[end + 1])) ++end;
                return add(TokenKind::kRegularExpression, end + 1);
            }
        }
        result_.problem = "a regular expression is never closed (/)";
    }

    void take_sign() {
        for (std::string_view sign : kSigns) {
            if (text_.substr(place_).starts_with(sign))
                return add(TokenKind::kSign, place_ + sign.size());
        }
        add(TokenKind::kSign, place_ + 1);
    }

    // Whether what came last is a value, so that '/' divides.
    bool ends_operand() const {
        if (result_.tokens.empty()) return false;
        const Token& last = result_.tokens.back();
        if (last.kind == TokenKind::kName) return !is_keyword(last.text);
        if (last.kind != TokenKind::kSign) return true;
        return last.text == ")" || last.text == "]" || last.text == "}";
    }

    const std::string_view text_;
    size_t place_ = 0;
    Tokens result_;
};

}  // namespace

Tokens tokenize(std::string_view expression) {
    return Tokenizer(expression).run();
}

bool is_keyword(std::string_view name) {
    return std::find(kKeywords.begin(), kKeywords.end(), name) != kKeywords.end();
}

bool is_value_word(std::string_view name) {
    return std::find(kValues.begin(), kValues.end(), name) != kValues.end();
}

}  // namespace mogura::script
