#include "plugins/filter/calc/formula.h"

#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

using FormulaPtr = std::unique_ptr<const Formula>;

constexpr int kNestingMax = 200;

class Number final : public Formula {
  public:
    explicit Number(double number) : number_(number) {}
    std::optional<double> value(const page::Page&, size_t) const override { return number_; }

  private:
    const double number_;
};

class ColumnValue final : public Formula {
  public:
    ColumnValue(size_t column, page::Type type) : column_(column), type_(type) {}
    std::optional<double> value(const page::Page& page, size_t row) const override {
        const page::ColumnData& data = page.column(column_);
        if (data.is_null(row)) return std::nullopt;
        return type_ == page::Type::kLong ? static_cast<double>(data.longs()[row])
                                          : data.doubles()[row];
    }

  private:
    const size_t column_;
    const page::Type type_;
};

class Binary final : public Formula {
  public:
    Binary(FormulaPtr left, char sign, FormulaPtr right)
        : left_(std::move(left)), sign_(sign), right_(std::move(right)) {}
    std::optional<double> value(const page::Page& page, size_t row) const override {
        auto left = left_->value(page, row);
        auto right = right_->value(page, row);
        if (!left || !right) return std::nullopt;
        switch (sign_) {
            case '+':
                return *left + *right;
            case '-':
                return *left - *right;
            case '*':
                return *left * *right;
            case '/':
                return *left / *right;
            case '%':
                return std::fmod(*left, *right);
            default:
                return std::pow(*left, *right);
        }
    }

  private:
    const FormulaPtr left_;
    const char sign_;
    const FormulaPtr right_;
};

class Called final : public Formula {
  public:
    Called(double (*function)(double), FormulaPtr argument)
        : function_(function), argument_(std::move(argument)) {}
    std::optional<double> value(const page::Page& page, size_t row) const override {
        auto argument = argument_->value(page, row);
        if (!argument) return std::nullopt;
        return function_(*argument);
    }

  private:
    double (*const function_)(double);
    const FormulaPtr argument_;
};

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}
bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

class FormulaParser {
  public:
    FormulaParser(std::string_view text, const page::Schema& schema)
        : text_(text), schema_(schema) {}

    Result<FormulaPtr> run() {
        FormulaPtr formula = TRY(sum());
        skip_blanks();
        if (at_ != text_.size()) return broken("unexpected '" + std::string(1, text_[at_]) + "'");
        return formula;
    }

  private:
    Error broken(const std::string& what) const {
        return {Code::kInvalid, "formula: " + what + " at character " + std::to_string(at_ + 1) +
                                    " of: " + std::string(text_)};
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }
    char next() {
        skip_blanks();
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    Result<FormulaPtr> sum() {
        FormulaPtr left = TRY(product());
        while (next() == '+' || next() == '-') {
            char sign = text_[at_++];
            FormulaPtr right = TRY(product());
            left = std::make_unique<Binary>(std::move(left), sign, std::move(right));
        }
        return left;
    }

    Result<FormulaPtr> product() {
        FormulaPtr left = TRY(power());
        while (next() == '*' || next() == '/' || next() == '%') {
            char sign = text_[at_++];
            FormulaPtr right = TRY(power());
            left = std::make_unique<Binary>(std::move(left), sign, std::move(right));
        }
        return left;
    }

    // From right to left.
    Result<FormulaPtr> power() {
        if (++nesting_ > kNestingMax) return broken("nested too deeply");
        FormulaPtr base = TRY(operand());
        if (next() == '^') {
            ++at_;
            FormulaPtr exponent = TRY(power());
            base = std::make_unique<Binary>(std::move(base), '^', std::move(exponent));
        }
        --nesting_;
        return base;
    }

    Result<FormulaPtr> operand() {
        char byte = next();
        if (byte == '(') return inner();
        if (is_digit(byte) || (byte == '-' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
            return number();
        }
        if (is_letter(byte)) return word();
        return broken("expected a number, a column or a parenthesis");
    }

    Result<FormulaPtr> inner() {
        ++at_;
        FormulaPtr formula = TRY(sum());
        if (next() != ')') return broken("a parenthesis has no end");
        ++at_;
        return formula;
    }

    Result<FormulaPtr> number() {
        size_t begin = at_;
        if (text_[at_] == '-') ++at_;
        while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
        if (at_ + 1 < text_.size() && text_[at_] == '.' && is_digit(text_[at_ + 1])) {
            ++at_;
            while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
        }
        double value = 0;
        std::from_chars(text_.data() + begin, text_.data() + at_, value);
        return FormulaPtr(std::make_unique<Number>(value));
    }

    // Hyphens belong to names.
    Result<FormulaPtr> word() {
        size_t begin = at_;
        while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) ||
                                      text_[at_] == '_' || text_[at_] == '-')) {
            ++at_;
        }
        std::string name(text_.substr(begin, at_ - begin));
        using Function = double (*)(double);
        Function function = name == "sin"   ? static_cast<Function>(std::sin)
                            : name == "cos" ? static_cast<Function>(std::cos)
                            : name == "tan" ? static_cast<Function>(std::tan)
                                            : nullptr;
        if (function && next() == '(') {
            FormulaPtr argument = TRY(inner());
            return FormulaPtr(std::make_unique<Called>(function, std::move(argument)));
        }
        auto column = schema_.find(name);
        if (!column) {
            return Error(Code::kInvalid,
                         "Column '" + name + "' is not found; formula: " + std::string(text_));
        }
        page::Type type = schema_[*column].type;
        if (type != page::Type::kLong && type != page::Type::kDouble) {
            return broken("the column " + name + " must be long or double, not " +
                          std::string(page::type_name(type)));
        }
        return FormulaPtr(std::make_unique<ColumnValue>(*column, type));
    }

    const std::string_view text_;
    const page::Schema& schema_;
    size_t at_ = 0;
    int nesting_ = 0;
};

}  // namespace

Result<FormulaPtr> parse_formula(std::string_view text, const page::Schema& schema) {
    return FormulaParser(text, schema).run();
}

}  // namespace mogura::plugins
