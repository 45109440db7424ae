#include "plugins/query/duckdb/engine_module.h"

#include "base/text.h"
#include "plugins/query/duckdb/instance_module.h"
#include "plugins/query/duckdb/rows_module.h"

#include "duckdb.hpp"

namespace mogura::plugins {
namespace {

std::string quoted(const std::string& text, const std::string& quote) {
    return quote + base::replace_all(text, quote, quote + quote) + quote;
}

std::string sql_of(const ParquetRead& request) {
    std::string columns;
    for (const std::string& name : request.columns) {
        columns += (columns.empty() ? "" : ", ") + quoted(name, "\"");
    }
    return "SELECT " + (columns.empty() ? "*" : columns) + " FROM read_parquet(" +
           quoted(request.path, "'") +
           ", hive_partitioning = " + (request.hive_partitions ? "true" : "false") + ")" +
           (request.schema_only ? " LIMIT 0" : "");
}

}  // namespace

Result<std::unique_ptr<query::Rows>> read_parquet_file(const ParquetRead& request) {
    DuckdbOptions options;
    options.threads = request.threads;
    auto instance = TRY(Instance::open(options));
    Describe describe = [path = request.path](const duckdb::ErrorData& error) {
        const std::string& message = error.RawMessage();
        return Error(code_of(error), message.substr(0, message.rfind("\nLINE "))).at(path);
    };
    const std::atomic<bool> never = false;
    duckdb::vector<duckdb::unique_ptr<duckdb::SQLStatement>> statements;
    TRY(guarded([&] { statements = instance->connection().ExtractStatements(sql_of(request)); }));
    auto result = TRY(start(*instance, std::move(statements[0]), never, describe));
    return stream(instance, std::move(result), describe);
}

}  // namespace mogura::plugins
