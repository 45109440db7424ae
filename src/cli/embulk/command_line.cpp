#include "cli/embulk/command_line.h"

#include "base/text.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace mogura::cli::embulk {
namespace {

constexpr size_t kAny = std::numeric_limits<size_t>::max();

struct Verb {
    std::string_view name;
    Count words;
    std::string_view help;
};

constexpr Verb kVerbs[] = {
    {"run", {1, 1}, "CONFIG.yml        Read everything, write everything"},
    {"cleanup", {1, 1}, "CONFIG.yml    Throw a resume state away"},
    {"preview", {1, 1}, "CONFIG.yml    Show the first rows"},
    {"guess", {1, 1}, "SEED.yml        Complete a configuration from the data"},
    {"install", {1, 1}, "ARTIFACT      Say whether a plugin is built in"},
    {"example", {0, 1}, "[FOLDER]      Write a small data set to try"},
    {"license", {0, 0}, "              Print the licence"},
    {"selfupdate", {0, 1}, "           (refused: this program is updated by its package)"},
    {"gem", {0, kAny}, "list|install      Plugins are built in; answers what scripts ask"},
    {"mkbundle", {1, 1}, "FOLDER       (refused: plugins are built in)"},
    {"bundle", {0, kAny}, "               (does nothing: plugins are built in)"},
};
constexpr std::string_view kFormerVerbs[] = {"exec", "irb", "migrate", "new"};

enum class Means {
    kHelp,
    kVersion,
    kLogLevel,
    kLogPath,
    kProperty,
    kIgnored,
    kResume,
    kOutput,
    kDiff,
    kVertical,
    kGuess,
};

struct Option {
    std::string_view letter;  // "-c"; may be empty
    std::string_view word;    // "--config-diff"
    std::string_view value;   // what the value is called; empty: it takes none
    Means means;
    std::string_view verbs;  // those that take it, with blanks around; empty: all
    std::string_view help;   // empty: not worth showing
};

constexpr std::string_view kPluginVerbs = " run cleanup preview guess install ";
constexpr Option kOptions[] = {
    {"-h", "--help", "", Means::kHelp, "", "Show this"},
    {"-version", "--version", "", Means::kVersion, "", "Show the version"},
    {"-l", "--log-level", "LEVEL", Means::kLogLevel, "", "error, warn, info, debug or trace"},
    {"", "--log-path", "FILE", Means::kLogPath, "", "Write the log there (-: standard output)"},
    {"-X", "", "KEY=VALUE", Means::kProperty, "", "Set a system property"},
    {"-R", "", "OPTION", Means::kIgnored, "", ""},
    {"-c", "--config-diff", "FILE", Means::kDiff, " run ", "Read and rewrite the config diff"},
    {"-r", "--resume-state", "FILE", Means::kResume, " run cleanup ",
     "Keep the state of a failed run there, and go on from it"},
    {"-o", "--output", "FILE", Means::kOutput, " run guess ", "Write the configuration there"},
    {"-g", "--guess", "NAMES", Means::kGuess, " guess ", "More guess plugins, joined by commas"},
    {"-G", "--vertical", "", Means::kVertical, " preview ", "Every value on a line of its own"},
    {"-b", "--bundle", "FOLDER", Means::kIgnored, kPluginVerbs, "Accepted, without effect"},
    {"-L", "--load", "PATH", Means::kIgnored, kPluginVerbs, "Accepted, without effect"},
    {"-I", "--load-path", "PATH", Means::kIgnored, kPluginVerbs, "Accepted, without effect"},
    {"-C", "--classpath", "PATH", Means::kIgnored, kPluginVerbs, "Accepted, without effect"},
    {"", "--path", "PATH", Means::kIgnored, " mkbundle ", ""},
    {"-f", "", "", Means::kIgnored, " selfupdate ", ""},
};

const Verb* find_verb(std::string_view word) {
    const auto* found = std::ranges::find(kVerbs, word, &Verb::name);
    return found == std::end(kVerbs) ? nullptr : found;
}

bool takes(const Option& option, std::string_view verb) {
    if (option.verbs.empty()) return true;
    return !verb.empty() &&
           option.verbs.find(" " + std::string(verb) + " ") != std::string_view::npos;
}

class Parser {
  public:
    explicit Parser(std::span<const std::string> arguments) : arguments_(arguments) {}

    Result<CommandLine> run() {
        while (next_ < arguments_.size()) {
            const std::string& word = arguments_[next_++];
            if (!word.starts_with("-") || word == "-") {
                take_word(word);
                if (line_.verb == "gem" || line_.verb == "bundle") break;
            } else if (!take_launcher_flag(word)) {
                TRY(take_option(word));
            }
        }
        while (next_ < arguments_.size()) line_.words.push_back(arguments_[next_++]);
        return std::move(line_);
    }

