// The CSV guesser: from a decoded sample, what a csv parser should be told (spec embulk 2.4
// to 2.7).

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "load/compatibility.h"

#include <string_view>

namespace mogura::load {

// What is not in `parser` yet: the charset first; once that is known the newline; then everything
// else at once. Empty when there is nothing more to say. `columns` are always given.
struct CsvGuess {
    bool all_strings = false;  // csv_all_strings
    Compat compat = Compat::kFixed;
};
Result<config::Map> guess_csv(const config::Map& parser, std::string_view sample,
                              const CsvGuess& options);

}  // namespace mogura::load
