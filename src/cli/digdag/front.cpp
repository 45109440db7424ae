// The command line under the name `digdag` (spec digdag 9.1). Each command's options are checked
// against the table; then the command itself reads them.

#include "cli/front.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/digdag/commands.h"
#include "cli/log_level.h"
#include "cli/system_zone.h"

#include <algorithm>
#include <cstdio>

namespace mogura::cli {
namespace {

using digdag::Command;

void print_first_line(const House& house) {
    base::TimeZone zone = system_zone(house.environment);
    std::fprintf(stderr, "%s: Digdag v%s\n", format_local(house.clock.now(), zone).c_str(),
                 digdag::kRelease);
}

void print_usage() {
    std::string text =
        "Usage: digdag <command> [options...]\n"
        "  (Mogura under the name digdag: the commands marked with * need a Digdag server and are "
        "not here yet.)\n  Commands:\n";
    for (const Command& command : digdag::commands()) {
        std::string left = command.name + " " + command.words;
        left.resize(std::max<size_t>(left.size() + 1, 44), ' ');
        text += std::string(command.is_local ? "    " : "  * ") + left + command.help + "\n";
    }
    text += "  Options of all commands:\n" + describe_options(digdag::common_options()) +
            "  Use `<command> --help` to see the options of a command.\n";
    std::fputs(text.c_str(), stderr);
}

void print_usage(const Command& command) {
    std::string text = "Usage: digdag " + command.name;
    if (!command.words.empty()) text += " " + command.words;
    text += " [options...]\n  " + command.help + "\n\n  Options:\n" +
            describe_options(command.options) + describe_options(digdag::common_options());
    std::fputs(text.c_str(), stderr);
}

int fail(const std::string& message) {
    std::fprintf(stderr, "error: %s\n", message.c_str());
    return 1;
}

int unknown_command(const std::string& word) {
    print_usage();
    std::vector<std::string> names;
    for (const Command& command : digdag::commands()) names.push_back(command.name);
    return fail("available commands are: [" + base::join(names, ", ") + "]" +
                base::did_you_mean(word, names));
}

int not_here(const Command& command) {
    return fail("`digdag " + command.name +
                "` needs a Digdag server, and this program is not a client of one yet. Use the "
                "original client for it; `run`, `check`, `init`, `archive`, `scheduler` and "
                "`secrets --local` "
                "work here without a server.");
}

int run_command(House& house, const Command& command, const std::vector<std::string>& arguments) {
    OptionSpecs specs = command.options;
    const OptionSpecs& common = digdag::common_options();
    specs.insert(specs.end(), common.begin(), common.end());
    auto line = parse_options(arguments, specs);
    if (!line.ok()) return fail(line.error().message());
    size_t words = line->words().size();
    if (line->has("--help") || words < command.words_min || words > command.words_max) {
        print_usage(command);
        return 0;
    }
    auto level = log_level_of(line->value("-l", "info"));
    if (!level.ok()) return fail(level.error().message());
    log::set_level(*level);
    if (!command.run) return not_here(command);
    return command.run(house, arguments);
}

}  // namespace

int run_as_digdag(House& house, const std::vector<std::string>& arguments) {
    if (std::find(arguments.begin(), arguments.end(), "--version") != arguments.end()) {
        std::printf("%s\n", digdag::kRelease);
        return 0;
    }
    print_first_line(house);
    // -c may come before the command.
    std::vector<std::string> rest = arguments;
    size_t place = 0;
    while (place + 1 < rest.size() && (rest[place] == "-c" || rest[place] == "--config"))
        place += 2;
    if (place >= rest.size() || rest[place] == "--help" || rest[place] == "-help") {
        print_usage();
        return 0;
    }
    const Command* command = digdag::find_command(rest[place]);
    if (!command) return unknown_command(rest[place]);
    rest.erase(rest.begin() + static_cast<ptrdiff_t>(place));
    return run_command(house, *command, rest);
}

}  // namespace mogura::cli
