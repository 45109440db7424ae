#include "plugins/input/mysql/source.h"

#include "plugins/output/mysql/target.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using database::Mysql;
using database::MysqlField;
using database::MysqlOptions;
using source::SourceColumn;
using source::ValueType;

struct Known {
    const char* sql_type;  // the JDBC driver's
    std::optional<ValueType> value_type;
};

Known known(const MysqlField& field) {
    switch (field.kind) {
        case MysqlField::Kind::kInteger:
            if (field.exact == MysqlField::Exact::kYear) return {"DATE", ValueType::kDate};
            if (field.is_tiny && field.width == 1) return {"BIT", ValueType::kBoolean};
            return {field.is_tiny      ? "TINYINT"
                    : field.width > 11 ? "BIGINT"
                                       : "INTEGER",
                    ValueType::kLong};
        case MysqlField::Kind::kDecimal:
            return {"DECIMAL", ValueType::kDecimal};
        case MysqlField::Kind::kFloat:
            if (field.exact == MysqlField::Exact::kSingle) return {"REAL", ValueType::kFloat};
            return {"DOUBLE", ValueType::kDouble};
        case MysqlField::Kind::kText:
            return {"VARCHAR", ValueType::kString};
        case MysqlField::Kind::kBytes:
            return {"BINARY", std::nullopt};
        case MysqlField::Kind::kJson:
            return {"CHAR", ValueType::kJson};
        case MysqlField::Kind::kDate:
            return {"DATE", ValueType::kDate};
        case MysqlField::Kind::kTime:
            return {"TIME", ValueType::kTime};
        case MysqlField::Kind::kTimestamp:
            return {"TIMESTAMP", ValueType::kTimestamp};
        case MysqlField::Kind::kBit:
            if (field.width == 1) return {"BIT", ValueType::kBoolean};
            return {"BIT", std::nullopt};
    }
    return {"OTHER", std::nullopt};
}

const char* native_type(const MysqlField& field) {
    switch (field.kind) {
        case MysqlField::Kind::kBytes:
            return "BLOB or BINARY";
        case MysqlField::Kind::kBit:
            return "BIT";
        case MysqlField::Kind::kDecimal:
            return "DECIMAL";
        case MysqlField::Kind::kFloat:
            return "FLOAT or DOUBLE";
        case MysqlField::Kind::kDate:
            return "DATE";
        case MysqlField::Kind::kTime:
            return "TIME";
        default:
            return "JSON, text or number";
    }
}

class MysqlSource final : public source::Source {
  public:
    explicit MysqlSource(std::unique_ptr<Mysql> session) : session_(std::move(session)) {}

    Result<> execute(const std::string& sql) override {
        for (std::string_view statement : database::split_mysql_statements(sql)) {
            auto rows = TRY(session_->query(statement));
            if (!rows.fields().empty()) {
                return Error(Code::kInvalid, "A result was returned when none was expected.");
            }
        }
        return {};
    }
    Result<> run(const std::string& sql) override {
        for (std::string_view statement : database::split_mysql_statements(sql)) {
            TRY(session_->execute(statement));
        }
        return {};
    }
    void cancel() override { session_->cancel(); }
    std::string begin_read_only_statement() const override { return "START TRANSACTION READ ONLY"; }
    std::string identifier(const std::string& name) const override {
        return database::mysql_identifier(name);
    }
    std::string literal(const std::string& text) const override {
        return database::mysql_literal(text);
    }
    // The session is in UTC, so both forms read the same.
    std::string timestamp_literal(const std::string& text) const override {
        std::string plain = text;
        if (plain.ends_with('Z')) plain.pop_back();
        const size_t mark = plain.find('T');
        if (mark != plain.npos) plain[mark] = ' ';
        return literal(plain);
    }
    Result<std::string> resolve_name(const std::string& table) override {
        const auto found = TRY(mysql::find_names(*session_, table));
        return table::resolve_among(table, found);
    }
    Result<std::vector<std::string>> primary_key(const std::string& table) override {
        return mysql::read_primary_key(*session_, table);
    }
    Result<std::vector<SourceColumn>> describe(const std::string& sql) override {
        const auto fields = TRY(session_->describe(sql));
        std::vector<SourceColumn> columns;
        for (const MysqlField& field : fields) {
            const auto [sql_type, value_type] = known(field);
            columns.push_back({.name = field.name,
                               .sql_type = sql_type,
                               .native_type = native_type(field),
                               .value_type = value_type,
                               .is_instant = field.exact == MysqlField::Exact::kInstant});
        }
        return columns;
    }
    Result<> start(const std::string& sql) override {
        auto rows = TRY(session_->query(sql));
        rows_.emplace(std::move(rows));
        return {};
    }
    Result<bool> next(source::Cells& cells) override;

  private:
    std::unique_ptr<Mysql> session_;
    std::optional<database::MysqlRows> rows_;  // nothing at the end: the session is free
    std::vector<std::string> years_;           // by column
};

Result<bool> MysqlSource::next(source::Cells& cells) {
    const bool found = TRY(rows_->next());
    if (!found) {
        rows_.reset();
        return false;
    }
    cells.resize(rows_->fields().size());
    years_.resize(cells.size());
    for (size_t column = 0; column < cells.size(); ++column) {
        const MysqlField& field = rows_->fields()[column];
        cells[column].reset();
        if (rows_->is_null(column)) continue;
        cells[column] = rows_->text(column);
        if (field.kind == MysqlField::Kind::kBit && field.width == 1) {
            cells[column] = rows_->text(column) == std::string_view("\1", 1) ? "1" : "0";
        } else if (field.exact == MysqlField::Exact::kYear) {
            years_[column] = std::string(rows_->text(column)) + "-01-01";
            cells[column] = years_[column];
        }
    }
    return true;
}

}  // namespace

Result<std::unique_ptr<source::Source>> make_mysql_source(const MysqlOptions& options) {
    auto session = TRY(Mysql::connect(options));
    return std::make_unique<MysqlSource>(std::move(session));
}

}  // namespace mogura::plugins
