// Thin clients for databases: connection, statement, transaction.
//
// Owns: SQLite, MySQL (MariaDB), PostgreSQL and Redis; SQL as text. Leaves to others: what the
// tables mean (store, plugins). See each header for threads and failures.

#pragma once

#include "database/mysql.h"       // IWYU pragma: export
#include "database/postgresql.h"  // IWYU pragma: export
#include "database/redis.h"       // IWYU pragma: export
#include "database/sql_text.h"    // IWYU pragma: export
#include "database/sqlite.h"      // IWYU pragma: export
