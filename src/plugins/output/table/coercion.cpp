#include "plugins/output/table/coercion.h"

#include "base/text.h"
#include "plugins/output/table/timestamp_text.h"

#include <charconv>
#include <cmath>
#include <map>

namespace mogura::plugins::table {
namespace {

using Kind = Cell::Kind;

// Digits without an exponent, at most: DECIMAL reads both, but not "inf" or "0x1".
std::optional<double> parse_number(std::string_view text) {
    text = base::trim(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.find_first_not_of("0123456789.eE+-") != text.npos) return std::nullopt;
    double number = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

Cell text_cell(std::string_view text) {
    return {.kind = Kind::kText, .text = text};
}
Cell boolean_cell(bool value) {
    return {.kind = Kind::kBoolean, .boolean = value};
}
Cell integer_cell(int64_t value) {
    return {.kind = Kind::kInteger, .integer = value};
}

}  // namespace

ColumnKind integer_kind(int bits, bool is_unsigned) {
    if (bits == 64) return {.value = ValueKind::kInteger, .least = is_unsigned ? 0 : INT64_MIN};
    const int64_t size = int64_t{1} << (is_unsigned ? bits : bits - 1);
    return {.value = ValueKind::kInteger, .least = is_unsigned ? 0 : -size, .most = size - 1};
}

std::optional<ColumnKind> kind_of_word(std::string_view word) {
    static const std::map<std::string_view, ColumnKind> kinds = {
        {"byte", integer_kind(8)},
        {"short", integer_kind(16)},
        {"int", integer_kind(32)},
        {"long", integer_kind(64)},
        {"double", {.value = ValueKind::kDouble}},
        {"float", {.value = ValueKind::kFloat}},
        {"boolean", {.value = ValueKind::kBoolean}},
        {"string", {.value = ValueKind::kString}},
        {"nstring", {.value = ValueKind::kString}},
        {"date", {.value = ValueKind::kDate}},
        {"time", {.value = ValueKind::kTime}},
        {"timestamp", {.value = ValueKind::kTimestamp}},
        {"decimal", {.value = ValueKind::kDecimal}},
        {"json", {.value = ValueKind::kJson}},
        {"null", {.value = ValueKind::kNull}},
        {"pass", {.value = ValueKind::kPass}},
    };
    const auto found = kinds.find(word);
    if (found == kinds.end()) return std::nullopt;
    return found->second;
}

Result<Coercion> Coercion::create(const Options& options) {
    std::shared_ptr<const load::TimestampFormatter> formatter;
    if (options.type == page::Type::kTimestamp && options.kind.value == ValueKind::kString) {
        auto compiled =
            TRY(load::TimestampFormatter::compile(options.timestamp_format, options.zone.name()));
        formatter = std::make_shared<const load::TimestampFormatter>(std::move(compiled));
    }
    return Coercion(options, std::move(formatter));
}

Cell Coercion::cell(const page::ColumnData& data, size_t row, std::string& scratch) const {
    if (data.is_null(row) || kind_.value == ValueKind::kNull) return {};
    switch (type_) {
        case page::Type::kBoolean:
            return from_boolean(data.booleans()[row] != 0, scratch);
        case page::Type::kLong:
            return from_long(data.longs()[row], scratch);
        case page::Type::kDouble:
            return from_double(data.doubles()[row], scratch);
        case page::Type::kString:
            return from_string(data.texts()[row], scratch);
        case page::Type::kTimestamp:
            return from_timestamp(data.timestamps()[row], scratch);
        case page::Type::kJson:
            return from_json(data.texts()[row]);
    }
    return {};
}

Cell Coercion::floating(double value) const {
    if (kind_.value == ValueKind::kFloat) {
        const double narrow = static_cast<float>(value);
        if (std::isinf(narrow) && !std::isinf(value)) return {};  // as a long beyond its column
        value = narrow;
    }
    if (!keeps_not_finite_ && !std::isfinite(value)) return {};
    if (kind_.value == ValueKind::kDecimal && !std::isfinite(value)) return {};
    return {.kind = Kind::kFloating, .floating = value};
}

Cell Coercion::from_boolean(bool value, std::string& scratch) const {
    switch (kind_.value) {
        case ValueKind::kBoolean:
        case ValueKind::kPass:
            return boolean_cell(value);
        case ValueKind::kInteger:
        case ValueKind::kDecimal:
            return integer_cell(value ? 1 : 0);
        case ValueKind::kDouble:
        case ValueKind::kFloat:
            return floating(value ? 1 : 0);
        case ValueKind::kString:
            scratch = value ? "true" : "false";
            return text_cell(scratch);
        default:
            return {};
    }
}

Cell Coercion::from_long(int64_t value, std::string& scratch) const {
    switch (kind_.value) {
        case ValueKind::kInteger:
            if (value < kind_.least || value > kind_.most) return {};
            return integer_cell(value);
        case ValueKind::kDecimal:
        case ValueKind::kPass:
            return integer_cell(value);
        case ValueKind::kBoolean:
            return boolean_cell(value > 0);
        case ValueKind::kDouble:
        case ValueKind::kFloat:
            return floating(static_cast<double>(value));
        case ValueKind::kString:
            scratch = std::to_string(value);
            return text_cell(scratch);
        default:
            return {};
    }
}

Cell Coercion::from_double(double value, std::string& scratch) const {
    switch (kind_.value) {
        case ValueKind::kInteger: {
            const double rounded = std::round(value);  // half away from zero
            const bool fits = rounded >= static_cast<double>(INT64_MIN) && rounded < 0x1p63;
            if (!fits) return {};
            return from_long(static_cast<int64_t>(rounded), scratch);
        }
        case ValueKind::kBoolean:
            return boolean_cell(value > 0);
        case ValueKind::kString:
            scratch.clear();
            load::append_double(scratch, value);
            return text_cell(scratch);
        case ValueKind::kDouble:
        case ValueKind::kFloat:
        case ValueKind::kDecimal:
        case ValueKind::kPass:
            return floating(value);
        default:
            return {};
    }
}

Cell Coercion::from_string(std::string_view value, std::string& scratch) const {
    switch (kind_.value) {
        case ValueKind::kString:
        case ValueKind::kPass:
            return text_cell(value);
        case ValueKind::kInteger: {
            const auto number = base::parse_integer(value);
            return number ? from_long(*number, scratch) : Cell();
        }
        case ValueKind::kDouble:
        case ValueKind::kFloat: {
            const auto number = parse_number(value);
            return number ? floating(*number) : Cell();
        }
        case ValueKind::kDecimal:
            if (!parse_number(value)) return {};
            return {.kind = Kind::kDecimal, .text = base::trim(value)};
        default:
            return {};
    }
}

Cell Coercion::from_timestamp(page::Timestamp value, std::string& scratch) const {
    Kind kind = Kind::kTimestamp;
    switch (kind_.value) {
        case ValueKind::kString:
            scratch.clear();
            formatter_->format(value, scratch);
            return text_cell(scratch);
        case ValueKind::kDate:
            kind = Kind::kDate;
            break;
        case ValueKind::kTime:
            kind = Kind::kTime;
            break;
        case ValueKind::kTimestamp:
        case ValueKind::kPass:
            break;
        default:
            return {};
    }
    return {.kind = kind, .local = local_of(value, zone_), .instant = value};
}

Cell Coercion::from_json(std::string_view value) const {
    switch (kind_.value) {
        case ValueKind::kString:
        case ValueKind::kJson:
        case ValueKind::kPass:
            return text_cell(value);
        default:
            return {};
    }
}

}  // namespace mogura::plugins::table
