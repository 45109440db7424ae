// Small things to do with text that the standard library lacks. Text is UTF-8.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::base {

// "a,b," at ',' gives "a", "b", "".
std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
// Without blanks, tabs and line ends at both sides.
std::string_view trim(std::string_view text);
std::string lower(std::string_view text);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

// The whole text as a decimal number of 64 bits, an optional sign in front.
std::optional<int64_t> parse_integer(std::string_view text);

// How many single-character edits lead from one word to the other.
size_t edit_distance(std::string_view one, std::string_view other);
// The known word nearest to `word`, if it is near enough to be what was meant.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known);
// " (did you mean NAME?)", or nothing when no known word is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

// 1234567 as "1,234,567".
std::string with_thousands(int64_t number);
// 1536 as "1.5 KiB".
std::string with_unit_bytes(int64_t size_bytes);
// Seconds for people: "0.004 s", "12.3 s", "3m 05s".
std::string with_unit_seconds(double seconds);

}  // namespace mogura::base
