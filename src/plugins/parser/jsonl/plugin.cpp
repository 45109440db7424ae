// Reads JSON lines (embulk 4.5).

#include "plugins/plugins.h"

#include "plugins/column_options.h"
#include "plugins/parser/jsonl/parser.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

struct Options {
    ColumnOptions columns;
    bool casts;
    jsonl::JsonLinesParser::Options parser;
};

// The type that the old `column_options: {NAME: {type: T}}` gives a column.
void take_old_types(config::Reader& reader, ColumnOptions& columns) {
    auto old = reader.maybe<config::Map>("column_options", "Old place of the columns' types.");
    if (!old) return;
    for (config::Map& column : columns.columns) {
        auto name = column_option(column, "name");
        const config::Value* own = name ? old->find(*name) : nullptr;
        const config::Value* type = own ? own->find("type") : nullptr;
        if (type) column.set("type", *type);
    }
}

Options read(config::Reader& reader) {
    Options options;
    options.columns = read_columns(reader, false);
    auto schema = reader.maybe<std::vector<config::Value>>("schema", "Old name of columns.");
    if (options.columns.columns.empty() && schema) {
        for (const config::Value& column : *schema) {
            if (column.is_map()) options.columns.columns.push_back(column.map());
        }
    }
    take_old_types(reader, options.columns);
    if (options.columns.columns.empty() && !reader.is_manual()) {
        reader.problem("columns", "Field 'columns' is required but not set");
    }
    options.casts = reader.optional("default_typecast", true, "Convert values of other types.");
    options.parser.stops_on_invalid =
        reader.optional("stop_on_invalid_record", false, "The first bad row fails the run.");
    std::string charset = reader.optional("charset", "utf-8", "Character set of the file.");
    reader.maybe<std::string>("newline", "Not used: every line end is one.");
    if (!load::is_utf8_charset(charset)) {
        options.parser.charset = charset;
        auto known = load::check_charset(charset);
        if (!known.ok()) reader.problem("charset", known.error().message());
    }
    return options;
}

Result<std::unique_ptr<load::Parser>> make(const Options& options, const load::Context& context) {
    ColumnTable columns = TRY(make_columns(options.columns));
    jsonl::Table table{std::move(columns), {}};
    for (const config::Map& column : options.columns.columns) {
        auto own = column_option(column, "typecast");
        table.casts.push_back(own ? *own == "true" : options.casts);
    }
    table.saturates = load::saturates_longs(context.compat);
    jsonl::JsonLinesParser::Options own = options.parser;
    own.hides_file = load::hides_file_of_json_lines(context.compat);
    auto parser = std::make_unique<load::Parser>();
    parser->pieces = std::make_unique<jsonl::JsonLinesParser>(std::move(table), own);
    return parser;
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(parser, jsonl) {
    registry.parsers.add("jsonl", "Text with one JSON object a line.", read, make);
}
