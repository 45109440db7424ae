// Rewrites timestamps: text, epoch numbers and timestamps into each other (embulk 7.6).

#include "base/log.h"
#include "plugins/cell.h"
#include "plugins/entries.h"
#include "plugins/filter/column/json_path.h"
#include "plugins/filter/timestamp_format/time_text.h"
#include "plugins/json_change.h"
#include "plugins/made_columns.h"
#include "plugins/plugins.h"
#include "plugins/time_unit.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using page::Type;
using Names = std::vector<std::string>;

// How one column, or one place inside JSON, is read and written.
struct Entry {
    std::string name;
    Type type = Type::kString;
    Names from_formats;
    std::string from_zone;
    std::string to_format;
    std::string to_zone;
    TimeUnit from_unit = TimeUnit::kSecond;
    TimeUnit to_unit = TimeUnit::kSecond;
    bool reads_as_java = false;
    std::string place;
};

struct Options {
    std::vector<Entry> columns;
    bool stops_on_invalid = false;
};

TimeUnit read_unit(config::Reader& reader, const char* name, TimeUnit fallback, const char* help) {
    auto word = reader.maybe<std::string>(name, help);
    if (!word) return fallback;
    auto unit = find_time_unit(*word);
    if (!unit) reader.problem(name, "unknown unit: " + *word + " (" + time_unit_words() + ")");
    return unit.value_or(fallback);
}

// A list, or one text.
Names read_formats(config::Reader& reader, const char* name, Names fallback, const char* help) {
    const config::Value* value = reader.raw(name, "list of string", help);
    if (!value || value->is_null()) return fallback;
    if (auto text = value->scalar_text()) return {*text};
    auto list = config::convert<Names>(*value);
    if (list.ok()) return *std::move(list);
    reader.problem(name, list.error().message());
    return fallback;
}

Entry read_entry(config::Reader& reader, const Entry& usual) {
    reader.follow_embulk();
    Entry entry = usual;
    entry.name = reader.required<std::string>("name", "Column, or JSON path into one.");
    entry.place = reader.place_of("name");
    auto type = reader.optional("type", "string", "string, timestamp, long or double.");
    auto found = page::find_type(type);
    bool is_wrong = !found || *found == Type::kBoolean || *found == Type::kJson;
    if (is_wrong) {
        reader.problem("type", "must be string, timestamp, long or double, not " + type);
    } else {
        entry.type = *found;
    }
    entry.from_formats = read_formats(reader, "from_format", usual.from_formats,
                                      "Formats of text; first that fits.");
    entry.from_zone = reader.maybe<std::string>("from_timezone", "Zone of text without one.")
                          .value_or(usual.from_zone);
    entry.to_format = reader.maybe<std::string>("to_format", "Format of the text made.")
                          .value_or(usual.to_format);
    entry.to_zone =
        reader.maybe<std::string>("to_timezone", "Its time zone.").value_or(usual.to_zone);
    entry.from_unit = read_unit(reader, "from_unit", usual.from_unit, "Unit of the numbers read.");
    entry.to_unit = read_unit(reader, "to_unit", usual.to_unit, "Unit of the numbers made.");
    if (is_json_path(entry.name) && entry.type == Type::kTimestamp) {
        reader.problem("type", "inside JSON there are no timestamps");
    }
    return entry;
}

Options read(config::Reader& reader) {
    Options options;
    Entry usual;
    usual.from_formats =
        read_formats(reader, "default_from_timestamp_format", {"%Y-%m-%d %H:%M:%S.%N %z"},
                     "Formats of text; the first that fits. Those without a % are Java's.");
    usual.from_zone = reader.optional("default_from_timezone", "UTC", "Zone of text without one.");
    usual.to_format = reader.optional("default_to_timestamp_format", "%Y-%m-%d %H:%M:%S.%6N %z",
                                      "Format of the text made; without a %, Java's.");
    usual.to_zone = reader.optional("default_to_timezone", "UTC", "Its time zone.");
    usual.from_unit = read_unit(reader, "default_from_timestamp_unit", TimeUnit::kSecond,
                                "Unit of the numbers read.");
    usual.to_unit = read_unit(reader, "default_to_timestamp_unit", TimeUnit::kSecond,
                              "Unit of the numbers made.");
    options.stops_on_invalid = reader.optional("stop_on_invalid_record", false,
                                               "The first text without a format fails the run.");
    usual.reads_as_java = reader.optional("timestamp_parser", "auto",
                                          "auto_java reads Ruby formats as Java's, which refuse "
                                          "text that is left over.") == "auto_java";
    auto columns = reader.optional("columns", std::vector<config::Value>(), "List of mappings.");
    options.columns =
        read_entries(reader, "columns", columns, "each entry must be a map with name",
                     [&](config::Reader& nested) { return read_entry(nested, usual); });
    return options;
}

