#include "plugins/output/postgresql/task.h"

#include "base/text.h"
#include "plugins/output/table/retry.h"
#include "plugins/output/table/row_failure.h"

#include <utility>

namespace mogura::plugins::postgresql {
namespace {

constexpr std::string_view kBatchTable = "pg_temp.mogura_batch";
constexpr int kLockSpace = 0x6D6F6775;  // "mogu": tables whose merges take turns

std::string quoted_keys(const table::Plan& plan) {
    std::string keys;
    for (const std::string& key : plan.merge_keys) {
        if (!keys.empty()) keys += ", ";
        keys += database::postgresql_identifier(key);
    }
    return keys;
}

}  // namespace

Result<std::unique_ptr<PostgresqlTask>> PostgresqlTask::create(
    std::unique_ptr<database::Postgresql> connection, const std::string& table,
    const std::string& columns, const table::Plan& plan, const table::Options& options,
    MergeStatement merge, table::TaskMark mark) {
    std::unique_ptr<PostgresqlTask> task(new PostgresqlTask(
        std::move(connection), columns, plan, options, std::move(merge), std::move(mark)));
    std::string receiver = table;
    if (task->merge_) {
        receiver = kBatchTable;
        task->turn_ = "SELECT pg_advisory_xact_lock(" + std::to_string(kLockSpace) + ", " +
                      database::postgresql_literal(table) + "::regclass::oid::integer)";
        auto timeouts = TRY(
            task->connection_->query("SELECT quote_literal(current_setting('statement_timeout')), "
                                     "quote_literal(current_setting('lock_timeout'))"));
        task->timeouts_ = "SET LOCAL statement_timeout = " + std::string(timeouts.text(0, 0)) +
                          "; SET LOCAL lock_timeout = " + std::string(timeouts.text(0, 1));
        TRY(task->connection_->execute("CREATE TEMP TABLE mogura_batch AS SELECT " + columns +
                                       " FROM " + table +
                                       " LIMIT 0; ALTER TABLE pg_temp.mogura_batch ADD COLUMN "
                                       "mogura_row bigserial"));
    }
    TRY(task->choose_wires(receiver));
    return task;
}

Result<> PostgresqlTask::choose_wires(const std::string& table) {
    const auto fields =
        TRY(connection_->describe("SELECT " + columns_ + " FROM " + table + " LIMIT 0"));
    for (size_t column = 0; column < plan_.columns.size(); ++column) {
        const auto wire = binary_wire(plan_.columns[column].coercion, fields[column].type);
        if (!wire) {
            wires_.clear();
            break;
        }
        wires_.push_back(*wire);
    }
    statement_ = "COPY " + table + " (" + columns_ + ") FROM STDIN";
    if (!wires_.empty()) statement_ += " WITH (FORMAT binary)";
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
    auto transaction =
        TRY(database::PostgresqlTransaction::begin(*connection_, "ISOLATION LEVEL READ COMMITTED"));
    TRY(copy(batch.bytes));
    TRY(take_turn());
    const std::string received(kBatchTable);
    if (!options_.merge_rule) {
        TRY(connection_->execute(merge_(last_of_each_key())));
    } else {
        // A rule may add to what is there, so rows of the same key take turns.
        const std::string most =
            TRY(connection_->value("SELECT max(n) FROM (SELECT count(*) AS n FROM " + received +
                                   " GROUP BY " + quoted_keys(plan_) + ") AS turns"));
        const int64_t turns = base::parse_integer(most).value_or(0);
        for (int64_t turn = 1; turn <= turns; ++turn) {
            TRY(connection_->execute(merge_(turn_of_each_key(turn))));
        }
    }
    TRY(connection_->execute("DELETE FROM " + received));
    if (!batch.mark.empty()) TRY(execute(batch.mark));
    return transaction.commit();
}

// However long the others take: limits of the server are for the merge, not for the queue.
Result<> PostgresqlTask::take_turn() {
    TRY(connection_->execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"));
    TRY(connection_->execute(turn_));
    TRY(connection_->execute(timeouts_));
    return {};
}

// Rows without a key are never the same.
std::string PostgresqlTask::last_of_each_key() const {
    std::string sql = "SELECT " + columns_ + " FROM (SELECT *, row_number() OVER (PARTITION BY " +
                      quoted_keys(plan_) + " ORDER BY mogura_row DESC) AS mogura_turn FROM " +
                      std::string(kBatchTable) + ") AS batch WHERE mogura_turn = 1";
    for (const std::string& key : plan_.merge_keys) {
        sql += " OR " + database::postgresql_identifier(key) + " IS NULL";
    }
    return sql;
}

std::string PostgresqlTask::turn_of_each_key(int64_t turn) const {
    return "SELECT " + columns_ + " FROM (SELECT *, row_number() OVER (PARTITION BY " +
           quoted_keys(plan_) + " ORDER BY mogura_row) AS mogura_turn FROM " +
           std::string(kBatchTable) + ") AS batch WHERE mogura_turn = " + std::to_string(turn);
}

}  // namespace mogura::plugins::postgresql
