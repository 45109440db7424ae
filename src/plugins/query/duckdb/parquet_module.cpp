#include "plugins/query/duckdb/parquet_module.h"

#include "base/check.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "plugins/query/duckdb/chunk_module.h"
#include "plugins/query/duckdb/instance_module.h"

#include "duckdb.hpp"
#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/copy_function_catalog_entry.hpp"
#include "duckdb/common/types/column/column_data_collection.hpp"
#include "duckdb/function/copy_function.hpp"

#include <filesystem>
#include <optional>
#include <thread>
#include <utility>

namespace mogura::plugins {
namespace {

using duckdb::ColumnDataCollection;

// A row group ends earlier when its texts are large, which bounds the memory.
constexpr size_t kRowGroupBytesMax = 64 * 1024 * 1024;

// Rows are collected into a row group. A full one is encoded, compressed and written by a thread of
// its own, which takes most of the time, while the next one is collected.
class ParquetWriter final : public load::TaskOutput {
  public:
    static Result<std::unique_ptr<load::TaskOutput>> open(const std::string& path,
                                                          const page::Schema& schema,
                                                          const ParquetOptions& options) {
        DuckdbOptions limits;
        limits.threads = 1;
        limits.memory_limit = "1GB";  // row groups are bounded here, not by the limit
        auto instance = TRY(Instance::open(limits));
        std::unique_ptr<ParquetWriter> writer(
            new ParquetWriter(std::move(instance), path, schema, options));
        auto begun = guarded([&] { writer->begin(schema); });
        if (!begun.ok()) return begun.error().at(path);
        return std::unique_ptr<load::TaskOutput>(std::move(writer));
    }

    ~ParquetWriter() override { abort(); }

    Result<> write(page::Page page) override {
        CHECK(file_);
        auto appended = guarded([&] { return append(page); });
        if (!appended.ok()) return appended.error().at(path_);
        if (!*appended) return failure();
        return {};
    }

    Result<> finish() override {
        if (group_ && !flush()) return failure();
        groups_.close();
        thread_.join();
        if (has_failed()) return failure();
        auto finished = guarded([&] {
            copy_.copy_to_finalize(instance_->context(), *bind_, *file_);
            close();
        });
        if (!finished.ok()) return finished.error().at(path_);
        return {};
    }

    void abort() noexcept override {
        if (!file_) return;
        groups_.abandon();
        if (thread_.joinable()) thread_.join();
        try {
            group_.reset();
            close();
        } catch (const std::exception&) {
            // What is left of the file is for the place that gave its name to remove.
        }
    }

    int64_t bytes() const override {
        std::error_code failure;
        auto size = std::filesystem::file_size(path_, failure);
        return failure ? 0 : static_cast<int64_t>(size);
    }

  private:
    ParquetWriter(std::shared_ptr<Instance> instance, std::string path, const page::Schema& schema,
                  const ParquetOptions& options)
        : instance_(std::move(instance)),
          path_(std::move(path)),
          options_(options),
          chunks_(schema, options.nanoseconds),
          copy_("parquet") {}

    void begin(const page::Schema& schema) {
        instance_->connection().BeginTransaction();
        auto& context = instance_->context();
        copy_ = duckdb::Catalog::GetSystemCatalog(context)
                    .GetEntry<duckdb::CopyFunctionCatalogEntry>(context, DEFAULT_SCHEMA, "parquet")
                    .function;
        duckdb::CopyInfo info;
        info.format = "parquet";
        info.file_path = path_;
        info.options["compression"] = {duckdb::Value(options_.compression)};
        if (options_.compression == "zstd") {
            info.options["compression_level"] = {duckdb::Value::BIGINT(options_.zstd_level)};
        }
        info.options["row_group_size"] = {duckdb::Value::BIGINT(options_.row_group_rows)};
        duckdb::CopyFunctionBindInput input(info);
        duckdb::vector<std::string> names;
        for (const page::Column& column : schema.columns()) names.push_back(column.name);
        bind_ = copy_.copy_to_bind(context, input, names, chunks_.types());
        file_ = copy_.copy_to_initialize_global(context, *bind_, path_);
        thread_ = std::jthread([this] { write_groups(); });
    }

    // False when the thread has failed.
    bool append(const page::Page& page) {
        for (size_t first = 0; first < page.rows(); first += STANDARD_VECTOR_SIZE) {
            size_t rows = std::min<size_t>(STANDARD_VECTOR_SIZE, page.rows() - first);
            if (!group_) start_group();
            group_->Append(append_, chunks_.chunk(page, first, rows));
            text_bytes_ += text_bytes(page, first, rows);
            if (group_->Count() >= static_cast<size_t>(options_.row_group_rows) ||
                text_bytes_ >= kRowGroupBytesMax) {
                if (!flush()) return false;
            }
        }
        return true;
    }

    void start_group() {
        group_ = duckdb::make_uniq<ColumnDataCollection>(duckdb::Allocator::DefaultAllocator(),
                                                         chunks_.types());
        append_ = duckdb::ColumnDataAppendState();
        group_->InitializeAppend(append_);
        text_bytes_ = 0;
    }

    static size_t text_bytes(const page::Page& page, size_t first, size_t rows) {
        size_t size = 0;
        for (size_t index = 0; index < page.columns(); ++index) {
            const page::ColumnData& column = page.column(index);
            if (!std::holds_alternative<page::ColumnData::Texts>(column.values)) continue;
            for (size_t row = first; row < first + rows; ++row) size += column.texts()[row].size();
        }
        return size;
    }

    // Hands the collected rows over to the thread; false when it has failed.
    bool flush() {
        append_ = duckdb::ColumnDataAppendState();
        return groups_.push(std::move(group_));
    }

    void write_groups() {
        while (auto group = groups_.pop()) {
            auto written = guarded([&] {
                auto& context = instance_->context();
                auto batch = copy_.prepare_batch(context, *bind_, *file_, std::move(*group));
                copy_.flush_batch(context, *bind_, *file_, *batch);
            });
            if (written.ok()) continue;
            base::Lock lock(mutex_);
            failure_ = written.error().at(path_);
            groups_.abandon();
        }
    }

    bool has_failed() {
        base::Lock lock(mutex_);
        return failure_.has_value();
    }
    Error failure() {
        base::Lock lock(mutex_);
        CHECK(failure_);
        return *failure_;
    }

    void close() {
        file_.reset();
        bind_.reset();
        if (instance_->connection().HasActiveTransaction()) instance_->connection().Rollback();
    }

    std::shared_ptr<Instance> instance_;
    const std::string path_;
    const ParquetOptions options_;
    ChunkWriter chunks_;
    duckdb::CopyFunction copy_;
    duckdb::unique_ptr<duckdb::FunctionData> bind_;
    duckdb::unique_ptr<duckdb::GlobalFunctionData> file_;
    duckdb::unique_ptr<ColumnDataCollection> group_;
    duckdb::ColumnDataAppendState append_;
    size_t text_bytes_ = 0;
    base::Queue<duckdb::unique_ptr<ColumnDataCollection>> groups_{1};
    base::Mutex mutex_;
    std::optional<Error> failure_ GUARDED_BY(mutex_);
    std::jthread thread_;
};

}  // namespace

Result<std::unique_ptr<load::TaskOutput>> open_parquet_writer(const std::string& path,
                                                              const page::Schema& schema,
                                                              const ParquetOptions& options) {
    return ParquetWriter::open(path, schema, options);
}

}  // namespace mogura::plugins
