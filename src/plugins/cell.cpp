#include "plugins/cell.h"

#include "plugins/parser/csv/numbers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace mogura::plugins {
namespace {

using page::Type;

// java.time.Instant's
constexpr int64_t kSecondsMin = -31'557'014'167'219'200;
constexpr int64_t kSecondsMax = 31'556'889'864'403'199;

std::optional<bool> boolean_of(std::string_view text) {
    constexpr std::string_view kFalse[] = {"false", "False", "FALSE", "no",  "No",  "NO",  "f",
                                           "F",     "n",     "N",     "off", "Off", "OFF", "0"};
    if (csv::parse_boolean(text)) return true;
    if (std::ranges::find(kFalse, text) != std::end(kFalse)) return false;
    return std::nullopt;
}

std::string_view class_name(Type type) {
    switch (type) {
        case Type::kBoolean:
            return "Boolean";
        case Type::kLong:
            return "Long";
        case Type::kDouble:
            return "Double";
        case Type::kString:
            return "String";
        case Type::kTimestamp:
            return "Timestamp";
        default:
            return "Json";
    }
}

Error no_cast(const Cell& cell, const Cast& cast) {
    return {Code::kInvalid, "cannot cast " + std::string(class_name(cast.from)) + " to " +
                                std::string(page::type_name(cast.to)) + ": \"" + cell_text(cell) +
                                "\""};
}

// Nothing when there is no such cast, or the value does not fit.
std::optional<Cell> from_text(const std::string& text, const Cast& cast) {
    int64_t integer = 0;
    double number = 0;
    page::Timestamp timestamp;
    switch (cast.to) {
        case Type::kBoolean:
            if (auto boolean = boolean_of(text)) return Cell(*boolean);
            return std::nullopt;
        case Type::kLong:
            if (csv::parse_long(text, integer)) return Cell(integer);
            return std::nullopt;
        case Type::kDouble:
            if (csv::parse_double(text, number)) return Cell(number);
            return std::nullopt;
        case Type::kTimestamp:
            if (cast.parser && cast.parser->parse(text, timestamp)) return Cell(timestamp);
            return std::nullopt;
        case Type::kJson: {
            std::string compact;
            if (!load::first_json(text, compact).ok()) return std::nullopt;
            return Cell(std::move(compact));
        }
        default:
            return Cell(text);
    }
}

std::optional<Cell> from_long(int64_t number, Type to) {
    switch (to) {
        case Type::kBoolean:
            if (number == 0 || number == 1) return Cell(number == 1);
            return std::nullopt;
        case Type::kDouble:
            return Cell(static_cast<double>(number));
        case Type::kTimestamp:
            if (is_time(number)) return Cell(page::Timestamp{number, 0});
            return std::nullopt;
        case Type::kLong:
            return Cell(number);
        default:
            return std::nullopt;
    }
}

std::optional<Cell> from_timestamp(page::Timestamp timestamp, const Cast& cast) {
    switch (cast.to) {
        case Type::kLong:
            return Cell(timestamp.seconds);
        case Type::kDouble:
            return Cell(static_cast<double>(timestamp.seconds) + timestamp.nanoseconds / 1e9);
        case Type::kString: {
            std::string text;
            if (!cast.formatter) return Cell(timestamp_text(timestamp));
            cast.formatter->format(timestamp, text);
            return Cell(std::move(text));
        }
        case Type::kTimestamp:
            return Cell(timestamp);
        default:
            return std::nullopt;
    }
}

std::optional<Cell> from_boolean(bool boolean, Type to) {
    if (to == Type::kLong) return Cell(int64_t{boolean ? 1 : 0});
    if (to == Type::kBoolean) return Cell(boolean);
    return std::nullopt;
}

// A lone string stands for itself, anything else for its JSON.
Cell text_of_json(const std::string& json) {
    if (!json.starts_with('"')) return json;
    size_t used = 0;
    auto value = load::parse_json_value(json, used);
    return value.ok() ? Cell(std::move(value->text)) : Cell(json);
}

}  // namespace

Cell cell_at(const page::Page& page, size_t column, size_t row) {
    const page::ColumnData& data = page.column(column);
    if (data.is_null(row)) return {};
    switch (page.schema()[column].type) {
        case Type::kBoolean:
            return data.booleans()[row] != 0;
        case Type::kLong:
            return data.longs()[row];
        case Type::kDouble:
            return data.doubles()[row];
        case Type::kTimestamp:
            return data.timestamps()[row];
        default:
            return std::string(data.texts()[row]);
    }
}

