// The rows of the golden tables (tests/cases/load/tables, its README says what the keys mean) that
// need a server, shared by the tests of all databases.

#pragma once

#include "config/config.h"
#include "load/load.h"

#include <functional>
#include <string>
#include <vector>

namespace mogura::integration {

// A server and an empty database in it.
struct GoldenServer {
    std::string word;  // of the input and the output: mysql
    config::Map connection;
    std::function<void(const std::string& sql)> execute;
    std::function<std::vector<std::string>(const std::string& sql)> rows;  // "1|name|NULL"
    std::function<std::vector<std::string>()> tables;
    std::function<void()> drop_everything;
    // What loads have asked since the last call.
    std::function<std::vector<std::string>()> statements;
};

// Runs each row that says `on: WORD`. Returns how many there were.
int expect_golden_rows(const GoldenServer& server, const load::Plugins& plugins,
                       const load::Context& context);

}  // namespace mogura::integration
