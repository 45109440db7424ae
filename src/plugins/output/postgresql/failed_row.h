// Which row of the intermediate tables the target refused: PostgreSQL tells the column or the key
// of a constraint, not the row.

#pragma once

#include "base/result.h"
#include "database/database.h"
#include "load/load.h"

#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::postgresql {

// The condition that finds the rows of such a message; empty for others. `value` is its $1.
std::string condition_of(std::string_view message, std::string& value);

// Ends the transaction, which has failed. Rows stand in a fresh table in the order in which they
// came.
load::TaskRow failed_row(database::Postgresql& connection, const Error& failure,
                         const std::vector<std::string>& tables);

}  // namespace mogura::plugins::postgresql