void put_cell(page::Builder& builder, size_t column, const Cell& cell) {
    switch (cell.index()) {
        case 0:
            builder.set_null(column);
            return;
        case 1:
            builder.set_boolean(column, std::get<bool>(cell));
            return;
        case 2:
            builder.set_long(column, std::get<int64_t>(cell));
            return;
        case 3:
            builder.set_double(column, std::get<double>(cell));
            return;
        case 4:
            builder.set_text(column, std::get<std::string>(cell));
            return;
        default:
            builder.set_timestamp(column, std::get<page::Timestamp>(cell));
    }
}

std::string timestamp_text(page::Timestamp timestamp) {
    const char* format = timestamp.nanoseconds == 0               ? "%Y-%m-%d %H:%M:%S UTC"
                         : timestamp.nanoseconds % 1'000'000 == 0 ? "%Y-%m-%d %H:%M:%S.%3N UTC"
                         : timestamp.nanoseconds % 1000 == 0      ? "%Y-%m-%d %H:%M:%S.%6N UTC"
                                                                  : "%Y-%m-%d %H:%M:%S.%9N UTC";
    auto formatter = load::TimestampFormatter::compile(format, "UTC");
    std::string text;
    formatter->format(timestamp, text);
    return text;
}

std::string cell_text(const Cell& cell) {
    std::string text;
    switch (cell.index()) {
        case 1:
            return std::get<bool>(cell) ? "true" : "false";
        case 2:
            load::append_long(text, std::get<int64_t>(cell));
            return text;
        case 3:
            load::append_double(text, std::get<double>(cell));
            return text;
        case 4:
            return std::get<std::string>(cell);
        case 5:
            return timestamp_text(std::get<page::Timestamp>(cell));
        default:
            return text;
    }
}

int64_t truncated(double number) {
    if (std::isnan(number)) return 0;
    if (number >= 9223372036854775808.0) return std::numeric_limits<int64_t>::max();
    if (number <= -9223372036854775808.0) return std::numeric_limits<int64_t>::min();
    return static_cast<int64_t>(number);
}

std::optional<int64_t> long_of(double number, bool saturates) {
    const bool fits = number >= -0x1p63 && number < 0x1p63;
    if (fits || saturates) return truncated(number);
    return std::nullopt;
}

bool is_time(int64_t seconds) {
    return seconds >= kSecondsMin && seconds <= kSecondsMax;
}

Result<page::Timestamp> timestamp_of_seconds(double seconds) {
    if (!(std::abs(seconds) <= static_cast<double>(kSecondsMax))) {
        std::string text;
        load::append_double(text, seconds);
        return Error(Code::kInvalid, "ArithmeticException: no such time: " + text + " seconds");
    }
    // 1435752754.35 is no binary fraction: what comes back are the digits that a double of this
    // size tells apart, such as microseconds.
    constexpr double kExactMax = 0x1p52;
    int64_t per_second = 1'000'000'000;
    while (per_second > 1 && std::abs(seconds) * static_cast<double>(per_second) > kExactMax) {
        per_second /= 1000;
    }
    const int64_t units = std::llround(seconds * static_cast<double>(per_second));
    page::Timestamp timestamp{units / per_second, 0};
    int64_t rest = units % per_second;
    if (rest < 0) {
        rest += per_second;
        --timestamp.seconds;
    }
    timestamp.nanoseconds = static_cast<int32_t>(rest * (1'000'000'000 / per_second));
    return timestamp;
}

Result<Cell> cast_cell(Cell cell, const Cast& cast) {
    if (is_null(cell)) return cell;
    if (cast.from == cast.to) return cell;
    std::optional<Cell> result;
    switch (cast.from) {
        case Type::kString:
            result = from_text(std::get<std::string>(cell), cast);
            break;
        case Type::kLong:
            result = from_long(std::get<int64_t>(cell), cast.to);
            break;
        case Type::kDouble:
            if (cast.to == Type::kLong) {
                auto number = long_of(std::get<double>(cell), load::saturates_longs(cast.compat));
                if (number) result = Cell(*number);
            }
            if (cast.to == Type::kTimestamp) {
                page::Timestamp timestamp = TRY(timestamp_of_seconds(std::get<double>(cell)));
                return Cell(timestamp);
            }
            break;
        case Type::kBoolean:
            result = from_boolean(std::get<bool>(cell), cast.to);
            break;
        case Type::kTimestamp:
            result = from_timestamp(std::get<page::Timestamp>(cell), cast);
            break;
        case Type::kJson:
            if (cast.to == Type::kString) result = text_of_json(std::get<std::string>(cell));
            break;
    }
    // Everything but a timestamp has one text.
    if (!result && cast.to == Type::kString) return Cell(cell_text(cell));
    if (!result) return no_cast(cell, cast);
    return *std::move(result);
}

}  // namespace mogura::plugins
