// The network: an HTTP server here; the client, TLS and Unix sockets when something needs them.
//
// Owns: sockets, HTTP/1.1 parsing and writing, limits, a graceful stop. Leaves to others: what a
// path means (server). No Boost type shows.

#pragma once

#include "net/http_server.h"  // IWYU pragma: export
