// Cuts a Liquid template into text, {{ values }} and {% tags %}; whitespace control, raw and
// comment are done with here.

#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::load::liquid {

struct Chunk {
    enum class Type { kText, kValue, kTag };
    Type type = Type::kText;
    std::string_view text;  // without its braces
    size_t line = 1;
};

// Views into `text`. Fails when braces have no end.
Result<std::vector<Chunk>> cut(std::string_view text, const std::string& file);

}  // namespace mogura::load::liquid
