// .digdagignore: which files of a folder belong to the project (spec digdag 1.1.4), in the syntax
// of gitignore.

#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace mogura::workflow {

class IgnoreRules {
  public:
    // The rules of the folder's .digdagignore; none when there is no such file.
    static Result<IgnoreRules> read(const std::string& folder);
    static IgnoreRules parse(std::string_view text);

    // `path` is relative to the folder, with '/' between its parts. The last rule that matches
    // decides. A file inside an ignored folder must be asked for by its folder first.
    bool ignores(std::string_view path, bool is_folder) const;

  private:
    struct Rule {
        std::string pattern;
        bool negated = false;       // "!pattern"
        bool folders_only = false;  // "pattern/"
        bool anchored = false;      // a slash at the start or in the middle
    };
    std::vector<Rule> rules_;
};

}  // namespace mogura::workflow
