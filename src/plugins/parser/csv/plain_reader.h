// Records of text columns, read as plainly as the rules of embulk 3.2 to 3.6 can be written: line
// by line, character by character, in one thread, with copies everywhere. Tests and the fuzzer
// compare the real parser with it; nothing else uses it.

#pragma once

#include "plugins/parser/csv/dialect.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::csv {

struct PlainRead {
    std::vector<std::string> rows;     // "[cell]|~": null is ~
    std::vector<std::string> rejects;  // "LINE: reason: text"
};

// `text` must be valid UTF-8.
PlainRead read_plainly(std::string_view text, const Dialect& dialect, size_t columns);

}  // namespace mogura::plugins::csv
