#include "plugins/sql/last_results.h"

#include "plugins/operator_options.h"

#include <algorithm>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

Error too_many(const char* what, int64_t limit) {
    return Error(Code::kLimit, "store_last_results: too many " + std::string(what) +
                                   " for parameters, the limit is " + std::to_string(limit) +
                                   " (write them with download_file or out instead)");
}

int64_t characters(std::string_view text) {
    return std::count_if(text.begin(), text.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
    });
}

Result<config::Map> row_of(const page::Page& page, size_t row, int64_t value_max) {
    config::Map values;
    for (size_t column = 0; column < page.columns(); ++column) {
        const page::ColumnData& data = page.column(column);
        bool is_text = std::holds_alternative<page::ColumnData::Texts>(data.values);
        if (is_text && !data.is_null(row) && characters(data.texts()[row]) > value_max) {
            return too_many("characters in a value", value_max)
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

Result<LastResultsLimits> last_results_limits(const engine::Settings& settings,
                                              const std::string& name) {
    auto limit = [&](const char* of, int64_t usual) -> Result<int64_t> {
        const std::string key = std::string(".max_store_last_results_") + of;
        usual = TRY(integer_setting(settings, "config.jdbc" + key, usual));
        return integer_setting(settings, "config." + name + key, usual);
    };
    LastResultsLimits limits;
    limits.rows = TRY(limit("rows", limits.rows));
    limits.columns = TRY(limit("columns", limits.columns));
    limits.value = TRY(limit("value_size", limits.value));
    return limits;
}

Result<config::Value> last_results(query::Rows& rows, LastResults wanted,
                                   const LastResultsLimits& limits) {
    if (static_cast<int64_t>(rows.schema().size()) > limits.columns) {
        return too_many("columns", limits.columns);
    }
    config::List list;
    TRY(query::each_page(rows, [&](page::Page page) -> Result<> {
        for (size_t row = 0; row < page.rows(); ++row) {
            // The others are read to their end, so that what fails in them fails the task.
            if (wanted == LastResults::kFirst && !list.empty()) continue;
            if (static_cast<int64_t>(list.size()) >= limits.rows) {
                return too_many("rows", limits.rows);
            }
            auto values = TRY(row_of(page, row, limits.value));
            list.push_back(std::move(values));
        }
        return {};
    }));
    if (wanted == LastResults::kAll) return config::Value(std::move(list));
    if (list.empty()) return config::Value(config::Map());
    return std::move(list.front());
}

}  // namespace mogura::plugins
