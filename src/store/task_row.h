// A task as a row of SQLite: its statements, and values in and out.

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "database/database.h"
#include "store/store.h"

#include <string_view>

namespace mogura::store {

extern const char* const kInsertTask;
extern const char* const kUpdateTask;
extern const char* const kSelectTasks;  // ?1: the attempt

Result<> insert_task(database::SqliteStatement& statement, int64_t attempt, const Task& task);
Result<> update_task(database::SqliteStatement& statement, int64_t attempt, const Task& task);
Result<Task> read_task(const database::SqliteStatement& row);
// JSON text as a mapping; empty text is an empty one.
Result<config::Map> read_map(std::string_view json);

}  // namespace mogura::store
