// What the algorithm of output.h needs to know about a database product.
//
// A Product makes connections, spells SQL and opens the tasks that send rows. Quoted names are
// those that stand in statements; plain names are what the database's catalogue holds. connect()
// and open() may be called from several threads at once, a Connection belongs to one.

#pragma once

#include "base/result.h"
#include "load/load.h"
#include "page/page.h"
#include "plugins/output/table/coercion.h"
#include "plugins/output/table/marks.h"
#include "plugins/output/table/options.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::table {

struct TargetColumn {
    std::string name;
    std::string type;  // as CREATE TABLE spells it
};

// A column that takes values: from which column of the input, and how.
struct FilledColumn {
    size_t input;
    std::string name;
    std::string type;
    Coercion coercion;
};

// What all tasks of a load share.
struct Plan {
    std::string table;  // the target, quoted
    std::vector<FilledColumn> columns;
    std::vector<std::string> merge_keys;  // of a merge
};

class Connection {
  public:
    virtual ~Connection() = default;

    // One statement or several; rows are dropped.
    virtual Result<> execute(const std::string& sql) = 0;
    virtual std::string begin_statement() const { return "BEGIN"; }
    // The table's name as the database has it: exact, else in upper or lower case (both is an
    // error); `table` itself when there is none (spec embulk 8.4.4).
    virtual Result<std::string> resolve_name(const std::string& table) = 0;
    // Empty when there is no such table.
    virtual Result<std::vector<TargetColumn>> columns(const std::string& table) = 0;
    virtual Result<std::vector<std::string>> primary_key(const std::string& table) = 0;
    // The storage engine of the table where it has no transactions, so that a statement that fails
    // half-way leaves what it has done; empty otherwise, and where there is no such table.
    virtual Result<std::string> engine_without_transactions(const std::string&) {
        return std::string();
    }
    virtual Result<std::string> default_type(page::Type type) = 0;
    // Fails with kInvalid for types that values cannot be sent to.
    virtual Result<ColumnKind> kind_of_type(const std::string& type) = 0;
    // The first column of every row.
    virtual Result<std::vector<std::string>> list(const std::string& sql) = 0;
    // After a statement that moved the rows of these tables (quoted names) and failed: which of
    // them, and which of its rows, in the order in which it got them; row 0: nobody knows.
    virtual load::TaskRow failed_row(const Error& /*failure*/,
                                     const std::vector<std::string>& /*tables*/) {
        return {};
    }
    // The names of tables that stand where intermediate tables do.
    virtual Result<std::vector<std::string>> intermediate_tables() = 0;
};

// A table that takes the rows of a task.
struct Receiver {
    std::string table;  // quoted
    bool is_there = false;
};

// What a task would send for its rows.
struct RowsPlan {
    std::vector<std::string> statements = {};
    std::vector<std::string> notes = {};
};

// An intermediate table that becomes the target.
struct Replacement {
    std::string table;         // the target's plain name
    std::string intermediate;  // plain
    std::string create_table;  // CREATE TABLE of the target
    // Of a load that a later run can go on with: the statement that marks it as published, to be
    // run in the same transaction. Where there is none for such a step, the plain name of the table
    // of marks, and the name that says the same.
    std::string published = {};
    std::string marks = {};
    std::string published_marks = {};
};

class Product {
  public:
    virtual ~Product() = default;

    virtual std::string_view word() const = 0;  // "mysql", for the log
    virtual Result<std::unique_ptr<Connection>> connect() = 0;
    virtual std::string identifier(const std::string& name) const = 0;
    virtual std::string target(const std::string& table) const = 0;
    virtual std::string intermediate(const std::string& table) const = 0;
    virtual size_t name_bytes_max() const = 0;
    // False: one intermediate table takes the rows of all tasks.
    virtual bool has_table_per_task() const { return true; }
    // From now on intermediate tables outlive the process. Before connect().
    virtual void keep() {}
    // Behind a SELECT: it waits for transactions that have changed the rows, and sees what they
    // did.
    virtual std::string_view waiting_read() const { return " FOR UPDATE"; }
    // What CREATE TABLE needs so that a table takes part in transactions.
    virtual std::string_view transactional_table_option() const { return ""; }
    virtual bool is_parallel() const { return true; }
    virtual bool keeps_not_finite() const { return false; }
    virtual bool merges_by_keys() const { return true; }
    virtual bool replaces_in_transaction() const { return true; }

    // Statements that merge the rows of `source` (a SELECT of all filled columns) into the target.
    virtual std::string merge(const Plan& plan, const std::string& source) const = 0;
    // Puts the intermediate table in the target's place and runs after_load; on failure the target
    // is as it was. `keeps` becomes true when the old rows are in the intermediate table.
    virtual Result<> replace(Connection& connection, const Replacement& replacement,
                             bool& keeps) = 0;
    // Runs the SQL of before_load or after_load.
    virtual Result<> run_sql(Connection& connection, std::string_view option,
                             const std::optional<std::string>& sql);
    // Sends the rows of one task to `table` (quoted): an intermediate one, or the target itself in
    // the direct modes. The plan outlives the task.
    virtual Result<std::unique_ptr<load::TaskOutput>> open(const std::string& table,
                                                           const Plan& plan, TaskMark mark) = 0;

    // For a plan: a connection that is only asked, whose opening creates nothing.
    virtual Result<std::unique_ptr<Connection>> connect_to_ask() { return connect(); }
    // For a plan: what the tasks of open() send. `connection` is one of connect_to_ask().
    virtual Result<RowsPlan> plan_rows(Connection& connection, const Receiver& receiver,
                                       const Plan& plan) = 0;
};

// Rolls back unless commit() was called.
class Transaction {
  public:
    static Result<Transaction> begin(Connection& connection);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Result<> commit();

  private:
    explicit Transaction(Connection& connection) : connection_(&connection) {}
    Connection* connection_;
};

// The one name of a table when the database holds those in `found`, which differ from `table` in
// case only.
Result<std::string> resolve_among(const std::string& table, const std::vector<std::string>& found);
// TABLE in upper case, as far as ASCII goes.
std::string upper(std::string_view text);
// The quoted names, with ", " between them and `prefix` in front of each.
std::string name_list(const Product& product, const std::vector<FilledColumn>& columns,
                      std::string_view prefix = "");

}  // namespace mogura::plugins::table
