// Builds a page row by row: for inputs that get their values one at a time (databases, JSON,
// tests). Fast parsers fill ColumnData themselves.

#pragma once

#include "page/table.h"

#include <memory>
#include <string_view>
#include <vector>

namespace mogura::page {

// Memory for texts that have no home of their own; grows in blocks that never move.
class Arena {
  public:
    // A copy of `text` that lives as long as the arena.
    std::string_view keep(std::string_view text);
    // `size` writable bytes that live as long as the arena.
    char* allocate(size_t size);
    size_t size_bytes() const { return size_bytes_; }

  private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    char* next_ = nullptr;
    size_t left_ = 0;
    size_t size_bytes_ = 0;
};

class Builder {
  public:
    explicit Builder(Schema schema);

    // One call for each column of the row, then end_row(). A column without a call is null.
    void set_null(size_t column);
    void set_boolean(size_t column, bool value);
    void set_long(size_t column, int64_t value);
    void set_double(size_t column, double value);
    void set_text(size_t column, std::string_view text);  // kString and kJson; copies
    void set_timestamp(size_t column, Timestamp value);
    void end_row();

    size_t rows() const { return rows_; }
    // About how much memory the page takes so far.
    size_t size_bytes() const;
    // The page so far; the builder starts anew.
    Page finish();

  private:
    void start();

    const Schema schema_;
    std::vector<ColumnData> columns_;
    std::vector<uint8_t> is_set_;
    std::shared_ptr<Arena> arena_;
    size_t rows_ = 0;
};

}  // namespace mogura::page
