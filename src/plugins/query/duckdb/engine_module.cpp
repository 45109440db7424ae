#include "plugins/query/duckdb/engine_module.h"

#include "plugins/query/duckdb/chunk_module.h"
#include "plugins/query/duckdb/instance_module.h"

#include "duckdb.hpp"
#include "duckdb/main/stream_query_result.hpp"

#include <atomic>
#include <charconv>
#include <utility>

namespace mogura::plugins {
namespace {

// Where `error` says that it stands in the text, else where its statement begins.
size_t offset_of(const duckdb::ErrorData& error, size_t statement_offset) {
    auto position = error.ExtraInfo().find("position");
    if (position == error.ExtraInfo().end()) return statement_offset;
    size_t offset = statement_offset;
    const std::string& digits = position->second;
    std::from_chars(digits.data(), digits.data() + digits.size(), offset);
    return offset;
}

// DuckDB's message without its own picture of the place ("LINE 1: ..." and a caret), which some
// messages carry and others do not, and without its advice to download something.
std::string message_of(const duckdb::ErrorData& error) {
    std::string message = error.RawMessage();
    if (size_t picture = message.rfind("\nLINE "); picture != std::string::npos) {
        message.erase(picture);
    }
    if (size_t advice = message.find("\nPlease try installing"); advice != std::string::npos) {
        message.erase(advice);
        message += "\nOnly what is built in can be used: CSV, JSON lines and Parquet in local files.";
    }
    return message;
}

Error placed(const duckdb::ErrorData& error, const query::Text& text, size_t statement_offset) {
    if (error.Type() == duckdb::ExceptionType::INTERRUPT) {
        return Error(Code::kCanceled, "the query was canceled");
    }
    return Error(code_of(error),
                 query::message_at(text.sql, text.file, offset_of(error, statement_offset),
                                   message_of(error)));
}

// Nothing is downloaded at run time, and nothing foreign is loaded into the process.
bool is_loading(const duckdb::SQLStatement& statement) {
    return statement.type == duckdb::StatementType::LOAD_STATEMENT ||
           statement.type == duckdb::StatementType::UPDATE_EXTENSIONS_STATEMENT;
}

class NoRows final : public query::Rows {
  public:
    const page::Schema& schema() const override { return schema_; }
    Result<bool> next(page::Page&) override { return false; }

  private:
    page::Schema schema_;
};

class StreamedRows final : public query::Rows {
  public:
    StreamedRows(std::shared_ptr<Instance> instance, query::Text text, size_t offset,
                 duckdb::unique_ptr<duckdb::QueryResult> result)
        : instance_(instance),
          text_(std::move(text)),
          offset_(offset),
          reader_(instance, result->names, result->types),
          result_(std::move(result)) {}

    const page::Schema& schema() const override { return reader_.schema(); }

    Result<bool> next(page::Page& page) override {
        if (!result_) return false;
        duckdb::unique_ptr<duckdb::DataChunk> chunk;
        duckdb::ErrorData error;
        try {
            if (!result_->TryFetch(chunk, error)) return end(placed(error, text_, offset_));
        } catch (const std::exception& exception) {
            return end(placed(duckdb::ErrorData(exception), text_, offset_));
        }
        if (!chunk || chunk->size() == 0) {
            result_.reset();
            return false;
        }
        auto made = reader_.page(std::move(chunk));
        if (!made.ok()) {
            return end(Error(made.error().code(), query::message_at(text_.sql, text_.file, offset_,
                                                                    made.error().message())));
        }
        page = *std::move(made);
        return true;
    }

  private:
    Error end(Error error) {
        result_.reset();
        return error;
    }

    std::shared_ptr<Instance> instance_;
    const query::Text text_;
    const size_t offset_;
    ChunkReader reader_;
    duckdb::unique_ptr<duckdb::QueryResult> result_;
};

class DuckdbEngine final : public query::Engine {
  public:
    explicit DuckdbEngine(std::shared_ptr<Instance> instance) : instance_(std::move(instance)) {}

