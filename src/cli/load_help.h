// The verbs of mogura load, and what --help says of each.

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mogura::cli {

struct LoadVerb {
    std::string_view name;
    std::string_view words;  // behind the name: "CONFIG.yml [--json]"
    size_t words_min;        // plain ones behind the name
    size_t words_max;
    std::string_view short_help;
    std::string_view help;  // options, an example: what `mogura load VERB --help` adds
};

std::span<const LoadVerb> load_verbs();
// Null: there is no such verb.
const LoadVerb* find_load_verb(std::string_view name);

std::string load_help();
std::string load_help(const LoadVerb& verb);

}  // namespace mogura::cli
