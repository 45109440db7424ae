#include "cli/embulk/built_in.h"

#include "base/text.h"

#include <algorithm>
#include <string_view>

namespace mogura::cli::embulk {
namespace {

constexpr std::string_view kGuessers[] = {"bzip2", "csv", "csv_all_strings", "gzip", "json"};
// Packages that are no plugins: the machinery around them.
constexpr std::string_view kMachinery[] = {"embulk",   "msgpack",       "bundler",    "liquid",
                                           "rubygems", "representable", "concurrent", "jruby"};

void append(std::vector<std::string>& names, std::string_view category,
            const std::vector<std::string>& plugins) {
    for (const std::string& name : plugins) {
        names.push_back("embulk-" + std::string(category) + "-" + name);
    }
}

bool is_machinery(std::string_view name) {
    return std::ranges::find(kMachinery, name) != std::end(kMachinery) ||
           name.starts_with("jruby-") || name.starts_with("google-cloud") ||
           name.starts_with("concurrent-");
}

Result<std::string> answer_package(const plugins::Registry& registry, const std::string& name) {
    std::vector<std::string> known = package_names(registry);
    if (std::ranges::find(known, name) != known.end()) {
        return name + " is built in: nothing to install\n";
    }
    if (is_machinery(name)) return name + " is not needed here: nothing to install\n";
    return Error(Code::kNotFound, name + ": there is no such plugin here" +
                                      base::did_you_mean(name, known) +
                                      "; `embulk gem list` shows those that are built in");
}

}  // namespace

std::vector<std::string> package_names(const plugins::Registry& registry) {
    std::vector<std::string> names;
    append(names, "decoder", registry.decoders.names());
    append(names, "encoder", registry.encoders.names());
    append(names, "filter", registry.filters.names());
    append(names, "formatter", registry.formatters.names());
    append(names, "guess", {std::begin(kGuessers), std::end(kGuessers)});
    append(names, "input", registry.inputs.names());
    append(names, "input", registry.file_inputs.names());
    append(names, "output", registry.outputs.names());
    append(names, "output", registry.file_outputs.names());
    append(names, "parser", registry.parsers.names());
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

Result<std::string> answer_gem(const plugins::Registry& registry,
                               std::span<const std::string> words) {
    std::string_view verb = words.empty() ? "" : std::string_view(words[0]);
    if (verb == "list") {
        std::string text;
        for (const std::string& name : package_names(registry)) {
            text.append(name).append(" (" MOGURA_VERSION ")\n");
        }
        return text;
    }
    if (verb != "install") {
        return Error(Code::kUnsupported,
                     "gem: only list and install are answered: plugins are built in");
    }
    std::string text;
    for (size_t index = 1; index < words.size(); ++index) {
        const std::string& word = words[index];
        bool takes_value = word == "-v" || word == "--version" || word == "-i" ||
                           word == "--install-dir" || word == "-n" || word == "--bindir" ||
                           word == "-s" || word == "--source";
        if (takes_value) {
            ++index;
        } else if (!word.starts_with("-")) {
            std::string answer = TRY(answer_package(registry, word.substr(0, word.find(':'))));
            text += answer;
        }
    }
    if (text.empty()) return Error(Code::kInvalid, "gem install: the name of a plugin is missing");
    return text;
}

Result<std::string> answer_install(const plugins::Registry& registry, const std::string& artifact) {
    std::vector<std::string> parts = base::split(artifact, ':');
    if (parts.size() < 3) {
        return Error(Code::kInvalid, "install: expected GROUP:ARTIFACT:VERSION, not " + artifact);
    }
    return answer_package(registry, parts[1]);
}

}  // namespace mogura::cli::embulk