// One entry, ready to convert.
class Converter {
  public:
    static Result<Converter> make(const Entry& entry, const load::Context& context) {
        auto reader = TRY(TimeTextReader::make({.formats = entry.from_formats,
                                                .time_zone = entry.from_zone,
                                                .reads_as_java = entry.reads_as_java},
                                               context));
        std::optional<TimeTextWriter> writer;
        if (entry.type == Type::kString) {
            writer = TRY(TimeTextWriter::make(entry.to_format, entry.to_zone, context.compat));
        }
        return Converter(entry, std::move(reader), std::move(writer), context.compat);
    }

    const Entry& entry() const { return entry_; }

    Result<Cell> convert(const Cell& cell) const {
        switch (cell.index()) {
            case 0:
                return Cell();
            case 2:
                return of_long(std::get<int64_t>(cell));
            case 3:
                return of_double(std::get<double>(cell));
            case 4:
                return of_text(std::get<std::string>(cell));
            case 5:
                return of_timestamp(std::get<page::Timestamp>(cell));
            default:
                return Error(Code::kInvalid,
                             entry_.name + ": a boolean is no time: " + cell_text(cell));
        }
    }

  private:
    Converter(const Entry& entry, TimeTextReader reader, std::optional<TimeTextWriter> writer,
              load::Compat compat)
        : entry_(entry),
          reader_(std::move(reader)),
          writer_(std::move(writer)),
          wraps_(load::wraps_times(compat)) {}

    Result<Cell> of_text(const std::string& text) const {
        page::Timestamp timestamp;
        if (reader_.read(text, timestamp)) return of_timestamp(timestamp);
        return Error(Code::kInvalid, "failed to parse timestamp: \"" + text + "\" of " +
                                         entry_.name + " (" + reader_.explain(text) + ")");
    }

    // 64 bits of nanoseconds; towards zero (7.6.2).
    Result<Cell> of_long(int64_t number) const {
        if (!wraps_) return of_long_exactly(number);
        if (entry_.type != Type::kLong) return of_timestamp(timestamp_of(number, entry_.from_unit));
        auto nanoseconds =
            static_cast<int64_t>(static_cast<uint64_t>(number) *
                                 static_cast<uint64_t>(nanoseconds_of(entry_.from_unit)));
        return Cell(nanoseconds / nanoseconds_of(entry_.to_unit));
    }

    Result<Cell> of_long_exactly(int64_t number) const {
        if (entry_.type != Type::kLong) {
            auto timestamp = exact_timestamp_of(number, entry_.from_unit);
            return timestamp ? of_timestamp(*timestamp) : beyond(Cell(number));
        }
        auto converted = exact_number_of(number, entry_.from_unit, entry_.to_unit);
        return converted ? Result<Cell>(*converted) : beyond(Cell(number));
    }

    Error beyond(const Cell& cell) const {
        return {Code::kInvalid, entry_.name + ": " + cell_text(cell) + " does not fit a " +
                                    std::string(page::type_name(entry_.type))};
    }

    Result<Cell> of_double(double number) const {
        double nanoseconds = number * static_cast<double>(nanoseconds_of(entry_.from_unit));
        double result = nanoseconds / static_cast<double>(nanoseconds_of(entry_.to_unit));
        if (entry_.type == Type::kDouble) return Cell(result);
        if (entry_.type == Type::kLong) {
            auto whole = long_of(result, wraps_);
            return whole ? Result<Cell>(*whole) : beyond(Cell(number));
        }
        if (wraps_) return of_timestamp(timestamp_of(number, entry_.from_unit));
        auto timestamp = exact_timestamp_of(number, entry_.from_unit);
        return timestamp ? of_timestamp(*timestamp) : beyond(Cell(number));
    }

    Result<Cell> of_timestamp(page::Timestamp timestamp) const {
        switch (entry_.type) {
            case Type::kTimestamp:
                return Cell(timestamp);
            case Type::kLong: {
                if (wraps_) return Cell(number_of(timestamp, entry_.to_unit));
                auto number = exact_number_of(timestamp, entry_.to_unit);
                return number ? Result<Cell>(*number) : beyond(Cell(timestamp));
            }
            case Type::kDouble: {
                double per_second = 1e9 / static_cast<double>(nanoseconds_of(entry_.to_unit));
                return Cell(static_cast<double>(timestamp.seconds) * per_second +
                            timestamp.nanoseconds /
                                static_cast<double>(nanoseconds_of(entry_.to_unit)));
            }
            default: {
                std::string text;
                writer_->write(timestamp, text);
                return Cell(std::move(text));
            }
        }
    }

    Entry entry_;
    TimeTextReader reader_;
    std::optional<TimeTextWriter> writer_;
    bool wraps_;
};

struct Inner {
    std::vector<PathStep> steps;
    Converter converter;
};

struct Change {
    size_t column = 0;
    std::optional<Converter> whole;
    std::vector<Inner> inner;
};

class TimestampFormat final : public load::Filter {
  public:
    TimestampFormat(page::Schema schema, page::Schema made, std::vector<Change> changes,
                    std::vector<size_t> order, bool stops_on_invalid, load::Compat compat)
        : schema_(std::move(schema)),
          made_(std::move(made)),
          changes_(std::move(changes)),
          order_(std::move(order)),
          stops_on_invalid_(stops_on_invalid),
          drops_json_(load::drops_json_around_bad_times(compat)) {}

