// Changes the types of columns, and of values inside JSON columns (embulk 7.5).

#include "base/log.h"
#include "plugins/cell.h"
#include "plugins/entries.h"
#include "plugins/filter/column/json_path.h"
#include "plugins/json_change.h"
#include "plugins/made_columns.h"
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
    std::vector<Entry> columns;
    bool stops_on_invalid = false;
};

Entry read_entry(config::Reader& reader, const load::TimestampParser::Options& usual) {
    reader.follow_embulk();
    Entry entry;
    entry.name = reader.required<std::string>("name", "Column, or JSON path into one.");
    auto type = reader.optional("type", "string", "What it becomes.");
    auto found = page::find_type(type);
    if (!found) {
        reader.problem("type", "Unknown type name '" + type +
                                   "'. Supported types are: boolean, string, double, json, long, "
                                   "timestamp");
    }
    entry.type = found.value_or(Type::kString);
    entry.times = read_time_options(reader, usual);
    entry.place = reader.place_of("name");
    if (is_json_path(entry.name) && entry.type == Type::kTimestamp) {
        reader.problem("type", "inside JSON there are no timestamps");
    }
    return entry;
}

Options read(config::Reader& reader) {
    Options options;
    const load::TimestampParser::Options usual = read_usual_time_options(reader);
    options.stops_on_invalid =
        reader.optional("stop_on_invalid_record", false, "The first failing cast fails the run.");
    auto columns = reader.optional("columns", std::vector<config::Value>(),
                                   "List of {name, type, format, timezone, date}.");
    options.columns =
        read_entries(reader, "columns", columns, "each entry must be a map with name and type",
                     [&](config::Reader& nested) { return read_entry(nested, usual); });
    return options;
}

// A cast inside the cells of a JSON column.
struct InnerCast {
    std::vector<PathStep> steps;
    Type to = Type::kString;
    std::string place;
    load::Compat compat = load::Compat::kFixed;
};

// What happens to one input column.
struct Change {
    size_t column = 0;
    std::optional<Cast> cast;  // of the whole column
    std::unique_ptr<load::TimestampParser> parser;
    std::unique_ptr<load::TimestampFormatter> formatter;
    std::vector<InnerCast> inner;
};

Cell cell_of(const load::Json& value) {
    switch (value.type) {
        case load::Json::Type::kNull:
            return {};
        case load::Json::Type::kBoolean:
            return value.boolean;
        case load::Json::Type::kLong:
            return value.integer;
        case load::Json::Type::kDouble:
            return value.number;
        case load::Json::Type::kString:
            return value.text;
        default: {
            std::string text;
            load::append_json(value, text);
            return text;
        }
    }
}

Type type_of(const load::Json& value) {
    switch (value.type) {
        case load::Json::Type::kBoolean:
            return Type::kBoolean;
        case load::Json::Type::kLong:
            return Type::kLong;
        case load::Json::Type::kDouble:
            return Type::kDouble;
        case load::Json::Type::kString:
            return Type::kString;
        default:
            return Type::kJson;
    }
}

load::Json json_of(Cell cell, Type type) {
    load::Json value;
    switch (cell.index()) {
        case 1:
            value.type = load::Json::Type::kBoolean;
            value.boolean = std::get<bool>(cell);
            break;
        case 2:
            value.type = load::Json::Type::kLong;
            value.integer = std::get<int64_t>(cell);
            break;
        case 3:
            value.type = load::Json::Type::kDouble;
            value.number = std::get<double>(cell);
            break;
        case 4: {
            size_t used = 0;
            auto parsed = load::parse_json_value(std::get<std::string>(cell), used);
            if (type == Type::kJson && parsed.ok()) return *std::move(parsed);
            value.type = load::Json::Type::kString;
            value.text = std::get<std::string>(std::move(cell));
            break;
        }
        default:
            break;
    }
    return value;
}

Result<> cast_inside(load::Json& value, const InnerCast& inner, bool is_path_needed) {
    bool is_found = TRY(change_at(value, inner.steps, [&](load::Json& leaf) -> Result<> {
        Cell cell = TRY(cast_cell(cell_of(leaf),
                                  {.from = type_of(leaf), .to = inner.to, .compat = inner.compat}));
        leaf = json_of(std::move(cell), inner.to);
        return {};
    }));
    if (!is_found && is_path_needed) {
        return Error(Code::kInvalid, "the value that is to be cast is missing");
    }
    return {};
}

class Typecast final : public load::Filter {
  public:
    Typecast(page::Schema schema, page::Schema made, std::vector<Change> changes,
             std::vector<size_t> order, bool stops_on_invalid)
        : schema_(std::move(schema)),
          made_(std::move(made)),
          changes_(std::move(changes)),
          order_(std::move(order)),
          stops_on_invalid_(stops_on_invalid) {}

    const page::Schema& schema() const override { return schema_; }

