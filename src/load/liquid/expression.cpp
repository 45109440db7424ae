#include "load/liquid/expression.h"

#include "base/text.h"
#include "load/java_number.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace mogura::load::liquid {
namespace {

constexpr int64_t kRangeMax = 100'000;

bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}
bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}
bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

Error malformed(const std::string& what) {
    return {Code::kInvalid, what};
}

std::string shown(const Token& token) {
    return token.type == Token::Type::kEnd ? "the end" : "'" + token.text + "'";
}

class Literal final : public Expression {
  public:
    explicit Literal(Value value, bool means_empty = false)
        : value_(std::move(value)), means_empty_(means_empty) {}
    Result<Value> value(const Variables&) const override { return value_; }
    bool means_empty() const override { return means_empty_; }

  private:
    const Value value_;
    const bool means_empty_;
};

// name.key[expression]...
class Path final : public Expression {
  public:
    Path(std::string name, std::vector<ExpressionPtr> steps)
        : name_(std::move(name)), steps_(std::move(steps)) {}

    Result<Value> value(const Variables& variables) const override {
        const Value* found = variables.find(name_);
        Value current = found ? *found : Value(nullptr);
        for (const ExpressionPtr& step : steps_) {
            Value key = TRY(step->value(variables));
            current = member(current, key);
        }
        return current;
    }

  private:
    static Value member(const Value& of, const Value& key) {
        if (of.is_map()) {
            std::string name = text_of(key);
            if (const Value* found = of.map().find(name)) return *found;
            if (name == "size") return static_cast<int64_t>(of.map().size());
        } else if (of.is_list()) {
            const config::List& list = of.list();
            auto size = static_cast<int64_t>(list.size());
            if (key.is_integer()) {
                int64_t index = key.integer() < 0 ? key.integer() + size : key.integer();
                if (index >= 0 && index < size) return list[static_cast<size_t>(index)];
                return nullptr;
            }
            std::string name = text_of(key);
            if (name == "size") return size;
            if (name == "first" && size > 0) return list.front();
            if (name == "last" && size > 0) return list.back();
        } else if (of.is_string() && text_of(key) == "size") {
            return static_cast<int64_t>(of.string().size());
        }
        return nullptr;
    }

    const std::string name_;
    const std::vector<ExpressionPtr> steps_;
};

// (from..to)
class Range final : public Expression {
  public:
    Range(ExpressionPtr from, ExpressionPtr to) : from_(std::move(from)), to_(std::move(to)) {}

    Result<Value> value(const Variables& variables) const override {
        Value from = TRY(from_->value(variables));
        Value to = TRY(to_->value(variables));
        int64_t first = base::parse_integer(text_of(from)).value_or(0);
        int64_t last = base::parse_integer(text_of(to)).value_or(0);
        if (last >= first && last - first >= kRangeMax) {
            return Error(Code::kLimit,
                         "a range of more than " + std::to_string(kRangeMax) + " numbers");
        }
        config::List list;
        for (int64_t number = first; number <= last; ++number) list.emplace_back(number);
        return Value(std::move(list));
    }

  private:
    const ExpressionPtr from_;
    const ExpressionPtr to_;
};

struct FilterCall {
    std::string name;
    std::vector<ExpressionPtr> arguments;
};

class Filtered final : public Expression {
  public:
    Filtered(ExpressionPtr input, std::vector<FilterCall> calls, const LiquidOptions& options)
        : input_(std::move(input)), calls_(std::move(calls)), options_(options) {}

    Result<Value> value(const Variables& variables) const override {
        Value current = TRY(input_->value(variables));
        for (const FilterCall& call : calls_) {
            std::vector<Value> arguments;
            for (const ExpressionPtr& argument : call.arguments) {
                Value value = TRY(argument->value(variables));
                arguments.push_back(std::move(value));
            }
            current = TRY(apply_filter(call.name, current, arguments, options_));
        }
        return current;
    }

  private:
    const ExpressionPtr input_;
    const std::vector<FilterCall> calls_;
    const LiquidOptions& options_;
};

std::optional<double> number_of(const Value& value) {
    if (value.is_integer()) return static_cast<double>(value.integer());
    if (value.is_float()) return value.floating();
    return std::nullopt;
}

Result<bool> is_ordered(const Value& left, std::string_view sign, const Value& right) {
    if (left.is_null() || right.is_null()) return false;
    auto left_number = number_of(left);
    auto right_number = number_of(right);
    int order = 0;
    if (left_number && right_number) {
        order = *left_number < *right_number ? -1 : *left_number > *right_number ? 1 : 0;
    } else if (left.is_string() && right.is_string()) {
        order = left.string().compare(right.string());
    } else {
        return malformed("cannot compare " + std::string(left.kind_name()) + " with " +
                         std::string(right.kind_name()) +
                         " (env values are text: write {{ env.X | plus: 0 }} into a variable)");
    }
    if (sign == "<") return order < 0;
    if (sign == ">") return order > 0;
    if (sign == "<=") return order <= 0;
    return order >= 0;
}

