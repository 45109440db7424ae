// Appends a column with a time: of another column, fixed, counting up, or of the run (embulk 7.7).

#include "base/log.h"
#include "plugins/cell.h"
#include "plugins/left_out.h"
#include "plugins/made_columns.h"
#include "plugins/plugins.h"
#include "plugins/time_unit.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

using page::Type;

struct Format {
    load::TimestampParser::Options text;
    TimeUnit unit = TimeUnit::kSecond;
};

struct FromColumn {
    std::string name;
    std::optional<std::string> json_key;
    Format format;
    std::string place;
};

enum class Mode { kFixed, kIncremental, kUpload };

struct FromValue {
    Mode mode = Mode::kFixed;
    std::optional<config::Value> value;
    std::optional<config::Value> from;
    std::optional<config::Value> to;
    Format format;
    std::string place;
};

struct Options {
    std::string to_name;
    Type to_type = Type::kTimestamp;
    TimeUnit to_unit = TimeUnit::kSecond;
    std::optional<FromColumn> column;
    std::optional<FromValue> value;
};

TimeUnit read_unit(config::Reader& reader, const char* help) {
    auto word = reader.optional("unix_timestamp_unit", "sec", help);
    auto unit = find_time_unit(word);
    if (!unit) {
        reader.problem("unix_timestamp_unit", "must be sec, milli, micro or nano, not " + word);
    }
    return unit.value_or(TimeUnit::kSecond);
}

Format read_format(config::Reader& reader) {
    constexpr const char* kFormat = "%Y-%m-%d %H:%M:%S %z";
    Format format;
    auto usual =
        reader.optional("default_timestamp_format", kFormat, "Where timestamp_format is null.");
    // As in the original, only null asks for the default: without the key, its own format holds.
    auto text = reader.maybe<std::string>("timestamp_format", "Format of times as text.");
    format.text.format = text.value_or(reader.has("timestamp_format") ? usual : kFormat);
    const auto either = [&](const char* name, const char* help, const char* default_name,
                            const char* fallback, const char* default_help) {
        auto otherwise = reader.optional(default_name, fallback, default_help);
        return reader.maybe<std::string>(name, help).value_or(otherwise);
    };
    format.text.time_zone = either("timezone", "Zone of text without one.", "default_timezone",
                                   "UTC", "Where timezone is absent.");
    format.text.date = either("date", "Date of text without one.", "default_date", "1970-01-01",
                              "Where date is absent.");
    format.unit = read_unit(reader, "sec, milli, micro or nano, of times as numbers.");
    return format;
}

FromColumn read_column(config::Reader& reader) {
    FromColumn column;
    column.name = reader.required<std::string>("name", "Column that holds the time.");
    column.json_key = reader.maybe<std::string>("json_key", "Key in a json column.");
    column.format = read_format(reader);
    column.place = reader.place_of("name");
    return column;
}

FromValue read_value(config::Reader& reader) {
    FromValue value;
    value.mode = static_cast<Mode>(reader.choice(
        "mode", {"fixed_time", "incremental_time", "upload_time"}, "Where the time comes from."));
    value.value = reader.maybe<config::Value>("value", "The time, text or number.");
    value.from = reader.maybe<config::Value>("from", "The first time.");
    value.to = reader.maybe<config::Value>("to", "The last one; then from the first again.");
    value.format = read_format(reader);
    value.place = reader.place_of("mode");
    if (value.mode == Mode::kFixed && !value.value) {
        reader.problem("value", "Field 'value' is required but not set for fixed_time");
    }
    if (value.mode == Mode::kIncremental && (!value.from || !value.to)) {
        reader.problem("from", "incremental_time needs from and to");
    }
    return value;
}

template <typename Read>
auto read_nested(config::Reader& reader, const char* name, const char* help, Read read)
    -> std::optional<decltype(read(reader))> {
    auto map = reader.maybe<config::Map>(name, help);
    if (!map) return std::nullopt;
    config::Reader nested(*map, reader.file(), reader.path() + "." + name);
    nested.follow_embulk();
    auto result = read(nested);
    reader.absorb(std::move(nested));
    return result;
}

Options read(config::Reader& reader) {
    Options options;
    auto to = reader.required<config::Map>("to_column", "{name, type, unix_timestamp_unit}.");
    if (!reader.is_manual()) {
        config::Reader nested(to, reader.file(), reader.path() + ".to_column");
        nested.follow_embulk();
        options.to_name = nested.required<std::string>("name", "Name of the new column.");
        auto type = nested.optional("type", "timestamp", "timestamp or long.");
        options.to_type = type == "long" ? Type::kLong : Type::kTimestamp;
        if (type != "long" && type != "timestamp") {
            nested.problem("type", "must be timestamp or long, not " + type);
        }
        options.to_unit = read_unit(nested, "Unit of a long.");
        reader.absorb(std::move(nested));
    }
    options.column = read_nested(
        reader, "from_column",
        "{name, json_key, timestamp_format, timezone, date, unix_timestamp_unit}.", read_column);
    options.value =
        read_nested(reader, "from_value",
                    "{mode: fixed_time, incremental_time or upload_time, value, from, to, "
                    "timestamp_format, timezone, date, unix_timestamp_unit}.",
                    read_value);
    if (!reader.is_manual() && options.column.has_value() == options.value.has_value()) {
        reader.problem("from_column", "write exactly one of from_column and from_value");
    }
    return options;
}

