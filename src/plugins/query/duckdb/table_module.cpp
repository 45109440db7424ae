#include "plugins/query/duckdb/chunk_module.h"
#include "plugins/query/duckdb/engine_module.h"
#include "plugins/query/duckdb/instance_module.h"

#include "base/text.h"

#include "duckdb.hpp"
#include "duckdb/main/appender.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr const char* kName = "input";

class Table final : public DuckdbTable {
  public:
    Table(std::shared_ptr<Instance> instance, const page::Schema& schema, std::string temporary)
        : instance_(std::move(instance)),
          engine_(engine_of(instance_)),
          chunks_(schema),
          temporary_(std::move(temporary)) {}

    // Throws, as DuckDB does.
    void create(const page::Schema& schema) {
        std::string sql = std::string("CREATE TABLE ") + kName + " (";
        for (size_t index = 0; index < schema.size(); ++index) {
            sql += (index > 0 ? ", \"" : "\"") +
                   base::replace_all(schema[index].name, "\"", "\"\"") + "\" " +
                   chunks_.types()[index].ToString();
        }
        auto result = instance_->connection().Query(sql + ")");
        if (result->HasError()) result->ThrowError();
        appender_ = duckdb::make_uniq<duckdb::Appender>(instance_->connection(), kName);
    }

    Result<> append(const page::Page& page) override {
        return kept([&] {
            for (size_t first = 0; first < page.rows(); first += STANDARD_VECTOR_SIZE) {
                size_t rows = std::min<size_t>(STANDARD_VECTOR_SIZE, page.rows() - first);
                appender_->AppendDataChunk(chunks_.chunk(page, first, rows));
            }
        });
    }

    Result<> flush() override {
        return kept([&] { appender_->Flush(); });
    }

    query::Engine& engine() override { return *engine_; }

  private:
    // DuckDB tells the settings of its own that limit what it spills.
    template <typename Call>
    Result<> kept(Call call) const {
        auto result = guarded(call);
        if (result.ok()) return result;
        const bool is_full =
            result.error().message().find("failed to offload data block") != std::string::npos;
        if (!is_full) return result;
        return Error(Code::kLimit,
                     "the rows do not fit: the temporary folder " + temporary_ +
                         " is full (free some space there, name another one with TMPDIR, "
                         "or raise memory_limit)");
    }

    std::shared_ptr<Instance> instance_;
    std::unique_ptr<query::Engine> engine_;
    ChunkWriter chunks_;
    const std::string temporary_;
    duckdb::unique_ptr<duckdb::Appender> appender_;
};

}  // namespace

Result<std::unique_ptr<DuckdbTable>> make_duckdb_table(const DuckdbOptions& options,
                                                       const page::Schema& schema) {
    auto instance = Instance::open(options);
    if (!instance.ok()) return instance.error().at("DuckDB");
    auto table = std::make_unique<Table>(*std::move(instance), schema, options.temporary);
    TRY(guarded([&] { table->create(schema); }));
    return std::unique_ptr<DuckdbTable>(std::move(table));
}

}  // namespace mogura::plugins
