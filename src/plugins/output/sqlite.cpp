// Rows into a table of a SQLite file.
//
// All rows go to a temporary table first, which lives outside the file and locks nothing. Then one
// transaction makes them visible: whoever reads sees the old rows or the new ones, and a load that
// fails, or a process that dies, leaves the file as it was.

#include "base/mutex.h"
#include "database/database.h"
#include "plugins/output/table/columns.h"
#include "plugins/output/table/options.h"
#include "plugins/output/table/timestamp_text.h"
#include "plugins/plugins.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using database::Sqlite;
using database::sqlite_identifier;
using database::SqliteStatement;
using database::SqliteTransaction;
using table::Mode;

constexpr std::string_view kRows = "temp.mogura_rows";

struct Options {
    std::string database;
    table::Options table;
};

Options read(config::Reader& reader) {
    Options options;
    options.database =
        reader.required<std::string>("database", "SQLite file; it is created when missing.");
    options.table = table::read_options(reader);
    return options;
}

// A column of the table that takes values, and where they come from.
struct Column {
    size_t input;
    std::string name;
    std::string type;
};

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

std::string column_list(const std::vector<Column>& columns, bool with_types) {
    std::string list;
    for (const Column& column : columns) {
        if (!list.empty()) list += ", ";
        list += sqlite_identifier(column.name);
        if (with_types && !column.type.empty()) list += " " + column.type;
    }
    return list;
}

// Where all tasks of a load write to; one at a time.
class RowWriter {
  public:
    static Result<std::unique_ptr<RowWriter>> create(Sqlite& connection,
                                                     std::vector<Column> columns) {
        TRY(connection.execute("CREATE TEMP TABLE mogura_rows (" + column_list(columns, true) +
                               ")"));
        std::string values = "?";
        for (size_t column = 1; column < columns.size(); ++column) values += ", ?";
        auto insert = TRY(
            connection.prepare("INSERT INTO " + std::string(kRows) + " VALUES (" + values + ")"));
        return std::unique_ptr<RowWriter>(new RowWriter(std::move(columns), std::move(insert)));
    }

    // Returns about how many bytes it wrote.
    Result<int64_t> write(const page::Page& page) {
        base::Lock lock(mutex_);
        int64_t bytes = 0;
        for (size_t row = 0; row < page.rows(); ++row) {
            int parameter = 0;
            for (const Column& column : columns_) {
                bytes += bind(++parameter, page.column(column.input), row);
            }
            TRY(insert_.run());
        }
        return bytes;
    }

  private:
    RowWriter(std::vector<Column> columns, SqliteStatement insert)
        : columns_(std::move(columns)), insert_(std::move(insert)) {}

    int64_t bind(int parameter, const page::ColumnData& data, size_t row) REQUIRES(mutex_) {
        constexpr int64_t kNumberBytes = 8;
        if (data.is_null(row)) {
            insert_.bind_null(parameter);
            return 0;
        }
        if (const auto* longs = std::get_if<page::ColumnData::Longs>(&data.values)) {
            insert_.bind(parameter, (*longs)[row]);
            return kNumberBytes;
        }
        if (const auto* texts = std::get_if<page::ColumnData::Texts>(&data.values)) {
            insert_.bind_borrowed(parameter, (*texts)[row]);  // the page outlives run()
            return static_cast<int64_t>((*texts)[row].size());
        }
        if (const auto* doubles = std::get_if<page::ColumnData::Doubles>(&data.values)) {
            insert_.bind(parameter, (*doubles)[row]);
            return kNumberBytes;
        }
        if (const auto* booleans = std::get_if<page::ColumnData::Booleans>(&data.values)) {
            insert_.bind(parameter, int64_t{(*booleans)[row]});
            return 1;
        }
        text_.clear();
        table::append_timestamp(text_, data.timestamps()[row], table::Fraction::kWhenNotZero);
        insert_.bind(parameter, text_);
        return static_cast<int64_t>(text_.size());
    }

    const std::vector<Column> columns_;
    base::Mutex mutex_;
    SqliteStatement insert_ GUARDED_BY(mutex_);
    std::string text_ GUARDED_BY(mutex_);
};

class SqliteTask final : public load::TaskOutput {
  public:
    explicit SqliteTask(RowWriter& writer) : writer_(writer) {}

    Result<> write(page::Page page) override {
        const int64_t written = TRY(writer_.write(page));
        bytes_ += written;
        return {};
    }
    Result<> finish() override { return {}; }
    void abort() noexcept override {}
    int64_t bytes() const override { return bytes_; }

  private:
    RowWriter& writer_;
    int64_t bytes_ = 0;
};

class SqliteOutput final : public load::Output {
  public:
    SqliteOutput(std::string path, table::Options options)
        : path_(std::move(path)), options_(std::move(options)) {}

