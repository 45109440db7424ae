// Puts values out of a JSON column into columns of their own (embulk 7.8).

#include "base/log.h"
#include "base/text.h"
#include "plugins/cell.h"
#include "plugins/entries.h"
#include "plugins/filter/expand_json/lenient_json.h"
#include "plugins/filter/expand_json/path.h"
#include "plugins/left_out.h"
#include "plugins/made_columns.h"
#include "plugins/parser/csv/numbers.h"
#include "plugins/plugins.h"
#include "plugins/time_options.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using page::Type;

struct Entry {
    std::string name;
    Type type = Type::kString;
    load::TimestampParser::Options times;
    std::string place;
};

struct Options {
    std::string column;
    std::string column_place;
    std::string root;
    std::vector<Entry> entries;
    bool keeps_column = false;
    bool stops_on_invalid = false;
};

Entry read_entry(config::Reader& reader, const load::TimestampParser::Options& usual) {
    reader.follow_embulk();
    Entry entry;
    entry.name = reader.required<std::string>("name", "Path behind the root; the column's name.");
    auto type = reader.required<std::string>("type", "Type of the column.");
    auto found = page::find_type(type);
    if (!found && !type.empty()) reader.problem("type", "Unknown type name '" + type + "'");
    entry.type = found.value_or(Type::kString);
    entry.times = read_time_options(reader, usual);
    entry.place = reader.place_of("name");
    return entry;
}

Options read(config::Reader& reader) {
    Options options;
    options.column = reader.required<std::string>("json_column_name", "The JSON column.");
    options.column_place = reader.place_of("json_column_name");
    options.root = reader.optional("root", "$.", "What stands in front of each path.");
    options.keeps_column =
        reader.optional("keep_expanding_json_column", false, "The JSON column stays.");
    options.stops_on_invalid =
        reader.optional("stop_on_invalid_record", false, "The first bad row fails the run.");
    const load::TimestampParser::Options usual = read_usual_time_options(reader);
    reader.maybe<std::string>("cache_provider", "Not used.");
    if (reader.maybe<std::string>("time_zone", "Old name; refused.")) {
        reader.problem("time_zone", "this option is called default_timezone");
    }
    auto columns = reader.required<std::vector<config::Value>>(
        "expanded_columns", "List of {name, type, format, timezone, date}.");
    options.entries = read_entries(
        reader, "expanded_columns", columns, "each entry must be a map with name and type",
        [&](config::Reader& nested) { return read_entry(nested, usual); });
    return options;
}

// One column that is made.
struct Expanded {
    Type type = Type::kString;
    std::vector<ExpandStep> steps;
    std::unique_ptr<load::TimestampParser> parser;
};

std::string text_of(const load::Json& value) {
    if (value.type == load::Json::Type::kString) return value.text;
    std::string text;
    load::append_json(value, text);
    return text;
}

// All conversions go through the value's text, as in the original (7.8.5).
Result<Cell> converted(const load::Json& value, const Expanded& column, bool saturates) {
    if (value.type == load::Json::Type::kNull) return Cell();
    std::string text = text_of(value);
    auto failed = [&](const char* what) {
        return Error(Code::kInvalid, "Failed to parse '" + text + "' as " + what);
    };
    int64_t integer = 0;
    double number = 0;
    page::Timestamp timestamp;
    switch (column.type) {
        case Type::kBoolean:
            return Cell(base::lower(text) == "true");
        case Type::kLong:
            if (csv::parse_long(text, integer)) return Cell(integer);
            if (!csv::parse_double(text, number)) return failed("long");
            if (auto whole = long_of(number, saturates)) return Cell(*whole);
            return failed("long");
        case Type::kDouble:
            if (csv::parse_double(text, number)) return Cell(number);
            return failed("double");
        case Type::kTimestamp:
            if (column.parser->parse(text, timestamp)) return Cell(timestamp);
            return failed("timestamp");
        case Type::kJson: {
            std::string compact;
            if (!load::first_json(text, compact).ok()) return failed("JSON");
            return Cell(std::move(compact));
        }
        default:
            return Cell(std::move(text));
    }
}

class ExpandJson final : public load::Filter {
  public:
    struct Plan {
        page::Schema schema = {};
        page::Schema made = {};
        std::vector<size_t> order = {};
        std::vector<Expanded> columns = {};
        size_t source = 0;
        bool stops_on_invalid = false;
        bool stops_on_unreadable = false;
        bool saturates = false;  // a double beyond the longs becomes the nearest of them
    };
    explicit ExpandJson(Plan plan) : plan_(std::move(plan)) {}

    const page::Schema& schema() const override { return plan_.schema; }

    Result<page::Page> apply(page::Page page) override {
        return apply_with_rejects(std::move(page), [](const load::Reject& row) -> Result<> {
            log::warn(row.warning);
            return {};
        });
    }

