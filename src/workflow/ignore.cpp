#include "workflow/ignore.h"

#include "base/file.h"
#include "base/text.h"

#include <optional>

namespace mogura::workflow {
namespace {

// "[a-z]", "[!0-9]": whether the class at the start of `pattern` holds the character; removes it
// from `pattern`. Nothing when the bracket is never closed.
std::optional<bool> match_class(std::string_view& pattern, char character) {
    size_t index = 1;
    const bool negated = index < pattern.size() && (pattern[index] == '!' || pattern[index] == '^');
    if (negated) ++index;
    bool matches = false;
    for (const size_t first = index; index < pattern.size(); ++index) {
        if (pattern[index] == ']' && index > first) {
            pattern.remove_prefix(index + 1);
            return matches != negated;
        }
        if (pattern[index] == '\\' && index + 1 < pattern.size()) ++index;
        const char low = pattern[index];
        char high = low;
        if (index + 2 < pattern.size() && pattern[index + 1] == '-' && pattern[index + 2] != ']') {
            high = pattern[index + 2];
            index += 2;
        }
        if (low <= character && character <= high) matches = true;
    }
    return std::nullopt;
}

// One step of a pattern without stars; removes what it used from both.
bool match_one(std::string_view& pattern, std::string_view& text) {
    const char character = text[0];
    if (pattern[0] == '[') {
        std::string_view rest = pattern;
        if (auto matches = match_class(rest, character)) {
            if (!*matches || character == '/') return false;
            pattern = rest;
            text.remove_prefix(1);
            return true;
        }
    }
    if (pattern[0] == '?') {
        if (character == '/') return false;
    } else {
        if (pattern[0] == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
        if (pattern[0] != character) return false;
    }
    pattern.remove_prefix(1);
    text.remove_prefix(1);
    return true;
}

// Backtracks to the last star only, as one star can always take over from an earlier one; a "**"
// keeps a place of its own since it may cross slashes.
bool match(std::string_view pattern, std::string_view text) {
    struct Star {
        bool seen = false;
        std::string_view pattern = {};  // behind the star
        std::string_view text = {};     // where the star's text ends so far
    };
    Star star;
    Star double_star;
    while (true) {
        if (pattern.starts_with("**/")) {  // no folder, or any number of them
            pattern.remove_prefix(3);
            double_star = {true, pattern, text};
            star = {};
            continue;
        }
        if (pattern == "**") return !text.empty();
        if (pattern.starts_with('*')) {
            while (pattern.starts_with('*')) pattern.remove_prefix(1);
            star = {true, pattern, text};
            continue;
        }
        if (pattern.empty() && text.empty()) return true;
        if (!pattern.empty() && !text.empty() && match_one(pattern, text)) continue;
        if (star.seen && !star.text.empty() && star.text[0] != '/') {
            star.text.remove_prefix(1);
            pattern = star.pattern;
            text = star.text;
            continue;
        }
        const size_t slash = double_star.seen ? double_star.text.find('/') : std::string_view::npos;
        if (slash == std::string_view::npos) return false;
        double_star.text.remove_prefix(slash + 1);
        pattern = double_star.pattern;
        text = double_star.text;
        star = {};
    }
}

// Blanks at the end do not count unless a backslash stands before them.
std::string_view without_trailing_blanks(std::string_view line) {
    while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
    return line;
}

}  // namespace

Result<IgnoreRules> IgnoreRules::read(const std::string& folder) {
    const std::string path = folder + "/.digdagignore";
    if (!base::file_exists(path)) return IgnoreRules();
    const std::string text = TRY(base::read_file(path));
    return parse(text);
}

IgnoreRules IgnoreRules::parse(std::string_view text) {
    IgnoreRules rules;
    for (const std::string& whole : base::split(text, '\n')) {
        std::string_view line = whole;
        if (line.ends_with('\r')) line.remove_suffix(1);
        line = without_trailing_blanks(line);
        if (line.empty() || line.starts_with('#')) continue;
        Rule rule;
        if (line.starts_with('!')) {
            rule.negated = true;
            line.remove_prefix(1);
        }
        if (line.ends_with('/')) {
            rule.folders_only = true;
            line.remove_suffix(1);
        }
        rule.anchored = line.find('/') != std::string_view::npos;
        if (line.starts_with('/')) line.remove_prefix(1);
        if (line.empty()) continue;
        rule.pattern = line;
        rules.rules_.push_back(std::move(rule));
    }
    return rules;
}

bool IgnoreRules::ignores(std::string_view path, bool is_folder) const {
    const std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
    for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
        if (rule->folders_only && !is_folder) continue;
        if (match(rule->pattern, rule->anchored ? path : name)) return !rule->negated;
    }
    return false;
}

}  // namespace mogura::workflow
