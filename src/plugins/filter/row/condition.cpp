#include "plugins/filter/row/condition.h"

#include "base/text.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace mogura::plugins {
namespace {

// Texts in the order of their UTF-16 units, which is Java's: characters beyond U+FFFF come before
// those from U+E000.
int compare_texts(std::string_view one, std::string_view other) {
    auto [left, right] = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
    if (left == one.end() || right == other.end()) {
        return static_cast<int>(left != one.end()) - static_cast<int>(right != other.end());
    }
    auto left_byte = static_cast<unsigned char>(*left);
    auto right_byte = static_cast<unsigned char>(*right);
    constexpr unsigned char kFromE000 = 0xEE;
    constexpr unsigned char kSupplementary = 0xF0;
    if (std::min(left_byte, right_byte) >= kFromE000 &&
        (left_byte >= kSupplementary) != (right_byte >= kSupplementary)) {
        return left_byte >= kSupplementary ? -1 : 1;
    }
    return left_byte < right_byte ? -1 : 1;
}

bool holds(Operator op, int order) {
    switch (op) {
        case Operator::kEqual:
            return order == 0;
        case Operator::kNotEqual:
            return order != 0;
        case Operator::kGreater:
            return order > 0;
        case Operator::kGreaterOrEqual:
            return order >= 0;
        case Operator::kLess:
            return order < 0;
        default:
            return order <= 0;
    }
}

// NaN is only != to everything.
template <typename Number>
bool holds_for(Operator op, Number left, Number right) {
    switch (op) {
        case Operator::kEqual:
            return left == right;
        case Operator::kNotEqual:
            return left != right;
        case Operator::kGreater:
            return left > right;
        case Operator::kGreaterOrEqual:
            return left >= right;
        case Operator::kLess:
            return left < right;
        default:
            return left <= right;
    }
}

// Fills a mask value by value; null rows get `null_result`.
template <typename Values, typename Test>
RowMask mask_of(const page::ColumnData& data, const Values& values, bool null_result, Test test) {
    RowMask mask(values.size());
    for (size_t row = 0; row < values.size(); ++row) mask[row] = test(values[row]) ? 1 : 0;
    if (data.validity.has_nulls()) {
        for (size_t row = 0; row < values.size(); ++row) {
            if (data.is_null(row)) mask[row] = null_result ? 1 : 0;
        }
    }
    return mask;
}

class NullTest final : public Condition {
  public:
    NullTest(size_t column, bool is_null) : column_(column), is_null_(is_null) {}

    Result<RowMask> test(const page::Page& page) const override {
        RowMask mask(page.rows());
        const page::ColumnData& data = page.column(column_);
        for (size_t row = 0; row < page.rows(); ++row) {
            mask[row] = data.is_null(row) == is_null_ ? 1 : 0;
        }
        return mask;
    }

  private:
    const size_t column_;
    const bool is_null_;
};

class RegexTest final : public Condition {
  public:
    RegexTest(size_t column, JavaRegex regex) : column_(column), regex_(std::move(regex)) {}

    Result<RowMask> test(const page::Page& page) const override {
        RowMask mask(page.rows());
        const page::ColumnData& data = page.column(column_);
        for (size_t row = 0; row < page.rows(); ++row) {
            if (data.is_null(row)) continue;
            bool found = TRY(regex_.find(data.texts()[row]));
            mask[row] = found ? 1 : 0;
        }
        return mask;
    }

  private:
    const size_t column_;
    const JavaRegex regex_;
};

class Comparison final : public Condition {
  public:
    Comparison(size_t column, Operator op, Literal literal, const Comparing& comparing)
        : column_(column), op_(op), literal_(std::move(literal)), comparing_(comparing) {}

    Result<RowMask> test(const page::Page& page) const override {
        const page::ColumnData& data = page.column(column_);
        bool null_result = op_ == Operator::kNotEqual;
        bool null_number =
            comparing_.nulls_are_zero ? holds_for(op_, 0.0, literal_.number) : null_result;
        switch (data.values.index()) {
            case 0:
                return mask_of(data, data.booleans(), null_result, [&](uint8_t value) {
                    return ((value != 0) == literal_.boolean) == (op_ == Operator::kEqual);
                });
            case 1:
                if (literal_.integer && !comparing_.longs_as_doubles) {
                    return mask_of(data, data.longs(), null_number, [&](int64_t value) {
                        return holds_for(op_, value, *literal_.integer);
                    });
                }
                return mask_of(data, data.longs(), null_number, [&](int64_t value) {
                    return holds_for(op_, static_cast<double>(value), literal_.number);
                });
            case 2:
                return mask_of(data, data.doubles(), null_number, [&](double value) {
                    return holds_for(op_, value, literal_.number);
                });
            case 3:
                return mask_of(data, data.texts(), null_result,
                               [&](std::string_view value) { return fits(value); });
            default:
                return mask_of(data, data.timestamps(), null_result, [&](page::Timestamp value) {
                    return holds_for(op_, value, literal_.timestamp);
                });
        }
    }

  private:
    bool fits(std::string_view value) const {
        std::string_view wanted = literal_.text;
        switch (op_) {
            case Operator::kStartWith:
                return value.starts_with(wanted);
            case Operator::kEndWith:
                return value.ends_with(wanted);
            case Operator::kInclude:
                return value.find(wanted) != std::string_view::npos;
            case Operator::kEqual:
                return value == wanted;
            case Operator::kNotEqual:
                return value != wanted;
            default:
                return holds(op_, compare_texts(value, wanted));
        }
    }

