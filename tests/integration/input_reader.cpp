#include "input_reader.h"

#include "query/query.h"

namespace mogura::integration {
namespace {

std::string line_of(const page::Page& page, size_t row) {
    std::string line;
    for (size_t column = 0; column < page.columns(); ++column) {
        if (column > 0) line += '|';
        if (page.column(column).is_null(row)) {
            line += "NULL";
        } else {
            query::append_cell(line, page, column, row);
        }
    }
    return line;
}

Result<> read_all(const load::Plugins& plugins, const std::string& type, const config::Map& options,
                  const load::Context& context, Read& read) {
    config::Reader reader(options, "load.yml", "in");
    auto input = TRY(plugins.inputs.create(type, reader, false, context));
    TRY(input->begin());
    for (const page::Column& column : input->schema().columns()) {
        if (!read.schema.empty()) read.schema += ' ';
        read.schema += column.name + ":" + std::string(page::type_name(column.type));
    }
    TRY(input->run(0, [&](page::Page page) -> Result<> {
        for (size_t row = 0; row < page.rows(); ++row) read.rows.push_back(line_of(page, row));
        return {};
    }));
    read.diff = config::to_json(config::Value(input->diff()));
    return {};
}

}  // namespace

Read read_input(const load::Plugins& plugins, const std::string& type, const std::string& yaml,
                const config::Map& connection, const load::Context& context) {
    config::Map options = connection;
    auto more = config::parse_yaml(yaml, {});
    if (!more.ok()) return {.schema = "error: " + more.error().message()};
    if (more->is_map()) config::merge(options, more->map());
    Read read;
    auto done = read_all(plugins, type, options, context, read);
    if (!done.ok()) return {.schema = "error: " + done.error().message()};
    return read;
}

}  // namespace mogura::integration