bool contains(const Value& whole, const Value& part) {
    if (whole.is_string()) return whole.string().find(text_of(part)) != std::string::npos;
    if (!whole.is_list()) return false;
    return std::ranges::find(whole.list(), part) != whole.list().end();
}

class Comparison final : public Expression {
  public:
    Comparison(ExpressionPtr left, std::string sign, ExpressionPtr right)
        : left_(std::move(left)), sign_(std::move(sign)), right_(std::move(right)) {}

    Result<Value> value(const Variables& variables) const override {
        if (sign_ == "==" || sign_ == "!=" || sign_ == "<>") {
            bool equal = TRY(are_equal(*left_, *right_, variables));
            return Value(equal == (sign_ == "=="));
        }
        Value left = TRY(left_->value(variables));
        Value right = TRY(right_->value(variables));
        if (sign_ == "contains") return Value(contains(left, right));
        bool result = TRY(is_ordered(left, sign_, right));
        return Value(result);
    }

  private:
    const ExpressionPtr left_;
    const std::string sign_;
    const ExpressionPtr right_;
};

class Joined final : public Expression {
  public:
    Joined(ExpressionPtr left, bool is_and, ExpressionPtr right)
        : left_(std::move(left)), is_and_(is_and), right_(std::move(right)) {}

    Result<Value> value(const Variables& variables) const override {
        Value left = TRY(left_->value(variables));
        if (is_true(left) != is_and_) return Value(is_true(left));
        Value right = TRY(right_->value(variables));
        return Value(is_true(right));
    }

  private:
    const ExpressionPtr left_;
    const bool is_and_;
    const ExpressionPtr right_;
};

bool is_empty(const Value& value) {
    if (value.is_string()) return value.string().empty();
    if (value.is_list()) return value.list().empty();
    if (value.is_map()) return value.map().empty();
    return false;
}

Result<ExpressionPtr> parse_path(TokenReader& reader, std::string name) {
    std::vector<ExpressionPtr> steps;
    while (true) {
        if (reader.take_sign(".")) {
            std::string key = TRY(reader.expect_word("a name behind the point"));
            steps.push_back(std::make_unique<Literal>(Value(key)));
        } else if (reader.take_sign("[")) {
            ExpressionPtr step = TRY(parse_expression(reader));
            TRY(reader.expect_sign("]"));
            steps.push_back(std::move(step));
        } else {
            return ExpressionPtr(std::make_unique<Path>(std::move(name), std::move(steps)));
        }
    }
}

Result<ExpressionPtr> parse_range(TokenReader& reader) {
    ExpressionPtr from = TRY(parse_expression(reader));
    TRY(reader.expect_sign(".."));
    ExpressionPtr to = TRY(parse_expression(reader));
    TRY(reader.expect_sign(")"));
    return ExpressionPtr(std::make_unique<Range>(std::move(from), std::move(to)));
}

Value number_literal(const std::string& text) {
    if (auto integer = base::parse_integer(text)) return *integer;
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

ExpressionPtr literal(Value value, bool means_empty = false) {
    return std::make_unique<Literal>(std::move(value), means_empty);
}

}  // namespace

const Value* Variables::find(std::string_view name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
        if (const Value* found = scope->find(name)) return found;
    }
    return nullptr;
}

Result<std::vector<Token>> tokenize(std::string_view markup) {
    std::vector<Token> tokens;
    size_t at = 0;
    while (at < markup.size()) {
        char byte = markup[at];
        size_t begin = at;
        if (is_blank(byte)) {
            ++at;
        } else if (byte == '"' || byte == '\'') {
            size_t end = markup.find(byte, at + 1);
            if (end == std::string_view::npos) return malformed("a quote has no end");
            tokens.push_back(
                {Token::Type::kString, std::string(markup.substr(at + 1, end - at - 1))});
            at = end + 1;
        } else if (is_letter(byte)) {
            while (at < markup.size() &&
                   (is_letter(markup[at]) || is_digit(markup[at]) || markup[at] == '-')) {
                ++at;
            }
            if (at < markup.size() && markup[at] == '?') ++at;
            tokens.push_back({Token::Type::kWord, std::string(markup.substr(begin, at - begin))});
        } else if (is_digit(byte) ||
                   (byte == '-' && at + 1 < markup.size() && is_digit(markup[at + 1]))) {
            ++at;
            while (at < markup.size() && is_digit(markup[at])) ++at;
            bool has_fraction =
                at + 1 < markup.size() && markup[at] == '.' && is_digit(markup[at + 1]);
            if (has_fraction) {
                ++at;
                while (at < markup.size() && is_digit(markup[at])) ++at;
            }
            tokens.push_back({Token::Type::kNumber, std::string(markup.substr(begin, at - begin))});
        } else {
            constexpr std::string_view kSigns[] = {"==", "!=", "<>", "<=", ">=", "..",
                                                   "<",  ">",  ".",  "[",  "]",  "(",
                                                   ")",  "|",  ":",  ",",  "="};
            const auto* sign = std::ranges::find_if(
                kSigns, [&](std::string_view each) { return markup.substr(at).starts_with(each); });
            if (sign == std::end(kSigns)) {
                return malformed("unexpected character '" + std::string(1, byte) + "'");
            }
            tokens.push_back({Token::Type::kSign, std::string(*sign)});
            at += sign->size();
        }
    }
    return tokens;
}

