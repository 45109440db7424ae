#include "plugins/query/sqlite/rows.h"

#include "base/text.h"
#include "plugins/query/text/values.h"

#include <charconv>
#include <cmath>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr size_t kFirstRows = 1000;  // that decide the types
constexpr size_t kPageRows = 8192;
constexpr size_t kPageBytes = 4 << 20;
constexpr int64_t kExactMax = int64_t{1} << 53;  // the integers up to it are doubles, too

// DECIMAL(10,0).
bool has_no_fraction(std::string_view declaration) {
    const size_t comma = declaration.find(',');
    const size_t close = declaration.find(')');
    if (comma == declaration.npos || close == declaration.npos || close < comma) return false;
    return base::parse_integer(base::trim(declaration.substr(comma + 1, close - comma - 1))) == 0;
}

// What SQLite's own rules and the usual names say about a declared type. SQLite keeps the whole
// numbers of a DECIMAL as integers, so what its first rows look like says nothing.
std::optional<page::Type> declared_type(const std::string& declaration) {
    const std::string word = base::lower(declaration);
    auto has = [&](std::string_view part) { return word.find(part) != word.npos; };
    if (word.starts_with("json")) return page::Type::kJson;
    if (word.starts_with("bool")) return page::Type::kBoolean;
    if (has("timestamp") || has("datetime") || word == "date") return page::Type::kTimestamp;
    if (has("int")) return page::Type::kLong;
    if (has("char") || has("clob") || has("text")) return page::Type::kString;
    if (has("real") || has("floa") || has("doub")) return page::Type::kDouble;
    if (has("dec") || has("numeric") || has("number")) {
        return has_no_fraction(word) ? page::Type::kLong : page::Type::kDouble;
    }
    return std::nullopt;
}

std::string text_of(double number) {
    char buffer[32];
    auto [end, failure] = std::to_chars(buffer, buffer + sizeof buffer, number);
    return {buffer, end};
}

// What the values of a column are, over the first rows.
struct Seen {
    bool integers = false;
    bool long_integers = false;  // that a double may not hold
    bool floats = false;
    bool texts = false;
    bool blobs = false;
    bool only_timestamps = true;

    bool fits(page::Type type) const {
        switch (type) {
            case page::Type::kBoolean:
            case page::Type::kLong:
                return !floats && !texts;
            case page::Type::kDouble:
                return !texts && (floats || !long_integers);
            case page::Type::kTimestamp:
                return !integers && !floats && only_timestamps;
            case page::Type::kJson:
                return !integers && !floats && !blobs;
            case page::Type::kString:
                return true;
        }
        return true;
    }
};

}  // namespace

SqliteRows::Blob::Blob(std::string_view bytes) : hex(hex_of(bytes)) {}

Result<std::unique_ptr<SqliteRows>> SqliteRows::start(std::shared_ptr<database::Sqlite> connection,
                                                      database::SqliteStatement statement) {
    std::unique_ptr<SqliteRows> rows(new SqliteRows(std::move(connection), std::move(statement)));
    TRY(rows->read_first_rows());
    rows->decide_types();
    return rows;
}

Result<> SqliteRows::read_first_rows() {
    const bool reads_all = !statement_->is_read_only();
    while (reads_all || first_rows_.size() < kFirstRows) {
        const bool found = TRY(statement_->step());
        if (!found) break;
        std::vector<KeptCell>& row = first_rows_.emplace_back();
        for (int column = 0; column < statement_->columns(); ++column) {
            row.push_back(std::visit(
                [](auto value) -> KeptCell {
                    if constexpr (std::is_same_v<decltype(value), std::string_view>) {
                        return std::string(value);
                    } else {
                        return value;
                    }
                },
                cell(column)));
        }
    }
    return {};
}

void SqliteRows::decide_types() {
    std::vector<page::Column> columns;
    for (int column = 0; column < statement_->columns(); ++column) {
        columns.push_back({.name = statement_->column_name(column), .type = type_of(column)});
    }
    schema_ = page::Schema(std::move(columns));
    // Behind its end a statement would start anew.
    if (first_rows_.size() < kFirstRows || !statement_->is_read_only()) statement_.reset();
}

