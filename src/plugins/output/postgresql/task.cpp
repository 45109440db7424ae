#include "plugins/output/postgresql/task.h"

#include "base/text.h"
#include "plugins/output/postgresql/target.h"
#include "plugins/output/table/retry.h"
#include "plugins/output/table/row_failure.h"

#include <utility>

namespace mogura::plugins::postgresql {
namespace {

constexpr std::string_view kBatchTable = "pg_temp.mogura_batch";
constexpr std::string_view kMergeIsolation = "ISOLATION LEVEL READ COMMITTED";
constexpr int kLockSpace = 0x6D6F6775;  // "mogu": tables whose merges take turns

std::string quoted_keys(const table::Plan& plan) {
    std::string keys;
    for (const std::string& key : plan.merge_keys) {
        if (!keys.empty()) keys += ", ";
        keys += database::postgresql_identifier(key);
    }
    return keys;
}

std::string create_batch_table(const std::string& table, const std::string& columns) {
    return "CREATE TEMP TABLE mogura_batch AS SELECT " + columns + " FROM " + table +
           " LIMIT 0; ALTER TABLE pg_temp.mogura_batch ADD COLUMN mogura_row bigserial";
}

// Waits for the other merges into the table.
std::string turn_statement(const std::string& table) {
    return "SELECT pg_advisory_xact_lock(" + std::to_string(kLockSpace) + ", " +
           database::postgresql_literal(table) + "::regclass::oid::integer)";
}

constexpr std::string_view kNoTimeouts =
    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0";

// Sets those of the session again.
Result<std::string> timeouts_statement(database::Postgresql& connection) {
    auto timeouts =
        TRY(connection.query("SELECT quote_literal(current_setting('statement_timeout')), "
                             "quote_literal(current_setting('lock_timeout'))"));
    return "SET LOCAL statement_timeout = " + std::string(timeouts.text(0, 0)) +
           "; SET LOCAL lock_timeout = " + std::string(timeouts.text(0, 1));
}

// Empty: text.
std::vector<Wire> wires_of(const std::vector<database::PostgresqlField>& fields,
                           const table::Plan& plan) {
    std::vector<Wire> wires;
    for (size_t column = 0; column < plan.columns.size(); ++column) {
        const auto wire = binary_wire(plan.columns[column].coercion, fields[column].type);
        if (!wire) return {};
        wires.push_back(*wire);
    }
    return wires;
}

std::string copy_statement(const std::string& table, const std::string& columns, bool is_binary) {
    return "COPY " + table + " (" + columns + ") FROM STDIN" +
           (is_binary ? " WITH (FORMAT binary)" : "");
}

// Rows without a key are never the same.
std::string last_of_each_key(const std::string& columns, const table::Plan& plan) {
    std::string sql = "SELECT " + columns + " FROM (SELECT *, row_number() OVER (PARTITION BY " +
                      quoted_keys(plan) + " ORDER BY mogura_row DESC) AS mogura_turn FROM " +
                      std::string(kBatchTable) + ") AS batch WHERE mogura_turn = 1";
    for (const std::string& key : plan.merge_keys) {
        sql += " OR " + database::postgresql_identifier(key) + " IS NULL";
    }
    return sql;
}

std::string most_turns(const table::Plan& plan) {
    return "SELECT max(n) FROM (SELECT count(*) AS n FROM " + std::string(kBatchTable) +
           " GROUP BY " + quoted_keys(plan) + ") AS turns";
}

std::string turn_of_each_key(const std::string& columns, const table::Plan& plan, int64_t turn) {
    return "SELECT " + columns + " FROM (SELECT *, row_number() OVER (PARTITION BY " +
           quoted_keys(plan) + " ORDER BY mogura_row) AS mogura_turn FROM " +
           std::string(kBatchTable) + ") AS batch WHERE mogura_turn = " + std::to_string(turn);
}

std::string empty_batch_table() {
    return "DELETE FROM " + std::string(kBatchTable);
}

// What a SELECT of the columns of a new table would give.
std::string select_of_types(const table::Plan& plan) {
    std::string list;
    for (const table::FilledColumn& column : plan.columns) {
        if (!list.empty()) list += ", ";
        list += "CAST(NULL AS " + without_sequence(column.type) + ")";
    }
    return "SELECT " + list;
}

}  // namespace

Result<table::RowsPlan> plan_task(database::Postgresql& connection, const table::Receiver& receiver,
                                  const std::string& columns, const table::Plan& plan,
                                  const table::Options& options, const MergeStatement& merge) {
    table::RowsPlan rows;
    rows.notes.push_back("a batch has up to " + base::with_unit_bytes(options.batch_bytes));
    auto fields = connection.describe(receiver.is_there ? "SELECT " + columns + " FROM " +
                                                              receiver.table + " LIMIT 0"
                                                        : select_of_types(plan));
    // A type may be more than a type: "bigint NOT NULL".
    if (!fields.ok()) rows.notes.emplace_back("COPY is in text where a type has no binary form");
    const bool is_binary = !fields.ok() || !wires_of(*fields, plan).empty();
    if (!merge) {
        rows.statements.push_back(copy_statement(receiver.table, columns, is_binary));
        return rows;
    }
    rows.notes.emplace_back("each task creates its temporary table mogura_batch once");
    rows.statements.push_back(create_batch_table(receiver.table, columns));
    rows.statements.push_back("BEGIN " + std::string(kMergeIsolation));
    rows.statements.push_back(copy_statement(std::string(kBatchTable), columns, is_binary));
    auto timeouts = TRY(timeouts_statement(connection));
    rows.statements.emplace_back(kNoTimeouts);
    rows.statements.push_back(turn_statement(receiver.table));
    rows.statements.push_back(std::move(timeouts));
    if (options.merge_rule) {
        rows.notes.emplace_back(
            "merge_rule: rows of the same key in a batch are merged one by one");
        rows.statements.push_back(most_turns(plan));
        rows.statements.push_back(merge(turn_of_each_key(columns, plan, 1)));
    } else {
        rows.statements.push_back(merge(last_of_each_key(columns, plan)));
    }
    rows.statements.push_back(empty_batch_table());
    rows.statements.emplace_back("COMMIT");
    return rows;
}

Result<std::unique_ptr<PostgresqlTask>> PostgresqlTask::create(
    std::unique_ptr<database::Postgresql> connection, const std::string& table,
    const std::string& columns, const table::Plan& plan, const table::Options& options,
    MergeStatement merge, table::TaskMark mark) {
    std::unique_ptr<PostgresqlTask> task(new PostgresqlTask(
        std::move(connection), columns, plan, options, std::move(merge), std::move(mark)));
    std::string receiver = table;
    if (task->merge_) {
        receiver = kBatchTable;
        task->turn_ = turn_statement(table);
        task->timeouts_ = TRY(timeouts_statement(*task->connection_));
        TRY(task->connection_->execute(create_batch_table(table, columns)));
    }
    TRY(task->choose_wires(receiver));
    return task;
}

Result<> PostgresqlTask::choose_wires(const std::string& table) {
    const auto fields =
        TRY(connection_->describe("SELECT " + columns_ + " FROM " + table + " LIMIT 0"));
    wires_ = wires_of(fields, plan_);
    statement_ = copy_statement(table, columns_, !wires_.empty());
    return {};
}

Result<> PostgresqlTask::write(page::Page page) {
    for (size_t row = 0; row < page.rows(); ++row) {
        append_row(page, row);
        mark_.count();
        if (static_cast<int64_t>(batch_.bytes.size()) < options_.batch_bytes) continue;
        batch_.mark = mark_.statement();
        TRY(sender_.send(batch_));
    }
    if (merge_) return {};  // each merge looks at the whole table: the fewer, the better
    batch_.mark = mark_.statement();
    return sender_.offer(batch_);
}

void PostgresqlTask::append_row(const page::Page& page, size_t row) {
    if (!wires_.empty()) {
        batch_.bytes += static_cast<char>(wires_.size() >> 8);
        batch_.bytes += static_cast<char>(wires_.size() & 0xFF);
    }
    for (size_t index = 0; index < plan_.columns.size(); ++index) {
        const table::FilledColumn& column = plan_.columns[index];
        const table::Cell cell = column.coercion.cell(page.column(column.input), row, scratch_);
        if (!wires_.empty()) {
            append_binary(batch_.bytes, cell, wires_[index]);
            continue;
        }
        if (index > 0) batch_.bytes += '\t';
        append_text(batch_.bytes, cell, column.coercion.kind());
    }
    if (wires_.empty()) batch_.bytes += '\n';
    ++batch_.rows;
}

Result<> PostgresqlTask::finish() {
    batch_.mark = mark_.statement(true);
    return sender_.finish(batch_);
}

Result<> PostgresqlTask::send(const table::RowBatch& batch, int64_t& failed_row) {
    auto sent = table::retry("postgresql", options_, options_.retry_limit, table::is_lock_failure,
                             [&] { return send_once(batch); });
    if (sent.ok()) return sent;
    if (table::is_about_row(sent.error())) {
        failed_row = table::row_in_message(sent.error().message());
    }
    return table::about_row(sent.error());
}

Result<> PostgresqlTask::send_once(const table::RowBatch& batch) {
    if (batch.bytes.empty()) return execute(batch.mark);
    if (merge_) return copy_and_merge(batch);
    return batch.mark.empty() ? copy(batch.bytes) : copy_with_mark(batch);
}

Result<> PostgresqlTask::execute(const std::string& sql) {
    TRY(connection_->execute(sql));
    return {};
}

Result<> PostgresqlTask::copy_with_mark(const table::RowBatch& batch) {
    auto transaction = TRY(database::PostgresqlTransaction::begin(*connection_));
    TRY(copy(batch.bytes));
    TRY(execute(batch.mark));
    return transaction.commit();
}

Result<> PostgresqlTask::copy(const std::string& rows) {
    auto copy = TRY(connection_->copy_in(statement_));
    if (!wires_.empty()) TRY(copy.write(kBinaryHead));
    TRY(copy.write(rows));
    if (!wires_.empty()) TRY(copy.write(kBinaryEnd));
    TRY(copy.finish());
    return {};
}

// Two merges at once would both insert a key that is not there yet, so tasks take turns, as do
// loads. That keeps nobody else from the table; and being the first lock of a transaction on the
// target, it adds no deadlock. Every other isolation would merge with what was there before it
// waited.
Result<> PostgresqlTask::copy_and_merge(const table::RowBatch& batch) {
    auto transaction = TRY(database::PostgresqlTransaction::begin(*connection_, kMergeIsolation));
    TRY(copy(batch.bytes));
    TRY(take_turn());
    if (!options_.merge_rule) {
        TRY(connection_->execute(merge_(last_of_each_key(columns_, plan_))));
    } else {
        // A rule may add to what is there, so rows of the same key take turns.
        const std::string most = TRY(connection_->value(most_turns(plan_)));
        const int64_t turns = base::parse_integer(most).value_or(0);
        for (int64_t turn = 1; turn <= turns; ++turn) {
            TRY(connection_->execute(merge_(turn_of_each_key(columns_, plan_, turn))));
        }
    }
    TRY(connection_->execute(empty_batch_table()));
    if (!batch.mark.empty()) TRY(execute(batch.mark));
    return transaction.commit();
}

// However long the others take: limits of the server are for the merge, not for the queue.
Result<> PostgresqlTask::take_turn() {
    TRY(execute(std::string(kNoTimeouts)));
    TRY(execute(turn_));
    return execute(timeouts_);
}

}  // namespace mogura::plugins::postgresql
