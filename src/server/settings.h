// What `mogura serve` is told: by a YAML file, by flags, or by both (flags win).
//
//     listen: 127.0.0.1:8080
//     threads: 2
//     refresh: 60s               # for tables that say nothing
//     max_shrink_percent: 50
//     tables:
//       - name: slots
//         key: slot_id
//         source: {type: sqlite, database: results.db, table: slots}
//         refresh: 10s
//       - name: candidates
//         source: {type: snapshot, path: candidates.snapshot}
//
// All problems come back as one kInvalid error, a line each.

#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"
#include "query/query.h"
#include "server/table_source.h"
#include "server/tables.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::server {

struct TableSettings {
    TableOptions options;
    std::string key;
    std::string type;              // "snapshot", or the name of an engine
    std::string path;              // of a snapshot
    std::string sql;               // for an engine
    std::string description = {};  // for people: "sqlite a.db/slots"
    config::Map engine;            // the engine's own options
    std::string file;              // where they stand, for messages
    std::string place;
    bool is_from_flag = false;
};

struct Settings {
    std::string address = "127.0.0.1";
    uint16_t port = 8080;
    int threads = 2;
    std::vector<TableSettings> tables;
};

struct Flags {
    std::optional<std::string> listen = {};
    std::optional<std::string> threads = {};
    std::optional<std::string> refresh = {};
    std::optional<std::string> max_shrink = {};
    std::vector<std::string> tables = {};  // NAME=snapshot:PATH, NAME=ENGINE:DATABASE/TABLE?key=K
};

// `input` is the file's content, `file` its name; both may be empty.
Result<Settings> read_settings(const config::Map& input, const std::string& file,
                               const Flags& flags, const query::Engines& engines);

// Relative paths start at the context's folder. `engines` outlives the source.
std::unique_ptr<TableSource> make_source(const TableSettings& table, const query::Engines& engines,
                                         const query::Context& context, const base::Clock& clock);

// SELECT * FROM "table", quoted as the engine wants it; "schema.table" are two names.
std::string select_all(std::string_view engine, std::string_view table);
// An engine's options, made read-only where the engine knows that.
config::Map reading_only(config::Map options, std::string_view engine,
                         const query::Engines& engines);
// An engine's options, with limits on how long its server may be silent unless they say so: a load
// that never ends is never followed by another.
config::Map with_time_limits(config::Map options, std::string_view engine);
// "250ms", "60s", "60", "5m", "1h"; nullopt when it is none, or not positive.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace mogura::server
