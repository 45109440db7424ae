#include "plugins/input/postgresql/source.h"

#include "base/log.h"
#include "plugins/output/postgresql/target.h"
#include "plugins/output/table/product.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using database::Postgresql;
using database::PostgresqlField;
using database::PostgresqlRows;
using database::PostgresqlType;
using source::SourceColumn;
using source::ValueType;

struct Known {
    const char* sql_type;  // the JDBC driver's
    std::optional<ValueType> value_type;
};

const std::map<PostgresqlType, Known>& known_types() {
    static const std::map<PostgresqlType, Known> types = {
        {PostgresqlType::kBoolean, {"BIT", ValueType::kBoolean}},
        {PostgresqlType::kSmallint, {"SMALLINT", ValueType::kLong}},
        {PostgresqlType::kInteger, {"INTEGER", ValueType::kLong}},
        {PostgresqlType::kBigint, {"BIGINT", ValueType::kLong}},
        {PostgresqlType::kOid, {"BIGINT", ValueType::kLong}},
        {PostgresqlType::kReal, {"REAL", ValueType::kFloat}},
        {PostgresqlType::kDouble, {"DOUBLE", ValueType::kDouble}},
        {PostgresqlType::kMoney, {"DOUBLE", ValueType::kDouble}},
        {PostgresqlType::kNumeric, {"NUMERIC", ValueType::kDecimal}},
        {PostgresqlType::kText, {"VARCHAR", ValueType::kString}},
        {PostgresqlType::kVarchar, {"VARCHAR", ValueType::kString}},
        {PostgresqlType::kName, {"VARCHAR", ValueType::kString}},
        {PostgresqlType::kUnknown, {"VARCHAR", ValueType::kString}},
        {PostgresqlType::kChar, {"CHAR", ValueType::kString}},
        {PostgresqlType::kUuid, {"OTHER", ValueType::kString}},
        {PostgresqlType::kJson, {"OTHER", ValueType::kJson}},
        {PostgresqlType::kJsonb, {"OTHER", ValueType::kJson}},
        {PostgresqlType::kDate, {"DATE", ValueType::kDate}},
        {PostgresqlType::kTime, {"TIME", ValueType::kTime}},
        {PostgresqlType::kTimeWithZone, {"TIME", ValueType::kTime}},
        {PostgresqlType::kTimestamp, {"TIMESTAMP", ValueType::kTimestamp}},
        {PostgresqlType::kTimestampWithZone, {"TIMESTAMP", ValueType::kTimestamp}},
        {PostgresqlType::kBytes, {"BINARY", std::nullopt}},
        {PostgresqlType::kBit, {"BIT", std::nullopt}},
    };
    return types;
}

// "$1,234.50" or "-$2.00": what the number is made of.
std::string plain_money(std::string_view text) {
    std::string number;
    for (const char letter : text) {
        if ((letter >= '0' && letter <= '9') || letter == '.' || letter == '-') number += letter;
    }
    return number;
}

class PostgresqlSource final : public source::Source {
  public:
    PostgresqlSource(std::unique_ptr<Postgresql> session, std::string schema, int64_t fetch_rows)
        : session_(std::move(session)), schema_(std::move(schema)), fetch_rows_(fetch_rows) {}

    Result<> execute(const std::string& sql) override {
        auto rows = TRY(session_->query(sql));
        if (rows.fields().empty()) return {};
        return Error(Code::kInvalid, "A result was returned when none was expected.");
    }
    Result<> run(const std::string& sql) override {
        TRY(session_->execute(sql));
        return {};
    }
    void cancel() override { session_->cancel(); }
    std::string identifier(const std::string& name) const override {
        return database::postgresql_identifier(name);
    }
    std::string literal(const std::string& text) const override {
        return database::postgresql_literal(text);
    }
    Result<std::string> resolve_name(const std::string& table) override {
        const auto found = TRY(postgresql::find_names(*session_, name(table)));
        return table::resolve_among(table, found);
    }
    Result<std::vector<std::string>> primary_key(const std::string& table) override {
        return postgresql::read_primary_key(*session_, name(table));
    }
    Result<std::vector<SourceColumn>> describe(const std::string& sql) override;
    Result<> start(const std::string& sql) override;
    Result<bool> next(source::Cells& cells) override;

  private:
    postgresql::TableName name(const std::string& table) const {
        return {.schema = schema_, .table = table};
    }
    Result<SourceColumn> column_of(const PostgresqlField& field);
    Result<> fetch();

    std::unique_ptr<Postgresql> session_;
    const std::string schema_;
    const int64_t fetch_rows_;
    bool has_cursor_ = false;
    std::optional<PostgresqlRows> rows_;
    size_t row_ = 0;
    std::map<size_t, std::string> money_;  // by column
};

