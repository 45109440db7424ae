// Rows into a table of a database, in the six modes of the original (spec embulk 9.6).
//
// insert, truncate_insert, merge, replace: rows go to intermediate tables first, and one
// transaction (or one rename) at the end makes them visible; whatever fails before leaves the
// target as it was. insert_direct, merge_direct: every batch is visible at once, and stays when a
// later one fails. What is particular to a product is behind product.h.
//
// Where a later run may go on (load::Keeping), the intermediate tables stay when a run ends, and a
// table of marks (marks.h) says what is in them, or in the target: batches and the final step
// change it in their own transactions. Beyond that transaction only before_load and after_load of
// the direct modes can run twice, and statements of them that end a transaction.

#pragma once

#include "base/clock.h"
#include "load/load.h"
#include "plugins/output/table/names.h"
#include "plugins/output/table/product.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::plugins::table {

class TableOutput final : public load::Output, private load::Keeping {
  public:
    TableOutput(std::unique_ptr<Product> product, Options options, const base::Clock& clock)
        : product_(std::move(product)), options_(std::move(options)), clock_(clock) {}

    Result<> begin(const page::Schema& schema, size_t tasks) override;
    Result<std::unique_ptr<load::TaskOutput>> open(size_t task) override;
    Result<> commit() override;
    load::TaskRow failed_row() const override { return failed_row_; }
    void rollback() noexcept override;
    bool is_parallel() const override { return product_->is_parallel(); }
    load::Keeping* keeping() override { return this; }

    // begin() to commit(), on a connection that keeps the statements instead of sending them.
    Result<load::OutputPlan> plan(const page::Schema& schema, size_t tasks) override;

    // Drops the intermediate tables of other loads into this table.
    Result<std::vector<std::string>> clean_up() override;

  private:
    Result<> begin(const page::Schema& schema, size_t tasks, const config::Value& earlier,
                   const Announce& announce) override;
    config::Value state() const override;
    Result<std::vector<load::Kept>> arrived() override { return arrived_; }
    Result<> restart(size_t task, std::vector<load::Kept>& kept) override;
    Result<std::unique_ptr<load::TaskOutput>> open(size_t task,
                                                   const load::Position& from) override;
    void leave() noexcept override;
    void settle(const config::Value& state) noexcept override;

    bool is_shared() const;
    Result<> begin_on(Connection& connection, const page::Schema& schema, size_t tasks);
    Receiver receiver_of(size_t task) const;
    Result<> plan_table(Connection& connection, const page::Schema& schema, size_t tasks);
    Result<> begin_again(Connection& connection, const config::Value& earlier, size_t tasks);
    Result<std::vector<std::string>> read_marks(Connection& connection);
    Result<> create_marks(Connection& connection, size_t tasks);
    Result<> name_intermediates(size_t tasks);
    Result<> plan_columns(Connection& connection, const page::Schema& schema);
    Result<> plan_new_columns(Connection& connection, const page::Schema& schema);
    Result<> plan_merge_keys(Connection& connection);
    Result<> check_engine(Connection& connection) const;
    Result<Coercion> coercion_of(Connection& connection, const page::Column& input,
                                 const std::string& type) const;
    Result<> create_intermediates(Connection& connection, size_t tasks);
    Result<> create_all(Connection& connection, size_t tasks);
    std::string create_table(const std::string& quoted_name, bool if_not_exists) const;
    std::string source() const;
    std::string published_statement() const;
    void find_failed_row(Connection& connection, const Error& failure);
    Result<> publish(Connection& connection);
    Result<> replace(Connection& connection);
    Result<> publish_directly(Connection& connection);
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
    size_t tasks_ = 0;
    load::TaskRow failed_row_;                // of the commit
    std::vector<std::string> intermediates_;  // that must be dropped
    int64_t stamp_ = 0;                       // of those names, in milliseconds since 1970
    bool keeps_ = false;
    Announce announce_;            // with keeps_
    std::string marks_;            // plain name; empty: nobody goes on
    std::string published_marks_;  // what it is called behind a replacement
    bool is_published_ = false;    // by the run before
    bool has_after_load_ = true;   // false: that run ended between the two
    std::vector<load::Kept> arrived_;
};

}  // namespace mogura::plugins::table