  private:
    void take_word(const std::string& word) {
        if (line_.verb.empty()) {
            line_.verb = word;
        } else {
            line_.words.push_back(word);
        }
    }

    // -J-Xmx4g, -J -Xmx4g, -J+O, -Efile: for the virtual machine (1.1.25).
    bool take_launcher_flag(const std::string& word) {
        if (!line_.verb.empty() || !(word.starts_with("-J") || word.starts_with("-E")))
            return false;
        line_.ignored.push_back(word);
        if (word == "-J" && next_ < arguments_.size()) ++next_;
        return true;
    }

    Result<> take_option(const std::string& word) {
        std::optional<std::string> attached;
        const Option* option = find(word, attached);
        if (!option) return Error(Code::kInvalid, "Unrecognized option: " + word);
        std::string value;
        if (!option->value.empty()) {
            if (attached) {
                value = *attached;
            } else if (next_ < arguments_.size()) {
                value = arguments_[next_++];
            } else {
                std::string_view name = option->letter.empty() ? option->word : option->letter;
                return Error(Code::kInvalid, "Missing argument for option: " +
                                                 std::string(name.substr(name.rfind('-') + 1)));
            }
        }
        take(*option, word, value);
        return {};
    }

    // --word, --word=value, -l, -lvalue.
    const Option* find(const std::string& word, std::optional<std::string>& attached) const {
        for (const Option& option : kOptions) {
            if (!takes(option, line_.verb)) continue;
            if (word == option.word || word == option.letter) return &option;
        }
        for (const Option& option : kOptions) {
            if (!takes(option, line_.verb) || option.value.empty()) continue;
            if (!option.word.empty() && word.starts_with(std::string(option.word) + "=")) {
                attached = word.substr(option.word.size() + 1);
                return &option;
            }
            if (!option.letter.empty() && word.starts_with(option.letter)) {
                attached = word.substr(option.letter.size());
                return &option;
            }
        }
        return nullptr;
    }

    void take(const Option& option, const std::string& word, const std::string& value) {
        switch (option.means) {
            case Means::kHelp:
                line_.wants_help = true;
                return;
            case Means::kVersion:
                line_.wants_version = true;
                return;
            case Means::kLogLevel:
                line_.log_level = value;
                return;
            case Means::kLogPath:
                line_.log_path = value;
                return;
            case Means::kProperty: {
                size_t equal = value.find('=');
                line_.properties[value.substr(0, equal)] =
                    equal == std::string::npos ? "" : value.substr(equal + 1);
                return;
            }
            case Means::kResume:
                line_.resume_state = value;
                return;
            case Means::kOutput:
                line_.output = value;
                return;
            case Means::kDiff:
                line_.config_diff = value;
                return;
            case Means::kVertical:
                line_.is_vertical = true;
                return;
            case Means::kGuess:
                for (const std::string& name : base::split(value, ',')) {
                    if (!name.empty()) line_.guess_plugins.push_back(name);
                }
                return;
            case Means::kIgnored:
                line_.ignored.push_back(word);
        }
    }

    const std::span<const std::string> arguments_;
    size_t next_ = 0;
    CommandLine line_;
};

void append_options(std::string& text, std::string_view verb, bool are_common) {
    for (const Option& option : kOptions) {
        if (option.help.empty() || option.verbs.empty() != are_common || !takes(option, verb)) {
            continue;
        }
        std::string names(option.letter);
        if (!option.letter.empty() && !option.word.empty()) names += ", ";
        names.append(option.word);
        if (!option.value.empty()) names.append(" ").append(option.value);
        names.resize(std::max<size_t>(names.size() + 1, 28), ' ');
        text.append("  ").append(names).append(option.help).append("\n");
    }
}

}  // namespace

Result<CommandLine> parse(std::span<const std::string> arguments) {
    return Parser(arguments).run();
}

std::string usage(std::string_view verb) {
    const Verb* found = find_verb(verb);
    if (!found) {
        std::string text = "Usage: embulk [common options] VERB [options] [words]\n\nVerbs:\n";
        for (const Verb& each : kVerbs) {
            text.append("  ").append(each.name).append(" ").append(each.help).append("\n");
        }
        text += "\nCommon options:\n";
        append_options(text, "", true);
        return text;
    }
    std::string text = "Usage: embulk " + std::string(found->name) + " [options] " +
                       std::string(found->help) + "\n\nOptions:\n";
    append_options(text, verb, false);
    append_options(text, verb, true);
    return text;
}

bool is_verb(std::string_view word) {
    return find_verb(word) != nullptr;
}

bool is_former_verb(std::string_view word) {
    return std::ranges::find(kFormerVerbs, word) != std::end(kFormerVerbs);
}

Count words_of(std::string_view verb) {
    const Verb* found = find_verb(verb);
    return found ? found->words : Count{};
}

}  // namespace mogura::cli::embulk
