// What pg>, redshift> and mysql> are told (spec digdag 4.15, 4.16.1, 4.21.3): parameters, those of
// the mapping named like the operator, and secrets, which win.

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "engine/engine.h"
#include "plugins/sql/last_results.h"
#include "query/query.h"

#include <chrono>
#include <optional>
#include <string>

namespace mogura::plugins::statement {

// How the operators differ in words.
struct Words {
    std::string name;     // "pg": the mapping with parameters, and of the last results
    std::string secrets;  // "pg.", "aws.redshift."
    int port;
    bool has_schema;
};

struct Server {
    std::string host;
    int port = 0;
    std::string user;
    std::string password;
    std::string database;
    std::string schema;  // empty: the server's
    bool ssl = false;
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds socket_timeout{1800};
};

struct Settings {
    Server server;
    query::Text text;
    // At most one of the next four.
    std::string create_table;
    std::string insert_into;
    std::string download_file;
    std::optional<LastResults> last_results;
    bool strict_transaction = true;
    std::string status_table;
    std::string status_schema;
    std::chrono::seconds status_age_max{0};

    bool only_reads() const { return !download_file.empty() || last_results.has_value(); }
};

engine::OperatorOptions statement_options(const Words& words);
// Whether the options go together, as far as a task writes them down itself.
Result<> check_statement_modes(const config::Map& written);

Result<Settings> read_settings(engine::TaskContext& context, const Words& words);

}  // namespace mogura::plugins::statement
