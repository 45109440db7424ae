// Reads usual lines in one pass, straight into the rows.
//
// It takes a line only where it is sure that the exact parser would set the same values, and gives
// up at anything else: bytes that are no UTF-8, numbers out of range, values that do not fit, deep
// nesting, and all that is not JSON.

#pragma once

#include "plugins/parser/jsonl/keys.h"
#include "plugins/parser/jsonl/nested_reader.h"
#include "plugins/parser/jsonl/rows.h"
#include "plugins/parser/jsonl/scalars.h"

#include <string>
#include <string_view>

namespace mogura::plugins::jsonl {

class LineReader {
  public:
    LineReader(const page::Schema& schema, Rows& rows) : keys_(schema), rows_(rows) {}

    // Sets the values of the line that begins at `line` and returns where the next one begins, or
    // null, with the row half set. The line ends in a LF, and kScanRoom bytes behind that can be
    // read. `lives_with_page` says that the bytes need not be copied.
    const char* read(const char* line, bool lives_with_page);
    int column_of(const std::string& name) const { return keys_.column_of(name); }

  private:
    const char* read_value(size_t column, const char* at);
    const char* read_string(size_t column, const char* at);
    const char* read_timestamp(size_t column, const char* at);
    const char* read_any_value(size_t column, const char* at);
    const char* read_cell(const char* at, Cell& cell);
    const char* read_text(const char* at, Cell& cell);
    const char* read_nested(const char* at, Cell& cell);

    Keys keys_;
    Rows& rows_;
    bool lives_with_page_ = false;
    TextReader texts_;
    NestedReader nested_;
    std::string compact_;
};

}  // namespace mogura::plugins::jsonl