const Token& TokenReader::peek(size_t ahead) const {
    static const Token kEnd;
    return next_ + ahead < tokens_.size() ? tokens_[next_ + ahead] : kEnd;
}

Token TokenReader::take() {
    Token token = peek();
    if (next_ < tokens_.size()) ++next_;
    return token;
}

bool TokenReader::take_sign(std::string_view sign) {
    if (peek().type != Token::Type::kSign || peek().text != sign) return false;
    ++next_;
    return true;
}

bool TokenReader::take_word(std::string_view word) {
    if (peek().type != Token::Type::kWord || peek().text != word) return false;
    ++next_;
    return true;
}

Result<std::string> TokenReader::expect_word(std::string_view what) {
    if (peek().type != Token::Type::kWord) {
        return malformed("expected " + std::string(what) + ", not " + shown(peek()));
    }
    return take().text;
}

Result<> TokenReader::expect_sign(std::string_view sign) {
    if (take_sign(sign)) return {};
    return malformed("expected '" + std::string(sign) + "', not " + shown(peek()));
}

Result<> TokenReader::expect_end() const {
    if (at_end()) return {};
    return malformed("unexpected " + shown(peek()));
}

Result<ExpressionPtr> parse_expression(TokenReader& reader) {
    Token token = reader.take();
    switch (token.type) {
        case Token::Type::kString:
            return literal(Value(token.text));
        case Token::Type::kNumber:
            return literal(number_literal(token.text));
        case Token::Type::kWord:
            if (token.text == "nil" || token.text == "null") return literal(Value(nullptr));
            if (token.text == "true") return literal(Value(true));
            if (token.text == "false") return literal(Value(false));
            if (token.text == "empty" || token.text == "blank") return literal(Value(""), true);
            return parse_path(reader, std::move(token.text));
        case Token::Type::kSign:
            if (token.text == "(") return parse_range(reader);
            break;
        case Token::Type::kEnd:
            break;
    }
    return malformed("expected a value, not " + shown(token));
}

Result<ExpressionPtr> parse_filtered(TokenReader& reader, const LiquidOptions& options) {
    ExpressionPtr input = TRY(parse_expression(reader));
    std::vector<FilterCall> calls;
    while (reader.take_sign("|")) {
        FilterCall call;
        call.name = TRY(reader.expect_word("the name of a filter"));
        if (!is_filter(call.name)) {
            return malformed("unknown filter: " + call.name +
                             base::did_you_mean(call.name, filter_names()));
        }
        if (reader.take_sign(":")) {
            do {
                ExpressionPtr argument = TRY(parse_expression(reader));
                call.arguments.push_back(std::move(argument));
            } while (reader.take_sign(","));
        }
        calls.push_back(std::move(call));
    }
    if (calls.empty()) return input;
    return ExpressionPtr(std::make_unique<Filtered>(std::move(input), std::move(calls), options));
}

Result<ExpressionPtr> parse_condition(TokenReader& reader) {
    ExpressionPtr left = TRY(parse_expression(reader));
    const Token& next = reader.peek();
    constexpr std::string_view kSigns[] = {"==", "!=", "<>", "<", ">", "<=", ">="};
    bool is_comparison = (next.type == Token::Type::kSign &&
                          std::ranges::find(kSigns, next.text) != std::end(kSigns)) ||
                         (next.type == Token::Type::kWord && next.text == "contains");
    if (is_comparison) {
        std::string sign = reader.take().text;
        ExpressionPtr right = TRY(parse_expression(reader));
        left = std::make_unique<Comparison>(std::move(left), std::move(sign), std::move(right));
    }
    bool is_and = reader.take_word("and");
    if (!is_and && !reader.take_word("or")) return left;
    ExpressionPtr right = TRY(parse_condition(reader));
    return ExpressionPtr(std::make_unique<Joined>(std::move(left), is_and, std::move(right)));
}

Result<bool> are_equal(const Expression& left, const Expression& right,
                       const Variables& variables) {
    Value left_value = TRY(left.value(variables));
    Value right_value = TRY(right.value(variables));
    if (right.means_empty()) return is_empty(left_value);
    if (left.means_empty()) return is_empty(right_value);
    auto left_number = number_of(left_value);
    auto right_number = number_of(right_value);
    if (left_number && right_number) return *left_number == *right_number;
    return left_value == right_value;
}

bool is_true(const Value& value) {
    return !value.is_null() && !(value.is_boolean() && !value.boolean());
}

std::string text_of(const Value& value) {
    if (value.is_null()) return "";
    if (value.is_list()) {
        std::string text;
        for (const Value& item : value.list()) text += text_of(item);
        return text;
    }
    if (value.is_map()) return config::to_json(value);
    if (value.is_float()) {
        std::string text;
        append_double(text, value.floating());
        return text;
    }
    return value.scalar_text().value_or("");
}

}  // namespace mogura::load::liquid
