// The rows of one task on their way into one table: LOAD DATA LOCAL where the server allows it,
// INSERT with many rows otherwise. Every batch is a statement that commits by itself.

#pragma once

#include "base/result.h"
#include "database/database.h"
#include "load/load.h"
#include "page/page.h"
#include "plugins/output/mysql/cells.h"
#include "plugins/output/table/options.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mogura::plugins::mysql {

// How rows reach a table; the same for all tasks of a load.
struct Route {
    struct Column {
        size_t input;
        std::string name;
        Cells cells;
    };
    std::vector<Column> columns;
    bool by_load = false;
    size_t batch_bytes = 0;
};

class MysqlTask final : public load::TaskOutput {
  public:
    // `table` is quoted. `route` and `options` outlive the task.
    MysqlTask(std::unique_ptr<database::Mysql> connection, const std::string& table,
              const Route& route, const table::Options& options);

    Result<> write(page::Page page) override;
    Result<> finish() override { return flush(batch_.size()); }
    void abort() noexcept override { batch_.clear(); }
    int64_t bytes() const override { return bytes_; }

  private:
    void append_row(const page::Page& page, size_t row);
    void append_cell(const Cells& cells, bool is_null, std::string_view text);
    // Sends the first `size` bytes of the batch.
    Result<> flush(size_t size);

    std::unique_ptr<database::Mysql> connection_;
    const Route& route_;
    const table::Options& options_;
    std::string statement_;  // LOAD DATA ..., or INSERT INTO ... VALUES
    std::string batch_;
    std::string scratch_;
    int64_t bytes_ = 0;
};

}  // namespace mogura::plugins::mysql
