// Text inside HTML and SVG.

#pragma once

#include <string>
#include <string_view>

namespace mogura::cli {

// & < > " and ' as entities; control characters that XML does not know become U+FFFD.
std::string markup_escaped(std::string_view text);

}  // namespace mogura::cli
