#include "engine/unused.h"

#include "base/log.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace mogura::engine {
namespace {

// Keys that the engine or the commands read, whatever the operator.
constexpr std::array<std::string_view, 13> kEverywhere = {
    "_after",  "_background", "_check", "_command", "_disable", "_env",    "_error",
    "_export", "_parallel",   "_retry", "_secrets", "_type",    "_workdir"};

// A word between the first "${" and the last "}".
bool has_word_in_braces(std::string_view text, std::string_view word) {
    size_t begin = text.find("${");
    size_t end = text.rfind('}');
    if (begin == text.npos || end == text.npos) return false;
    auto is_part = [&](size_t place) {
        unsigned char c = place < text.size() ? static_cast<unsigned char>(text[place]) : 0;
        return std::isalnum(c) || c == '_';
    };
    for (size_t at = text.find(word, begin + 2); at < end; at = text.find(word, at + 1)) {
        if (!is_part(at - 1) && !is_part(at + word.size())) return true;
    }
    return false;
}

bool is_in_a_template(const config::Value& value, const std::string& name) {
    if (value.is_string()) return has_word_in_braces(value.string(), name);
    if (value.is_list()) {
        return std::any_of(value.list().begin(), value.list().end(),
                           [&](const config::Value& item) { return is_in_a_template(item, name); });
    }
    if (!value.is_map()) return false;
    return std::any_of(value.map().begin(), value.map().end(),
                       [&](const auto& entry) { return is_in_a_template(entry.value, name); });
}

}  // namespace

std::vector<std::string> unused_lines(std::string_view full_name, const config::Map& task,
                                      const std::vector<std::string>& known) {
    std::vector<std::string> lines;
    for (const auto& entry : task) {
        bool is_read =
            entry.key.ends_with(">") ||
            std::find(kEverywhere.begin(), kEverywhere.end(), entry.key) != kEverywhere.end() ||
            std::find(known.begin(), known.end(), entry.key) != known.end() ||
            is_in_a_template(task, entry.key);
        if (is_read) continue;
        std::vector<std::string> words(kEverywhere.begin(), kEverywhere.end());
        words.insert(words.end(), known.begin(), known.end());
        std::string line =
            "Parameter '" + entry.key + "' is not used at task " + std::string(full_name);
        if (auto near = base::nearest(entry.key, words)) line += " > Did you mean [" + *near + "]?";
        lines.push_back(std::move(line));
    }
    return lines;
}

void report_unused(std::string_view full_name, const config::Map& task,
                   const std::vector<std::string>& known, Compatibility compatibility) {
    for (const std::string& line : unused_lines(full_name, task, known)) {
        if (unused_is_an_error_line(compatibility)) {
            log::error(line);
        } else {
            log::warn(line);
        }
    }
}

}  // namespace mogura::engine
