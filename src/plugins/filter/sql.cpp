// A DuckDB query over all rows of the load, which are the table `input`.

#include "base/file.h"
#include "plugins/plugins.h"
#include "plugins/sql/table_filter.h"

#include <string>

namespace mogura::plugins {
namespace {

TableOptions read(config::Reader& reader) {
    TableOptions options;
    options.text.sql = reader.optional(
        "sql", "",
        "The SQL; the rows are the table `input`, the last statement gives the new ones.");
    options.text.file = reader.optional("file", "", "A file with the SQL instead.");
    options.memory_limit = read_memory_limit(reader);
    options.place = reader.place_of(options.text.file.empty() ? "sql" : "file");
    if (!reader.is_manual() && options.text.sql.empty() == options.text.file.empty()) {
        reader.problem("sql", "give either sql or file");
    }
    return options;
}

Result<std::unique_ptr<load::WholeFilter>> make(const TableOptions& read_options,
                                                const page::Schema& input,
                                                const load::Context& context) {
    TableOptions options = read_options;
    const std::string& file = options.text.file;
    if (!file.empty()) {
        auto sql = base::read_file(file.starts_with('/') ? file : context.folder + "/" + file);
        if (!sql.ok()) return sql.error().at(options.place);
        options.text.sql = *std::move(sql);
    }
    return make_table_filter(options, input, context);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, sql) {
    registry.whole_filters.add("sql", "A query over all rows, with DuckDB.", read, make);
}
