// `secrets --local`: list, set and delete the secrets of local runs (spec digdag 7.13, 9.6.17).

#include "base/file.h"
#include "cli/command.h"
#include "cli/local_secrets.h"
#include "cli/settings.h"
#include "cli/usual_command.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <utility>

namespace mogura::cli {
namespace {

constexpr const char* kHelp = R"(Keep the secrets of local runs.

Usage: mogura secrets --local [--set KEY=VALUE...] [--delete KEY...]

Without --set or --delete the keys are listed; values are never shown. A workflow reads a secret
as ${secret:KEY} in the script of sh> and in the values of _env; other operators by their own keys.

  --set KEY=VALUE    the value as it is
  --set KEY=@FILE    the content of a file
  --set KEY=-        what comes on standard input
  --set KEY          asks for it, without showing what is typed
  --set @FILE        a YAML or JSON mapping of keys to values; @- reads it from standard input
  --delete KEY       no error when there is none
  -c FILE, -X K=V    configuration; "secrets.KEY" in it comes before the files

They are kept in $DIGDAG_CONFIG_HOME/secrets, else $XDG_CONFIG_HOME/digdag/secrets, else
~/.config/digdag/secrets: a file for each, readable by you alone.
)";

const OptionSpecs& options() {
    static const OptionSpecs kOptions = {{{"--local"}, OptionKind::kFlag, "", ""},
                                         {{"--project"}, OptionKind::kValue, "NAME", ""},
                                         {{"--set"}, OptionKind::kList, "KEY=VALUE...", ""},
                                         {{"--delete"}, OptionKind::kList, "KEY...", ""},
                                         {{"-l", "--log-level"}, OptionKind::kValue, "LEVEL", ""},
                                         {{"-e", "--endpoint"}, OptionKind::kValue, "HOST", ""},
                                         {{"-H", "--header"}, OptionKind::kMany, "KEY=VALUE", ""},
                                         {{"--basic-auth"}, OptionKind::kValue, "USER:PASS", ""},
                                         {{"--disable-version-check"}, OptionKind::kFlag, "", ""},
                                         {{"--disable-cert-validation"}, OptionKind::kFlag, "", ""},
                                         {{"--help", "-help", "-h"}, OptionKind::kFlag, "", ""}};
    return kOptions;
}

std::string standard_input() {
    return {std::istreambuf_iterator<char>(std::cin), {}};
}

// What a person types, which the terminal does not show.
Result<std::string> ask_for(const std::string& key) {
    if (::isatty(STDIN_FILENO) == 0) {
        return Error(Code::kInvalid, "secret '" + key +
                                         "' has no value and there is no terminal to ask on (use " +
                                         key + "=VALUE, " + key + "=@FILE or " + key + "=-)");
    }
    std::fprintf(stderr, "%s: ", key.c_str());
    termios before{};
    ::tcgetattr(STDIN_FILENO, &before);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::string value;
    bool is_read = static_cast<bool>(std::getline(std::cin, value));
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::fputc('\n', stderr);
    if (!is_read) return Error(Code::kCanceled, "no value for secret '" + key + "'");
    return value;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Result<> add_mapping(Pairs& pairs, const std::string& from) {
    std::string text = from == "-" ? standard_input() : "";
    if (from != "-") text = TRY(base::read_file(from));
    auto value = TRY(config::parse_yaml(text, {.file = from == "-" ? "standard input" : from}));
    if (!value.is_map()) {
        return Error(Code::kInvalid, from + ": must be a mapping of keys to values");
    }
    for (const auto& entry : value.map()) {
        auto secret = entry.value.scalar_text();
        if (!secret) {
            return Error(Code::kInvalid, from + ": the value of '" + entry.key + "' is no text");
        }
        pairs.emplace_back(entry.key, *std::move(secret));
    }
    return {};
}

Result<> add_pair(Pairs& pairs, const std::string& word) {
    if (word.starts_with("@")) return add_mapping(pairs, word.substr(1));
    size_t equals = word.find('=');
    std::string key = word.substr(0, equals);
    std::string value;
    if (equals == std::string::npos) {
        if (is_secret_key(key)) value = TRY(ask_for(key));  // a wrong key is refused later
    } else {
        value = word.substr(equals + 1);
        if (value == "-") {
            value = standard_input();
        } else if (value.starts_with("@")) {
            value = TRY(base::read_file(value.substr(1)));
        }
    }
    pairs.emplace_back(std::move(key), std::move(value));
    return {};
}

Result<> set_all(const LocalSecrets& secrets, const std::vector<std::string>& words) {
    Pairs pairs;
    for (const std::string& word : words) TRY(add_pair(pairs, word));
    for (size_t index = 0; index < pairs.size(); ++index) {
        for (size_t earlier = 0; earlier < index; ++earlier) {
            if (pairs[index].first == pairs[earlier].first) {
                return Error(Code::kInvalid, "Duplicate secret key: '" + pairs[index].first + "'");
            }
        }
    }
    for (const auto& [key, value] : pairs) {
        TRY(secrets.set(key, value));
        std::fprintf(stderr, "Secret '%s' set\n", key.c_str());
    }
    return {};
}

Result<> work(House& house, const CommandLine& line) {
    if (!line.has("--local")) {
        return line.has("--project")
                   ? Error(Code::kUnsupported,
                           "--project: secrets of a server's project need a Digdag server, and "
                           "this program is not a client of one yet (--local keeps those of "
                           "local runs)")
                   : Error(Code::kInvalid, "--local or --project is required");
    }
    if (line.has("--set") && line.has("--delete")) {
        return Error(Code::kInvalid, "--set and --delete don't work together");
    }
    if (!line.words().empty()) {
        return Error(Code::kInvalid, "Unknown argument: " + line.words()[0]);
    }
    LocalSecrets secrets(house.properties, config_home(house.environment) + "/secrets");
    if (line.has("--set")) return set_all(secrets, line.values("--set"));
    if (line.has("--delete")) {
        for (const std::string& key : line.values("--delete")) {
            TRY(secrets.erase(key));
            std::fprintf(stderr, "Secret '%s' deleted\n", key.c_str());
        }
        return {};
    }
    auto keys = TRY(secrets.keys());
    for (const std::string& key : keys) std::printf("%s\n", key.c_str());
    return {};
}

Result<> run(House& house, std::span<const std::string> arguments) {
    auto line = TRY(begin_command(house, arguments, options(), kHelp));
    if (!line) return {};
    return work(house, *line);
}

}  // namespace
}  // namespace mogura::cli

COMMAND(secrets, "Keep the secrets of local runs") {
    return mogura::cli::end_command(mogura::cli::run(house, arguments));
}
