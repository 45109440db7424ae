// Rows of a table or a query of a SQLite file.
//
// SQLite's values have types, its columns hardly have: the declared type decides, and where there
// is none (an expression) the first rows.

#include "base/text.h"
#include "database/database.h"
#include "plugins/input/table/input.h"
#include "plugins/parser/csv/lines.h"
#include "plugins/plugins.h"

#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using database::Sqlite;
using database::sqlite_identifier;
using database::SqliteStatement;
using source::SourceColumn;
using source::ValueType;

constexpr int kFirstRows = 1000;  // that decide the types

struct Options {
    std::string database;
    source::Options source;
};

Options read(config::Reader& reader) {
    Options options;
    options.database = reader.required<std::string>("database", "SQLite file.");
    options.source = source::read_options(reader);
    return options;
}

struct Known {
    const char* sql_type;
    ValueType value_type;
};

std::optional<Known> known(const std::string& declaration) {
    const std::string word = base::lower(declaration);
    auto has = [&](std::string_view part) { return word.find(part) != word.npos; };
    if (word.starts_with("json")) return Known{"VARCHAR", ValueType::kJson};
    if (word.starts_with("bool")) return Known{"BOOLEAN", ValueType::kBoolean};
    if (has("timestamp") || has("datetime")) return Known{"TIMESTAMP", ValueType::kTimestamp};
    if (word == "date") return Known{"DATE", ValueType::kDate};
    if (word == "time") return Known{"TIME", ValueType::kTime};
    if (has("int")) return Known{"INTEGER", ValueType::kLong};
    if (has("char") || has("clob") || has("text")) return Known{"VARCHAR", ValueType::kString};
    if (has("real") || has("floa") || has("doub")) return Known{"DOUBLE", ValueType::kDouble};
    if (has("decimal") || has("numeric")) return Known{"DECIMAL", ValueType::kDecimal};
    return std::nullopt;
}

class SqliteSource final : public source::Source {
  public:
    explicit SqliteSource(std::unique_ptr<Sqlite> session) : session_(std::move(session)) {}

    Result<> execute(const std::string& sql) override;
    Result<> run(const std::string& sql) override { return session_->execute(sql); }
    void cancel() override { session_->interrupt(); }
    std::string begin_read_only_statement() const override { return "BEGIN"; }
    std::string identifier(const std::string& name) const override {
        return sqlite_identifier(name);
    }
    std::string literal(const std::string& text) const override {
        return "'" + base::replace_all(text, "'", "''") + "'";
    }
    // In as many forms as there are programs that write them: '2020-01-02 03:04:05', with a T, with
    // three digits behind the point.
    bool keeps_timestamp_texts() const override { return true; }
    // SQLite's names have no case.
    Result<std::string> resolve_name(const std::string& table) override { return table; }
    Result<std::vector<std::string>> primary_key(const std::string& table) override;
    Result<std::vector<SourceColumn>> describe(const std::string& sql) override;
    Result<> start(const std::string& sql) override;
    Result<bool> next(source::Cells& cells) override;

  private:
    Result<std::string_view> text_of(int column) const;

    std::unique_ptr<Sqlite> session_;
    std::optional<SqliteStatement> statement_;  // nothing at the end
    std::vector<std::string> numbers_;          // by column
    int64_t rows_ = 0;
};

Result<> SqliteSource::execute(const std::string& sql) {
    std::string_view rest = sql;
    while (true) {
        auto statement = TRY(session_->prepare_next(rest));
        if (!statement) return {};
        if (statement->columns() > 0) {
            return Error(Code::kInvalid, "A result was returned when none was expected.");
        }
        TRY(statement->run());
    }
}

Result<std::vector<std::string>> SqliteSource::primary_key(const std::string& table) {
    std::vector<std::string> key;
    auto statement = TRY(session_->prepare("PRAGMA table_info(" + sqlite_identifier(table) + ")"));
    while (true) {
        const bool found = TRY(statement.step());
        if (!found) return key;
        const auto place = static_cast<size_t>(statement.integer(5));
        if (place == 0) continue;
        if (key.size() < place) key.resize(place);
        key[place - 1] = statement.text(1);
    }
}

