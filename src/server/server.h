// Serving: tables in memory, refreshed while requests run, looked up over HTTP.
//
// Owns: the settings, generations and their validation, the refresh loop, the lookup API and its
// metrics (docs/guide/serve.md). Leaves to others: the file format (snapshot), sockets (net),
// databases (the engines behind query).

#pragma once

#include "server/api.h"           // IWYU pragma: export
#include "server/settings.h"      // IWYU pragma: export
#include "server/table_source.h"  // IWYU pragma: export
#include "server/tables.h"        // IWYU pragma: export
