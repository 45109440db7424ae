// Taking a request's target apart.

#pragma once

#include "net/http_server.h"

namespace mogura::net {

// Fills path, segments and query from target.
void read_target(Request& request);

}  // namespace mogura::net
