// Numbers as Java prints them: what the original's text outputs contain (spec embulk 5.2).

#pragma once

#include <cstdint>
#include <string>

namespace mogura::load {

void append_long(std::string& text, int64_t number);

// Double.toString with the shortest digits that read back the same: "1.0", "1.0E10", "1.0E-4",
// "NaN", "-Infinity".
void append_double(std::string& text, double number);

}  // namespace mogura::load
