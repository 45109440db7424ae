// Records of text and long columns, read as plainly as the rules of embulk 3.2 to 3.6 can be
// written: line by line, character by character, in one thread, with copies everywhere. Tests and
// the fuzzer compare the real parser with it; nothing else uses it.

#pragma once

#include "page/page.h"
#include "plugins/parser/csv/dialect.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::csv {

struct PlainRead {
    std::vector<std::string> rows;     // "[cell]|1|~": null is ~
    std::vector<std::string> rejects;  // "LINE: reason: text"
};

// `text` must be valid UTF-8. A column is kString or kLong; a text with longs must be ASCII. Behind
// the first reject of a dialect that stops there nothing is read.
PlainRead read_plainly(std::string_view text, const Dialect& dialect,
                       const std::vector<page::Type>& columns);

}  // namespace mogura::plugins::csv
