// Numbers and booleans as Java reads them from text (embulk 3.5).

#pragma once

#include <cstdint>
#include <string_view>

namespace mogura::plugins::csv {

bool parse_boolean(std::string_view text);
// Long.parseLong: sign, decimal digits of any script, range.
bool parse_long(std::string_view text, int64_t& number);
// Double.parseDouble: blanks around, NaN, Infinity, hexadecimal, a suffix d or f.
bool parse_double(std::string_view text, double& number);

}  // namespace mogura::plugins::csv
