#include "cli/check/script_command.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace mogura::cli::check {
namespace {

constexpr std::array<std::string_view, 9> kInterpreters = {"sh",   "bash", "zsh", "python", "ruby",
                                                           "perl", "node", "php", "Rscript"};
// Options that neither take a word nor say what to run.
constexpr std::array<std::string_view, 5> kShellOptions = {"-x", "-e", "-u", "-ex", "-eu"};
constexpr std::array<std::string_view, 3> kPythonOptions = {"-u", "-B", "-O"};

template <size_t kSize>
bool has(const std::array<std::string_view, kSize>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// The words of the first command, up to the first thing that only the shell understands.
std::vector<std::string> plain_words(std::string_view script) {
    std::vector<std::string> words;
    script = base::trim(script);
    script = script.substr(0, script.find_first_of("\n;|&"));
    for (const std::string& word : base::split(script, ' ')) {
        if (word.find_first_of("$*?\"'<>(){}[]`\\~=#!\t") != std::string::npos) break;
        if (!word.empty()) words.push_back(word);
    }
    return words;
}

// "python3.11" is python.
std::string interpreter(const std::string& word) {
    size_t end = word.size();
    while (end > 0 &&
           (std::isdigit(static_cast<unsigned char>(word[end - 1])) || word[end - 1] == '.')) {
        --end;
    }
    std::string name = word.substr(0, end);
    return has(kInterpreters, name) ? name : "";
}

}  // namespace

std::string script_file(std::string_view script) {
    std::vector<std::string> words = plain_words(script);
    if (words.empty()) return "";
    const std::string name = interpreter(words[0]);
    size_t index = name.empty() ? 0 : 1;
    bool is_shell = name == "sh" || name == "bash" || name == "zsh";
    while (!name.empty() && index < words.size() &&
           ((is_shell && has(kShellOptions, words[index])) ||
            (name == "python" && has(kPythonOptions, words[index])))) {
        ++index;
    }
    if (index >= words.size()) return "";
    const std::string& word = words[index];
    bool is_script = word.find('/') != std::string::npos ||
                     (!name.empty() && word.find('.') != std::string::npos);
    bool is_inside = !word.starts_with("/") && !word.starts_with("-") && !word.starts_with("..");
    return is_script && is_inside && !word.ends_with("/") ? word : "";
}

}  // namespace mogura::cli::check
