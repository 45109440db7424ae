#include "cli/near_words.h"

#include "base/text.h"

#include <algorithm>
#include <utility>

namespace mogura::cli {
namespace {

constexpr size_t kLengthMin = 4;
constexpr const char* kAny = "[^>]";

// "a.b" for a regular expression.
std::string literal(std::string_view text) {
    std::string escaped;
    for (char character : text) {
        if (character == '.') escaped += '\\';
        escaped += character;
    }
    return escaped;
}

void add_near(const std::string& word, std::vector<std::string>& patterns) {
    auto part = [&](size_t begin, size_t count) { return literal(word.substr(begin, count)); };
    for (size_t at = 0; at <= word.size(); ++at) {
        patterns.push_back(part(0, at) + kAny + part(at, std::string::npos));
        if (at == word.size()) break;
        patterns.push_back(part(0, at) + kAny + "?" + part(at + 1, std::string::npos));
        if (at + 1 == word.size() || word[at] == word[at + 1]) continue;
        patterns.push_back(part(0, at) + part(at + 1, 1) + part(at, 1) +
                           part(at + 2, std::string::npos));
    }
}

}  // namespace

std::string near_words_pattern(const std::vector<std::string>& words) {
    std::vector<std::string> known;
    std::vector<std::string> near;
    for (const std::string& word : words) {
        known.push_back(literal(word));
        if (word.size() >= kLengthMin) add_near(word, near);
    }
    return "^(?!(?:" + base::join(known, "|") + ")>$)(?:" + base::join(near, "|") + ")>$";
}

}  // namespace mogura::cli
