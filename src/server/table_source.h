// Where a served table comes from.

#pragma once

#include "base/result.h"
#include "snapshot/snapshot.h"

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
    // For people: "sqlite results.db/slots".
    virtual std::string describe() const = 0;
};

// A snapshot file: opened again when another file stands under its name.
std::unique_ptr<TableSource> make_file_source(std::string path);

}  // namespace mogura::server