    Result<page::Page> apply_with_rejects(page::Page page,
                                          const load::RejectSink& rejects) override {
        page::Builder builder(plan_.made);
        std::vector<uint8_t> keep(page.rows(), 1);
        bool drops = false;
        std::vector<Cell> cells(plan_.columns.size());
        for (size_t row = 0; row < page.rows(); ++row) {
            auto done = expand(cell_at(page, plan_.source, row), cells);
            if (!done.ok()) {
                if (plan_.stops_on_invalid || done.error().code() == Code::kUnsupported) {
                    return Error(Code::kInvalid, done.error().message());
                }
                std::string reason = done.error().message();
                std::string warning = "Skipped an invalid record (" + reason + ")";
                TRY(rejects(left_out(page, row, std::move(reason), std::move(warning))));
                keep[row] = 0;
                drops = true;
            } else {
                for (size_t index = 0; index < cells.size(); ++index) {
                    put_cell(builder, index, cells[index]);
                }
            }
            builder.end_row();
        }
        page::Page made = combine(std::move(page), builder.finish(), plan_.schema, plan_.order);
        return drops ? std::move(made).filter(keep) : std::move(made);
    }

  private:
    // kUnsupported: the run ends, whatever the options say.
    Result<> expand(const Cell& source, std::vector<Cell>& cells) const {
        for (Cell& cell : cells) cell = Cell();
        if (is_null(source)) return {};
        const auto& text = std::get<std::string>(source);
        if (base::trim(text).empty()) return {};
        size_t used = 0;
        auto strict = load::parse_json_value(text, used);
        bool is_whole = strict.ok() && base::trim(std::string_view(text).substr(used)).empty();
        auto value = is_whole ? std::move(strict) : parse_lenient_json(text);
        bool is_unreadable = !value.ok() || value->type == load::Json::Type::kNull;
        if (is_unreadable) {
            return Error(plan_.stops_on_unreadable ? Code::kUnsupported : Code::kInvalid,
                         "Failed to parse '" + text + "' as JSON");
        }
        if (value->type != load::Json::Type::kObject) return {};
        for (size_t index = 0; index < cells.size(); ++index) {
            const Expanded& column = plan_.columns[index];
            const load::Json* found = follow_expand_path(*value, column.steps);
            if (!found) continue;
            cells[index] = TRY(converted(*found, column, plan_.saturates));
        }
        return {};
    }

    const Plan plan_;
};

Result<Expanded> expanded(const Entry& entry, const std::string& root) {
    Expanded column;
    column.type = entry.type;
    column.steps = TRY(parse_expand_path(root + entry.name));
    if (entry.type == Type::kTimestamp) {
        auto parser = TRY(load::TimestampParser::compile(entry.times));
        column.parser = std::make_unique<load::TimestampParser>(std::move(parser));
    }
    return column;
}

Result<std::unique_ptr<load::Filter>> make(const Options& options, const page::Schema& input,
                                           const load::Context& context) {
    auto source = input.find(options.column);
    if (!source) {
        return Error(Code::kInvalid,
                     options.column_place + ": Column '" + options.column + "' is not found");
    }
    Type type = input[*source].type;
    if (type != Type::kString && type != Type::kJson) {
        return Error(Code::kInvalid, options.column_place +
                                         ": the column must be string or json, not " +
                                         std::string(page::type_name(type)));
    }
    ExpandJson::Plan plan{.source = *source,
                          .stops_on_invalid = options.stops_on_invalid,
                          .stops_on_unreadable = load::stops_on_unreadable_json(context.compat),
                          .saturates = load::saturates_longs(context.compat)};
    std::vector<page::Column> made;
    for (const Entry& entry : options.entries) {
        auto column = expanded(entry, options.root);
        if (!column.ok()) return column.error().at(entry.place);
        plan.columns.push_back(*std::move(column));
        made.push_back({.name = entry.name, .type = entry.type});
    }
    std::vector<page::Column> columns;
    for (size_t index = 0; index < input.size(); ++index) {
        if (index != *source || options.keeps_column) {
            columns.push_back(input[index]);
            plan.order.push_back(index);
        }
        if (index != *source) continue;
        for (size_t number = 0; number < made.size(); ++number) {
            columns.push_back(made[number]);
            plan.order.push_back(input.size() + number);
        }
    }
    for (size_t index = 0; index < columns.size(); ++index) {
        for (size_t before = 0; before < index; ++before) {
            if (columns[before].name != columns[index].name) continue;
            return Error(Code::kInvalid, options.column_place + ": Output column '" +
                                             columns[index].name +
                                             "' is duplicated. Rename or drop one of them first.");
        }
    }
    plan.schema = page::Schema(std::move(columns));
    plan.made = page::Schema(std::move(made));
    return std::make_unique<ExpandJson>(std::move(plan));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, expand_json) {
    registry.filters.add("expand_json", "Values of a JSON column become columns.", read, make);
}