    Result<page::Page> apply(page::Page page) override {
        page::Builder builder(made_);
        for (size_t row = 0; row < page.rows(); ++row) {
            for (size_t index = 0; index < changes_.size(); ++index) {
                auto cell = changed(changes_[index], page, row);
                if (!cell.ok()) {
                    if (stops_on_invalid_ || is_fatal(cell.error())) return cell.error();
                    log::warn(cell.error().message());
                    builder.set_null(index);
                } else {
                    put_cell(builder, index, *cell);
                }
            }
            builder.end_row();
        }
        return combine(std::move(page), builder.finish(), schema_, order_);
    }

  private:
    // A double beyond all times ends the run, as in the original (7.5.4).
    static bool is_fatal(const Error& error) {
        return error.message().starts_with("ArithmeticException");
    }

    Result<Cell> changed(const Change& change, const page::Page& page, size_t row) const {
        Cell cell = cell_at(page, change.column, row);
        const bool begins_as_json = page.schema()[change.column].type == Type::kJson;
        if (begins_as_json && !change.inner.empty()) {
            cell = TRY(changed_inside(change, std::move(cell)));
        }
        if (change.cast) cell = TRY(cast_cell(std::move(cell), *change.cast));
        if (begins_as_json || change.inner.empty()) return cell;
        return changed_inside(change, std::move(cell));
    }

    Result<Cell> changed_inside(const Change& change, Cell cell) const {
        if (is_null(cell)) return cell;
        const auto& text = std::get<std::string>(cell);
        size_t used = 0;
        load::Json value = TRY(load::parse_json_value(text, used));
        for (const InnerCast& inner : change.inner) {
            TRY(cast_inside(value, inner, stops_on_invalid_));
        }
        std::string compact;
        load::append_json(value, compact);
        return Cell(std::move(compact));
    }

    const page::Schema schema_;
    const page::Schema made_;
    const std::vector<Change> changes_;
    const std::vector<size_t> order_;
    const bool stops_on_invalid_;
};

Result<> plan_whole(const Entry& entry, Type from, Change& change, load::Compat compat) {
    change.cast = Cast{.from = from, .to = entry.type, .compat = compat};
    if (from == Type::kString && entry.type == Type::kTimestamp) {
        auto parser = TRY(load::TimestampParser::compile(entry.times));
        change.parser = std::make_unique<load::TimestampParser>(std::move(parser));
        change.cast->parser = change.parser.get();
    }
    if (from == Type::kTimestamp && entry.type == Type::kString) {
        auto formatter = TRY(
            load::TimestampFormatter::compile(entry.times.format, entry.times.time_zone, compat));
        change.formatter = std::make_unique<load::TimestampFormatter>(std::move(formatter));
        change.cast->formatter = change.formatter.get();
    }
    return {};
}

Result<> plan(const Entry& entry, const page::Schema& input, std::vector<Change>& changes,
              load::Compat compat) {
    std::string name = entry.name;
    std::vector<PathStep> steps;
    if (is_json_path(entry.name)) {
        JsonPath path = TRY(parse_json_path(entry.name));
        name = path.column;
        steps = std::move(path.steps);
    }
    auto column = input.find(name);
    if (!column) return Error(Code::kInvalid, "Column '" + name + "' is not found");
    Change* change = nullptr;
    for (Change& known : changes) {
        if (known.column == *column) change = &known;
    }
    if (!change) {
        change = &changes.emplace_back();
        change->column = *column;
    }
    if (steps.empty()) return plan_whole(entry, input[*column].type, *change, compat);
    change->inner.push_back({std::move(steps), entry.type, entry.place, compat});
    return {};
}

// Paths are for JSON, and for text that becomes JSON.
Result<> check_paths(const Change& change, const page::Column& column) {
    const bool becomes_json =
        column.type == Type::kString && change.cast && change.cast->to == Type::kJson;
    if (change.inner.empty() || column.type == Type::kJson || becomes_json) return {};
    return Error(Code::kInvalid, change.inner.front().place +
                                     ": a JSON path into a column that is not json: " +
                                     column.name + " (cast it to json in an entry of its own)");
}

Result<std::unique_ptr<load::Filter>> make(const Options& options, const page::Schema& input,
                                           const load::Context& context) {
    std::vector<Change> changes;
    for (const Entry& entry : options.columns) {
        auto planned = plan(entry, input, changes, context.compat);
        if (!planned.ok()) return planned.error().at(entry.place);
    }
    std::vector<page::Column> columns(input.columns().begin(), input.columns().end());
    std::vector<page::Column> made;
    std::vector<size_t> order(input.size());
    for (size_t index = 0; index < order.size(); ++index) order[index] = index;
    for (const Change& change : changes) {
        page::Column column = input[change.column];
        TRY(check_paths(change, column));
        if (change.cast) column = {.name = column.name, .type = change.cast->to};
        columns[change.column] = column;
        order[change.column] = input.size() + made.size();
        made.push_back(column);
    }
    return std::make_unique<Typecast>(page::Schema(std::move(columns)),
                                      page::Schema(std::move(made)), std::move(changes),
                                      std::move(order), options.stops_on_invalid);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, typecast) {
    registry.filters.add("typecast", "Change the types of columns.", read, make);
}
