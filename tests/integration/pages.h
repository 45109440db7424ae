// Pages for outputs, and loads of them, shared by the tests of all databases.

#pragma once

#include "load/load.h"
#include "page/page.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::integration {

// Columns id (long) and name (string, "name 7").
page::Page numbers(int64_t first, int64_t count);
std::vector<page::Page> one(page::Page page);
// 699 of them, and behind them the row (id, name).
std::vector<page::Page> ending_with(std::optional<int64_t> id, std::string_view name);

// A page of one column `c` and one row.
struct Value {
    page::Type type;
    std::function<void(page::Builder& builder)> set;
    std::string text;  // for messages
};
Value a_boolean(bool value);
Value a_long(int64_t value);
Value a_double(double value);
Value a_string(std::string value);
Value a_json(std::string value);
// 2015-07-01 12:34:56.789 UTC.
Value a_timestamp();
page::Page page_of(const Value& value);

// A load of one task that gives the pages and is called in/a.csv.
Result<load::Summary> load_as_file(const config::Map& out, std::vector<page::Page> pages,
                                   const load::Context& context, const config::Map& exec = {});

// begin, a task for each page, commit; rollback when something fails.
Result<> load_pages(load::Output& output, std::vector<page::Page> pages);

}  // namespace mogura::integration
