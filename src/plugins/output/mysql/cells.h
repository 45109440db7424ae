// Cells as MySQL reads them: text between the tabs of LOAD DATA or in a VALUES list.

#pragma once

#include "plugins/output/table/coercion.h"

#include <string>
#include <string_view>

namespace mogura::plugins::mysql {

// The text without quotes, in the cell or in `scratch`; false for null.
bool cell_text(const table::Cell& cell, const table::ColumnKind& kind, std::string& scratch,
               std::string_view& text);
// The text is a number, which SQL reads without quotes.
bool is_number(const table::Cell& cell);
// The text needs no escaping between quotes or tabs.
bool is_plain(const table::Cell& cell);

}  // namespace mogura::plugins::mysql
