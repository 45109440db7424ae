// Options of a command line, as Digdag's commands read them (spec digdag 9.1.6).
//
//     auto line = TRY(parse_options(arguments, {{{"--project"}, kValue, "DIR", "The folder."}}));
//     std::string folder = line.value("--project", ".");
//
// Options may stand before or after other words; a value is a word of its own. No abbreviations,
// no --name=value. Errors name the option.

#pragma once

#include "base/result.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace mogura::cli {

enum class OptionKind {
    kFlag,
    kValue,   // one value, at most once
    kMany,    // one value, any number of times
    kJoined,  // the same; the value may also follow without a blank: -XKEY=VALUE
    kList,    // all words up to the next option; "-" alone is a word
};

struct OptionSpec {
    std::vector<std::string> names;  // [0] is how the others are asked for
    OptionKind kind = OptionKind::kFlag;
    std::string value_name;
    std::string help;
};
using OptionSpecs = std::vector<OptionSpec>;

class CommandLine {
  public:
    bool has(const std::string& option) const { return values_.contains(option); }
    std::string value(const std::string& option, std::string otherwise = "") const;
    // In the order in which they were given.
    std::vector<std::string> values(const std::string& option) const;
    // What belongs to no option.
    const std::vector<std::string>& words() const { return words_; }

  private:
    friend Result<CommandLine> parse_options(std::span<const std::string> arguments,
                                             const OptionSpecs& specs);
    std::map<std::string, std::vector<std::string>> values_;
    std::vector<std::string> words_;
};

Result<CommandLine> parse_options(std::span<const std::string> arguments, const OptionSpecs& specs);

// A line for each option: "  -l, --log-level LEVEL    what it does".
std::string describe_options(const OptionSpecs& specs);

}  // namespace mogura::cli
