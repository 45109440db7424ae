// Reads plain CSV records in bulk, from the positions of their marks. It knows only records that
// are entirely regular, and stops in front of any other: ExactTokenizer then reads that one. So the
// two together read exactly what ExactTokenizer reads alone.
//
// One thread at a time uses one of them.

#pragma once

#include "plugins/parser/csv/dialect.h"
#include "plugins/parser/csv/marks.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mogura::plugins::csv {

// Some records of a text: their fields, record by record, and where each record stands.
struct Rows {
    struct Span {
        uint32_t begin = 0;
        uint32_t end = 0;  // behind the line end
    };

    Rows(size_t column_count, size_t rows_limit)
        : columns(column_count),
          rows_max(rows_limit),
          fields(column_count * rows_limit),
          spans(rows_limit) {}

    Field* row(size_t index) { return fields.data() + index * columns; }

    const size_t columns;
    size_t rows_max;  // may shrink
    size_t count = 0;
    std::vector<Field> fields;
    std::vector<Span> spans;
};

class FastTokenizer {
  public:
    // `dialect` is plain.
    FastTokenizer(const Dialect& dialect, std::string_view text);

    // Appends records from `offset` on until `rows` is full, the text ends, or a record is not
    // regular. Returns where it stopped: at the beginning of a record.
    size_t read(size_t offset, Rows& rows);

  private:
    static constexpr size_t kWindowBytes = 16 * 1024;
    static constexpr uint32_t kNone = UINT32_MAX;

    void seek(size_t offset);
    bool refill();
    // The position of the mark that comes next; kNone at the end.
    uint32_t peek() { return next_ != end_ || refill() ? *next_ : kNone; }

    const std::string_view text_;
    const MarkBytes bytes_;
    const int quote_;  // -1: quoting is off
    const int escape_;
    const char comment_;
    const bool has_comment_;
    const size_t quoted_max_;
    std::vector<uint32_t> marks_;
    const uint32_t* next_ = nullptr;
    const uint32_t* end_ = nullptr;
    size_t window_begin_ = 0;
    size_t window_end_ = 0;
};

}  // namespace mogura::plugins::csv
