// PostgreSQL and Redshift as sources of rows, read through a cursor.

#pragma once

#include "config/config.h"
#include "load/load.h"
#include "plugins/input/table/input.h"
#include "plugins/output/postgresql/connection.h"

#include <cstdint>
#include <memory>
#include <string>

namespace mogura::plugins {

struct PostgresqlInputOptions {
    PostgresqlPlace place;
    source::Options source;
};

// `word` names the plugin, for the server and in warnings.
PostgresqlInputOptions read_postgresql_input(config::Reader& reader, const std::string& word,
                                             int port);
// `fetch_rows`: how many rows the cursor gives at once.
Result<std::unique_ptr<source::Source>> make_postgresql_source(const PostgresqlPlace& place,
                                                               int64_t fetch_rows);
std::unique_ptr<load::Input> make_postgresql_input(const PostgresqlInputOptions& options,
                                                   const load::Context& context);

}  // namespace mogura::plugins
