// Values that databases send as text.

#pragma once

#include "page/page.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins {

// "YYYY-MM-DD", or with " HH:MM[:SS[.fraction]]" or "T..." and an optional Z behind. UTC.
std::optional<page::Timestamp> parse_timestamp(std::string_view text);
std::optional<double> parse_double(std::string_view text);
// "00FF", as the databases' own HEX() writes it.
std::string hex_of(std::string_view bytes);

}  // namespace mogura::plugins
