// Rows into a table of a database, in the six modes of the original (spec embulk 9.6).
//
// insert, truncate_insert, merge, replace: rows go to intermediate tables first, and one
// transaction (or one rename) at the end makes them visible; whatever fails before leaves the
// target as it was. insert_direct, merge_direct: every batch is visible at once, and stays when a
// later one fails. What is particular to a product is behind product.h.

#pragma once

#include "base/clock.h"
#include "load/load.h"
#include "plugins/output/table/product.h"

#include <memory>
#include <string>
#include <vector>

namespace mogura::plugins::table {

class TableOutput final : public load::Output {
  public:
    TableOutput(std::unique_ptr<Product> product, Options options, const base::Clock& clock)
        : product_(std::move(product)), options_(std::move(options)), clock_(clock) {}

    Result<> begin(const page::Schema& schema, size_t tasks) override;
    Result<std::unique_ptr<load::TaskOutput>> open(size_t task) override;
    Result<> commit() override;
    void rollback() noexcept override;
    bool is_parallel() const override { return product_->is_parallel(); }

    // begin() to commit(), on a connection that keeps the statements instead of sending them.
    Result<load::OutputPlan> plan(const page::Schema& schema, size_t tasks) override;

    // Drops the intermediate tables of other loads into this table.
    Result<std::vector<std::string>> clean_up() override;

  private:
    bool is_shared() const;
    Result<> begin_on(Connection& connection, const page::Schema& schema, size_t tasks);
    Receiver receiver_of(size_t task) const;
    Result<> plan_columns(Connection& connection, const page::Schema& schema);
    Result<> plan_new_columns(Connection& connection, const page::Schema& schema);
    Result<> plan_merge_keys(Connection& connection);
    Result<Coercion> coercion_of(Connection& connection, const page::Column& input,
                                 const std::string& type) const;
    Result<> create_intermediates(Connection& connection, size_t tasks);
    std::string create_table(const std::string& quoted_name, bool if_not_exists) const;
    std::string source() const;
    Result<> publish(Connection& connection);
    Result<> publish_rows(Connection& connection);
    Result<> drop_intermediates(Connection& connection);
    Result<> tell_rows(Connection& connection, size_t tasks, load::OutputPlan& told) const;
    Result<> tell_columns(Connection& connection, const page::Schema& schema,
                          load::OutputPlan& told) const;
    void tell_unfilled(load::OutputPlan& told) const;

    const std::unique_ptr<Product> product_;
    const Options options_;
    const base::Clock& clock_;
    std::string table_;                  // as the database has it
    bool exists_ = false;                // at begin()
    std::vector<TargetColumn> columns_;  // of the intermediate tables, and of a new target
    Plan plan_;
    std::vector<std::string> intermediates_;  // that must be dropped
};

}  // namespace mogura::plugins::table
