#include "plugins/input/table/convert.h"

#include "base/text.h"
#include "base/time_zone.h"
#include "plugins/input/table/array.h"
#include "plugins/query/text/values.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace mogura::plugins::source {
namespace {

page::Type default_type(ValueType type) {
    switch (type) {
        case ValueType::kLong:
            return page::Type::kLong;
        case ValueType::kFloat:
        case ValueType::kDouble:
        case ValueType::kDecimal:
            return page::Type::kDouble;
        case ValueType::kBoolean:
            return page::Type::kBoolean;
        case ValueType::kString:
        case ValueType::kArray:
            return page::Type::kString;
        case ValueType::kJson:
            return page::Type::kJson;
        case ValueType::kDate:
        case ValueType::kTime:
        case ValueType::kTimestamp:
            return page::Type::kTimestamp;
    }
    return page::Type::kString;
}

bool is_moment(ValueType type) {
    return type == ValueType::kDate || type == ValueType::kTime || type == ValueType::kTimestamp;
}

// What the documentation of the original promises; its code gives the date alone (8.4.20).
std::string display_format(ValueType type, load::Compat compat, bool becomes_text) {
    if (becomes_text && load::prints_dates_alone(compat)) return "%Y-%m-%d";
    if (type == ValueType::kDate) return "%Y-%m-%d";
    if (type == ValueType::kTime) return "%H:%M:%S";
    return "%Y-%m-%d %H:%M:%S";
}

std::optional<double> floating(std::string_view text, bool is_single) {
    if (text == "NaN") return std::nan("");
    if (text == "Infinity") return HUGE_VAL;
    if (text == "-Infinity") return -HUGE_VAL;
    if (!is_single) return parse_double(text);
    float number = 0;
    const char* end = text.data() + text.size();
    auto [parsed, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc() || parsed != end) return std::nullopt;
    return number;
}

// Half away from zero; nothing for what no long can hold.
std::optional<int64_t> rounded(double number) {
    const double whole = std::round(number);
    if (!(whole >= static_cast<double>(INT64_MIN) && whole < 0x1p63)) return std::nullopt;
    return static_cast<int64_t>(whole);
}

// "HH:MM:SS.ffffff" of 1970-01-01, and "[+-]HH" or "[+-]HH:MM" behind: the offset of an instant.
std::optional<page::Timestamp> parse_moment(std::string_view text, ValueType type) {
    const std::string on_first_day =
        type == ValueType::kTime ? "1970-01-01 " + std::string(text) : std::string();
    if (type == ValueType::kTime) text = on_first_day;
    if (text.ends_with("+00")) text.remove_suffix(3);
    const size_t time = text.find_first_of(" T");
    const size_t sign = time == text.npos ? text.npos : text.find_first_of("+-", time);
    int64_t offset = 0;
    if (sign != text.npos) {
        auto zone = base::TimeZone::find(text.substr(sign));
        if (!zone.ok()) return std::nullopt;
        offset = zone->offset_at(0).count();
        text = text.substr(0, sign);
    }
    auto timestamp = parse_timestamp(text);
    if (timestamp) timestamp->seconds -= offset;
    return timestamp;
}

}  // namespace

Result<Converter> Converter::create(const SourceColumn& column, const Options& options,
                                    load::Compat compat) {
    const auto option = TRY(option_of(options, column.name, column.sql_type));
    const auto value_type = option.value_type ? option.value_type : column.value_type;
    if (!value_type) {
        return Error(Code::kUnsupported,
                     "Unsupported type " + column.native_type + " of column '" + column.name +
                         "'. Please add 'column_options: {" + column.name +
                         ": {value_type: string}}', or exclude the column from 'select'.");
    }
    const page::Type type = option.type.value_or(default_type(*value_type));
    std::shared_ptr<const load::TimestampFormatter> formatter;
    std::string shown;
    if (is_moment(*value_type)) {
        const bool becomes_text = type == page::Type::kString;
        shown = option.timestamp_format.value_or(display_format(*value_type, compat, becomes_text));
        if (becomes_text) {
            auto compiled = TRY(load::TimestampFormatter::compile(
                shown, option.time_zone.value_or(options.default_time_zone), compat));
            formatter = std::make_shared<const load::TimestampFormatter>(std::move(compiled));
        }
    }
    page::Column target{.name = column.name, .type = type};
    if (type == page::Type::kTimestamp) target.format = shown;
    return Converter(std::move(target), *value_type, std::move(formatter), column);
}

Error Converter::misfit(std::string_view text) const {
    return {Code::kInvalid, "column " + column_.name +
                                ": this is no value of the type that the "
                                "column is read as: " +
                                std::string(text) + " (column_options: {" + column_.name +
                                ": {value_type: string}} reads any)"};
}

Result<> Converter::put(std::string_view text, page::Builder& builder, size_t index) {
    switch (value_type_) {
        case ValueType::kLong:
            return put_long(text, builder, index);
        case ValueType::kFloat:
        case ValueType::kDouble:
            return put_double(text, builder, index);
        case ValueType::kDecimal:
            return put_decimal(text, builder, index);
        case ValueType::kBoolean:
            return put_boolean(text, builder, index);
        case ValueType::kString:
            return put_string(text, builder, index);
        case ValueType::kJson:
            return put_json(text, builder, index);
        case ValueType::kDate:
        case ValueType::kTime:
        case ValueType::kTimestamp:
            return put_moment(text, builder, index);
        case ValueType::kArray:
            return put_array(text, builder, index);
    }
    return {};
}