// Texts and numbers to times.
class TimeReader {
  public:
    static Result<TimeReader> make(const Format& format, load::Compat compat) {
        auto parser = TRY(load::TimestampParser::compile(format.text));
        return TimeReader(std::move(parser), format.unit, load::wraps_times(compat));
    }

    Result<page::Timestamp> read(const std::string& text) const {
        page::Timestamp timestamp;
        if (parser_.parse(text, timestamp)) return timestamp;
        return Error(Code::kInvalid, parser_.explain(text));
    }
    Result<page::Timestamp> read(int64_t number) const {
        if (wraps_) return timestamp_of(number, unit_);
        auto timestamp = exact_timestamp_of(number, unit_);
        if (timestamp) return *timestamp;
        return Error(Code::kInvalid, "there is no such time: " + std::to_string(number));
    }

    Result<page::Timestamp> read(const config::Value& value) const {
        if (value.is_integer()) return read(value.integer());
        auto text = value.scalar_text();
        if (!text) return Error(Code::kInvalid, "expected a time");
        return read(*text);
    }

  private:
    TimeReader(load::TimestampParser parser, TimeUnit unit, bool wraps)
        : parser_(std::move(parser)), unit_(unit), wraps_(wraps) {}

    load::TimestampParser parser_;
    TimeUnit unit_;
    bool wraps_;
};

// Where the time of a row comes from. Several threads may ask.
class Source {
  public:
    virtual ~Source() = default;
    // Nothing for null; an error drops the row.
    virtual Result<std::optional<page::Timestamp>> time_of(const page::Page& page, size_t row) = 0;
};

class ColumnSource final : public Source {
  public:
    ColumnSource(size_t column, std::optional<std::string> json_key, TimeReader reader)
        : column_(column), json_key_(std::move(json_key)), reader_(std::move(reader)) {}

    Result<std::optional<page::Timestamp>> time_of(const page::Page& page, size_t row) override {
        Cell cell = cell_at(page, column_, row);
        if (page.schema()[column_].type == Type::kJson && !is_null(cell)) {
            cell = TRY(inner(std::get<std::string>(cell)));
        }
        switch (cell.index()) {
            case 2: {
                page::Timestamp timestamp = TRY(reader_.read(std::get<int64_t>(cell)));
                return std::optional(timestamp);
            }
            case 4: {
                page::Timestamp timestamp = TRY(reader_.read(std::get<std::string>(cell)));
                return std::optional(timestamp);
            }
            case 5:
                return std::optional(std::get<page::Timestamp>(cell));
            default:
                return std::optional<page::Timestamp>();
        }
    }

  private:
    Result<Cell> inner(const std::string& json) const {
        size_t used = 0;
        load::Json value = TRY(load::parse_json_value(json, used));
        const load::Json* found = json_key_ ? value.find(*json_key_) : &value;
        if (!found || found->type == load::Json::Type::kNull) return Cell();
        if (found->type == load::Json::Type::kLong) return Cell(found->integer);
        if (found->type == load::Json::Type::kString) return Cell(found->text);
        return Error(Code::kInvalid, "a time in JSON must be text or an integer, not " +
                                         std::string(found->type_name()));
    }

    const size_t column_;
    const std::optional<std::string> json_key_;
    const TimeReader reader_;
};

class FixedSource final : public Source {
  public:
    explicit FixedSource(page::Timestamp time) : time_(time) {}
    Result<std::optional<page::Timestamp>> time_of(const page::Page&, size_t) override {
        return std::optional(time_);
    }

  private:
    const page::Timestamp time_;
};

// A second more for each row, and from the beginning behind the end. Rows of pages that are worked
// on at the same time count together.
class CountingSource final : public Source {
  public:
    CountingSource(page::Timestamp from, page::Timestamp to)
        : from_(from), turns_(to.seconds - from.seconds + 1) {}
    Result<std::optional<page::Timestamp>> time_of(const page::Page&, size_t) override {
        int64_t turn = next_++ % turns_;
        return std::optional(page::Timestamp{from_.seconds + turn, from_.nanoseconds});
    }

  private:
    const page::Timestamp from_;
    const int64_t turns_;
    std::atomic<int64_t> next_ = 0;
};

