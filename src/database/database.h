// Thin clients for databases: connection, statement, transaction.
//
// Owns: SQLite here; MySQL and PostgreSQL beside it when something needs them. Leaves to others:
// what the tables mean (store, plugins). See each header for threads and failures.

#pragma once

#include "database/sqlite.h"  // IWYU pragma: export
