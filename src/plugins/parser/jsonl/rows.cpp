#include "plugins/parser/jsonl/rows.h"

#include "plugins/cell.h"
#include "plugins/parser/csv/numbers.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace mogura::plugins::jsonl {
namespace {

// The CSV parser's words for true, their opposites, and 0 and 1.
bool parse_boolean_word(std::string_view text, uint8_t& value) {
    if (csv::parse_boolean(text)) {
        value = 1;
        return true;
    }
    value = 0;
    constexpr std::string_view kFalse[] = {"false", "False", "FALSE", "no",  "No",  "NO",  "f",
                                           "F",     "n",     "N",     "off", "Off", "OFF", "0"};
    for (std::string_view word : kFalse) {
        if (text == word) return true;
    }
    return false;
}

std::string_view kind_name(Cell::Kind kind) {
    constexpr std::string_view kNames[] = {"null",  "boolean", "integer",
                                           "float", "string",  "object or array"};
    return kNames[static_cast<size_t>(kind)];
}

}  // namespace

Rows::Rows(const Table& table)
    : table_(table), fields_(table.schema.size()), nulls_(table.schema.size()) {
    for (const page::Column& column : table.schema.columns()) {
        fields_[columns_.size()].type = column.type;
        columns_.emplace_back(column.type);
    }
}

// New values are made (and zeroed) not long before they are written, while they are in the cache.
void Rows::make_room(size_t rows_expected) {
    constexpr size_t kStep = 256;
    room_ += kStep;
    for (size_t column = 0; column < columns_.size(); ++column) {
        std::visit(
            [&](auto& values) {
                if (values.capacity() < room_) {
                    values.reserve(std::max({room_, rows_expected, 2 * values.capacity()}));
                }
                values.resize(room_);
                fields_[column].values = values.data();
            },
            columns_[column].values);
    }
}

bool Rows::set(size_t column, const Cell& cell) {
    if (is_set(column)) return true;
    if (cell.kind == Cell::Kind::kNull) {
        fields_[column].turn = turn_;
        null_columns_.push_back(column);
        return true;
    }
    if (store(column, cell)) return true;
    reason_ = "column " + table_.schema[column].name + ": " + reason_;
    return false;
}

bool Rows::mismatch(const Cell& cell, std::string_view type) {
    reason_ = "cannot make a " + std::string(type) + " of the " +
              std::string(kind_name(cell.kind)) +
              (cell.kind == Cell::Kind::kString ? " \"" + std::string(cell.text) + "\"" : "");
    return false;
}

bool Rows::store(size_t column, const Cell& cell) {
    using page::Type;
    switch (table_.schema[column].type) {
        case Type::kString:
            return store_text(column, cell);
        case Type::kTimestamp:
            return store_timestamp(column, cell);
        case Type::kJson:
            return store_json(column, cell);
        default:
            return store_number(column, cell);
    }
}

bool Rows::store_json(size_t column, const Cell& cell) {
    std::string json;
    switch (cell.kind) {
        case Cell::Kind::kNested:
            put(column, arena_->keep(cell.text));
            return true;
        case Cell::Kind::kBoolean:
            json = cell.boolean ? "true" : "false";
            break;
        case Cell::Kind::kLong:
            load::append_long(json, cell.integer);
            break;
        case Cell::Kind::kDouble:
            load::append_double(json, cell.number);
            break;
        default:
            load::append_json_text(cell.text, json);
    }
    put(column, arena_->keep(json));
    return true;
}

bool Rows::store_text(size_t column, const Cell& cell) {
    if (cell.kind == Cell::Kind::kString) {
        put(column, cell.lives_with_page ? cell.text : arena_->keep(cell.text));
        return true;
    }
    if (!table_.casts[column]) return mismatch(cell, "string");
    std::string text;
    switch (cell.kind) {
        case Cell::Kind::kBoolean:
            text = cell.boolean ? "true" : "false";
            break;
        case Cell::Kind::kLong:
            load::append_long(text, cell.integer);
            break;
        case Cell::Kind::kDouble:
            load::append_double(text, cell.number);
            break;
        default:
            text = cell.text;
    }
    put(column, arena_->keep(text));
    return true;
}

