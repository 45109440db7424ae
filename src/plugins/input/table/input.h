// Rows of a table or a query of a database, in one task and one transaction (spec embulk 8.4).

#pragma once

#include "base/clock.h"
#include "load/load.h"
#include "plugins/input/table/convert.h"
#include "plugins/input/table/options.h"
#include "plugins/input/table/source.h"
#include "plugins/input/table/statement.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::plugins::source {

class TableInput final : public load::Input {
  public:
    using Connect = std::function<Result<std::unique_ptr<Source>>()>;

    TableInput(Connect connect, Options options, const load::Context& context)
        : connect_(std::move(connect)),
          options_(std::move(options)),
          clock_(context.clock),
          compat_(context.compat) {}

    Result<> begin() override;
    const page::Schema& schema() const override { return schema_; }
    size_t tasks() const override { return 1; }
    Result<> run(size_t index, const load::PageSink& sink) override;
    config::Map diff() const override;

  private:
    Result<> describe_columns();
    Result<> plan_statement(const std::string& table);
    Result<> find_incremental_columns();
    Result<std::vector<std::string>> last_record_literals() const;
    Result<> read_rows(const load::PageSink& sink);
    Result<> add_row(const Cells& cells, page::Builder& builder);
    void keep_last(const Cells& cells);
    Result<> finish_last_record();
    Result<config::Value> recorded(size_t incremental, const std::string& text) const;

    const Connect connect_;
    const Options options_;
    const base::Clock& clock_;
    const load::Compat compat_;
    std::unique_ptr<Source> source_;
    Statement statement_;
    std::vector<SourceColumn> columns_;
    std::vector<Converter> converters_;
    page::Schema schema_;
    std::vector<std::string> incremental_;          // names
    std::vector<size_t> incremental_columns_;       // where they stand in the SELECT
    std::vector<std::optional<std::string>> last_;  // of the last row
    int64_t rows_ = 0;
    std::optional<config::List> last_record_;
};

}  // namespace mogura::plugins::source
