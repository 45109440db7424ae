// The rows of a load on their way into a table of a SQLite file, one connection for all tasks.

#pragma once

#include "base/mutex.h"
#include "database/database.h"
#include "load/load.h"
#include "page/page.h"
#include "plugins/output/table/product.h"
#include "plugins/output/table/row_failure.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins::sqlite {

// From a declared type, by SQLite's own rules and the usual names. A type that says nothing takes
// every value as it is.
table::ColumnKind kind_of_type(const std::string& type);
std::string default_type(page::Type type);

// The first row of `rows` (quoted) that a constraint of the target refuses, which SQLite names by
// its columns alone. 0: it is another failure.
load::TaskRow failed_row(database::Sqlite& connection, std::string_view message,
                         const std::string& rows);

// Rows go in page by page, each page in a transaction of its own. Any thread; one page at a time.
class RowWriter {
  public:
    // `statements` run for each row, with the row's values as ?1, ?2, ...; when one changes a row,
    // those behind it do not run.
    static Result<std::unique_ptr<RowWriter>> create(database::Sqlite& connection,
                                                     const std::vector<std::string>& statements,
                                                     const table::Plan& plan);
    // Returns about how many bytes it wrote. `mark`, a statement, is of the same transaction. A
    // failure at one of the rows tells it, from 0.
    Result<int64_t> write(const page::Page& page, const std::string& mark,
                          std::optional<size_t>& failed_row);
    Result<> make(const std::string& mark);

  private:
    RowWriter(database::Sqlite& connection, std::vector<database::SqliteStatement> statements,
              const table::Plan& plan)
        : connection_(connection), plan_(plan), statements_(std::move(statements)) {}

    Result<int64_t> write_rows(const page::Page& page, std::optional<size_t>& failed_row)
        REQUIRES(mutex_);
    int64_t bind(database::SqliteStatement& statement, int parameter, const table::Cell& cell)
        REQUIRES(mutex_);

    database::Sqlite& connection_;
    const table::Plan& plan_;
    base::Mutex mutex_;
    std::vector<database::SqliteStatement> statements_ GUARDED_BY(mutex_);
    std::string scratch_ GUARDED_BY(mutex_);
    std::string text_ GUARDED_BY(mutex_);
};

class SqliteTask final : public load::TaskOutput {
  public:
    SqliteTask(std::shared_ptr<RowWriter> writer, table::TaskMark mark)
        : writer_(std::move(writer)), mark_(std::move(mark)) {}

    Result<> write(page::Page page) override {
        std::optional<size_t> failed;
        mark_.count(static_cast<int64_t>(page.rows()));
        auto written = writer_->write(page, mark_.statement(), failed);
        if (!written.ok()) {
            if (failed) failed_row_ = rows_ + static_cast<int64_t>(*failed) + 1;
            return table::about_row(written.error());
        }
        bytes_ += *written;
        rows_ += static_cast<int64_t>(page.rows());
        return {};
    }
    Result<> finish() override { return writer_->make(mark_.statement(true)); }
    void abort() noexcept override {}
    void mark(const load::Position& position) override { mark_.move_to(position); }
    int64_t bytes() const override { return bytes_; }
    load::RowRange failed_rows() const override {
        return {.first = failed_row_, .last = failed_row_};
    }

  private:
    std::shared_ptr<RowWriter> writer_;
    table::TaskMark mark_;  // of what is written
    int64_t bytes_ = 0;
    int64_t rows_ = 0;  // that are written
    int64_t failed_row_ = 0;
};

}  // namespace mogura::plugins::sqlite
