// The network: an HTTP server, an HTTP client with TLS, and sending mail.
//
// Owns: sockets, HTTP/1.1 parsing and writing, SMTP, limits, a graceful stop. Leaves to others:
// what a path means (server), what to send and when to try again (plugins). No Boost or curl type
// shows.

#pragma once

#include "net/http_client.h"   // IWYU pragma: export
#include "net/http_server.h"   // IWYU pragma: export
#include "net/mail_client.h"   // IWYU pragma: export
#include "net/mail_message.h"  // IWYU pragma: export
#include "net/url.h"           // IWYU pragma: export
