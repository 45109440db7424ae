// Digdag's commands: their names, options and what answers them here (spec digdag 9.1 to 9.7).

#pragma once

#include "cli/house.h"
#include "cli/options.h"

#include <span>
#include <string>
#include <vector>

namespace mogura::cli::digdag {

// The release of Digdag whose behaviour is followed; --version prints it.
inline constexpr const char* kRelease = "0.10.6";

struct Command {
    using Run = int (*)(House& house, std::span<const std::string> arguments);

    std::string name;
    std::string alias;  // "" when there is none
    std::string words;  // what follows it, for its usage: "<workflow.dig> [+task]"
    std::string help;
    OptionSpecs options;  // without those of every command
    size_t words_min = 0;
    size_t words_max = 0;
    bool is_local = false;  // needs no server
    Run run = nullptr;      // nullptr: not a part of this program
};

// In the order in which Digdag names them.
const std::vector<Command>& commands();
// By name or alias; nullptr when there is none.
const Command* find_command(const std::string& word);
// What every command takes: -c, -l, -L, -X, --help.
const OptionSpecs& common_options();

}  // namespace mogura::cli::digdag
