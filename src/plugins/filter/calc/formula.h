// The formulas of the calc filter (embulk 7.9.3): + - * / % ^, sin cos tan, parentheses, numbers
// and columns.

#pragma once

#include "base/result.h"
#include "page/page.h"

#include <memory>
#include <optional>
#include <string_view>

namespace mogura::plugins {

// Immutable: several threads may ask.
class Formula {
  public:
    virtual ~Formula() = default;
    // Nothing when a column in it is null.
    virtual std::optional<double> value(const page::Page& page, size_t row) const = 0;
};

// Fails with kInvalid: syntax, columns that are not there or hold no numbers.
Result<std::unique_ptr<const Formula>> parse_formula(std::string_view text,
                                                     const page::Schema& schema);

}  // namespace mogura::plugins
