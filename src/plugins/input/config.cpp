// Rows that stand in the configuration itself: a list of tasks, each a list of rows (embulk 8.2).
// Scalars become what their column wants as leniently as in the original: x as a long is 0.

#include "plugins/plugins.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

struct Column {
    page::Column column;
    load::TimestampParser::Options timestamp;
};

struct Options {
    std::vector<Column> columns;
    std::vector<config::Value> tasks;
    std::string place;
};

Column read_column(config::Reader& nested, const load::TimestampParser::Options& defaults) {
    Column column;
    column.column.name = nested.required<std::string>("name", "Column name.");
    auto type_name = nested.required<std::string>("type", "Column type.");
    auto type = page::find_type(type_name);
    if (!type && !type_name.empty()) {
        const std::vector<std::string> known = {"boolean", "long",      "double",
                                                "string",  "timestamp", "json"};
        nested.problem("type", "unknown type: " + type_name + base::did_you_mean(type_name, known));
    }
    column.column.type = type.value_or(page::Type::kString);
    auto format = nested.maybe<std::string>("format", "Timestamp format.");
    if (column.column.type == page::Type::kTimestamp) column.column.format = format.value_or("");
    column.timestamp = {.format = format.value_or(defaults.format),
                        .time_zone = nested.optional("timezone", defaults.time_zone, "Time zone."),
                        .date = nested.optional("date", defaults.date, "Date of mere times.")};
    return column;
}

Options read(config::Reader& reader) {
    Options options;
    load::TimestampParser::Options defaults;
    defaults.time_zone = reader.optional("default_timezone", "UTC", "Time zone of timestamps.");
    defaults.format =
        reader.optional("default_timestamp_format", "%Y-%m-%d %H:%M:%S.%N %z", "Timestamp format.");
    defaults.date = reader.optional("default_date", "1970-01-01", "Date of mere times.");
    auto columns = reader.required<std::vector<config::Value>>(
        "columns", "Name, type and perhaps format, timezone, date of each column.");
    for (size_t index = 0; index < columns.size(); ++index) {
        if (!columns[index].is_map()) {
            reader.problem("columns", "each column must be a map with name and type");
            continue;
        }
        config::Reader nested(columns[index].map(), reader.file(),
                              reader.path() + ".columns[" + std::to_string(index) + "]");
        options.columns.push_back(read_column(nested, defaults));
        reader.absorb(std::move(nested));
    }
    options.tasks = reader.required<std::vector<config::Value>>(
        "values", "Lists of rows, one list a task; a row is a list of values.");
    options.place = reader.place_of("values");
    return options;
}

using config::Value;

