// Rows in columns: what flows through the loader, out of a query, into a snapshot.
//
// Owns: Schema, Column data, Page, Builder. Leaves to others: reading and writing formats (plugins)
// and moving pages between threads (load).
//
// A Page is moved, not copied; its schema is shared and immutable. Text is not copied into the
// page: a cell is a view into memory that the page keeps alive (owners), so a parser can point into
// the bytes that it was given. A page belongs to one thread at a time.

#pragma once

#include "page/builder.h"  // IWYU pragma: export
#include "page/schema.h"   // IWYU pragma: export
#include "page/table.h"    // IWYU pragma: export
