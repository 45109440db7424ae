// Subcommands: one file each under cli/command, named after the word that users type.
//
//     COMMAND(query, "Run SQL over files and databases") {
//         ...                      // std::span<const std::string> arguments: what follows the word
//         return 0;                // the exit code
//     }
//
// The build finds the files. `mogura WORD --help` is the command's own business; it must teach.

#pragma once

#include "cli/house.h"

#include <span>
#include <string>

namespace mogura::cli {

struct CommandEntry {
    const char* name;
    const char* help;
    int (*run)(House& house, std::span<const std::string> arguments);
};

}  // namespace mogura::cli

#define COMMAND(word, help_text)                                                              \
    static int run_##word(mogura::cli::House& house, std::span<const std::string> arguments); \
    extern const mogura::cli::CommandEntry command_##word;                                    \
    const mogura::cli::CommandEntry command_##word = {#word, help_text, run_##word};          \
    static int run_##word([[maybe_unused]] mogura::cli::House& house,                         \
                          [[maybe_unused]] std::span<const std::string> arguments)
