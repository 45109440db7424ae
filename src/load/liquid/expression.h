// Expressions of Liquid: literals, variables with their paths, ranges, filters, conditions.
//
// Parsed once, evaluated against the variables of the moment. Values are config::Value: nil is
// null. Immutable.

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "load/liquid.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::load::liquid {

using config::Value;

// Names and what they mean just now, innermost last.
class Variables {
  public:
    explicit Variables(config::Map root) { scopes_.push_back(std::move(root)); }

    const Value* find(std::string_view name) const;
    // Of the whole template, as assign and capture have it.
    void set(std::string_view name, Value value) { scopes_.front().set(name, std::move(value)); }
    void set_inner(std::string_view name, Value value) {
        scopes_.back().set(name, std::move(value));
    }
    void enter() { scopes_.emplace_back(); }
    void leave() { scopes_.pop_back(); }

  private:
    std::vector<config::Map> scopes_;
};

struct Token {
    enum class Type { kWord, kString, kNumber, kSign, kEnd };
    Type type = Type::kEnd;
    std::string text = {};  // a string without its quotes
};
Result<std::vector<Token>> tokenize(std::string_view markup);

// Reads tokens from left to right.
class TokenReader {
  public:
    explicit TokenReader(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    const Token& peek(size_t ahead = 0) const;
    Token take();
    bool at_end() const { return peek().type == Token::Type::kEnd; }
    bool take_sign(std::string_view sign);
    bool take_word(std::string_view word);
    Result<std::string> expect_word(std::string_view what);
    Result<> expect_sign(std::string_view sign);
    Result<> expect_end() const;

  private:
    std::vector<Token> tokens_;
    size_t next_ = 0;
};

class Expression {
  public:
    virtual ~Expression() = default;
    virtual Result<Value> value(const Variables& variables) const = 0;
    // The words `empty` and `blank` compare with what has no content.
    virtual bool means_empty() const { return false; }
};
using ExpressionPtr = std::unique_ptr<const Expression>;

// A literal, a variable, a range.
Result<ExpressionPtr> parse_expression(TokenReader& reader);
// An expression with its filters.
Result<ExpressionPtr> parse_filtered(TokenReader& reader, const LiquidOptions& options);
// Comparisons joined by and, or: from right to left, without precedence.
Result<ExpressionPtr> parse_condition(TokenReader& reader);

// Whether two values are equal, also with `empty` and `blank` on one side.
Result<bool> are_equal(const Expression& left, const Expression& right, const Variables& variables);

// Only nil and false are false.
bool is_true(const Value& value);
std::string text_of(const Value& value);

// filters.cpp
bool is_filter(std::string_view name);
std::vector<std::string> filter_names();
Result<Value> apply_filter(std::string_view name, const Value& input,
                           const std::vector<Value>& arguments, const LiquidOptions& options);

}  // namespace mogura::load::liquid
