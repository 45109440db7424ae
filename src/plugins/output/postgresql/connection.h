// Options that say which PostgreSQL server, shared by outputs, inputs and operators.

#pragma once

#include "config/config.h"
#include "database/database.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace mogura::plugins {

struct PostgresqlPlace {
    database::PostgresqlOptions server;
    std::string schema;  // empty: the server's search path stays
    std::optional<std::string> role;
    std::chrono::milliseconds statement_timeout{0};
};

// `word` names the plugin in warnings; `port` is the default.
PostgresqlPlace read_postgresql_place(config::Reader& reader, const std::string& word, int port);

// A session with the search path, role and limits of the place.
Result<std::unique_ptr<database::Postgresql>> open_postgresql(const PostgresqlPlace& place);

}  // namespace mogura::plugins
