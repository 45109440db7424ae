// Words that somebody meant who typed another one, as a regular expression of JavaScript: one
// character missing, one too many, a wrong one, two that changed places.

#pragma once

#include <string>
#include <vector>

namespace mogura::cli {

// For keys `WORD>` near to one of the words and none of them. Words of less than four characters
// are near to too much and count for nothing.
std::string near_words_pattern(const std::vector<std::string>& words);

}  // namespace mogura::cli
