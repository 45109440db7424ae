// The names that this program is started under. Each has a command line of its own; all of them end
// in the same commands.

#pragma once

#include "cli/house.h"

#include <string>
#include <vector>

namespace mogura::cli {

struct Front {
    const char* name;  // the last part of argv[0]
    int (*run)(House& house, const std::vector<std::string>& arguments);
};

int run_as_mogura(House& house, const std::vector<std::string>& arguments);
int run_as_digdag(House& house, const std::vector<std::string>& arguments);
int run_as_embulk(House& house, const std::vector<std::string>& arguments);

}  // namespace mogura::cli
