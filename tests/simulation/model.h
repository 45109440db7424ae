// Chapter 2 once more, written as plainly as possible: a recursive reading of the same task
// mappings that the engine runs. It knows nothing of rows, steps and time, only what must come out.

#pragma once

#include "config/config.h"

#include <map>
#include <string>

namespace mogura::simulation {

struct Expected {
    std::map<std::string, std::string> states;  // newest row of each name
    std::map<std::string, config::Map> seen;    // parameters of each task's last call
    bool is_success = false;
};

// `workflow`: a top level made of +tasks, _export, _parallel, _retry, _error. Strict: what a group
// retry made again is not made again by another one (2.6.4).
Expected expect(const config::Map& workflow, bool is_strict);

}  // namespace mogura::simulation
