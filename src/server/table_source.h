// Where a served table comes from.

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "query/query.h"
#include "snapshot/snapshot.h"

#include <functional>
#include <memory>
#include <string>

namespace mogura::server {

using Generation = std::shared_ptr<const snapshot::Table>;

class TableSource {
  public:
    virtual ~TableSource() = default;

    // The table as it is now; a null pointer when nothing changed since the last load. Blocks; one
    // thread at a time.
    virtual Result<Generation> load() = 0;
    // Ends a load() that runs, and those that begin later; from any thread.
    virtual void cancel() {}
    // For people: "sqlite results.db/slots".
    virtual std::string describe() const = 0;
};

// A snapshot file: opened again when another file stands under its name.
std::unique_ptr<TableSource> make_file_source(std::string path);

using EngineFactory = std::function<Result<std::unique_ptr<query::Engine>>()>;

// The rows of a statement, asked from a new connection each time. A load whose rows are all as
// before counts as no change.
struct QuerySource {
    std::string table;
    std::string key;
    std::string sql;
    std::string description;
    EngineFactory connect;
};
std::unique_ptr<TableSource> make_query_source(QuerySource options, const base::Clock& clock);

// All rows of a statement, ready to become a file or a table.
Result<snapshot::Builder> read_all(query::Engine& engine, const std::string& sql,
                                   snapshot::BuilderOptions options);

}  // namespace mogura::server
