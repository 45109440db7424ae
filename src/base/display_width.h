// How many columns of a terminal a text takes: characters of East Asian scripts and emoji two,
// combining ones none. Bytes that are no UTF-8 and control characters count as one.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mogura::base {

size_t display_width(std::string_view text);

// No wider than that: where something is missing, an ellipsis takes the last column.
std::string cut_to_width(std::string_view text, size_t columns);

}  // namespace mogura::base