Result<std::vector<SourceColumn>> SqliteSource::describe(const std::string& sql) {
    auto statement = TRY(session_->prepare(sql));
    std::vector<SourceColumn> columns;
    std::vector<int> undeclared;
    for (int index = 0; index < statement.columns(); ++index) {
        SourceColumn column{.name = statement.column_name(index),
                            .sql_type = "VARCHAR",
                            .native_type = statement.declared_type(index),
                            .value_type = ValueType::kString};
        if (const auto type = known(column.native_type)) {
            column.sql_type = type->sql_type;
            column.value_type = type->value_type;
        } else if (base::lower(column.native_type).find("blob") != std::string::npos) {
            column.sql_type = "BLOB";
            column.value_type = std::nullopt;
        } else {
            column.value_type = std::nullopt;
            undeclared.push_back(index);
        }
        columns.push_back(std::move(column));
    }
    using Kind = SqliteStatement::Kind;
    for (int row = 0; row < kFirstRows && !undeclared.empty(); ++row) {
        const bool found = TRY(statement.step());
        if (!found) break;
        for (const int index : undeclared) {
            std::optional<ValueType>& type = columns[static_cast<size_t>(index)].value_type;
            const Kind kind = statement.kind(index);
            if (kind == Kind::kText || kind == Kind::kBlob) {
                type = ValueType::kString;
            } else if (kind == Kind::kFloat && type != ValueType::kString) {
                type = ValueType::kDouble;
            } else if (kind == Kind::kInteger && !type) {
                type = ValueType::kLong;
            }
        }
    }
    for (const int index : undeclared) {
        std::optional<ValueType>& type = columns[static_cast<size_t>(index)].value_type;
        type = type.value_or(ValueType::kString);
    }
    return columns;
}

Result<> SqliteSource::start(const std::string& sql) {
    auto statement = TRY(session_->prepare(sql));
    statement_.emplace(std::move(statement));
    rows_ = 0;
    return {};
}

// SQLite takes any bytes for a text; what comes behind (JSON, Parquet) needs UTF-8.
Result<std::string_view> SqliteSource::text_of(int column) const {
    std::string_view text = statement_->text(column);
    if (csv::is_utf8(text)) return text;
    const std::string name = statement_->column_name(column);
    return Error(Code::kInvalid, "row " + base::with_thousands(rows_) + ": column " + name +
                                     ": these bytes are no UTF-8 (hex(" + name +
                                     ") in a query gives any bytes as text)");
}

Result<bool> SqliteSource::next(source::Cells& cells) {
    const bool found = TRY(statement_->step());
    if (!found) {
        statement_.reset();
        return false;
    }
    ++rows_;
    const auto count = static_cast<size_t>(statement_->columns());
    cells.resize(count);
    numbers_.resize(count);
    for (size_t index = 0; index < count; ++index) {
        const auto column = static_cast<int>(index);
        switch (statement_->kind(column)) {
            case SqliteStatement::Kind::kNull:
                cells[index].reset();
                break;
            case SqliteStatement::Kind::kFloat: {  // with all of its digits
                char buffer[32];
                auto [end, failure] =
                    std::to_chars(buffer, buffer + sizeof buffer, statement_->floating(column));
                numbers_[index].assign(buffer, end);
                cells[index] = numbers_[index];
                break;
            }
            case SqliteStatement::Kind::kInteger:
                cells[index] = statement_->text(column);
                break;
            default:
                cells[index] = TRY(text_of(column));
        }
    }
    return true;
}

Result<std::unique_ptr<load::Input>> make(const Options& options, const load::Context& context) {
    const std::string path =
        (std::filesystem::path(context.folder) / options.database).lexically_normal().string();
    const bool only_reads = !options.source.before_setup && !options.source.before_select &&
                            !options.source.after_select;
    const auto mode = only_reads ? Sqlite::Mode::kReadOnly : Sqlite::Mode::kForeign;
    auto connect = [path, mode]() -> Result<std::unique_ptr<source::Source>> {
        if (!std::filesystem::exists(path)) {
            return Error(Code::kNotFound, path + ": there is no such file");
        }
        auto session = TRY(Sqlite::open(path, mode));
        return std::make_unique<SqliteSource>(std::move(session));
    };
    return std::make_unique<source::TableInput>(std::move(connect), options.source, context);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(input, sqlite) {
    registry.inputs.add("sqlite", "Rows of a table or a query of a SQLite file.", read, make);
}