Result<> Converter::put_long(std::string_view text, page::Builder& builder, size_t index) const {
    auto number = base::parse_integer(text);
    if (!number) {
        // A number with a fraction that value_type: long asks for.
        const auto wide = parse_double(text);
        if (wide) number = rounded(std::trunc(*wide));
    }
    if (!number) return misfit(text);
    switch (column_.type) {
        case page::Type::kLong:
            builder.set_long(index, *number);
            break;
        case page::Type::kBoolean:
            builder.set_boolean(index, *number > 0);
            break;
        case page::Type::kDouble:
            builder.set_double(index, static_cast<double>(*number));
            break;
        case page::Type::kString:
            builder.set_text(index, std::to_string(*number));
            break;
        case page::Type::kTimestamp:
        case page::Type::kJson:
            break;
    }
    return {};
}

Result<> Converter::put_double(std::string_view text, page::Builder& builder, size_t index) {
    const auto number = floating(text, value_type_ == ValueType::kFloat);
    if (!number) return misfit(text);
    switch (column_.type) {
        case page::Type::kDouble:
            builder.set_double(index, *number);
            break;
        case page::Type::kLong:
            if (const auto whole = rounded(*number)) builder.set_long(index, *whole);
            break;
        case page::Type::kBoolean:
            builder.set_boolean(index, *number > 0);
            break;
        case page::Type::kString:
            scratch_.clear();
            load::append_double(scratch_, *number);
            builder.set_text(index, scratch_);
            break;
        case page::Type::kTimestamp:
        case page::Type::kJson:
            break;
    }
    return {};
}

Result<> Converter::put_decimal(std::string_view text, page::Builder& builder, size_t index) const {
    const auto number = floating(text, false);
    if (!number) return misfit(text);
    switch (column_.type) {
        case page::Type::kDouble:
            builder.set_double(index, *number);
            break;
        case page::Type::kLong: {
            // The digits in front of the point, all of them.
            const auto whole = base::parse_integer(text.substr(0, text.find('.')));
            if (whole) builder.set_long(index, *whole);
            break;
        }
        case page::Type::kBoolean:
            builder.set_boolean(index, *number > 0);
            break;
        case page::Type::kString:
            builder.set_text(index, text);
            break;
        case page::Type::kTimestamp:
        case page::Type::kJson:
            break;
    }
    return {};
}

Result<> Converter::put_boolean(std::string_view text, page::Builder& builder, size_t index) const {
    const bool is_true = text == "t" || text == "1" || text == "true";
    if (!is_true && text != "f" && text != "0" && text != "false" && !base::parse_integer(text)) {
        return misfit(text);
    }
    const bool value = is_true || (text != "f" && text != "0" && text != "false");
    switch (column_.type) {
        case page::Type::kBoolean:
            builder.set_boolean(index, value);
            break;
        case page::Type::kLong:
            builder.set_long(index, value ? 1 : 0);
            break;
        case page::Type::kDouble:
            builder.set_double(index, value ? 1 : 0);
            break;
        case page::Type::kString:
            builder.set_text(index, value ? "true" : "false");
            break;
        case page::Type::kTimestamp:
        case page::Type::kJson:
            break;
    }
    return {};
}

Result<> Converter::put_string(std::string_view text, page::Builder& builder, size_t index) {
    switch (column_.type) {
        case page::Type::kString:
            builder.set_text(index, text);
            break;
        case page::Type::kLong:
            if (const auto number = base::parse_integer(text)) builder.set_long(index, *number);
            break;
        case page::Type::kDouble:
            if (const auto number = parse_double(text)) builder.set_double(index, *number);
            break;
        case page::Type::kJson:
            if (!is_hstore_) return put_json(text, builder, index);
            if (const auto json = hstore_json(text)) builder.set_text(index, *json);
            break;
        case page::Type::kBoolean:
        case page::Type::kTimestamp:
            break;
    }
    return {};
}

Result<> Converter::put_json(std::string_view text, page::Builder& builder, size_t index) {
    scratch_.clear();
    const bool is_json = load::first_json(text, scratch_).ok();
    if (column_.type == page::Type::kJson) {
        if (is_json) builder.set_text(index, scratch_);
    } else if (column_.type == page::Type::kString) {
        builder.set_text(index, is_json ? std::string_view(scratch_) : text);
    }
    return {};
}

Result<> Converter::put_moment(std::string_view text, page::Builder& builder, size_t index) {
    if (text.starts_with("0000-00-00")) return {};  // MySQL's date that is none
    const auto timestamp = parse_moment(text, value_type_);
    if (!timestamp) return misfit(text);
    if (column_.type == page::Type::kTimestamp) {
        builder.set_timestamp(index, *timestamp);
    } else if (column_.type == page::Type::kString) {
        scratch_.clear();
        formatter_->format(*timestamp, scratch_);
        builder.set_text(index, scratch_);
    }
    return {};
}

Result<> Converter::put_array(std::string_view text, page::Builder& builder, size_t index) {
    const auto array = parse_array(text);
    if (!array) return misfit(text);
    scratch_.clear();
    if (column_.type == page::Type::kString) {
        append_array_text(scratch_, *array);
    } else if (column_.type == page::Type::kJson) {
        append_array_json(scratch_, *array, has_plain_elements_);
    } else {
        return {};
    }
    builder.set_text(index, scratch_);
    return {};
}

}  // namespace mogura::plugins::source
