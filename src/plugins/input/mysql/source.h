// MySQL and MariaDB as sources of rows, streamed from the server.

#pragma once

#include "base/result.h"
#include "database/database.h"
#include "plugins/input/table/source.h"

#include <memory>

namespace mogura::plugins {

Result<std::unique_ptr<source::Source>> make_mysql_source(const database::MysqlOptions& options);

}  // namespace mogura::plugins
