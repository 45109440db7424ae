// SQL over files with the embedded DuckDB. Texts of SQL may read and write CSV, JSON lines and
// Parquet by path; relative paths start at the work folder.

#include "plugins/plugins.h"
#include "plugins/query/duckdb/module.h"

#include <memory>
#include <string>

namespace mogura::plugins {
namespace {

struct Options {
    std::string database;
    std::string memory_limit;
    int threads;
    std::string temporary;
};

Options read(config::Reader& reader) {
    return {
        .database = reader.optional(
            "database", "", "A DuckDB database file to open or create; without it, in memory."),
        .memory_limit = reader.optional("memory_limit", "512MB",
                                        "Memory for the query; what needs more spills to disk."),
        .threads = reader.optional("threads", 0, "Threads of the query; 0: as many as the run."),
        .temporary = reader.optional("temporary_directory", "",
                                     "Where to spill; without it, the run's temporary folder."),
    };
}

std::string in_folder(const std::string& folder, const std::string& path) {
    return path.empty() || path.starts_with('/') ? path : folder + "/" + path;
}

Result<std::unique_ptr<query::Engine>> make(const Options& options, const query::Context& context) {
    auto module = TRY(duckdb_module());
    return module->open({
        .database = in_folder(context.folder, options.database),
        .memory_limit = options.memory_limit,
        .threads = options.threads > 0 ? options.threads : context.threads,
        .folder = context.folder,
        .temporary = options.temporary.empty() ? context.temporary
                                               : in_folder(context.folder, options.temporary),
        .time_zone = context.time_zone,
    });
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(query, duckdb) {
    registry.engines.add("duckdb", "SQL over CSV, JSON lines and Parquet files, embedded.", read,
                         make);
}
