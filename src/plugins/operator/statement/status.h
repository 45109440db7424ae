// Exactly once: a row in the database itself says whether a statement has run (spec digdag
// 4.15.7). The row is written in the statement's own transaction, so both are there or neither.

#pragma once

#include "base/result.h"
#include "plugins/input/table/source.h"
#include "plugins/operator/statement/settings.h"

#include <functional>
#include <string>

namespace mogura::plugins::statement {

// How products differ.
struct Dialect {
    std::string status_columns;  // of CREATE TABLE
    std::string oldest;          // the time before which rows are old, {} for seconds
    // One table for each statement, locked as a whole (Redshift has no locks of rows).
    bool has_table_per_statement = false;
};

enum class Ran { kNow, kBefore, kLocked };

class Status {
  public:
    Status(source::Source& source, const Dialect& dialect, const Settings& settings,
           std::string query_id);

    // The row of this statement is there afterwards.
    Result<> prepare();
    // Runs `statement` in a transaction unless it ran before, or does now somewhere else.
    Result<Ran> run(const std::function<Result<>()>& statement);
    // Drops what is old.
    Result<> clean_up();

  private:
    Result<bool> is_there();
    Result<> create_table();
    Result<bool> is_completed();
    Result<> clean_up_tables();

    source::Source& source_;
    const Dialect& dialect_;
    const Settings& settings_;
    const std::string query_id_;
    std::string table_;  // quoted
};

// "[schema.]table" with its parts quoted.
std::string quoted_table(const source::Source& source, const std::string& name);

}  // namespace mogura::plugins::statement