page::Type SqliteRows::type_of(int column) const {
    Seen seen;
    for (const std::vector<KeptCell>& row : first_rows_) {
        const KeptCell& value = row[static_cast<size_t>(column)];
        if (const auto* integer = std::get_if<int64_t>(&value)) {
            seen.integers = true;
            seen.long_integers |= *integer > kExactMax || *integer < -kExactMax;
        }
        seen.floats |= std::holds_alternative<double>(value);
        if (std::holds_alternative<Blob>(value)) {
            seen.texts = seen.blobs = true;
            seen.only_timestamps = false;
        }
        if (const auto* text = std::get_if<std::string>(&value)) {
            seen.texts = true;
            seen.only_timestamps = seen.only_timestamps && parse_timestamp(*text).has_value();
        }
    }
    const auto declared = declared_type(statement_->declared_type(column));
    if (declared && seen.fits(*declared)) return *declared;
    if (seen.texts || (!seen.integers && !seen.floats)) return page::Type::kString;
    return seen.floats ? page::Type::kDouble : page::Type::kLong;
}

SqliteRows::Cell SqliteRows::cell(int column) const {
    using Kind = database::SqliteStatement::Kind;
    switch (statement_->kind(column)) {
        case Kind::kNull:
            return std::monostate();
        case Kind::kInteger:
            return statement_->integer(column);
        case Kind::kFloat:
            return statement_->floating(column);
        case Kind::kText:
            return statement_->text(column);
        case Kind::kBlob:
            return Blob(statement_->text(column));
    }
    return std::monostate();
}

Result<> SqliteRows::put(page::Builder& builder, size_t column, const Cell& cell) const {
    const page::Type type = schema_[column].type;
    if (std::holds_alternative<std::monostate>(cell)) {
        builder.set_null(column);
        return {};
    }
    if (const auto* integer = std::get_if<int64_t>(&cell)) {
        switch (type) {
            case page::Type::kBoolean:
                builder.set_boolean(column, *integer != 0);
                return {};
            case page::Type::kLong:
                builder.set_long(column, *integer);
                return {};
            case page::Type::kDouble:
                builder.set_double(column, static_cast<double>(*integer));
                return {};
            case page::Type::kString:
            case page::Type::kJson:
                builder.set_text(column, std::to_string(*integer));
                return {};
            case page::Type::kTimestamp:
                break;
        }
    } else if (const auto* number = std::get_if<double>(&cell)) {
        if (type == page::Type::kDouble) {
            builder.set_double(column, *number);
            return {};
        }
        if (type == page::Type::kString || type == page::Type::kJson) {
            builder.set_text(column, text_of(*number));
            return {};
        }
    } else if (const auto* blob = std::get_if<Blob>(&cell)) {
        if (type == page::Type::kString) {
            builder.set_text(column, blob->hex);
            return {};
        }
    } else {
        const std::string_view text = std::get<std::string_view>(cell);
        if (type == page::Type::kString || type == page::Type::kJson) {
            builder.set_text(column, text);
            return {};
        }
        if (type == page::Type::kTimestamp) {
            if (auto timestamp = parse_timestamp(text)) {
                builder.set_timestamp(column, *timestamp);
                return {};
            }
        }
    }
    return Error(Code::kInvalid, "row " + base::with_thousands(rows_ + 1) + ", column " +
                                     schema_[column].name + ": a value is no " +
                                     std::string(page::type_name(type)) +
                                     " like those before it (CAST the column in the query)");
}

Result<bool> SqliteRows::next(page::Page& page) {
    page::Builder builder(schema_);
    while (builder.rows() < kPageRows && builder.size_bytes() < kPageBytes) {
        if (first_given_ < first_rows_.size()) {
            const std::vector<KeptCell>& row = first_rows_[first_given_++];
            for (size_t column = 0; column < row.size(); ++column) {
                Cell cell =
                    std::visit([](const auto& value) -> Cell { return value; }, row[column]);
                TRY(put(builder, column, cell));
            }
        } else {
            if (!statement_) break;
            const bool found = TRY(statement_->step());
            if (!found) {
                statement_.reset();
                break;
            }
            for (size_t column = 0; column < schema_.size(); ++column) {
                TRY(put(builder, column, cell(static_cast<int>(column))));
            }
        }
        builder.end_row();
        ++rows_;
    }
    if (builder.rows() == 0) return false;
    page = builder.finish();
    return true;
}

}  // namespace mogura::plugins
