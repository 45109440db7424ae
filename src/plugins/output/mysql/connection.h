// Options that say which MySQL server, shared by the output and the query engine.

#pragma once

#include "config/config.h"
#include "database/database.h"

namespace mogura::plugins {

database::MysqlOptions read_mysql_connection(config::Reader& reader);

}  // namespace mogura::plugins
