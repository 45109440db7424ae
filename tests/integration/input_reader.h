// Runs an input and shows what it gave, shared by the tests of all databases.

#pragma once

#include "config/config.h"
#include "load/load.h"

#include <string>
#include <vector>

namespace mogura::integration {

struct Read {
    std::string schema = {};             // "id:long name:string"
    std::vector<std::string> rows = {};  // values separated by '|', null as NULL
    std::string diff = {};               // as JSON
};

// The input's begin() and its task; "error: MESSAGE" as the schema when something fails.
Read read_input(const load::Plugins& plugins, const std::string& type, const std::string& yaml,
                const config::Map& connection, const load::Context& context);

}  // namespace mogura::integration