    const page::Schema& schema() const override { return schema_; }

    Result<page::Page> apply(page::Page page) override {
        page::Builder builder(made_);
        for (size_t row = 0; row < page.rows(); ++row) {
            for (size_t index = 0; index < changes_.size(); ++index) {
                Cell cell = TRY(changed(changes_[index], page, row));
                put_cell(builder, index, cell);
            }
            builder.end_row();
        }
        return combine(std::move(page), builder.finish(), schema_, order_);
    }

  private:
    // Null with a warning, or the run's failure (7.6.4).
    Result<Cell> or_null(Result<Cell> cell) const {
        if (cell.ok() || stops_on_invalid_) return cell;
        log::warn(cell.error().message());
        return Cell();
    }

    Result<Cell> changed(const Change& change, const page::Page& page, size_t row) const {
        Cell cell = cell_at(page, change.column, row);
        if (change.whole) return or_null(change.whole->convert(cell));
        if (is_null(cell)) return cell;
        size_t used = 0;
        load::Json value = TRY(load::parse_json_value(std::get<std::string>(cell), used));
        return or_null(rewritten(std::move(value), change.inner));
    }

    Result<Cell> rewritten(load::Json value, const std::vector<Inner>& places) const {
        for (const Inner& inner : places) {
            TRY(change_at(value, inner.steps, [&](load::Json& leaf) -> Result<> {
                return rewrite(leaf, inner.converter);
            }));
        }
        std::string compact;
        load::append_json(value, compact);
        return Cell(std::move(compact));
    }

    Result<> rewrite(load::Json& leaf, const Converter& converter) const {
        Cell cell;
        if (leaf.type == load::Json::Type::kLong) cell = leaf.integer;
        if (leaf.type == load::Json::Type::kDouble) cell = leaf.number;
        if (leaf.type == load::Json::Type::kString) cell = leaf.text;
        if (is_null(cell)) return {};
        auto converted = converter.convert(cell);
        if (!converted.ok() && drops_json_) return converted.error();
        Cell made = TRY(or_null(std::move(converted)));
        leaf = load::Json();
        if (made.index() == 2) {
            leaf.type = load::Json::Type::kLong;
            leaf.integer = std::get<int64_t>(made);
        } else if (made.index() == 3) {
            leaf.type = load::Json::Type::kDouble;
            leaf.number = std::get<double>(made);
        } else if (made.index() == 4) {
            leaf.type = load::Json::Type::kString;
            leaf.text = std::get<std::string>(made);
        }
        return {};
    }

    const page::Schema schema_;
    const page::Schema made_;
    const std::vector<Change> changes_;
    const std::vector<size_t> order_;
    const bool stops_on_invalid_;
    const bool drops_json_;
};

Result<> plan(const Entry& entry, const page::Schema& input, std::vector<Change>& changes,
              const load::Context& context) {
    std::string name = entry.name;
    std::vector<PathStep> steps;
    if (is_json_path(entry.name)) {
        JsonPath path = TRY(parse_json_path(entry.name));
        name = path.column;
        steps = std::move(path.steps);
    }
    auto column = input.find(name);
    if (!column) return Error(Code::kInvalid, "Column '" + name + "' is not found");
    Type from = input[*column].type;
    bool is_wrong = from == Type::kBoolean || (from == Type::kJson) != !steps.empty();
    if (is_wrong) {
        return Error(Code::kInvalid,
                     "a " + std::string(page::type_name(from)) + " column holds no times: " + name);
    }
    Converter converter = TRY(Converter::make(entry, context));
    for (Change& change : changes) {
        if (change.column != *column || steps.empty()) continue;
        change.inner.push_back({std::move(steps), std::move(converter)});
        return {};
    }
    Change& change = changes.emplace_back();
    change.column = *column;
    if (steps.empty()) {
        change.whole.emplace(std::move(converter));
    } else {
        change.inner.push_back({std::move(steps), std::move(converter)});
    }
    return {};
}

Result<std::unique_ptr<load::Filter>> make(const Options& options, const page::Schema& input,
                                           const load::Context& context) {
    std::vector<Change> changes;
    for (const Entry& entry : options.columns) {
        auto planned = plan(entry, input, changes, context);
        if (!planned.ok()) return planned.error().at(entry.place);
    }
    std::vector<page::Column> columns(input.columns().begin(), input.columns().end());
    std::vector<page::Column> made;
    std::vector<size_t> order(input.size());
    for (size_t index = 0; index < order.size(); ++index) order[index] = index;
    for (const Change& change : changes) {
        page::Column column = input[change.column];
        if (change.whole) column = {.name = column.name, .type = change.whole->entry().type};
        columns[change.column] = column;
        order[change.column] = input.size() + made.size();
        made.push_back(column);
    }
    return std::make_unique<TimestampFormat>(
        page::Schema(std::move(columns)), page::Schema(std::move(made)), std::move(changes),
        std::move(order), options.stops_on_invalid, context.compat);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, timestamp_format) {
    registry.filters.add("timestamp_format", "Rewrite timestamps.", read, make);
}
