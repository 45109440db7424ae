// Embulk's command line: verbs, and the options of each (embulk 1.1).
//
// The verb is the first word that is no option; common options may stand before it, all others
// behind it, in any order with the plain words. Options of the original's Java and Ruby machinery
// are accepted and mean nothing here.

#pragma once

#include "base/result.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::cli::embulk {

struct CommandLine {
    std::string verb;  // empty: none
    std::vector<std::string> words;
    bool wants_help = false;
    bool wants_version = false;
    std::string log_level;  // as it was given; empty: not given
    std::string log_path;
    std::map<std::string, std::string> properties;  // -X
    std::string resume_state;
    std::string output;
    std::string config_diff;
    std::vector<std::string> guess_plugins;
    bool is_vertical = false;
    std::vector<std::string> ignored;  // what was accepted and means nothing here
};

// Fails with the parser's message, without a place: "Unrecognized option: --zzz".
Result<CommandLine> parse(std::span<const std::string> arguments);

// The usage of a verb; of everything when the verb is empty or unknown.
std::string usage(std::string_view verb);

bool is_verb(std::string_view word);
// Verbs that the original knew once and refuses.
bool is_former_verb(std::string_view word);
// How many plain words the verb takes.
struct Count {
    size_t least = 0;
    size_t most = 0;
};
Count words_of(std::string_view verb);

}  // namespace mogura::cli::embulk
