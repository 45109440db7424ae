// The rows of a statement as a loader's input: pages flow on as they are.

#pragma once

#include "load/load.h"
#include "query/query.h"

#include <cstdint>
#include <functional>
#include <utility>

namespace mogura::plugins {

class RowsInput final : public load::Input {
  public:
    // The rows outlive the input. `on_rows` hears of every page.
    RowsInput(query::Rows& rows, std::function<void(int64_t rows)> on_rows)
        : rows_(rows), on_rows_(std::move(on_rows)) {}

    Result<> begin() override { return {}; }
    const page::Schema& schema() const override { return rows_.schema(); }
    size_t tasks() const override { return 1; }
    Result<> run(size_t, const load::PageSink& sink) override {
        return query::each_page(rows_, [&](page::Page page) {
            on_rows_(static_cast<int64_t>(page.rows()));
            return sink(std::move(page));
        });
    }

  private:
    query::Rows& rows_;
    const std::function<void(int64_t)> on_rows_;
};

}  // namespace mogura::plugins
