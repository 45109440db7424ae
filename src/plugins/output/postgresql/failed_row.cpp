#include "plugins/output/postgresql/failed_row.h"

#include "base/text.h"

namespace mogura::plugins::postgresql {
namespace {

// The text between two others, the first of each; empty where one is missing.
std::string_view between(std::string_view text, std::string_view before, std::string_view behind) {
    const size_t begin = text.find(before);
    if (begin == text.npos) return {};
    text.remove_prefix(begin + before.size());
    const size_t end = text.find(behind);
    return end == text.npos ? std::string_view() : text.substr(0, end);
}

}  // namespace

std::string condition_of(std::string_view message, std::string& value) {
    value.clear();
    const std::string_view column = between(message, "null value in column \"", "\"");
    if (!column.empty()) return database::postgresql_identifier(column) + " IS NULL";
    // Names as statements spell them: Key (id, "Name")=(1, x) already exists.
    const std::string_view keys = between(message, "; Key (", ")=(");
    if (keys.empty()) return "";
    const std::string_view values = message.substr(message.find(")=(") + 3);
    for (const std::string_view end : {") already exists.", ") is not present in table"}) {
        const size_t found = values.find(end);
        if (found == values.npos) continue;
        value = values.substr(0, found);
        return "concat_ws(', ', " + std::string(keys) + ") = $1";
    }
    return "";
}

load::TaskRow failed_row(database::Postgresql& connection, const Error& failure,
                         const std::vector<std::string>& tables) {
    std::string value;
    const std::string condition = condition_of(failure.message(), value);
    if (condition.empty() || !connection.execute("ROLLBACK").ok()) return {};
    database::PostgresqlParameters parameters;
    if (!value.empty()) parameters.emplace_back(value);
    // Of rows with one key the last is the one too many.
    for (size_t table = tables.size(); table > 0; --table) {
        auto rows = connection.query(
            "SELECT n FROM (SELECT *, row_number() OVER (ORDER BY ctid) AS n FROM " +
                tables[table - 1] + ") AS numbered WHERE " + condition + " ORDER BY n DESC LIMIT 1",
            parameters);
        if (!rows.ok() || rows->size() == 0) continue;
        return {.task = table - 1, .row = base::parse_integer(rows->text(0, 0)).value_or(0)};
    }
    return {};
}

}  // namespace mogura::plugins::postgresql