// The number at the front of the text, 0 when the whole text is none.
double double_of(std::string_view text) {
    text = base::trim(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    double number = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && end == text.data() + text.size() ? number : 0;
}

int64_t long_of(double number) {
    if (std::isnan(number)) return 0;
    if (number >= 9223372036854775808.0) return std::numeric_limits<int64_t>::max();
    if (number < -9223372036854775808.0) return std::numeric_limits<int64_t>::min();
    return static_cast<int64_t>(number);
}

bool as_boolean(const Value& value) {
    switch (value.kind()) {
        case Value::Kind::kBoolean:
            return value.boolean();
        case Value::Kind::kInteger:
            return value.integer() != 0;
        case Value::Kind::kBigInteger:
            return true;
        case Value::Kind::kFloat:
            return value.floating() != 0;
        case Value::Kind::kString:
            return base::trim(value.string()) == "true";
        default:
            return false;
    }
}

int64_t as_long(const Value& value) {
    switch (value.kind()) {
        case Value::Kind::kBoolean:
            return value.boolean() ? 1 : 0;
        case Value::Kind::kInteger:
            return value.integer();
        case Value::Kind::kBigInteger:
            return long_of(double_of(*value.scalar_text()));
        case Value::Kind::kFloat:
            return long_of(value.floating());
        case Value::Kind::kString: {
            std::string_view text = base::trim(value.string());
            auto whole = base::parse_integer(text);
            return whole ? *whole : long_of(double_of(text));
        }
        default:
            return 0;
    }
}

double as_double(const Value& value) {
    switch (value.kind()) {
        case Value::Kind::kBoolean:
            return value.boolean() ? 1 : 0;
        case Value::Kind::kInteger:
            return static_cast<double>(value.integer());
        case Value::Kind::kBigInteger:
            return double_of(*value.scalar_text());
        case Value::Kind::kFloat:
            return value.floating();
        case Value::Kind::kString:
            return double_of(value.string());
        default:
            return 0;
    }
}

// Numbers as they were meant, not as they were written: 1.50 is "1.5". Lists and maps are "".
std::string as_text(const Value& value) {
    std::string text;
    switch (value.kind()) {
        case Value::Kind::kBoolean:
            return value.boolean() ? "true" : "false";
        case Value::Kind::kInteger:
            load::append_long(text, value.integer());
            return text;
        case Value::Kind::kFloat:
            load::append_double(text, value.floating());
            return text;
        case Value::Kind::kBigInteger:
        case Value::Kind::kString:
            return *value.scalar_text();
        default:
            return text;
    }
}

void append_json(std::string& json, const Value& value) {
    if (value.is_map()) {
        json += '{';
        for (const auto& member : value.map()) {
            if (json.back() != '{') json += ',';
            load::append_json_text(member.key, json);
            json += ':';
            append_json(json, member.value);
        }
        json += '}';
    } else if (value.is_list()) {
        json += '[';
        for (const Value& item : value.list()) {
            if (&item != value.list().data()) json += ',';
            append_json(json, item);
        }
        json += ']';
    } else if (value.is_string()) {
        load::append_json_text(value.string(), json);
    } else {
        json += value.is_null() ? "null" : as_text(value);
    }
}

class ConfigInput final : public load::Input {
  public:
    ConfigInput(Options options, page::Schema schema, std::vector<load::TimestampParser> timestamps)
        : options_(std::move(options)),
          schema_(std::move(schema)),
          timestamps_(std::move(timestamps)) {}

    Result<> begin() override { return {}; }
    const page::Schema& schema() const override { return schema_; }
    size_t tasks() const override { return options_.tasks.size(); }

    Result<> run(size_t index, const load::PageSink& sink) override {
        constexpr size_t kRowsMax = 4096;
        const Value& task = options_.tasks[index];
        page::Builder builder(schema_);
        for (size_t row = 0; row < task.list().size(); ++row) {
            std::string place =
                options_.place + "[" + std::to_string(index) + "][" + std::to_string(row) + "]";
            TRY(add_row(task.list()[row], place, builder));
            if (builder.rows() == kRowsMax) {
                TRY(sink(builder.finish()));
            }
        }
        if (builder.rows() > 0) {
            TRY(sink(builder.finish()));
        }
        return {};
    }

  private:
    Result<> add_row(const Value& row, const std::string& place, page::Builder& builder) const {
        if (!row.is_list() || row.list().size() < schema_.size()) {
            return Error(Code::kInvalid, place + ": a row needs a value for each of the " +
                                             std::to_string(schema_.size()) + " columns");
        }
        for (size_t column = 0; column < schema_.size(); ++column) {
            const Value& value = row.list()[column];
            if (value.is_null()) {
                builder.set_null(column);
            } else {
                TRY(add_value(value, column, place, builder));
            }
        }
        builder.end_row();
        return {};
    }

    Result<> add_value(const Value& value, size_t column, const std::string& place,
                       page::Builder& builder) const {
        switch (schema_[column].type) {
            case page::Type::kBoolean:
                builder.set_boolean(column, as_boolean(value));
                break;
            case page::Type::kLong:
                builder.set_long(column, as_long(value));
                break;
            case page::Type::kDouble:
                builder.set_double(column, as_double(value));
                break;
            case page::Type::kString:
                builder.set_text(column, as_text(value));
                break;
            case page::Type::kJson: {
                std::string json;
                append_json(json, value);
                builder.set_text(column, json);
                break;
            }
            case page::Type::kTimestamp: {
                page::Timestamp timestamp;
                std::string text = as_text(value);
                if (!timestamps_[column].parse(text, timestamp)) {
                    return Error(Code::kInvalid, place + ": column " + schema_[column].name + ": " +
                                                     timestamps_[column].explain(text));
                }
                builder.set_timestamp(column, timestamp);
                break;
            }
        }
        return {};
    }

    const Options options_;
    const page::Schema schema_;
    const std::vector<load::TimestampParser> timestamps_;  // by column
};

Result<std::unique_ptr<load::Input>> make(const Options& options, const load::Context&) {
    for (const Value& task : options.tasks) {
        if (!task.is_list()) {
            return Error(Code::kInvalid, options.place + ": each task must be a list of rows");
        }
    }
    std::vector<page::Column> columns;
    std::vector<load::TimestampParser> timestamps;
    for (const Column& column : options.columns) {
        columns.push_back(column.column);
        bool is_timestamp = column.column.type == page::Type::kTimestamp;
        auto parser = load::TimestampParser::compile(
            is_timestamp ? column.timestamp : load::TimestampParser::Options());
        if (!parser.ok()) {
            return parser.error().at(options.place + ": column " + column.column.name);
        }
        timestamps.push_back(*std::move(parser));
    }
    return std::make_unique<ConfigInput>(options, page::Schema(std::move(columns)),
                                         std::move(timestamps));
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(input, config) {
    registry.inputs.add("config", "Rows written in the configuration.", read, make);
}
