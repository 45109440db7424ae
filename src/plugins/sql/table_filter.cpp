#include "plugins/sql/table_filter.h"

#include "plugins/plugins.h"

#include <optional>
#include <utility>

namespace mogura::plugins {
namespace {

class TableInput final : public load::Input {
  public:
    TableInput(std::unique_ptr<query::Rows> rows, query::Engine& engine, std::stop_token stop)
        : rows_(std::move(rows)), stopper_(std::move(stop), [&engine] { engine.cancel(); }) {}

    Result<> begin() override { return {}; }
    const page::Schema& schema() const override { return rows_->schema(); }
    size_t tasks() const override { return 1; }
    Result<> run(size_t, const load::PageSink& sink) override {
        return query::each_page(*rows_, sink);
    }

  private:
    std::unique_ptr<query::Rows> rows_;
    std::stop_callback<std::function<void()>> stopper_;
};

class TableFilter final : public load::WholeFilter {
  public:
    TableFilter(TableOptions options, std::unique_ptr<DuckdbTable> table, page::Schema schema)
        : options_(std::move(options)), table_(std::move(table)), schema_(std::move(schema)) {}

    const page::Schema& schema() const override { return schema_; }
    Result<> take(page::Page page) override { return placed(table_->append(page)); }

    Result<std::unique_ptr<load::Input>> give(std::stop_token stop) override {
        TRY(placed(table_->flush()));
        query::Engine& engine = table_->engine();
        std::unique_ptr<query::Rows> rows;
        {
            std::stop_callback stopper(stop, [&engine] { engine.cancel(); });
            auto given = engine.execute(options_.text);
            if (!given.ok()) return given.error().at(options_.place);
            rows = *std::move(given);
        }
        return std::make_unique<TableInput>(std::move(rows), engine, std::move(stop));
    }

  private:
    Result<> placed(const Result<>& done) const {
        if (!done.ok()) return done.error().at(options_.place);
        return {};
    }

    const TableOptions options_;
    const std::unique_ptr<DuckdbTable> table_;
    const page::Schema schema_;
};

}  // namespace

std::string read_memory_limit(config::Reader& reader) {
    return reader.optional("memory_limit", "512MB",
                           "Memory for the rows; what needs more spills to disk.");
}

Result<std::unique_ptr<load::WholeFilter>> make_table_filter(const TableOptions& options,
                                                             const page::Schema& input,
                                                             const load::Context& context) {
    const DuckdbModule* module = TRY(duckdb_module());
    auto table = TRY(module->make_table({.memory_limit = options.memory_limit,
                                         .threads = context.threads,
                                         .folder = context.folder,
                                         .temporary = context.temporary},
                                        input));
    page::Schema schema;
    {
        auto nothing = table->engine().execute(options.text);
        if (!nothing.ok()) return nothing.error().at(options.place);
        schema = (*nothing)->schema();
        TRY(query::each_page(**nothing, [](page::Page) { return Result<>(); }));
    }
    if (schema.size() == 0) {
        return Error(Code::kInvalid, options.place + ": " +
                                         (options.text.file.empty() ? "sql" : options.text.file) +
                                         ": the last statement gives no rows (end with a SELECT)");
    }
    return std::make_unique<TableFilter>(options, std::move(table), std::move(schema));
}

}  // namespace mogura::plugins
