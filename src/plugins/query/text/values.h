// Values that databases send as text.

#pragma once

#include "page/page.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mogura::plugins {

// "YYYY-MM-DD", or with " HH:MM[:SS[.fraction]]" or "T..." and an optional Z behind. UTC.
std::optional<page::Timestamp> parse_timestamp(std::string_view text);
std::optional<double> parse_double(std::string_view text);

}  // namespace mogura::plugins
