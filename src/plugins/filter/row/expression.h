// The row filter's expressions: b = true AND (l >= 1 OR s START_WITH 'x') (embulk 7.3.2).

#pragma once

#include "base/result.h"
#include "page/page.h"
#include "plugins/filter/row/condition.h"

#include <string_view>

namespace mogura::plugins {

// Errors say where in the expression they are.
Result<ConditionPtr> parse_condition(std::string_view expression, const page::Schema& schema,
                                     const Comparing& comparing);

// "2015-01-27[ 19:23:49[.5]][ +0900]", UTC without a zone.
Result<page::Timestamp> parse_condition_timestamp(std::string_view text);

}  // namespace mogura::plugins
