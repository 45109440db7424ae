#include "plugins/output/mysql/task.h"

#include "base/text.h"
#include "plugins/output/mysql/cells.h"
#include "plugins/output/mysql/failed_row.h"
#include "plugins/output/table/retry.h"
#include "plugins/output/table/row_failure.h"

#include <string_view>
#include <utility>

namespace mogura::plugins::mysql {
namespace {

using database::mysql_identifier;

std::string load_statement(const std::string& table, const table::Plan& plan) {
    std::string columns;
    std::string assignments;
    for (const table::FilledColumn& column : plan.columns) {
        if (!columns.empty()) columns += ", ";
        if (!column.coercion.kind().is_bit) {
            columns += mysql_identifier(column.name);
            continue;
        }
        const std::string variable = "@bit_" + std::to_string(column.input);
        columns += variable;
        assignments += assignments.empty() ? " SET " : ", ";
        assignments += mysql_identifier(column.name) + " = CAST(" + variable + " AS UNSIGNED)";
    }
    return "LOAD DATA LOCAL INFILE 'rows' INTO TABLE " + table +
           " CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' "
           "LINES TERMINATED BY '\\n' (" +
           columns + ")" + assignments;
}

std::string insert_statement(const std::string& table, const table::Plan& plan) {
    std::string columns;
    for (const table::FilledColumn& column : plan.columns) {
        if (!columns.empty()) columns += ", ";
        columns += mysql_identifier(column.name);
    }
    return "INSERT INTO " + table + " (" + columns + ") VALUES ";
}

void append_load_escaped(std::string& batch, std::string_view text) {
    size_t copied = 0;
    for (size_t place = 0; place < text.size(); ++place) {
        const char letter = text[place];
        if (letter != '\t' && letter != '\n' && letter != '\\' && letter != '\0') continue;
        batch.append(text, copied, place - copied);
        batch += '\\';
        batch += letter == '\t' ? 't' : letter == '\n' ? 'n' : letter == '\0' ? '0' : '\\';
        copied = place + 1;
    }
    batch.append(text, copied);
}

std::string rows_statement(const std::string& table, const table::Plan& plan, const Route& route) {
    return route.by_load ? load_statement(table, plan) : insert_statement(table, plan);
}

}  // namespace

std::vector<std::string> batch_statements(const std::string& table, const table::Plan& plan,
                                          const Route& route) {
    std::string rows = rows_statement(table, plan, route);
    if (!route.by_load) rows += "(...), ..." + route.on_duplicate;
    return {"START TRANSACTION", std::move(rows), "COMMIT"};
}

MysqlTask::MysqlTask(std::unique_ptr<database::Mysql> connection, const std::string& table,
                     const table::Plan& plan, Route route, const table::Options& options,
                     table::TaskMark mark)
    : connection_(std::move(connection)),
      plan_(plan),
      route_(std::move(route)),
      options_(options),
      statement_(rows_statement(table, plan, route_)),
      mark_(std::move(mark)),
      sender_([this](const table::RowBatch& batch, int64_t& failed_row) {
          return send(batch, failed_row);
      }) {}

Result<> MysqlTask::write(page::Page page) {
    for (size_t row = 0; row < page.rows(); ++row) {
        const size_t row_start = batch_.bytes.size();
        append_row(page, row);
        const bool is_full = batch_.bytes.size() > route_.batch_bytes;
        if (is_full && row_start > 0) TRY(flush(row_start));
        mark_.count();
        if (is_full && row_start == 0) TRY(flush(batch_.bytes.size()));
    }
    batch_.mark = mark_.statement();
    return sender_.offer(batch_);
}

void MysqlTask::append_row(const page::Page& page, size_t row) {
    if (!route_.by_load) batch_.bytes += '(';
    bool is_first = true;
    for (const table::FilledColumn& column : plan_.columns) {
        if (!is_first) batch_.bytes += route_.by_load ? '\t' : ',';
        is_first = false;
        append_cell(column.coercion.cell(page.column(column.input), row, scratch_),
                    column.coercion.kind());
    }
    batch_.bytes += route_.by_load ? "\n" : "),";
    ++batch_.rows;
}

void MysqlTask::append_cell(const table::Cell& cell, const table::ColumnKind& kind) {
    std::string_view text;
    if (!cell_text(cell, kind, text_, text)) {
        batch_.bytes += route_.by_load ? "\\N" : "NULL";
    } else if (is_number(cell) || (route_.by_load && is_plain(cell))) {
        batch_.bytes += text;
    } else if (route_.by_load) {
        append_load_escaped(batch_.bytes, text);
    } else {
        batch_.bytes += '\'';
        database::append_mysql_escaped(batch_.bytes, text);
        batch_.bytes += '\'';
    }
}

Result<> MysqlTask::flush(size_t size) {
    const std::string rest = batch_.bytes.substr(size);
    batch_.bytes.resize(size);
    const int64_t left = rest.empty() ? 0 : 1;
    batch_.rows -= left;
    batch_.mark = mark_.statement();
    TRY(sender_.send(batch_));
    batch_.bytes = rest;
    batch_.rows = left;
    return {};
}

Result<> MysqlTask::finish() {
    batch_.mark = mark_.statement(true);
    return sender_.finish(batch_);
}

Result<> MysqlTask::send(const table::RowBatch& batch, int64_t& failed_row) {
    failed_row_ = 0;
    auto sent = table::retry("mysql", options_, options_.retry_limit, table::is_lock_failure,
                             [&] { return send_once(batch); });
    failed_row = failed_row_;
    if (!sent.ok()) return table::about_row(sent.error());
    return sent;
}

// Only behind the rows the server tells what it has changed in them.
Result<> MysqlTask::send_once(const table::RowBatch& batch) {
    auto transaction = TRY(database::MysqlTransaction::begin(*connection_));
    auto sent = send_rows(batch.bytes);
    if (!sent.ok()) {
        failed_row_ = failed_row(*connection_, sent.error());
        return sent;
    }
    if (!batch.mark.empty()) TRY(connection_->execute(batch.mark));
    return transaction.commit();
}

Result<> MysqlTask::send_rows(const std::string& rows) {
    if (rows.empty()) return {};  // the last ones went before
    if (!route_.by_load) return insert(rows);
    TRY(connection_->load(statement_, rows));
    return {};
}

Result<> MysqlTask::insert(std::string_view rows) {
    rows.remove_suffix(1);
    const std::string sql = statement_ + std::string(rows) + route_.on_duplicate;
    constexpr size_t kCommandBytes = 1;
    // The server would end the connection, at best with the reason.
    if (sql.size() + kCommandBytes >= route_.packet_bytes) {
        return Error(Code::kLimit,
                     connection_->place() + ": a row of " +
                         base::with_unit_bytes(static_cast<int64_t>(rows.size())) +
                         " is longer than a statement may be (raise max_allowed_packet of the "
                         "server)");
    }
    TRY(connection_->execute(sql));
    return {};
}

}  // namespace mogura::plugins::mysql
