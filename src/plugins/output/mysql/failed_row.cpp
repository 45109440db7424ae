#include "plugins/output/mysql/failed_row.h"

#include "base/text.h"
#include "plugins/output/table/row_failure.h"

namespace mogura::plugins::mysql {
namespace {

int64_t number_of(database::Mysql& connection, const std::string& sql) {
    auto value = connection.value(sql);
    return value.ok() ? base::parse_integer(*value).value_or(0) : 0;
}

}  // namespace

int64_t failed_row(database::Mysql& connection, const Error& failure) {
    if (!table::is_about_row(failure)) return 0;
    const int64_t told = table::row_in_message(failure.message());
    if (told > 0) return told;
    auto asked = connection.execute("GET DIAGNOSTICS CONDITION 1 @mogura_row = ROW_NUMBER");
    return asked.ok() ? number_of(connection, "SELECT @mogura_row") : 0;
}

load::TaskRow failed_row(database::Mysql& connection, const Error& failure,
                         const std::vector<std::string>& tables) {
    int64_t row = failed_row(connection, failure);
    for (size_t table = 0; table < tables.size() && row > 0; ++table) {
        const int64_t rows = number_of(connection, "SELECT COUNT(*) FROM " + tables[table]);
        if (row <= rows) return {.task = table, .row = row};
        row -= rows;
    }
    return {};
}

}  // namespace mogura::plugins::mysql
