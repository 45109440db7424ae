#include "cli/check/near_miss.h"

#include "base/text.h"

#include <algorithm>
#include <cctype>

namespace mogura::cli::check {
namespace {

bool swaps_neighbours(std::string_view one, std::string_view other) {
    if (one.size() != other.size()) return false;
    size_t place = 0;
    while (place < one.size() && one[place] == other[place]) ++place;
    return place + 1 < one.size() && one[place] == other[place + 1] &&
           one[place + 1] == other[place] && one.substr(place + 2) == other.substr(place + 2);
}

bool is_near(std::string_view word, std::string_view known) {
    constexpr size_t kShort = 4;
    constexpr size_t kLong = 8;
    size_t length = std::max(word.size(), known.size());
    if (length < kShort || word == known) return false;
    size_t allowed = length < kLong ? 1 : 2;
    size_t difference = length - std::min(word.size(), known.size());
    if (difference > allowed) return false;
    return swaps_neighbours(word, known) || base::edit_distance(word, known) <= allowed;
}

std::string_view file_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace

std::optional<std::string> near_miss(std::string_view word, std::span<const std::string> known) {
    std::optional<std::string> best;
    size_t best_distance = word.size() + 1;
    for (const std::string& candidate : known) {
        if (!is_near(word, candidate)) continue;
        size_t distance = base::edit_distance(word, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::optional<std::string> near_path(std::string_view path, std::span<const std::string> known) {
    for (const std::string& candidate : known) {
        if (file_name(candidate) == file_name(path)) return candidate;
    }
    return near_miss(path, known);
}

std::string hint(const std::optional<std::string>& near) {
    return near ? " (did you mean " + *near + "?)" : "";
}

bool has_word(std::string_view text, std::string_view word) {
    auto belongs = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
    for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        size_t end = at + word.size();
        bool is_whole =
            (at == 0 || !belongs(text[at - 1])) && (end == text.size() || !belongs(text[end]));
        if (is_whole) return true;
    }
    return false;
}

}  // namespace mogura::cli::check
