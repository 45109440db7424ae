#include "base/text.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/front.h"

#include <cstdio>

namespace mogura::cli {
namespace {

void print_help() {
    std::printf("Mogura: workflows, bulk loads, SQL and serving snapshots in one program.\n\n");
    std::printf("Usage: mogura COMMAND [OPTIONS]\n\nCommands:\n");
    for (const CommandEntry* command : kCommands) {
        if (*command->help) std::printf("  %-12s %s\n", command->name, command->help);
    }
    std::printf(
        "\n`mogura COMMAND --help` explains a command. `mogura --version` prints the version.\n");
}

}  // namespace

int run_as_mogura(House& house, const std::vector<std::string>& arguments) {
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" ||
        arguments[0] == "help") {
        print_help();
        return arguments.empty() ? 2 : 0;
    }
    if (arguments[0] == "--version" || arguments[0] == "version") {
        std::printf("mogura %s\n", MOGURA_VERSION);
        return 0;
    }
    // Digdag's other name for it.
    const std::string wanted = arguments[0] == "new" ? std::string("init") : arguments[0];
    std::vector<std::string> known;
    for (const CommandEntry* command : kCommands) {
        std::string word = base::replace_all(command->name, "_", "-");
        if (word == wanted) return command->run(house, std::span(arguments).subspan(1));
        if (*command->help) known.push_back(word);
    }
    std::fprintf(stderr, "mogura: unknown command: %s%s\n`mogura --help` lists the commands.\n",
                 arguments[0].c_str(), base::did_you_mean(arguments[0], known).c_str());
    return 2;
}

}  // namespace mogura::cli