    const size_t column_;
    const Operator op_;
    const Literal literal_;
    const Comparing comparing_;
};

class Not final : public Condition {
  public:
    explicit Not(ConditionPtr inner) : inner_(std::move(inner)) {}

    Result<RowMask> test(const page::Page& page) const override {
        RowMask mask = TRY(inner_->test(page));
        for (uint8_t& mark : mask) mark = mark == 0 ? 1 : 0;
        return mask;
    }

  private:
    const ConditionPtr inner_;
};

class Both final : public Condition {
  public:
    Both(ConditionPtr left, ConditionPtr right, bool is_and)
        : left_(std::move(left)), right_(std::move(right)), is_and_(is_and) {}

    Result<RowMask> test(const page::Page& page) const override {
        RowMask mask = TRY(left_->test(page));
        RowMask other = TRY(right_->test(page));
        for (size_t row = 0; row < mask.size(); ++row) {
            mask[row] = is_and_ ? mask[row] & other[row] : mask[row] | other[row];
        }
        return mask;
    }

  private:
    const ConditionPtr left_;
    const ConditionPtr right_;
    const bool is_and_;
};

// What a column's type is called in messages, and the literals that go with it.
struct TypeRule {
    std::string_view noun;
    Literal::Type literal;
};

TypeRule rule_of(Literal::Type literal) {
    switch (literal) {
        case Literal::Type::kBoolean:
            return {"Boolean", literal};
        case Literal::Type::kNumber:
            return {"Number", literal};
        case Literal::Type::kTimestamp:
            return {"Timestamp", literal};
        default:
            return {"String", literal};
    }
}

Literal::Type wanted_literal(page::Type type) {
    switch (type) {
        case page::Type::kBoolean:
            return Literal::Type::kBoolean;
        case page::Type::kLong:
        case page::Type::kDouble:
            return Literal::Type::kNumber;
        case page::Type::kTimestamp:
            return Literal::Type::kTimestamp;
        default:
            return Literal::Type::kString;
    }
}

bool goes_with(Operator op, page::Type type) {
    if (op == Operator::kEqual || op == Operator::kNotEqual) return true;
    bool is_for_texts = op == Operator::kStartWith || op == Operator::kEndWith ||
                        op == Operator::kInclude || op == Operator::kRegexp;
    return is_for_texts ? type == page::Type::kString : type != page::Type::kBoolean;
}

}  // namespace

Operator flipped(Operator op) {
    switch (op) {
        case Operator::kGreater:
            return Operator::kLess;
        case Operator::kGreaterOrEqual:
            return Operator::kLessOrEqual;
        case Operator::kLess:
            return Operator::kGreater;
        case Operator::kLessOrEqual:
            return Operator::kGreaterOrEqual;
        default:
            return op;
    }
}

std::string_view operator_name(Operator op) {
    constexpr std::string_view kNames[] = {"=",       "!=",     ">",          ">=",
                                           "<",       "<=",     "START_WITH", "END_WITH",
                                           "INCLUDE", "REGEXP", "IS NULL",    "IS NOT NULL"};
    return kNames[static_cast<size_t>(op)];
}

Result<ConditionPtr> make_comparison(const page::Schema& schema, size_t column, Operator op,
                                     const Literal& literal, const Comparing& comparing) {
    const page::Column& target = schema[column];
    if (op == Operator::kIsNull || op == Operator::kIsNotNull) {
        return ConditionPtr(std::make_unique<NullTest>(column, op == Operator::kIsNull));
    }
    if (literal.type != wanted_literal(target.type)) {
        return Error(Code::kInvalid, "\"" + target.name + "\" is not a " +
                                         std::string(rule_of(literal.type).noun) + " column");
    }
    if (!goes_with(op, target.type)) {
        return Error(Code::kInvalid, "operator " + std::string(operator_name(op)) +
                                         " does not go with the " +
                                         std::string(page::type_name(target.type)) + " column \"" +
                                         target.name + "\"");
    }
    if (op == Operator::kRegexp) {
        JavaRegex regex = TRY(JavaRegex::compile(literal.text));
        return ConditionPtr(std::make_unique<RegexTest>(column, std::move(regex)));
    }
    return ConditionPtr(std::make_unique<Comparison>(column, op, literal, comparing));
}

ConditionPtr make_not(ConditionPtr inner) {
    return std::make_unique<Not>(std::move(inner));
}

ConditionPtr make_and(ConditionPtr left, ConditionPtr right) {
    return std::make_unique<Both>(std::move(left), std::move(right), /*is_and=*/true);
}

ConditionPtr make_or(ConditionPtr left, ConditionPtr right) {
    return std::make_unique<Both>(std::move(left), std::move(right), /*is_and=*/false);
}

Result<size_t> find_condition_column(const page::Schema& schema, const std::string& name) {
    auto column = schema.find(name);
    if (!column) {
        return Error(Code::kInvalid, "Column '" + name + "' is not found" +
                                         base::did_you_mean(name, schema.names()));
    }
    if (schema[*column].type == page::Type::kJson) {
        return Error(Code::kInvalid,
                     "Identifier for a json column '" + name + "' is not supported");
    }
    return *column;
}

}  // namespace mogura::plugins