    Result<> begin(const page::Schema& schema, size_t) override {
        if (schema.size() == 0) return Error(Code::kInvalid, options_.table + ": No column.");
        connection_ = TRY(Sqlite::open(path_, Sqlite::Mode::kReadWrite));
        // Others may publish large tables to the same file meanwhile.
        TRY(
            connection_->execute("PRAGMA busy_timeout=600000; PRAGMA temp.journal_mode=OFF; "
                                 "PRAGMA temp.cache_size=-65536"));
        columns_ = TRY(plan(schema));
        if (!exists_ || options_.mode == Mode::kReplace) {  // a wrong type or option shows now
            TRY(connection_->prepare(create_table("mogura_check")));
        }
        TRY(connection_->execute("BEGIN"));
        writer_ = TRY(RowWriter::create(*connection_, columns_));
        return {};
    }

    Result<std::unique_ptr<load::TaskOutput>> open(size_t) override {
        return std::make_unique<SqliteTask>(*writer_);
    }

    Result<> commit() override {
        writer_.reset();
        TRY(connection_->execute("COMMIT"));
        auto transaction = TRY(SqliteTransaction::begin(*connection_));
        TRY(publish());
        TRY(transaction.commit());
        connection_.reset();
        return {};
    }

    void rollback() noexcept override {
        writer_.reset();
        connection_.reset();  // takes the temporary table with it
    }

    // SQLite has one writer.
    bool is_parallel() const override { return false; }

  private:
    std::string target() const { return sqlite_identifier(options_.table); }

    // The columns to fill. Sets exists_.
    Result<std::vector<Column>> plan(const page::Schema& schema) {
        std::vector<std::string> names;
        std::vector<std::string> types;
        auto statement = TRY(connection_->prepare("PRAGMA main.table_info(" + target() + ")"));
        while (true) {
            const bool found = TRY(statement.step());
            if (!found) break;
            names.emplace_back(statement.text(1));
            types.emplace_back(statement.text(2));
        }
        exists_ = !names.empty();
        std::vector<Column> columns;
        if (exists_ && options_.mode == Mode::kInsert) {
            const auto matches = TRY(table::match_columns(schema, names, options_.table));
            for (const table::Match& match : matches) {
                columns.push_back({match.input, names[match.target], types[match.target]});
            }
            return columns;
        }
        for (size_t input = 0; input < schema.size(); ++input) {
            const page::Column& column = schema[input];
            const auto option = options_.columns.find(column.name);
            std::string type = default_type(column.type);
            if (option != options_.columns.end()) type = option->second.type.value_or(type);
            columns.push_back({input, column.name, type});
        }
        return columns;
    }

    std::string create_table(const std::string& name) const {
        std::string sql = "CREATE TABLE IF NOT EXISTS main." + sqlite_identifier(name) + " (" +
                          column_list(columns_, true);
        if (options_.create_table_constraint) sql += ", " + *options_.create_table_constraint;
        sql += ")";
        if (options_.create_table_option) sql += " " + *options_.create_table_option;
        return sql;
    }

    Result<> publish() {
        if (options_.mode == Mode::kReplace) {
            TRY(connection_->execute("DROP TABLE IF EXISTS main." + target()));
        }
        // Another load may have created the table since begin().
        if (options_.mode == Mode::kReplace || !exists_) {
            TRY(connection_->execute(create_table(options_.table)));
        }
        TRY(run_sql("before_load", options_.before_load));
        auto copied = connection_->execute(copy_rows());
        if (!copied.ok()) return copied.error().at("table " + options_.table);
        return run_sql("after_load", options_.after_load);
    }

    std::string copy_rows() const {
        // Between tables of the same columns SQLite moves whole records, if it is asked with "*".
        const std::string insert = "INSERT INTO main." + target();
        const std::string from = " FROM " + std::string(kRows);
        if (options_.mode == Mode::kReplace) return insert + " SELECT *" + from;
        const std::string names = column_list(columns_, false);
        return insert + " (" + names + ") SELECT " + names + from;
    }

    Result<> run_sql(std::string_view option, const std::optional<std::string>& sql) {
        auto done = connection_->execute(sql.value_or(""));
        if (!done.ok()) return done.error().at(option);
        return {};
    }

    const std::string path_;
    const table::Options options_;
    std::unique_ptr<Sqlite> connection_;
    bool exists_ = false;
    std::vector<Column> columns_;
    std::unique_ptr<RowWriter> writer_;
};

Result<std::unique_ptr<load::Output>> make(const Options& options, const load::Context& context) {
    const std::string path =
        (std::filesystem::path(context.folder) / options.database).lexically_normal().string();
    return std::make_unique<SqliteOutput>(path, options.table);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(output, sqlite) {
    registry.outputs.add("sqlite", "Rows into a table of a SQLite file.", read, make);
}
