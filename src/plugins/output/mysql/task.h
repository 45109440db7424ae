// The rows of one task on their way into one table: LOAD DATA LOCAL where the server allows it,
// INSERT with many rows otherwise. Every batch is a transaction of its own.

#pragma once

#include "base/result.h"
#include "database/database.h"
#include "load/load.h"
#include "page/page.h"
#include "plugins/output/table/batch_sender.h"
#include "plugins/output/table/options.h"
#include "plugins/output/table/product.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::mysql {

// How rows reach a table.
struct Route {
    bool by_load = false;
    size_t batch_bytes = 0;
    size_t packet_bytes = 0;        // of the server: an INSERT is shorter
    std::string on_duplicate = {};  // behind the VALUES of an INSERT
};

// What a task sends for a batch; `table` is quoted. The rows of an INSERT are dots.
std::vector<std::string> batch_statements(const std::string& table, const table::Plan& plan,
                                          const Route& route);

class MysqlTask final : public load::TaskOutput {
  public:
    // `table` is quoted. `plan` and `options` outlive the task.
    MysqlTask(std::unique_ptr<database::Mysql> connection, const std::string& table,
              const table::Plan& plan, Route route, const table::Options& options,
              table::TaskMark mark);

    Result<> write(page::Page page) override;
    Result<> finish() override;
    void abort() noexcept override { sender_.abort(); }
    void mark(const load::Position& position) override { mark_.move_to(position); }
    int64_t bytes() const override { return sender_.bytes(); }
    load::RowRange failed_rows() const override { return sender_.failed_rows(); }

  private:
    void append_row(const page::Page& page, size_t row);
    void append_cell(const table::Cell& cell, const table::ColumnKind& kind);
    // Sends the first `size` bytes of the batch.
    Result<> flush(size_t size);
    Result<> send(const table::RowBatch& batch, int64_t& failed_row);
    Result<> send_once(const table::RowBatch& batch);
    Result<> send_rows(const std::string& rows);
    Result<> insert(std::string_view rows);

    std::unique_ptr<database::Mysql> connection_;
    const table::Plan& plan_;
    const Route route_;
    const table::Options& options_;
    std::string statement_;  // LOAD DATA ..., or INSERT INTO ... VALUES
    table::RowBatch batch_;
    table::TaskMark mark_;    // of the end of batch_
    int64_t failed_row_ = 0;  // of the batch that is on its way
    std::string scratch_;
    std::string text_;
    table::BatchSender sender_;  // last: its thread uses the others
};

}  // namespace mogura::plugins::mysql