    Result<std::unique_ptr<query::Rows>> execute(const query::Text& text) override {
        duckdb::vector<duckdb::unique_ptr<duckdb::SQLStatement>> statements;
        try {
            statements = instance_->connection().ExtractStatements(text.sql);
        } catch (const std::exception& exception) {
            return placed(duckdb::ErrorData(exception), text, query::skip_blanks(text.sql, 0));
        }
        done_ = 0;
        total_ = statements.size();
        std::unique_ptr<query::Rows> rows = std::make_unique<NoRows>();
        for (auto& statement : statements) {
            // A statement runs to its end before the next one begins; only the last one streams.
            page::Page skipped;
            while (TRY(rows->next(skipped))) {
            }
            rows = TRY(execute_one(std::move(statement), text));
            ++done_;
        }
        return rows;
    }

    double progress() const override {
        const size_t total = total_;
        if (total == 0) return -1;
        double share = instance_->connection().GetQueryProgress();  // percent, negative: unknown
        if (share < 0) return total > 1 ? static_cast<double>(done_) / static_cast<double>(total) : -1;
        double done = done_ > 0 && done_ == total ? static_cast<double>(total - 1)
                                                  : static_cast<double>(done_);
        return (done + share / 100) / static_cast<double>(total);
    }

    void cancel() override {
        is_canceled_ = true;
        instance_->connection().Interrupt();
    }

  private:
    Result<std::unique_ptr<query::Rows>> execute_one(
        duckdb::unique_ptr<duckdb::SQLStatement> statement, const query::Text& text) {
        const size_t offset = query::skip_blanks(text.sql, statement->stmt_location);
        if (is_loading(*statement)) {
            return Error(Code::kUnsupported,
                         query::message_at(text.sql, text.file, offset,
                                           "extensions are neither installed nor loaded at run time "
                                           "(core, parquet, json and icu are built in)"));
        }
        try {
            auto pending = instance_->connection().PendingQuery(std::move(statement), true);
            if (pending->HasError()) return placed(pending->GetErrorObject(), text, offset);
            // An interrupt before this point is forgotten by DuckDB; the flag is not.
            auto state = duckdb::PendingExecutionResult::RESULT_NOT_READY;
            while (!duckdb::PendingQueryResult::IsResultReady(state)) {
                if (is_canceled_) return Error(Code::kCanceled, "the query was canceled");
                state = pending->ExecuteTask();
                if (state == duckdb::PendingExecutionResult::EXECUTION_ERROR) {
                    return placed(pending->GetErrorObject(), text, offset);
                }
                if (state == duckdb::PendingExecutionResult::BLOCKED ||
                    state == duckdb::PendingExecutionResult::NO_TASKS_AVAILABLE) {
                    pending->WaitForTask();
                }
            }
            auto result = pending->Execute();
            if (result->HasError()) return placed(result->GetErrorObject(), text, offset);
            bool has_rows =
                result->properties.return_type == duckdb::StatementReturnType::QUERY_RESULT;
            auto rows = std::make_unique<StreamedRows>(instance_, text, offset, std::move(result));
            if (has_rows) return rows;
            page::Page counts;
            while (TRY(rows->next(counts))) {
            }
            return std::make_unique<NoRows>();
        } catch (const std::exception& exception) {
            return placed(duckdb::ErrorData(exception), text, offset);
        }
    }

    std::shared_ptr<Instance> instance_;
    std::atomic<bool> is_canceled_ = false;
    std::atomic<size_t> done_ = 0;
    std::atomic<size_t> total_ = 0;
};

}  // namespace

Result<std::unique_ptr<query::Engine>> open_duckdb_engine(const DuckdbOptions& options) {
    auto instance = Instance::open(options);
    if (!instance.ok()) return instance.error().at("DuckDB");
    return std::make_unique<DuckdbEngine>(*std::move(instance));
}

}  // namespace mogura::plugins
