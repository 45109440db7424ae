// The rows of one task on their way into one table, by COPY: binary where every column has a
// binary form, text otherwise. Every batch is a transaction of its own.
//
// merge_direct: a batch goes to a temporary table of the session, and is merged from there as if
// its rows had come one by one.

#pragma once

#include "base/result.h"
#include "database/database.h"
#include "load/load.h"
#include "page/page.h"
#include "plugins/output/postgresql/wire.h"
#include "plugins/output/table/batch_sender.h"
#include "plugins/output/table/options.h"
#include "plugins/output/table/product.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mogura::plugins::postgresql {

// Merges rows of a SELECT into the target.
using MergeStatement = std::function<std::string(const std::string& source)>;

// Nothing is sent; where `receiver` is not there yet, its types are those of the plan.
Result<table::RowsPlan> plan_task(database::Postgresql& connection, const table::Receiver& receiver,
                                  const std::string& columns, const table::Plan& plan,
                                  const table::Options& options, const MergeStatement& merge);

class PostgresqlTask final : public load::TaskOutput {
  public:
    // `table` and `columns` are quoted. `merge` is empty unless batches are merged. `plan` and
    // `options` outlive the task.
    static Result<std::unique_ptr<PostgresqlTask>> create(
        std::unique_ptr<database::Postgresql> connection, const std::string& table,
        const std::string& columns, const table::Plan& plan, const table::Options& options,
        MergeStatement merge, table::TaskMark mark);

    Result<> write(page::Page page) override;
    Result<> finish() override;
    void abort() noexcept override { sender_.abort(); }
    void mark(const load::Position& position) override { mark_.move_to(position); }
    int64_t bytes() const override { return sender_.bytes(); }
    load::RowRange failed_rows() const override { return sender_.failed_rows(); }

  private:
    PostgresqlTask(std::unique_ptr<database::Postgresql> connection, std::string columns,
                   const table::Plan& plan, const table::Options& options, MergeStatement merge,
                   table::TaskMark mark)
        : connection_(std::move(connection)),
          columns_(std::move(columns)),
          plan_(plan),
          options_(options),
          merge_(std::move(merge)),
          mark_(std::move(mark)),
          sender_([this](const table::RowBatch& batch, int64_t& failed_row) {
              return send(batch, failed_row);
          }) {}

    Result<> choose_wires(const std::string& table);
    void append_row(const page::Page& page, size_t row);
    Result<> send(const table::RowBatch& batch, int64_t& failed_row);
    Result<> send_once(const table::RowBatch& batch);
    Result<> execute(const std::string& sql);
    Result<> copy(const std::string& rows);
    Result<> copy_with_mark(const table::RowBatch& batch);
    Result<> copy_and_merge(const table::RowBatch& batch);
    Result<> take_turn();

    std::unique_ptr<database::Postgresql> connection_;
    const std::string columns_;
    const table::Plan& plan_;
    const table::Options& options_;
    const MergeStatement merge_;
    std::string statement_;    // COPY ... FROM STDIN
    std::string turn_;         // waits for the other merges into the table
    std::string timeouts_;     // sets those of the session again
    std::vector<Wire> wires_;  // empty: text
    table::RowBatch batch_;
    table::TaskMark mark_;  // of the end of batch_
    std::string scratch_;
    table::BatchSender sender_;  // last: its thread uses the others
};

}  // namespace mogura::plugins::postgresql
