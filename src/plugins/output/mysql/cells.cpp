#include "plugins/output/mysql/cells.h"

#include "base/text.h"
#include "plugins/output/table/timestamp_text.h"

#include <charconv>
#include <cmath>

namespace mogura::plugins::mysql {
namespace {

template <typename Number>
bool append_number(std::string& text, Number number) {
    char buffer[32];
    auto [end, failure] = std::to_chars(buffer, buffer + sizeof buffer, number);
    text.append(buffer, end);
    return true;
}

bool append_floating(std::string& text, double number, ValueKind kind) {
    if (!std::isfinite(number)) return false;
    if (kind == ValueKind::kFloat) return append_number(text, static_cast<float>(number));
    return append_number(text, number);
}

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

}  // namespace

Result<Cells> Cells::create(const Options& options) {
    std::shared_ptr<const load::TimestampFormatter> formatter;
    if (options.type == page::Type::kTimestamp && options.kind.value == ValueKind::kString) {
        auto compiled =
            TRY(load::TimestampFormatter::compile(options.timestamp_format, options.zone.name()));
        formatter = std::make_shared<const load::TimestampFormatter>(std::move(compiled));
    }
    return Cells(options, std::move(formatter));
}

bool Cells::is_number() const {
    switch (kind_.value) {
        case ValueKind::kInteger:
        case ValueKind::kDouble:
        case ValueKind::kFloat:
        case ValueKind::kBoolean:
        case ValueKind::kDecimal:
            return true;
        case ValueKind::kPass:
            return type_ == page::Type::kBoolean || type_ == page::Type::kLong ||
                   type_ == page::Type::kDouble;
        default:
            return false;
    }
}

bool Cells::is_plain() const {
    return is_number() || kind_.value == ValueKind::kDate || kind_.value == ValueKind::kTime ||
           kind_.value == ValueKind::kTimestamp;
}

bool Cells::value(const page::ColumnData& data, size_t row, std::string& scratch,
                  std::string_view& text) const {
    if (data.is_null(row) || kind_.value == ValueKind::kNull) return false;
    const bool is_text = type_ == page::Type::kString || type_ == page::Type::kJson;
    if (is_text) {
        const std::string_view value = data.texts()[row];
        const bool as_is = kind_.value == ValueKind::kString || kind_.value == ValueKind::kPass ||
                           (kind_.value == ValueKind::kJson && type_ == page::Type::kJson);
        if (as_is) {
            text = value;
            return true;
        }
        if (type_ == page::Type::kJson) return false;
    }
    scratch.clear();
    bool found = false;
    switch (type_) {
        case page::Type::kBoolean:
            found = from_boolean(data.booleans()[row] != 0, scratch);
            break;
        case page::Type::kLong:
            found = from_long(data.longs()[row], scratch);
            break;
        case page::Type::kDouble:
            found = from_double(data.doubles()[row], scratch);
            break;
        case page::Type::kString:
            found = from_string(data.texts()[row], scratch);
            break;
        case page::Type::kTimestamp:
            found = from_timestamp(data.timestamps()[row], scratch);
            break;
        case page::Type::kJson:
            break;
    }
    text = scratch;
    return found;
}

// MySQL would round what the column cannot hold: 23:59:59.9 would become the next day.
void Cells::cut_fraction(std::string& text) const {
    constexpr int kDigits = 6;
    const int unwanted = kind_.fraction_digits == 0 ? kDigits + 1 : kDigits - kind_.fraction_digits;
    text.resize(text.size() - static_cast<size_t>(unwanted));
}

bool Cells::from_boolean(bool value, std::string& text) const {
    if (kind_.value == ValueKind::kString) {
        text = value ? "true" : "false";
        return true;
    }
    text = value ? "1" : "0";
    return is_number();
}

bool Cells::from_long(int64_t value, std::string& text) const {
    switch (kind_.value) {
        case ValueKind::kInteger:
            return value >= kind_.least && value <= kind_.most && append_number(text, value);
        case ValueKind::kBoolean:
            text = value > 0 ? "1" : "0";
            return true;
        case ValueKind::kDouble:
        case ValueKind::kFloat:
        case ValueKind::kDecimal:
        case ValueKind::kString:
        case ValueKind::kPass:
            return append_number(text, value);
        default:
            return false;
    }
}

bool Cells::from_double(double value, std::string& text) const {
    switch (kind_.value) {
        case ValueKind::kInteger: {
            const double rounded = std::round(value);  // half away from zero
            const bool fits = rounded >= static_cast<double>(INT64_MIN) && rounded < 0x1p63;
            return fits && from_long(static_cast<int64_t>(rounded), text);
        }
        case ValueKind::kBoolean:
            text = value > 0 ? "1" : "0";
            return true;
        case ValueKind::kString:
            load::append_double(text, value);
            return true;
        case ValueKind::kDouble:
        case ValueKind::kFloat:
        case ValueKind::kDecimal:
        case ValueKind::kPass:
            return append_floating(text, value, kind_.value);
        default:
            return false;
    }
}

bool Cells::from_string(std::string_view value, std::string& text) const {
    switch (kind_.value) {
        case ValueKind::kInteger: {
            const auto number = base::parse_integer(value);
            return number && from_long(*number, text);
        }
        case ValueKind::kDouble:
        case ValueKind::kFloat: {
            const auto number = parse_number(value);
            return number && append_floating(text, *number, kind_.value);
        }
        case ValueKind::kDecimal:
            if (!parse_number(value)) return false;
            text = base::trim(value);
            return true;
        default:
            return false;
    }
}

bool Cells::from_timestamp(page::Timestamp value, std::string& text) const {
    switch (kind_.value) {
        case ValueKind::kString:
            formatter_->format(value, text);
            return true;
        case ValueKind::kDate:
            table::append_date(text, table::local_of(value, zone_));
            return true;
        case ValueKind::kTime:
            table::append_time(text, table::local_of(value, zone_), table::Fraction::kAlways);
            cut_fraction(text);
            return true;
        case ValueKind::kTimestamp:
        case ValueKind::kPass:
            table::append_timestamp(text, value, table::Fraction::kAlways, zone_);
            cut_fraction(text);
            return true;
        default:
            return false;
    }
}

}  // namespace mogura::plugins::mysql
