#include "plugins/query/duckdb/engine_module.h"

#include "plugins/query/duckdb/instance_module.h"
#include "plugins/query/duckdb/rows_module.h"

#include "duckdb.hpp"

#include <malloc.h>

#include <algorithm>
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
// messages carry and others do not, and with our advice in place of DuckDB's. `temporary` is where
// it spills to.
std::string message_of(const duckdb::ErrorData& error, const std::string& temporary) {
    std::string message = error.RawMessage();
    if (size_t full = message.find("failed to offload data block"); full != std::string::npos) {
        message.erase(std::min(message.find('\n', full), message.size()));
        return message + "\nThe temporary folder " + temporary +
               " is full: free some space there, or name another one "
               "(temporary_directory, or TMPDIR).";
    }
    if (size_t picture = message.rfind("\nLINE "); picture != std::string::npos) {
        message.erase(picture);
    }
    if (size_t advice = message.find("\nPlease try installing"); advice != std::string::npos) {
        message.erase(advice);
        message +=
            "\nOnly what is built in can be used: CSV, JSON lines and Parquet in local files.";
    }
    if (size_t advice = message.find("\nPossible solutions:"); advice != std::string::npos) {
        message.erase(advice);
        message += "\nThe query needs more memory: raise memory_limit, or lower threads.";
    }
    return message;
}

Error placed(const duckdb::ErrorData& error, const query::Text& text, size_t statement_offset,
             const std::string& temporary) {
    if (error.Type() == duckdb::ExceptionType::INTERRUPT) {
        return Error(Code::kCanceled, "the query was canceled");
    }
    return Error(code_of(error),
                 query::message_at(text.sql, text.file, offset_of(error, statement_offset),
                                   message_of(error, temporary)));
}

// DuckDB's parser counts characters where its binder counts bytes.
Error misread(const duckdb::ErrorData& error, const query::Text& text) {
    size_t characters = offset_of(error, 0);
    size_t offset = 0;
    while (offset < text.sql.size()) {
        bool begins = (static_cast<unsigned char>(text.sql[offset]) & 0xC0) != 0x80;
        if (begins && characters-- == 0) break;
        ++offset;
    }
    return Error(code_of(error), query::message_at(text.sql, text.file, offset,
                                                   message_of(error, /*temporary=*/"")));
}

// Nothing is downloaded at run time, and nothing foreign is loaded into the process.
bool is_loading(const duckdb::SQLStatement& statement) {
    return statement.type == duckdb::StatementType::LOAD_STATEMENT ||
           statement.type == duckdb::StatementType::UPDATE_EXTENSIONS_STATEMENT;
}

// How a failure of this statement reads.
Describe describe(const query::Text& text, size_t statement_offset, const std::string& temporary) {
    return [text, statement_offset, temporary](const duckdb::ErrorData& error) {
        return placed(error, text, statement_offset, temporary);
    };
}

class NoRows final : public query::Rows {
  public:
    const page::Schema& schema() const override { return schema_; }
    Result<bool> next(page::Page&) override { return false; }

  private:
    page::Schema schema_;
};

Result<> drain(query::Rows& rows) {
    return query::each_page(rows, [](page::Page) { return Result<>(); });
}

class DuckdbEngine final : public query::Engine {
  public:
    explicit DuckdbEngine(std::shared_ptr<Instance> instance) : instance_(std::move(instance)) {}

    Result<std::unique_ptr<query::Rows>> execute(const query::Text& text) override {
        duckdb::vector<duckdb::unique_ptr<duckdb::SQLStatement>> statements;
        try {
            statements = instance_->connection().ExtractStatements(text.sql);
        } catch (const std::exception& exception) {
            return misread(duckdb::ErrorData(exception), text);
        }
        done_ = 0;
        total_ = statements.size();
        std::unique_ptr<query::Rows> rows = std::make_unique<NoRows>();
        size_t end = 0;
        for (auto& statement : statements) {
            // DuckDB keeps each statement's own text, and not where it stands.
            const size_t found = text.sql.find(statement->query, end);
            const size_t begin = found == text.sql.npos ? end : found;
            end = begin + (found == text.sql.npos ? 0 : statement->query.size());
            // A statement runs to its end before the next one begins; only the last one streams.
            TRY(drain(*rows));
            rows =
                TRY(execute_one(std::move(statement), text, query::skip_blanks(text.sql, begin)));
            ++done_;
        }
        return rows;
    }

    double progress() const override {
        const size_t total = total_;
        if (total == 0) return -1;
        double share = instance_->connection().GetQueryProgress();  // percent, negative: unknown
        if (share < 0)
            return total > 1 ? static_cast<double>(done_) / static_cast<double>(total) : -1;
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
        duckdb::unique_ptr<duckdb::SQLStatement> statement, const query::Text& text,
        size_t offset) {
        if (is_loading(*statement)) {
            return Error(
                Code::kUnsupported,
                query::message_at(text.sql, text.file, offset,
                                  "extensions are neither installed nor loaded at run time "
                                  "(core, parquet, json and icu are built in)"));
        }
        const Describe failure = describe(text, offset, instance_->temporary());
        auto result = TRY(start(*instance_, std::move(statement), is_canceled_, failure));
        bool has_rows = result->properties.return_type == duckdb::StatementReturnType::QUERY_RESULT;
        auto rows = stream(instance_, std::move(result), failure);
        if (has_rows) return rows;
        TRY(drain(*rows));
        return std::make_unique<NoRows>();
    }

    std::shared_ptr<Instance> instance_;
    std::atomic<bool> is_canceled_ = false;
    std::atomic<size_t> done_ = 0;
    std::atomic<size_t> total_ = 0;
};

}  // namespace

Result<std::unique_ptr<query::Engine>> open_duckdb_engine(const DuckdbOptions& options) {
    // DuckDB's memory is its own allocator's. What loads before left in the C library's heap goes
    // back to the system, or the process would hold both.
    ::malloc_trim(0);
    auto instance = Instance::open(options);
    if (!instance.ok()) return instance.error().at("DuckDB");
    return engine_of(*std::move(instance));
}

std::unique_ptr<query::Engine> engine_of(std::shared_ptr<Instance> instance) {
    return std::make_unique<DuckdbEngine>(std::move(instance));
}

}  // namespace mogura::plugins
