// JSON objects to the columns of a page, with the casts of the jsonl parser (embulk 4.5.4).
//
// One thread at a time uses one of them; it serves one piece.

#pragma once

#include "load/load.h"
#include "page/page.h"
#include "plugins/column_options.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::jsonl {

// What is known about the columns before any file is read.
struct Table : ColumnTable {
    std::vector<uint8_t> casts = {};  // whether the type may differ, by column
    bool saturates = false;           // a double beyond the longs becomes the nearest of them
};

// A member's value: a scalar, or the compact text of an object or array.
struct Cell {
    enum class Kind { kNull, kBoolean, kLong, kDouble, kString, kNested };
    Kind kind = Kind::kNull;
    bool boolean = false;
    int64_t integer = 0;
    double number = 0;
    std::string_view text = {};
    bool lives_with_page = false;  // `text` need not be copied
};

class Rows {
  public:
    explicit Rows(const Table& table);

    // Before a row when there is no room for it. `rows_expected` is a guess at how many come.
    bool is_full() const { return rows_ == room_; }
    void make_room(size_t rows_expected);
    // Forgets what was set since the last end_row().
    void cancel_row() {
        is_soiled_ = true;
        start_row();
    }
    void end_row() {
        if (values_set_ != columns_.size()) set_nulls();
        ++rows_;
        is_soiled_ = false;
        start_row();
    }

    page::Type type(size_t column) const { return fields_[column].type; }
    // The first value of a column counts.
    bool is_set(size_t column) const { return fields_[column].turn == turn_; }
    // False when the value does not fit; `reason` then says why.
    bool set(size_t column, const Cell& cell);
    const std::string& reason() const { return reason_; }
    // Sets a value of the column's own type; texts live as long as the page.
    template <typename Value>
    void put(size_t column, Value value) {
        Field& field = fields_[column];
        static_cast<Value*>(field.values)[rows_] = value;
        field.turn = turn_;
        ++values_set_;
    }

    page::Arena& arena() { return *arena_; }
    const load::TimestampParser& timestamps(size_t column) const {
        return *table_.timestamps[column];
    }
    size_t rows() const { return rows_; }
    page::Page finish(page::Owner owner);

  private:
    struct Field {
        page::Type type = page::Type::kString;
        uint32_t turn = 0;       // the row it was set for
        void* values = nullptr;  // of the column
    };

    void start_row() {
        values_set_ = 0;
        ++turn_;
        if (!null_columns_.empty()) null_columns_.clear();
    }
    void set_nulls();
    void set_null(size_t column);
    bool store(size_t column, const Cell& cell);
    bool store_text(size_t column, const Cell& cell);
    bool store_json(size_t column, const Cell& cell);
    bool store_timestamp(size_t column, const Cell& cell);
    bool store_number(size_t column, const Cell& cell);
    bool mismatch(const Cell& cell, std::string_view type);

    const Table& table_;
    std::vector<page::ColumnData> columns_;  // with `room_` values each
    std::vector<Field> fields_;
    std::vector<std::vector<uint32_t>> nulls_;
    std::shared_ptr<page::Arena> arena_ = std::make_shared<page::Arena>();
    std::string reason_;
    std::vector<size_t> null_columns_;  // that this row sets to null
    size_t values_set_ = 0;             // by this row
    uint32_t turn_ = 1;
    bool is_soiled_ = false;  // a row that was given up may have left values
    size_t rows_ = 0;
    size_t room_ = 0;
};

}  // namespace mogura::plugins::jsonl