bool Rows::store_timestamp(size_t column, const Cell& cell) {
    page::Timestamp timestamp;
    const bool casts = table_.casts[column] != 0;
    if (cell.kind == Cell::Kind::kString) {
        if (!table_.timestamps[column]->parse(cell.text, timestamp)) {
            reason_ = table_.timestamps[column]->explain(cell.text);
            return false;
        }
    } else if (cell.kind == Cell::Kind::kLong && casts && is_time(cell.integer)) {
        timestamp.seconds = cell.integer;
    } else if (cell.kind == Cell::Kind::kDouble && casts && std::fabs(cell.number) < 1e15) {
        timestamp = *timestamp_of_seconds(cell.number);
    } else {
        return mismatch(cell, "timestamp");
    }
    put(column, timestamp);
    return true;
}

bool Rows::store_number(size_t column, const Cell& cell) {
    using Kind = Cell::Kind;
    const bool casts = table_.casts[column] != 0;
    switch (table_.schema[column].type) {
        case page::Type::kLong: {
            int64_t value = cell.integer;
            bool fits = cell.kind == Kind::kLong;
            if (!fits && casts) {
                const bool is_double = cell.kind == Kind::kDouble;
                auto number = is_double ? long_of(cell.number, table_.saturates) : std::nullopt;
                if (number) value = *number;
                if (cell.kind == Kind::kBoolean) value = cell.boolean ? 1 : 0;
                fits = number || cell.kind == Kind::kBoolean ||
                       (cell.kind == Kind::kString && csv::parse_long(cell.text, value));
            }
            if (!fits) return mismatch(cell, "long");
            put(column, value);
            return true;
        }
        case page::Type::kDouble: {
            double value = cell.number;
            bool fits = cell.kind == Kind::kDouble;
            if (!fits && casts) {
                if (cell.kind == Kind::kLong) value = static_cast<double>(cell.integer);
                fits = cell.kind == Kind::kLong ||
                       (cell.kind == Kind::kString && csv::parse_double(cell.text, value));
            }
            if (!fits) return mismatch(cell, "double");
            put(column, value);
            return true;
        }
        default: {
            uint8_t value = cell.boolean ? 1 : 0;
            bool fits = cell.kind == Kind::kBoolean;
            if (!fits && casts) {
                if (cell.kind == Kind::kLong) value = static_cast<uint8_t>(cell.integer & 1);
                fits = (cell.kind == Kind::kLong && (cell.integer == 0 || cell.integer == 1)) ||
                       (cell.kind == Kind::kString && parse_boolean_word(cell.text, value));
            }
            if (!fits) return mismatch(cell, "boolean");
            put(column, value);
            return true;
        }
    }
}

void Rows::set_nulls() {
    for (size_t column : null_columns_) set_null(column);
    for (size_t column = 0; column < columns_.size(); ++column) {
        if (!is_set(column)) set_null(column);
    }
}

void Rows::set_null(size_t column) {
    nulls_[column].push_back(static_cast<uint32_t>(rows_));
    if (is_soiled_) std::visit([&](auto& values) { values[rows_] = {}; }, columns_[column].values);
}

page::Page Rows::finish(page::Owner owner) {
    for (size_t column = 0; column < columns_.size(); ++column) {
        std::visit([&](auto& values) { values.resize(rows_); }, columns_[column].values);
        for (uint32_t row : nulls_[column]) columns_[column].validity.set_null(row, rows_);
    }
    return {table_.schema, std::move(columns_), rows_, {std::move(owner), arena_}};
}

}  // namespace mogura::plugins::jsonl
