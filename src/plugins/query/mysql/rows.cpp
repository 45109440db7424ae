#include "plugins/query/mysql/rows.h"

#include "base/text.h"
#include "plugins/query/text/values.h"

#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using database::MysqlField;

constexpr size_t kPageRows = 8192;
constexpr size_t kPageBytes = 4 << 20;

page::Type type_of(const MysqlField& field) {
    switch (field.kind) {
        case MysqlField::Kind::kInteger:
            return field.width == 1 && field.is_tiny ? page::Type::kBoolean : page::Type::kLong;
        case MysqlField::Kind::kDecimal:
            return field.decimals == 0 ? page::Type::kLong : page::Type::kDouble;
        case MysqlField::Kind::kFloat:
            return page::Type::kDouble;
        case MysqlField::Kind::kBit:
            return field.width == 1 ? page::Type::kBoolean : page::Type::kLong;
        case MysqlField::Kind::kDate:
        case MysqlField::Kind::kTimestamp:
            return page::Type::kTimestamp;
        case MysqlField::Kind::kJson:
            return page::Type::kJson;
        case MysqlField::Kind::kTime:
        case MysqlField::Kind::kText:
        case MysqlField::Kind::kBytes:
            return page::Type::kString;
    }
    return page::Type::kString;
}

page::Schema schema_of(const std::vector<MysqlField>& fields) {
    std::vector<page::Column> columns;
    for (const MysqlField& field : fields) {
        columns.push_back({.name = field.name, .type = type_of(field)});
    }
    return page::Schema(std::move(columns));
}

// BIT comes as bytes, the highest first.
int64_t bits_of(std::string_view bytes) {
    uint64_t bits = 0;
    for (char byte : bytes) bits = bits << 8 | static_cast<unsigned char>(byte);
    return static_cast<int64_t>(bits);
}

}  // namespace

MysqlRows::MysqlRows(std::shared_ptr<database::Mysql> connection, database::MysqlRows rows)
    : connection_(std::move(connection)),
      rows_(std::move(rows)),
      schema_(schema_of(rows_->fields())) {}

Result<bool> MysqlRows::next(page::Page& page) {
    if (!read_.empty()) {
        page = std::move(read_.front());
        read_.pop_front();
        return true;
    }
    return read(page);
}

Result<> MysqlRows::read_all() {
    while (true) {
        page::Page page;
        const bool found = TRY(read(page));
        if (!found) return {};
        read_.push_back(std::move(page));
    }
}

Result<bool> MysqlRows::read(page::Page& page) {
    page::Builder builder(schema_);
    while (rows_ && builder.rows() < kPageRows && builder.size_bytes() < kPageBytes) {
        const bool found = TRY(rows_->next());
        if (!found) {
            rows_.reset();
            break;
        }
        ++row_;
        for (size_t column = 0; column < schema_.size(); ++column) {
            if (rows_->is_null(column)) {
                builder.set_null(column);
            } else {
                TRY(put(builder, column, rows_->text(column)));
            }
        }
        builder.end_row();
    }
    if (builder.rows() == 0) return false;
    page = builder.finish();
    return true;
}

Result<> MysqlRows::put(page::Builder& builder, size_t column, std::string_view text) const {
    const MysqlField& field = rows_->fields()[column];
    switch (schema_[column].type) {
        case page::Type::kString:
            if (field.kind == MysqlField::Kind::kBytes) {
                builder.set_text(column, hex_of(text));
                return {};
            }
            [[fallthrough]];
        case page::Type::kJson:
            builder.set_text(column, text);
            return {};
        case page::Type::kBoolean:
            builder.set_boolean(
                column, field.kind == MysqlField::Kind::kBit ? bits_of(text) != 0 : text != "0");
            return {};
        case page::Type::kLong: {
            const auto number =
                field.kind == MysqlField::Kind::kBit ? bits_of(text) : base::parse_integer(text);
            if (!number) break;
            builder.set_long(column, *number);
            return {};
        }
        case page::Type::kDouble: {
            const auto number = parse_double(text);
            if (!number) break;
            builder.set_double(column, *number);
            return {};
        }
        case page::Type::kTimestamp:
            if (text.starts_with("0000-00-00")) {
                builder.set_null(column);
                return {};
            }
            if (const auto timestamp = parse_timestamp(text)) {
                builder.set_timestamp(column, *timestamp);
                return {};
            }
            break;
    }
    return Error(Code::kLimit, "row " + base::with_thousands(row_) + ", column " +
                                   schema_[column].name + ": does not fit a " +
                                   std::string(page::type_name(schema_[column].type)) + ": " +
                                   std::string(text) + " (CAST it to CHAR in the query)");
}

}  // namespace mogura::plugins
