#include "plugins/filter/row/expression.h"

#include "base/text.h"
#include "load/load.h"
#include "plugins/cell.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

constexpr int kNestingMax = 200;

enum class TokenKind { kEnd, kName, kQuotedName, kString, kNumber, kSymbol };

struct Token {
    TokenKind kind = TokenKind::kEnd;
    std::string text = {};
    size_t place = 0;

    bool is_word(std::string_view word) const { return kind == TokenKind::kName && text == word; }
    bool is_symbol(std::string_view symbol) const {
        return kind == TokenKind::kSymbol && text == symbol;
    }
};

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}
bool begins_name(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}
bool is_blank(char byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

Error error_at(size_t place, const std::string& what) {
    return {Code::kInvalid, what + " at character " + std::to_string(place + 1)};
}

// Reads a quoted text from its opening quote; a backslash takes the quote as it is.
Result<std::string> read_quoted(std::string_view text, size_t& at) {
    char quote = text[at];
    size_t begin = at++;
    std::string content;
    while (at < text.size() && text[at] != quote) {
        if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == quote) ++at;
        content += text[at++];
    }
    if (at == text.size()) return error_at(begin, "the quote is not closed");
    ++at;
    return content;
}

size_t number_end(std::string_view text, size_t at) {
    if (text[at] == '-') ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
        ++at;
        while (at < text.size() && is_digit(text[at])) ++at;
    }
    return at;
}

Result<std::vector<Token>> tokenize(std::string_view text) {
    std::vector<Token> tokens;
    size_t at = 0;
    while (at < text.size()) {
        if (is_blank(text[at])) {
            ++at;
            continue;
        }
        Token token{.place = at};
        if (text[at] == '\'' || text[at] == '"') {
            token.kind = text[at] == '"' ? TokenKind::kQuotedName : TokenKind::kString;
            token.text = TRY(read_quoted(text, at));
        } else if (begins_name(text[at])) {
            token.kind = TokenKind::kName;
            while (at < text.size() && (begins_name(text[at]) || is_digit(text[at]))) {
                token.text += text[at++];
            }
        } else if (is_digit(text[at]) ||
                   (text[at] == '-' && at + 1 < text.size() && is_digit(text[at + 1]))) {
            token.kind = TokenKind::kNumber;
            size_t end = number_end(text, at);
            token.text = text.substr(at, end - at);
            at = end;
        } else {
            token.kind = TokenKind::kSymbol;
            bool is_pair = at + 1 < text.size() && text[at + 1] == '=' &&
                           std::string_view("!<>").find(text[at]) != std::string_view::npos;
            token.text = text.substr(at, is_pair ? 2 : 1);
            at += token.text.size();
            if (!is_pair && std::string_view("=<>()").find(token.text) == std::string_view::npos) {
                return error_at(token.place, "unexpected " + token.text);
            }
        }
        tokens.push_back(std::move(token));
    }
    tokens.push_back({.place = text.size()});
    return tokens;
}

