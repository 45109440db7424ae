#include "plugins/sql/last_results.h"

#include <algorithm>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

Error too_many(const char* what, size_t limit) {
    return Error(Code::kLimit, "store_last_results: too many " + std::string(what) +
                                   " for parameters, the limit is " + std::to_string(limit) +
                                   " (write them with download_file or out instead)");
}

size_t characters(std::string_view text) {
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
    }));
}

Result<config::Map> row_of(const page::Page& page, size_t row) {
    config::Map values;
    for (size_t column = 0; column < page.columns(); ++column) {
        const page::ColumnData& data = page.column(column);
        bool is_text = std::holds_alternative<page::ColumnData::Texts>(data.values);
        if (is_text && !data.is_null(row) && characters(data.texts()[row]) > kLastResultsValueMax) {
            return too_many("characters in a value", kLastResultsValueMax)
                .at("column " + page.schema()[column].name);
        }
        values.set(page.schema()[column].name, query::value_of(page, column, row));
    }
    return values;
}

}  // namespace

Result<std::optional<LastResults>> wanted_results(const config::Value& value) {
    std::string word = value.scalar_text().value_or("");
    if (word == "false" || value.is_null()) return std::optional<LastResults>();
    if (word == "true" || word == "first") return std::optional(LastResults::kFirst);
    if (word == "all") return std::optional(LastResults::kAll);
    return Error(Code::kInvalid, "store_last_results must be first, all, true or false: " + word);
}

Result<config::Value> last_results(query::Rows& rows, LastResults wanted) {
    if (rows.schema().size() > kLastResultsColumnsMax) {
        return too_many("columns", kLastResultsColumnsMax);
    }
    config::List list;
    size_t count = 0;
    TRY(query::each_page(rows, [&](page::Page page) -> Result<> {
        for (size_t row = 0; row < page.rows(); ++row) {
            if (++count > kLastResultsRowsMax) return too_many("rows", kLastResultsRowsMax);
            if (wanted == LastResults::kFirst && count > 1) continue;
            auto values = TRY(row_of(page, row));
            list.push_back(std::move(values));
        }
        return {};
    }));
    if (wanted == LastResults::kAll) return config::Value(std::move(list));
    if (list.empty()) return config::Value(config::Map());
    return std::move(list.front());
}

}  // namespace mogura::plugins
