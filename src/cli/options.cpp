#include "cli/options.h"

#include "base/text.h"

namespace mogura::cli {
namespace {

struct Match {
    const OptionSpec* spec = nullptr;
    std::string joined;  // the value, when it came in the same word
};

Match find_option(const std::string& word, const OptionSpecs& specs) {
    for (const OptionSpec& spec : specs) {
        for (const std::string& name : spec.names) {
            if (word == name) return {&spec, ""};
        }
    }
    for (const OptionSpec& spec : specs) {
        if (spec.kind != OptionKind::kJoined) continue;
        for (const std::string& name : spec.names) {
            if (word.starts_with(name)) return {&spec, word.substr(name.size())};
        }
    }
    return {};
}

bool looks_like_option(const std::string& word) {
    return word.size() > 1 && word[0] == '-';
}

Error unknown(const std::string& word, const OptionSpecs& specs) {
    std::vector<std::string> known;
    for (const OptionSpec& spec : specs) {
        known.insert(known.end(), spec.names.begin(), spec.names.end());
    }
    return {Code::kInvalid, "Unknown option: " + word + base::did_you_mean(word, known)};
}

}  // namespace

std::string CommandLine::value(const std::string& option, std::string otherwise) const {
    auto found = values_.find(option);
    if (found == values_.end() || found->second.empty()) return otherwise;
    return found->second.back();
}

std::vector<std::string> CommandLine::values(const std::string& option) const {
    auto found = values_.find(option);
    return found == values_.end() ? std::vector<std::string>() : found->second;
}

Result<CommandLine> parse_options(std::span<const std::string> arguments,
                                  const OptionSpecs& specs) {
    CommandLine line;
    for (size_t index = 0; index < arguments.size(); ++index) {
        const std::string& word = arguments[index];
        if (!looks_like_option(word)) {
            line.words_.push_back(word);
            continue;
        }
        Match match = find_option(word, specs);
        if (!match.spec) return unknown(word, specs);
        const std::string& name = match.spec->names[0];
        bool is_new = !line.values_.contains(name);
        std::vector<std::string>& values = line.values_[name];
        switch (match.spec->kind) {
            case OptionKind::kFlag:
                break;
            case OptionKind::kList:
                while (index + 1 < arguments.size() && !looks_like_option(arguments[index + 1])) {
                    values.push_back(arguments[++index]);
                }
                break;
            case OptionKind::kValue:
                if (!is_new) {
                    return Error(Code::kInvalid, "Can only specify option " + word + " once.");
                }
                [[fallthrough]];
            case OptionKind::kMany:
            case OptionKind::kJoined:
                if (!match.joined.empty()) {
                    values.push_back(match.joined);
                } else if (index + 1 == arguments.size()) {
                    return Error(Code::kInvalid, "Expected a value after parameter " + word);
                } else {
                    values.push_back(arguments[++index]);
                }
                break;
        }
    }
    return line;
}

std::string describe_options(const OptionSpecs& specs) {
    constexpr size_t kColumn = 34;
    std::string text;
    for (const OptionSpec& spec : specs) {
        if (spec.help.empty()) continue;
        std::string left = "  " + base::join(spec.names, ", ");
        if (!spec.value_name.empty()) left += " " + spec.value_name;
        left += left.size() + 2 > kColumn ? "\n" + std::string(kColumn, ' ')
                                          : std::string(kColumn - left.size(), ' ');
        text += left + spec.help + "\n";
    }
    return text;
}

}  // namespace mogura::cli
