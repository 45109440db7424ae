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
#include <unordered_map>
#include <vector>

namespace mogura::plugins::jsonl {

// What is known about the columns before any file is read.
struct Table : ColumnTable {
    std::vector<uint8_t> casts;  // whether the type may differ, by column
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

    // The column of that name, or -1. Guesses that names come in the order of the columns.
    int column_of(std::string_view name);
    // The first value of a column counts. False when it does not fit; `reason` then says why.
    bool set(size_t column, const Cell& cell);
    const std::string& reason() const { return reason_; }
    void end_row();
    // Forgets what was set since the last end_row().
    void cancel_row();

    size_t rows() const { return rows_; }
    page::Page finish(page::Owner owner);

  private:
    static constexpr uint8_t kValue = 1;
    static constexpr uint8_t kNull = 2;

    bool store(size_t column, const Cell& cell);
    bool store_text(size_t column, const Cell& cell);
    bool store_timestamp(size_t column, const Cell& cell);
    bool store_number(size_t column, const Cell& cell);
    bool mismatch(const Cell& cell, std::string_view type);

    const Table& table_;
    std::vector<page::ColumnData> columns_;
    std::vector<uint8_t> is_set_;  // 0, or kValue or kNull
    std::vector<std::vector<uint32_t>> nulls_;
    std::unordered_map<std::string_view, int> names_;
    std::shared_ptr<page::Arena> arena_ = std::make_shared<page::Arena>();
    std::string reason_;
    size_t guess_ = 0;
    size_t rows_ = 0;
};

}  // namespace mogura::plugins::jsonl
