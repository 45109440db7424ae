// What the row filter asks of each row: a tree of comparisons of a column with a literal, joined by
// AND, OR and NOT. Evaluated on whole pages; immutable, so several threads may use one.

#pragma once

#include "base/result.h"
#include "page/page.h"
#include "plugins/java_regex.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::plugins {

// A byte a row: whether the row stays.
using RowMask = std::vector<uint8_t>;

class Condition {
  public:
    virtual ~Condition() = default;
    virtual Result<RowMask> test(const page::Page& page) const = 0;
};
using ConditionPtr = std::unique_ptr<const Condition>;

enum class Operator {
    kEqual,
    kNotEqual,
    kGreater,
    kGreaterOrEqual,
    kLess,
    kLessOrEqual,
    kStartWith,
    kEndWith,
    kInclude,
    kRegexp,
    kIsNull,
    kIsNotNull,
};

// The same comparison with its sides exchanged: 1 < l is l > 1.
Operator flipped(Operator op);
std::string_view operator_name(Operator op);

struct Literal {
    enum class Type { kNone, kBoolean, kNumber, kString, kTimestamp };

    Type type = Type::kNone;
    bool boolean = false;
    double number = 0;
    std::optional<int64_t> integer = {};  // when the number is one of 64 bits
    std::string text = {};                // a string, or a number as it was written
    page::Timestamp timestamp = {};
};

// A null number is compared as 0 when `nulls_are_zero` (the original's defect, embulk 7.3.7);
// everywhere else nothing but != and IS NULL is true for null.
struct Comparing {
    bool nulls_are_zero = false;
    bool longs_as_doubles = false;
};

// Fails when the column's type does not go with the operator or the literal.
Result<ConditionPtr> make_comparison(const page::Schema& schema, size_t column, Operator op,
                                     const Literal& literal, const Comparing& comparing);
ConditionPtr make_not(ConditionPtr inner);
ConditionPtr make_and(ConditionPtr left, ConditionPtr right);
ConditionPtr make_or(ConditionPtr left, ConditionPtr right);

// The column of that name; fails for unknown ones and for json columns.
Result<size_t> find_condition_column(const page::Schema& schema, const std::string& name);

}  // namespace mogura::plugins