Result<SourceColumn> PostgresqlSource::column_of(const PostgresqlField& field) {
    const auto known = known_types().find(field.type);
    SourceColumn column{.name = field.name,
                        .sql_type = "OTHER",
                        .native_type = {},
                        .value_type = std::nullopt,
                        .is_instant = field.type == PostgresqlType::kTimestampWithZone};
    if (known != known_types().end()) {
        column.sql_type = known->second.sql_type;
        column.value_type = known->second.value_type;
    }
    const std::string number = std::to_string(static_cast<uint32_t>(field.type));
    auto rows =
        TRY(session_->query("SELECT format_type(t.oid, NULL), t.typtype, t.typelem FROM "
                            "pg_type t WHERE t.oid = " +
                            number));
    if (rows.size() == 0) return column;
    column.native_type = rows.text(0, 0);
    if (known != known_types().end()) return column;
    if (rows.text(0, 1) == "e") {
        column.sql_type = "VARCHAR";
        column.value_type = ValueType::kString;
    } else if (column.native_type == "hstore" || column.native_type.ends_with(".hstore")) {
        column.value_type = ValueType::kString;
        column.is_hstore = true;
    } else if (column.native_type.ends_with("[]")) {
        static const std::vector<std::string_view> kPlain = {
            "smallint[]", "integer[]", "bigint[]",           "real[]",
            "numeric[]",  "boolean[]", "double precision[]",
        };
        column.sql_type = "ARRAY";
        column.value_type = ValueType::kArray;
        for (const std::string_view plain : kPlain) {
            column.has_plain_elements = column.has_plain_elements || column.native_type == plain;
        }
    }
    return column;
}

Result<std::vector<SourceColumn>> PostgresqlSource::describe(const std::string& sql) {
    const auto fields = TRY(session_->describe(sql));
    std::vector<SourceColumn> columns;
    for (const PostgresqlField& field : fields) {
        auto column = TRY(column_of(field));
        if (field.type == PostgresqlType::kMoney) money_.emplace(columns.size(), "");
        columns.push_back(std::move(column));
    }
    return columns;
}

// What is no SELECT has no cursor (EXPLAIN, SHOW): its rows come at once.
Result<> PostgresqlSource::start(const std::string& sql) {
    static const std::vector<std::string> kSelecting = {"SELECT", "WITH", "VALUES", "TABLE"};
    const auto words = database::sql_words(sql, 1);
    has_cursor_ = !words.empty() && std::ranges::find(kSelecting, words[0]) != kSelecting.end();
    if (has_cursor_) {
        TRY(session_->execute("DECLARE cur NO SCROLL CURSOR FOR " + sql));
        return fetch();
    }
    rows_ = TRY(session_->query(sql));
    row_ = 0;
    return {};
}

Result<> PostgresqlSource::fetch() {
    const std::string sql = "FETCH FORWARD " + std::to_string(fetch_rows_) + " FROM cur";
    log::debug("SQL: " + sql);
    rows_ = TRY(session_->query(sql));
    row_ = 0;
    return {};
}

Result<bool> PostgresqlSource::next(source::Cells& cells) {
    if (row_ == rows_->size()) {
        if (!has_cursor_) return false;
        if (row_ > 0) TRY(fetch());  // an empty one was the last (8.7.6)
    }
    if (rows_->size() == 0) {
        TRY(session_->execute("CLOSE cur"));
        return false;
    }
    cells.resize(rows_->fields().size());
    for (size_t column = 0; column < cells.size(); ++column) {
        if (rows_->is_null(row_, column)) {
            cells[column].reset();
        } else {
            cells[column] = rows_->text(row_, column);
        }
    }
    for (auto& [column, text] : money_) {
        if (!cells[column]) continue;
        text = plain_money(*cells[column]);
        cells[column] = text;
    }
    ++row_;
    return true;
}

}  // namespace

PostgresqlInputOptions read_postgresql_input(config::Reader& reader, const std::string& word,
                                             int port) {
    PostgresqlInputOptions options;
    options.place = read_postgresql_place(reader, word, port);
    options.source = source::read_options(reader);
    if (options.source.fetch_rows < 1) reader.problem("fetch_rows", "must be at least 1");
    // Properties of the driver stand above.
    database::PostgresqlOptions& server = options.place.server;
    if (!reader.has("options")) {
        server.connect_timeout = options.source.connect_timeout;
        server.answer_timeout = options.source.answer_timeout;
    }
    return options;
}

Result<std::unique_ptr<source::Source>> make_postgresql_source(const PostgresqlPlace& place,
                                                               int64_t fetch_rows) {
    auto session = TRY(open_postgresql(place));
    return std::make_unique<PostgresqlSource>(std::move(session), place.schema, fetch_rows);
}

std::unique_ptr<load::Input> make_postgresql_input(const PostgresqlInputOptions& options,
                                                   const load::Context& context) {
    auto connect = [options] {
        return make_postgresql_source(options.place, options.source.fetch_rows);
    };
    return std::make_unique<source::TableInput>(std::move(connect), options.source, context);
}

}  // namespace mogura::plugins
