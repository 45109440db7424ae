// Error numbers of MySQL and MariaDB as codes, and what to do about them. Private to this room.

#pragma once

#include "base/result.h"

#include <string_view>

namespace mogura::database {

Code mysql_code(unsigned int error_number);
// " (check user and password)"; empty when the server's text says it all.
std::string_view mysql_remedy(unsigned int error_number);
// The server is gone, or this connection to it.
bool is_mysql_connection_lost(unsigned int error_number);

}  // namespace mogura::database
