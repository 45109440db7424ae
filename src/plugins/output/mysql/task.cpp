#include "plugins/output/mysql/task.h"

#include "plugins/output/mysql/retry.h"

#include <string_view>

namespace mogura::plugins::mysql {
namespace {

using database::mysql_identifier;

std::string load_statement(const std::string& table, const Route& route) {
    std::string columns;
    std::string assignments;
    for (const Route::Column& column : route.columns) {
        if (!columns.empty()) columns += ", ";
        if (!column.cells.kind().is_bit) {
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

std::string insert_statement(const std::string& table, const Route& route) {
    std::string columns;
    for (const Route::Column& column : route.columns) {
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

}  // namespace

MysqlTask::MysqlTask(std::unique_ptr<database::Mysql> connection, const std::string& table,
                     const Route& route, const table::Options& options)
    : connection_(std::move(connection)),
      route_(route),
      options_(options),
      statement_(route.by_load ? load_statement(table, route) : insert_statement(table, route)) {}

Result<> MysqlTask::write(page::Page page) {
    for (size_t row = 0; row < page.rows(); ++row) {
        const size_t row_start = batch_.size();
        append_row(page, row);
        if (batch_.size() <= route_.batch_bytes) continue;
        TRY(flush(row_start > 0 ? row_start : batch_.size()));
    }
    return {};
}

void MysqlTask::append_row(const page::Page& page, size_t row) {
    if (!route_.by_load) batch_ += '(';
    for (size_t column = 0; column < route_.columns.size(); ++column) {
        if (column > 0) batch_ += route_.by_load ? '\t' : ',';
        const Route::Column& target = route_.columns[column];
        std::string_view text;
        const bool has_value = target.cells.value(page.column(target.input), row, scratch_, text);
        append_cell(target.cells, !has_value, text);
    }
    batch_ += route_.by_load ? "\n" : "),";
}

void MysqlTask::append_cell(const Cells& cells, bool is_null, std::string_view text) {
    if (is_null) {
        batch_ += route_.by_load ? "\\N" : "NULL";
    } else if (route_.by_load) {
        if (cells.is_plain()) {
            batch_ += text;
        } else {
            append_load_escaped(batch_, text);
        }
    } else if (cells.is_number()) {
        batch_ += text;
    } else {
        batch_ += '\'';
        database::append_mysql_escaped(batch_, text);
        batch_ += '\'';
    }
}

Result<> MysqlTask::flush(size_t size) {
    if (size == 0) return {};
    const std::string_view rows = std::string_view(batch_).substr(0, size);
    auto send = [&]() -> Result<int64_t> {
        if (route_.by_load) return connection_->load(statement_, rows);
        return connection_->execute(statement_ + std::string(rows.substr(0, size - 1)));
    };
    TRY(retry(options_, options_.retry_limit, is_lock_failure, send));
    bytes_ += static_cast<int64_t>(size);
    batch_.erase(0, size);
    return {};
}

}  // namespace mogura::plugins::mysql
