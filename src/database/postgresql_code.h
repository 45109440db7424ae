// What PostgreSQL's error codes (SQLSTATE) mean here. Private to this room.

#pragma once

#include "base/result.h"

#include <string_view>

namespace mogura::database {

Code postgresql_code(std::string_view sqlstate);
// " (what to do)", or nothing.
std::string_view postgresql_remedy(std::string_view sqlstate);
// The server has ended the connection.
bool is_postgresql_connection_lost(std::string_view sqlstate);

}  // namespace mogura::database
