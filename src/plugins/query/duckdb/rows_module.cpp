#include "plugins/query/duckdb/rows_module.h"

#include "plugins/query/duckdb/chunk_module.h"

#include <utility>

namespace mogura::plugins {
namespace {

using duckdb::PendingExecutionResult;

class StreamedRows final : public query::Rows {
  public:
    StreamedRows(std::shared_ptr<Instance> instance, duckdb::unique_ptr<duckdb::QueryResult> result,
                 Describe describe)
        : reader_(std::move(instance), result->names, result->types),
          describe_(std::move(describe)),
          result_(std::move(result)) {}

    const page::Schema& schema() const override { return reader_.schema(); }

    Result<bool> next(page::Page& page) override {
        if (!result_) return false;
        try {
            duckdb::unique_ptr<duckdb::DataChunk> chunk;
            duckdb::ErrorData error;
            if (!result_->TryFetch(chunk, error)) return end(error);
            if (!chunk || chunk->size() == 0) {
                result_.reset();
                return false;
            }
            page = reader_.page(std::move(chunk));
            return true;
        } catch (const std::exception& exception) {
            return end(duckdb::ErrorData(exception));
        }
    }

  private:
    Error end(const duckdb::ErrorData& error) {
        result_.reset();
        return describe_(error);
    }

    ChunkReader reader_;
    const Describe describe_;
    duckdb::unique_ptr<duckdb::QueryResult> result_;
};

}  // namespace

Result<duckdb::unique_ptr<duckdb::QueryResult>> start(
    Instance& instance, duckdb::unique_ptr<duckdb::SQLStatement> statement,
    const std::atomic<bool>& is_canceled, const Describe& describe) {
    try {
        auto pending = instance.connection().PendingQuery(std::move(statement), true);
        if (pending->HasError()) return describe(pending->GetErrorObject());
        auto state = PendingExecutionResult::RESULT_NOT_READY;
        while (!duckdb::PendingQueryResult::IsResultReady(state)) {
            // DuckDB forgets an interrupt that came before the statement; the flag remembers it.
            if (is_canceled) {
                instance.connection().Interrupt();
                return Error(Code::kCanceled, "the query was canceled");
            }
            state = pending->ExecuteTask();
            if (state == PendingExecutionResult::EXECUTION_ERROR) {
                return describe(pending->GetErrorObject());
            }
            if (state == PendingExecutionResult::BLOCKED ||
                state == PendingExecutionResult::NO_TASKS_AVAILABLE) {
                pending->WaitForTask();
            }
        }
        auto result = pending->Execute();
        if (result->HasError()) return describe(result->GetErrorObject());
        return result;
    } catch (const std::exception& exception) {
        return describe(duckdb::ErrorData(exception));
    }
}

std::unique_ptr<query::Rows> stream(std::shared_ptr<Instance> instance,
                                    duckdb::unique_ptr<duckdb::QueryResult> result,
                                    Describe describe) {
    return std::make_unique<StreamedRows>(std::move(instance), std::move(result),
                                          std::move(describe));
}

}  // namespace mogura::plugins
