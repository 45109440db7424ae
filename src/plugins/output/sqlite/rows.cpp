#include "plugins/output/sqlite/rows.h"

#include "base/text.h"
#include "plugins/output/table/timestamp_text.h"

namespace mogura::plugins::sqlite {
namespace {

using database::SqliteStatement;
using table::Cell;
using table::ColumnKind;
using table::ValueKind;
using Kind = table::Cell::Kind;

}  // namespace

ColumnKind kind_of_type(const std::string& type) {
    const std::string word = base::lower(base::trim(type));
    auto has = [&](std::string_view part) { return word.find(part) != word.npos; };
    if (word.starts_with("json")) return {.value = ValueKind::kString};
    if (word.starts_with("bool")) return {.value = ValueKind::kBoolean};
    if (word.starts_with("timestamp") || word.starts_with("datetime")) {
        return {.value = ValueKind::kTimestamp};
    }
    if (word == "date") return {.value = ValueKind::kDate};
    if (word == "time") return {.value = ValueKind::kTime};
    if (word.starts_with("tinyint")) return table::integer_kind(8);
    if (word.starts_with("smallint") || word == "int2") return table::integer_kind(16);
    if (has("int")) return table::integer_kind(64);  // SQLite's INT has 64 bits
    if (has("char") || has("clob") || has("text") || has("string")) {
        return {.value = ValueKind::kString};
    }
    if (has("real") || has("floa") || has("doub")) return {.value = ValueKind::kDouble};
    if (word.starts_with("decimal") || word.starts_with("numeric")) {
        return {.value = ValueKind::kDecimal};
    }
    return {.value = ValueKind::kPass};
}

std::string default_type(page::Type type) {
    switch (type) {
        case page::Type::kBoolean:
            return "BOOLEAN";
        case page::Type::kLong:
            return "INTEGER";
        case page::Type::kDouble:
            return "REAL";
        case page::Type::kString:
            return "TEXT";
        case page::Type::kTimestamp:
            return "TIMESTAMP";
        case page::Type::kJson:
            return "JSON TEXT";  // the affinity of text: 1.0 stays 1.0
    }
    return "TEXT";
}

load::TaskRow failed_row(database::Sqlite& connection, std::string_view message,
                         const std::string& rows) {
    // "... NOT NULL constraint failed: t.a", "... UNIQUE constraint failed: t.a, t.b"
    constexpr std::string_view kWords = " constraint failed: ";
    const size_t words = message.find(kWords);
    if (words == message.npos) return {};
    const bool is_null = message.substr(0, words).ends_with("NOT NULL");
    if (!is_null && !message.substr(0, words).ends_with("UNIQUE")) return {};
    std::string target;
    std::string names;
    std::string same;
    for (const std::string& part :
         base::split(std::string(message.substr(words + kWords.size())), ',')) {
        const std::string column(base::trim(part));
        const size_t dot = column.find('.');
        if (dot == column.npos) return {};
        target = database::sqlite_identifier(column.substr(0, dot));
        const std::string name = database::sqlite_identifier(column.substr(dot + 1));
        names += (names.empty() ? "" : ", ") + name;
        same += (same.empty() ? "T." : " AND T.") + name + " = S." + name;
    }
    std::string sql = "SELECT rowid FROM " + rows + " WHERE " + names + " IS NULL LIMIT 1";
    if (!is_null) {
        sql = "SELECT place FROM (SELECT rowid AS place, row_number() OVER (PARTITION BY " + names +
              " ORDER BY rowid) AS turn, * FROM " + rows +
              ") AS S WHERE turn > 1 OR EXISTS (SELECT 1 FROM main." + target + " AS T WHERE " +
              same + ") ORDER BY place LIMIT 1";
    }
    auto statement = connection.prepare(sql);
    if (!statement.ok()) return {};
    auto found = statement->step();
    if (!found.ok() || !*found) return {};
    return {.row = statement->integer(0)};
}

Result<std::unique_ptr<RowWriter>> RowWriter::create(database::Sqlite& connection,
                                                     const std::vector<std::string>& statements,
                                                     const table::Plan& plan) {
    std::vector<SqliteStatement> prepared;
    for (const std::string& sql : statements) {
        auto statement = TRY(connection.prepare(sql));
        prepared.push_back(std::move(statement));
    }
    return std::unique_ptr<RowWriter>(new RowWriter(connection, std::move(prepared), plan));
}

Result<int64_t> RowWriter::write(const page::Page& page, const std::string& mark,
                                 std::optional<size_t>& failed_row) {
    base::Lock lock(mutex_);
    TRY(connection_.execute("BEGIN"));
    auto written = write_rows(page, failed_row);
    if (written.ok() && !mark.empty()) {
        auto marked = connection_.execute(mark);
        if (!marked.ok()) written = marked.error();
    }
    auto ended = connection_.execute(written.ok() ? "COMMIT" : "ROLLBACK");
    if (written.ok() && !ended.ok()) return ended.error();
    return written;
}

Result<> RowWriter::make(const std::string& mark) {
    if (mark.empty()) return {};
    base::Lock lock(mutex_);
    return connection_.execute(mark);
}

Result<int64_t> RowWriter::write_rows(const page::Page& page, std::optional<size_t>& failed_row) {
    int64_t bytes = 0;
    for (size_t row = 0; row < page.rows(); ++row) {
        for (SqliteStatement& statement : statements_) {
            int parameter = 0;
            for (const table::FilledColumn& column : plan_.columns) {
                const Cell cell = column.coercion.cell(page.column(column.input), row, scratch_);
                bytes += bind(statement, ++parameter, cell);
            }
            auto done = statement.run();
            if (!done.ok()) {
                if (table::is_about_row(done.error())) failed_row = row;
                return done.error();
            }
            if (connection_.changes() > 0) break;
        }
    }
    return bytes;
}

int64_t RowWriter::bind(SqliteStatement& statement, int parameter, const Cell& cell) {
    constexpr int64_t kNumberBytes = 8;
    text_.clear();
    switch (cell.kind) {
        case Kind::kNull:
            statement.bind_null(parameter);
            return 0;
        case Kind::kBoolean:
            statement.bind(parameter, int64_t{cell.boolean});
            return 1;
        case Kind::kInteger:
            statement.bind(parameter, cell.integer);
            return kNumberBytes;
        case Kind::kFloating:
            statement.bind(parameter, cell.floating);
            return kNumberBytes;
        case Kind::kDecimal:
        case Kind::kText:
            // What stands in `scratch_` is gone with the next column.
            if (cell.text.data() == scratch_.data()) {
                statement.bind(parameter, cell.text);
            } else {
                statement.bind_borrowed(parameter, cell.text);  // the page outlives run()
            }
            return static_cast<int64_t>(cell.text.size());
        case Kind::kDate:
            table::append_date(text_, cell.local);
            break;
        case Kind::kTime:
            table::append_time(text_, cell.local, table::Fraction::kWhenNotZero);
            break;
        case Kind::kTimestamp:
            table::append_date(text_, cell.local);
            text_ += ' ';
            table::append_time(text_, cell.local, table::Fraction::kWhenNotZero);
            break;
    }
    statement.bind(parameter, text_);
    return static_cast<int64_t>(text_.size());
}

}  // namespace mogura::plugins::sqlite