class AddTime final : public load::Filter {
  public:
    AddTime(page::Schema schema, page::Column made, TimeUnit unit, std::unique_ptr<Source> source,
            bool wraps)
        : schema_(std::move(schema)),
          made_({std::move(made)}),
          unit_(unit),
          source_(std::move(source)),
          wraps_(wraps) {
        for (size_t index = 0; index < schema_.size(); ++index) order_.push_back(index);
    }

    const page::Schema& schema() const override { return schema_; }

    Result<page::Page> apply(page::Page page) override {
        return apply_with_rejects(std::move(page), [](const load::Reject& row) -> Result<> {
            log::warn(row.warning);
            return {};
        });
    }

    Result<page::Page> apply_with_rejects(page::Page page,
                                          const load::RejectSink& rejects) override {
        const auto make = [&](const page::Page& from, size_t row, page::Builder& builder) {
            return put_time_of(from, row, builder);
        };
        return with_made_columns(std::move(page), made_, schema_, order_, rejects, make);
    }

  private:
    Result<> put_time_of(const page::Page& page, size_t row, page::Builder& builder) {
        std::optional<page::Timestamp> time = TRY(source_->time_of(page, row));
        if (!time) return {};
        if (made_[0].type != Type::kLong) {
            builder.set_timestamp(0, *time);
            return {};
        }
        auto number = wraps_ ? number_of(*time, unit_) : exact_number_of(*time, unit_);
        if (!number) {
            return Error(Code::kInvalid, cell_text(Cell(*time)) +
                                             " is beyond a long of that unit (a larger "
                                             "unix_timestamp_unit can hold it)");
        }
        builder.set_long(0, *number);
        return {};
    }

    const page::Schema schema_;
    const page::Schema made_;
    const TimeUnit unit_;
    const std::unique_ptr<Source> source_;
    const bool wraps_;
    std::vector<size_t> order_;
};

Result<std::unique_ptr<Source>> source_of(const FromColumn& from, const page::Schema& input,
                                          load::Compat compat) {
    auto column = input.find(from.name);
    if (!column) {
        return Error(Code::kInvalid, from.place + ": Column '" + from.name + "' is not found");
    }
    Type type = input[*column].type;
    if (type == Type::kDouble || type == Type::kBoolean) {
        return Error(Code::kInvalid, from.place +
                                         ": the column must be long, string, timestamp or "
                                         "json. But it's " +
                                         std::string(page::type_name(type)) + ".");
    }
    auto reader = TimeReader::make(from.format, compat);
    if (!reader.ok()) return reader.error().at(from.place);
    return std::unique_ptr<Source>(
        std::make_unique<ColumnSource>(*column, from.json_key, *std::move(reader)));
}

Result<std::unique_ptr<Source>> source_of(const FromValue& from, const load::Context& context) {
    if (from.mode == Mode::kUpload) {
        auto seconds = std::chrono::floor<std::chrono::seconds>(context.transaction_time);
        auto rest = std::chrono::nanoseconds(context.transaction_time - seconds);
        page::Timestamp now{seconds.time_since_epoch().count(), static_cast<int32_t>(rest.count())};
        return std::unique_ptr<Source>(std::make_unique<FixedSource>(now));
    }
    TimeReader reader = TRY(TimeReader::make(from.format, context.compat));
    if (from.mode == Mode::kFixed) {
        page::Timestamp time = TRY(reader.read(*from.value));
        return std::unique_ptr<Source>(std::make_unique<FixedSource>(time));
    }
    page::Timestamp first = TRY(reader.read(*from.from));
    page::Timestamp last = TRY(reader.read(*from.to));
    if (last < first) return Error(Code::kInvalid, "from must not be behind to");
    return std::unique_ptr<Source>(std::make_unique<CountingSource>(first, last));
}

Result<std::unique_ptr<load::Filter>> make(const Options& options, const page::Schema& input,
                                           const load::Context& context) {
    std::unique_ptr<Source> source;
    if (options.column) {
        source = TRY(source_of(*options.column, input, context.compat));
    } else {
        auto made = source_of(*options.value, context);
        if (!made.ok()) return made.error().at(options.value->place);
        source = *std::move(made);
    }
    std::vector<page::Column> columns(input.columns().begin(), input.columns().end());
    // A column that has the name already steps aside (7.7.3).
    if (auto known = input.find(options.to_name)) {
        std::string name = options.to_name;
        do {
            name += '_';
        } while (input.find(name));
        columns[*known].name = name;
    }
    page::Column made{.name = options.to_name, .type = options.to_type};
    columns.push_back(made);
    return std::make_unique<AddTime>(page::Schema(std::move(columns)), std::move(made),
                                     options.to_unit, std::move(source),
                                     load::wraps_times(context.compat));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(filter, add_time) {
    registry.filters.add("add_time", "Append a column with a time.", read, make);
}
