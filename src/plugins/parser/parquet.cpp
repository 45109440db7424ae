// Parquet files, read by DuckDB in the order of their rows. The first file gives the schema.

#include "base/text.h"
#include "plugins/plugins.h"
#include "plugins/query/duckdb/module.h"

#include <memory>
#include <string>
#include <vector>

namespace mogura::plugins {
namespace {

struct Options {
    std::vector<std::string> columns;
    bool hive_partitioning;
};

Options read(config::Reader& reader) {
    return {
        .columns = reader.optional("columns", std::vector<std::string>(),
                                   "Names of the columns to read; without it, all."),
        .hive_partitioning = reader.optional(
            "hive_partitioning", false, "Add a column for each name=value folder of the path."),
    };
}

class ParquetParser final : public load::FileParser {
  public:
    ParquetParser(Options options, int threads) : options_(std::move(options)), threads_(threads) {}

    Result<page::Schema> schema_of(const std::vector<load::FileEntry>& files) override {
        if (files.empty()) return page::Schema();
        if (files.size() > 1) threads_ = 1;  // the files are read side by side
        auto rows = TRY(open(files.front(), options_.columns, /*schema_only=*/true));
        schema_ = rows->schema();
        return schema_;
    }

    Result<> parse(const load::FileEntry& file, const load::PageSink& sink) const override {
        auto rows = TRY(open(file, schema_.names(), /*schema_only=*/false));
        TRY(check(file, rows->schema()));
        return query::each_page(
            *rows, [&](page::Page page) { return sink(std::move(page).with_schema(schema_)); });
    }

    int threads() const override { return threads_; }

  private:
    Result<std::unique_ptr<query::Rows>> open(const load::FileEntry& file,
                                              std::vector<std::string> columns,
                                              bool schema_only) const {
        if (file.local_path.empty()) {
            return Error(Code::kUnsupported,
                         file.name + ": a Parquet file must be a local file, without decoders");
        }
        auto module = TRY(duckdb_module());
        return module->read_parquet({.path = file.local_path,
                                     .columns = std::move(columns),
                                     .hive_partitions = options_.hive_partitioning,
                                     .schema_only = schema_only,
                                     .threads = threads_});
    }

    Result<> check(const load::FileEntry& file, const page::Schema& found) const {
        for (size_t index = 0; index < schema_.size(); ++index) {
            if (found[index].type == schema_[index].type) continue;
            return Error(Code::kInvalid, file.name + ": column " + schema_[index].name + " is a " +
                                             std::string(page::type_name(found[index].type)) +
                                             " here but a " +
                                             std::string(page::type_name(schema_[index].type)) +
                                             " in the first file");
        }
        return {};
    }

    const Options options_;
    int threads_;
    page::Schema schema_;
};

Result<std::unique_ptr<load::Parser>> make(const Options& options, const load::Context& context) {
    auto parser = std::make_unique<load::Parser>();
    parser->file = std::make_unique<ParquetParser>(options, context.threads);
    return parser;
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(parser, parquet) {
    registry.parsers.add("parquet", "Columnar files of SQL engines.", read, make);
}
