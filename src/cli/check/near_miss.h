// Names that differ from a known one as mistakes of writing do: a letter more, less, changed or
// swapped; two in a long name. Nearer than base::nearest(), for places where most unknown names are
// right.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mogura::cli::check {

std::optional<std::string> near_miss(std::string_view word, std::span<const std::string> known);
// The same for paths: also a file of that name in another folder.
std::optional<std::string> near_path(std::string_view path, std::span<const std::string> known);
// " (did you mean NAME?)" or "".
std::string hint(const std::optional<std::string>& near);

// Whether the word stands in the text as a whole.
bool has_word(std::string_view text, std::string_view word);

}  // namespace mogura::cli::check
