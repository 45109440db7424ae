#include "plugins/input/table/rows.h"

#include <utility>

namespace mogura::plugins::source {
namespace {

constexpr size_t kPageRows = 8192;
constexpr size_t kPageBytes = 4 << 20;

ValueType read_as(const SourceColumn& column, SourceRows::As as) {
    const bool keeps =
        column.value_type == ValueType::kBoolean ||
        (as == SourceRows::As::kValues &&
         (column.value_type == ValueType::kLong || column.value_type == ValueType::kDouble ||
          column.value_type == ValueType::kDecimal));
    if (keeps) return *column.value_type;
    // With the digits that the database shows.
    if (as == SourceRows::As::kValues && column.value_type == ValueType::kFloat) {
        return ValueType::kDouble;
    }
    return ValueType::kString;
}

}  // namespace

Result<std::unique_ptr<SourceRows>> SourceRows::start(Source& source, const std::string& sql,
                                                      As as) {
    auto columns = TRY(source.describe(sql));
    if (columns.empty()) {
        return Error(Code::kInvalid, "the statement gives no rows (it must be a SELECT)");
    }
    Options options;
    if (as == As::kTexts) options.by_sql_type["true or false"] = {.type = page::Type::kString};
    std::vector<page::Column> schema;
    std::vector<Converter> converters;
    std::vector<bool> dates;
    for (SourceColumn& column : columns) {
        dates.push_back(column.value_type == ValueType::kDate ||
                        column.value_type == ValueType::kTimestamp);
        column.value_type = read_as(column, as);
        if (column.value_type == ValueType::kBoolean) column.sql_type = "true or false";
        auto converter = TRY(Converter::create(column, options, load::kOurOwn));
        schema.push_back(converter.column());
        converters.push_back(std::move(converter));
    }
    TRY(source.start(sql));
    return std::unique_ptr<SourceRows>(new SourceRows(source, page::Schema(std::move(schema)),
                                                      std::move(converters), std::move(dates)));
}

Result<bool> SourceRows::next(page::Page& page) {
    page::Builder builder(schema_);
    Cells cells;
    while (has_more_ && builder.rows() < kPageRows && builder.size_bytes() < kPageBytes) {
        has_more_ = TRY(source_.next(cells));
        if (!has_more_) break;
        for (size_t column = 0; column < converters_.size(); ++column) {
            const auto& cell = cells[column];
            if (!cell || (dates_[column] && cell->starts_with("0000-00-00"))) continue;
            TRY(converters_[column].put(*cell, builder, column));
        }
        builder.end_row();
    }
    if (builder.rows() == 0) return false;
    page = builder.finish();
    return true;
}

}  // namespace mogura::plugins::source
