// Serving snapshots: a table as an immutable, checksummed, memory-mapped map from key to row.
//
// Owns: the file format (docs/design/snapshot_format.md), the builder, the lookup. Leaves to
// others: where rows come from (load, query), refreshing and HTTP (server).
//
//     snapshot::Builder builder(schema, {.table = "slots", .key = "slot_id"});
//     TRY(builder.add(page));
//     TRY(builder.write("slots.snapshot"));
//     auto table = TRY(snapshot::Table::open("slots.snapshot"));
//     if (auto row = table->find("42")) use(row->long_at(1));
//
// A Builder belongs to one thread. A Table never changes: any number of threads look up at once,
// without locks; a lookup touches its group, which is mostly in the cache, and the row itself.
// Failures: kInvalid (damaged file, null or double keys), kLimit, and those of files.

#pragma once

#include "snapshot/builder.h"  // IWYU pragma: export
#include "snapshot/format.h"   // IWYU pragma: export
#include "snapshot/row.h"      // IWYU pragma: export
#include "snapshot/table.h"    // IWYU pragma: export
