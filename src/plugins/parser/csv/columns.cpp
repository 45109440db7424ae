#include "plugins/parser/csv/columns.h"

#include "base/text.h"
#include "plugins/parser/csv/numbers.h"

#include <algorithm>

namespace mogura::plugins::csv {

ColumnMaker::ColumnMaker(const ColumnTable& table, const Dialect& dialect,
                         const ExactTokenizer& tokenizer, std::string_view text, bool is_text_valid)
    : table_(table),
      dialect_(dialect),
      tokenizer_(tokenizer),
      text_(text),
      is_text_valid_(is_text_valid),
      has_null_string_(dialect.null_string.has_value()),
      nulls_(table.schema.size()) {
    for (const page::Column& column : table.schema.columns()) columns_.emplace_back(column.type);
}

// The value, in memory that the next call may use again.
std::string_view ColumnMaker::value_of(Field field) {
    std::string_view raw = text_.substr(field.begin, field.size);
    if (!field.is_edited && is_text_valid_) return raw;
    scratch_.clear();
    if (field.is_edited) {
        tokenizer_.append_unescaped(raw, scratch_);
        raw = scratch_;
    }
    if (is_text_valid_ || is_utf8(raw)) return raw;
    std::string repaired;
    append_repaired(raw, repaired);
    scratch_ = std::move(repaired);
    return scratch_;
}

// The same text, in memory that lives as long as the page.
std::string_view ColumnMaker::kept(std::string_view value) {
    return value.data() == scratch_.data() ? arena_->keep(value) : value;
}

// False for null (embulk 3.4).
inline bool ColumnMaker::has_value(Field field, std::string_view& value) {
    if (!has_null_string_) {
        if (field.size == 0 && !field.is_quoted) return false;
        value = value_of(field);
        return true;
    }
    if (field.begin == Field::kMissing) return false;
    value = value_of(field);
    return value != *dialect_.null_string;
}

void ColumnMaker::fail(size_t row, size_t column) {
    failures_.push_back({row, column});
}

template <typename Values, typename Convert>
void ColumnMaker::each(Rows& rows, size_t column, Values& values, Convert convert) {
    values.resize(rows_ + rows.count);
    auto* to = values.data() + rows_;
    const Field* from = rows.fields.data() + column;
    for (size_t row = 0; row < rows.count; ++row, from += rows.columns) {
        std::string_view value;
        if (!has_value(*from, value)) {
            nulls_[column].push_back(static_cast<uint32_t>(rows_ + row));
        } else if (!convert(value, to[row])) {
            fail(row, column);
        }
    }
}

void ColumnMaker::add_texts(Rows& rows, size_t column) {
    page::ColumnData::Texts& values = columns_[column].texts();
    values.resize(rows_ + rows.count);
    std::string_view* to = values.data() + rows_;
    const Field* from = rows.fields.data() + column;
    const bool is_simple = is_text_valid_ && !has_null_string_;
    for (size_t row = 0; row < rows.count; ++row, from += rows.columns) {
        std::string_view value;
        if (is_simple && !from->is_edited && (from->size > 0 || from->is_quoted)) {
            to[row] = {text_.data() + from->begin, from->size};
        } else if (has_value(*from, value)) {
            to[row] = kept(value);
        } else {
            nulls_[column].push_back(static_cast<uint32_t>(rows_ + row));
        }
    }
}

bool ColumnMaker::convert_json(std::string_view value, std::string_view& json, bool& is_null) {
    is_null = value.empty();
    if (is_null) return true;
    std::string compact;
    if (!load::first_json(value, compact).ok()) return false;
    json = arena_->keep(compact);
    return true;
}

// Room for all rows of the text, if they are as long as the first ones.
void ColumnMaker::reserve(const Rows& rows) {
    if (rows.count == 0) return;
    size_t bytes = rows.spans[rows.count - 1].end - rows.spans[0].begin;
    double share =
        static_cast<double>(text_.size()) / static_cast<double>(std::max<size_t>(bytes, 1));
    size_t total = static_cast<size_t>(static_cast<double>(rows.count) * share * 1.02) + rows.count;
    total = std::min(total, text_.size());
    for (page::ColumnData& column : columns_) {
        std::visit([&](auto& values) { values.reserve(total); }, column.values);
    }
}

std::vector<ColumnMaker::Failure> ColumnMaker::add(Rows& rows) {
    using page::Type;
    failures_.clear();
    if (rows_ == 0) reserve(rows);
    for (size_t column = 0; column < rows.columns; ++column) {
        page::ColumnData& data = columns_[column];
        switch (table_.schema[column].type) {
            case Type::kString:
                add_texts(rows, column);
                break;
            case Type::kLong:
                each(rows, column, data.longs(),
                     [](std::string_view text, int64_t& to) { return parse_long(text, to); });
                break;
            case Type::kDouble:
                each(rows, column, data.doubles(),
                     [](std::string_view text, double& to) { return parse_double(text, to); });
                break;
            case Type::kBoolean:
                each(rows, column, data.booleans(), [](std::string_view text, uint8_t& to) {
                    to = parse_boolean(text) ? 1 : 0;
                    return true;
                });
                break;
            case Type::kTimestamp: {
                const load::TimestampParser& parser = *table_.timestamps[column];
                each(rows, column, data.timestamps(),
                     [&](std::string_view text, page::Timestamp& to) {
                         return parser.parse(text, to);
                     });
                break;
            }
            case Type::kJson: {
                size_t row = rows_;
                each(rows, column, data.texts(), [&](std::string_view text, std::string_view& to) {
                    bool is_null = false;
                    bool fits = convert_json(text, to, is_null);
                    if (is_null) {
                        row = static_cast<size_t>(&to - data.texts().data());
                        nulls_[column].push_back(static_cast<uint32_t>(row));
                    }
                    return fits;
                });
                break;
            }
        }
    }
    rows_ += rows.count;
    std::ranges::sort(failures_, [](const Failure& one, const Failure& other) {
        return std::pair(one.row, one.column) < std::pair(other.row, other.column);
    });
    auto repeated = std::ranges::unique(failures_, {}, &Failure::row);
    failures_.erase(repeated.begin(), repeated.end());
    return failures_;
}

bool ColumnMaker::fits(Field field, size_t column) {
    using page::Type;
    std::string_view value;
    if (!has_value(field, value)) return true;
    int64_t integer = 0;
    double number = 0;
    page::Timestamp timestamp;
    std::string_view json;
    bool is_null = false;
    switch (table_.schema[column].type) {
        case Type::kLong:
            return parse_long(value, integer);
        case Type::kDouble:
            return parse_double(value, number);
        case Type::kTimestamp:
            return table_.timestamps[column]->parse(value, timestamp);
        case Type::kJson:
            return convert_json(value, json, is_null);
        default:
            return true;
    }
}

std::string ColumnMaker::explain(Field field, size_t column) {
    using page::Type;
    std::string_view value = value_of(field);
    const std::string kNumber = "java.lang.NumberFormatException: ";
    switch (table_.schema[column].type) {
        case Type::kDouble:
            if (base::trim(value).empty()) return kNumber + "empty String";
            [[fallthrough]];
        case Type::kLong:
            return kNumber + "For input string: \"" + std::string(value) + "\"";
        case Type::kTimestamp:
            return "java.time.format.DateTimeParseException: " +
                   table_.timestamps[column]->explain(value);
        case Type::kJson: {
            std::string compact;
            auto result = load::first_json(value, compact);
            return "org.embulk.util.json.JsonParseException: Failed to parse JSON" +
                   (result.ok() ? "" : ": " + result.error().message());
        }
        default:
            return "invalid value";
    }
}

void ColumnMaker::drop_last(size_t count) {
    rows_ -= count;
    for (size_t column = 0; column < columns_.size(); ++column) {
        std::visit([&](auto& values) { values.resize(rows_); }, columns_[column].values);
        std::vector<uint32_t>& nulls = nulls_[column];
        while (!nulls.empty() && nulls.back() >= rows_) nulls.pop_back();
    }
}

page::Page ColumnMaker::finish(page::Owner owner) {
    for (size_t column = 0; column < columns_.size(); ++column) {
        for (uint32_t row : nulls_[column]) columns_[column].validity.set_null(row, rows_);
    }
    page::Page page(table_.schema, std::move(columns_), rows_, {std::move(owner), arena_});
    if (left_out_.empty()) return page;
    std::vector<uint8_t> keep(rows_, 1);
    for (size_t row : left_out_) keep[row] = 0;
    return std::move(page).filter(keep);
}

}  // namespace mogura::plugins::csv