// "1435752754.35": exactly what is written, which no double holds; digits beyond nanoseconds do not
// count. Nothing where there is no such time.
std::optional<page::Timestamp> timestamp_of(std::string_view seconds) {
    constexpr size_t kDigits = 9;
    const bool is_before = seconds.starts_with('-');
    const size_t point = std::min(seconds.find('.'), seconds.size());
    auto whole = base::parse_integer(seconds.substr(0, point));
    if (!whole || !is_time(*whole)) return std::nullopt;
    std::string digits(seconds.substr(std::min(point + 1, seconds.size())).substr(0, kDigits));
    digits.append(kDigits - digits.size(), '0');
    page::Timestamp timestamp{*whole, static_cast<int32_t>(*base::parse_integer(digits))};
    if (is_before && timestamp.nanoseconds > 0) {
        timestamp = {timestamp.seconds - 1, 1'000'000'000 - timestamp.nanoseconds};
    }
    return timestamp;
}

std::optional<Operator> operator_of(const Token& token) {
    constexpr Operator kAll[] = {
        Operator::kEqual,   Operator::kNotEqual,    Operator::kGreater,   Operator::kGreaterOrEqual,
        Operator::kLess,    Operator::kLessOrEqual, Operator::kStartWith, Operator::kEndWith,
        Operator::kInclude, Operator::kRegexp};
    if (token.kind != TokenKind::kSymbol && token.kind != TokenKind::kName) return std::nullopt;
    for (Operator op : kAll) {
        if (operator_name(op) == token.text) return op;
    }
    return std::nullopt;
}

class Parser {
  public:
    Parser(std::vector<Token> tokens, const page::Schema& schema, const Comparing& comparing)
        : tokens_(std::move(tokens)), schema_(schema), comparing_(comparing) {}

    Result<ConditionPtr> whole() {
        if (next().kind == TokenKind::kEnd) return Error(Code::kInvalid, "the expression is empty");
        ConditionPtr condition = TRY(any_of(0));
        if (next().kind != TokenKind::kEnd) return unexpected();
        return condition;
    }

  private:
    const Token& next() const { return tokens_[at_]; }
    const Token& take() { return tokens_[at_++]; }
    bool take_word(std::string_view word) {
        if (!next().is_word(word)) return false;
        ++at_;
        return true;
    }

    // A word in a place where no column can be is most likely a keyword in lower case.
    Error unexpected() const {
        const Token& token = next();
        if (token.kind == TokenKind::kEnd)
            return error_at(token.place, "the expression ends too early");
        bool is_name = token.kind == TokenKind::kName || token.kind == TokenKind::kQuotedName;
        if (is_name && !schema_.find(token.text)) {
            return error_at(token.place, "Column '" + token.text +
                                             "' is not found (keywords are upper case, texts stand "
                                             "in single quotes)");
        }
        return error_at(token.place, "unexpected " + token.text);
    }

    Result<ConditionPtr> any_of(int depth) {
        ConditionPtr left = TRY(all_of(depth));
        while (take_word("OR")) {
            ConditionPtr right = TRY(all_of(depth));
            left = make_or(std::move(left), std::move(right));
        }
        return left;
    }

    Result<ConditionPtr> all_of(int depth) {
        ConditionPtr left = TRY(negated(depth));
        while (take_word("AND")) {
            ConditionPtr right = TRY(negated(depth));
            left = make_and(std::move(left), std::move(right));
        }
        return left;
    }

    Result<ConditionPtr> negated(int depth) {
        if (depth > kNestingMax) return Error(Code::kLimit, "the expression is nested too deeply");
        if (take_word("NOT")) {
            ConditionPtr inner = TRY(negated(depth + 1));
            return make_not(std::move(inner));
        }
        if (!next().is_symbol("(")) return comparison();
        ++at_;
        ConditionPtr inner = TRY(any_of(depth + 1));
        if (!next().is_symbol(")")) return unexpected();
        ++at_;
        return inner;
    }

    Result<ConditionPtr> comparison() {
        size_t place = next().place;
        auto left_literal = literal();
        if (!left_literal.ok()) return left_literal.error();
        if (*left_literal) {
            auto op = operator_of(next());
            if (!op) return unexpected();
            ++at_;
            size_t column = TRY(identifier());
            return compare(column, flipped(*op), **left_literal, place);
        }
        size_t column = TRY(identifier());
        if (take_word("IS")) {
            bool is_not = take_word("NOT");
            if (!take_word("NULL")) return unexpected();
            return compare(column, is_not ? Operator::kIsNotNull : Operator::kIsNull, {}, place);
        }
        auto op = operator_of(next());
        if (!op) return unexpected();
        ++at_;
        auto right_literal = literal();
        if (!right_literal.ok()) return right_literal.error();
        if (!*right_literal) return unexpected();
        return compare(column, *op, **right_literal, place);
    }

    Result<size_t> identifier() {
        if (next().kind != TokenKind::kName && next().kind != TokenKind::kQuotedName) {
            return unexpected();
        }
        const Token& token = take();
        auto column = find_condition_column(schema_, token.text);
        if (!column.ok()) return error_at(token.place, column.error().message());
        return *column;
    }

    // Nothing when no literal comes next.
    Result<std::optional<Literal>> literal() {
        const Token& token = next();
        bool is_true = token.is_word("true") || token.is_word("TRUE");
        if (is_true || token.is_word("false") || token.is_word("FALSE")) {
            ++at_;
            return std::optional(Literal{.type = Literal::Type::kBoolean, .boolean = is_true});
        }
        if (token.kind == TokenKind::kString) {
            ++at_;
            return std::optional(Literal{.type = Literal::Type::kString, .text = token.text});
        }
        if (token.kind == TokenKind::kNumber) {
            ++at_;
            Literal number{.type = Literal::Type::kNumber, .text = token.text};
            std::from_chars(token.text.data(), token.text.data() + token.text.size(),
                            number.number);
            number.integer = base::parse_integer(token.text);
            return std::optional(number);
        }
        if (!token.is_word("TIMESTAMP")) return std::optional<Literal>();
        ++at_;
        auto inner = literal();
        if (!inner.ok()) return inner.error();
        if (!*inner || (*inner)->type == Literal::Type::kBoolean) return unexpected();
        Literal timestamp = TRY(as_timestamp(**inner, token.place));
        return std::optional(timestamp);
    }

    static Result<Literal> as_timestamp(const Literal& literal, size_t place) {
        Literal timestamp{.type = Literal::Type::kTimestamp};
        if (literal.type == Literal::Type::kNumber) {
            auto time = timestamp_of(literal.text);
            if (!time) return error_at(place, "there is no such time: " + literal.text);
            timestamp.timestamp = *time;
            return timestamp;
        }
        auto parsed = parse_condition_timestamp(literal.text);
        if (!parsed.ok()) return error_at(place, parsed.error().message());
        timestamp.timestamp = *parsed;
        return timestamp;
    }

    Result<ConditionPtr> compare(size_t column, Operator op, Literal literal, size_t place) {
        bool is_loose_timestamp =
            schema_[column].type == page::Type::kTimestamp &&
            (literal.type == Literal::Type::kString || literal.type == Literal::Type::kNumber);
        if (is_loose_timestamp) {
            literal = TRY(as_timestamp(literal, place));
        }
        auto made = make_comparison(schema_, column, op, literal, comparing_);
        if (!made.ok()) return error_at(place, made.error().message());
        return made;
    }

    const std::vector<Token> tokens_;
    const page::Schema& schema_;
    const Comparing comparing_;
    size_t at_ = 0;
};

}  // namespace

Result<page::Timestamp> parse_condition_timestamp(std::string_view text) {
    // From the longest: text behind a pattern does not matter to the parser.
    for (const char* format : {"%Y-%m-%d %H:%M:%S.%N %z", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %z",
                               "%Y-%m-%d %H:%M:%S.%N", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"}) {
        auto parser = TRY(load::TimestampParser::compile({.format = format}));
        page::Timestamp timestamp;
        if (parser.parse(text, timestamp)) return timestamp;
    }
    return Error(Code::kInvalid, "not a timestamp (write 'YYYY-MM-DD hh:mm:ss.ffffff +hhmm'): " +
                                     std::string(text));
}

Result<ConditionPtr> parse_condition(std::string_view expression, const page::Schema& schema,
                                     const Comparing& comparing) {
    std::vector<Token> tokens = TRY(tokenize(expression));
    return Parser(std::move(tokens), schema, comparing).whole();
}

}  // namespace mogura::plugins
