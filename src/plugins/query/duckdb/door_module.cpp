// The one symbol that the module exports.

#include "plugins/query/duckdb/engine_module.h"
#include "plugins/query/duckdb/module.h"

namespace mogura::plugins {
namespace {

class Module final : public DuckdbModule {
  public:
    Result<std::unique_ptr<query::Engine>> open(const DuckdbOptions& options) const override {
        return open_duckdb_engine(options);
    }
    Result<std::unique_ptr<query::Rows>> read_parquet(const ParquetRead& request) const override {
        return read_parquet_file(request);
    }
    Result<std::unique_ptr<DuckdbTable>> make_table(const DuckdbOptions& options,
                                                    const page::Schema& schema) const override {
        return make_duckdb_table(options, schema);
    }
};

}  // namespace
}  // namespace mogura::plugins

extern "C" __attribute__((visibility("default"))) const mogura::plugins::DuckdbModule*
mogura_duckdb_module_3() {
    static const mogura::plugins::Module module;
    return &module;
}
