// Which row a statement failed at that sent or moved many.

#pragma once

#include "base/result.h"
#include "database/database.h"
#include "load/load.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mogura::plugins::mysql {

// Right behind the statement: its row, from 1. 0: the server does not tell (MySQL tells it in some
// messages only, MariaDB before 10.7 too).
int64_t failed_row(database::Mysql& connection, const Error& failure);
// The same of a statement that took the rows of these tables, one after the other.
load::TaskRow failed_row(database::Mysql& connection, const Error& failure,
                         const std::vector<std::string>& tables);

}  // namespace mogura::plugins::mysql
