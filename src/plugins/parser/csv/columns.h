// Turns tokenized records into the columns of a page.
//
// Texts point into the piece where they stand there as they are; others are kept in an arena. One
// thread at a time uses a ColumnMaker; it serves one piece.

#pragma once

#include "load/load.h"
#include "page/page.h"
#include "plugins/column_options.h"
#include "plugins/parser/csv/exact_tokenizer.h"
#include "plugins/parser/csv/fast_tokenizer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::csv {

class ColumnMaker {
  public:
    ColumnMaker(const ColumnTable& table, const Dialect& dialect, const ExactTokenizer& tokenizer,
                std::string_view text, bool is_text_valid);

    // Converts all records of `rows`. For each that fails, the first column that did is set.
    struct Failure {
        size_t row = 0;
        size_t column = 0;
    };
    std::vector<Failure> add(Rows& rows);
    // Why the value does not fit the column, in the original's words.
    std::string explain(Field field, size_t column);
    // Whether the value fits.
    bool fits(Field field, size_t column);

    // The last `count` rows never were; row `row` (of the page) will be left out.
    void drop_last(size_t count);
    void leave_out(size_t row) { left_out_.push_back(row); }
    size_t rows() const { return rows_; }

    page::Page finish(page::Owner owner);

  private:
    bool has_value(Field field, std::string_view& value);
    std::string_view value_of(Field field);
    std::string_view kept(std::string_view value);
    void reserve(const Rows& rows);
    bool convert_json(std::string_view value, std::string_view& json, bool& is_null);
    template <typename Values, typename Convert>
    void each(Rows& rows, size_t column, Values& values, Convert convert);
    void add_texts(Rows& rows, size_t column);
    void fail(size_t row, size_t column);

    const ColumnTable& table_;
    const Dialect& dialect_;
    const ExactTokenizer& tokenizer_;
    const std::string_view text_;
    const bool is_text_valid_;
    const bool has_null_string_;
    std::vector<page::ColumnData> columns_;
    std::vector<std::vector<uint32_t>> nulls_;  // rows, one list a column
    std::shared_ptr<page::Arena> arena_ = std::make_shared<page::Arena>();
    std::vector<size_t> left_out_;
    std::vector<Failure> failures_;
    std::string scratch_;
    size_t rows_ = 0;
};

}  // namespace mogura::plugins::csv
