#include "plugins/output/postgresql/wire.h"

#include "plugins/output/table/timestamp_text.h"

#include <endian.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstring>
#include <iterator>

namespace mogura::plugins::postgresql {
namespace {

using database::PostgresqlType;
using table::Cell;
using table::ColumnKind;
using table::ValueKind;
using Kind = table::Cell::Kind;

// The server counts from 2000-01-01.
constexpr int64_t kEpochDays = 10'957;
constexpr int64_t kEpochSeconds = kEpochDays * 86'400;

bool is_text_type(PostgresqlType type) {
    return type == PostgresqlType::kText || type == PostgresqlType::kVarchar ||
           type == PostgresqlType::kChar || type == PostgresqlType::kJson;
}

std::optional<Wire> integer_wire(const ColumnKind& kind, PostgresqlType type) {
    auto fits = [&](int64_t least, int64_t most) {
        return kind.least >= least && kind.most <= most;
    };
    if (type == PostgresqlType::kBigint) return Wire::kBigint;
    if (type == PostgresqlType::kInteger && fits(INT32_MIN, INT32_MAX)) return Wire::kInteger;
    if (type == PostgresqlType::kSmallint && fits(INT16_MIN, INT16_MAX)) return Wire::kSmallint;
    if (type == PostgresqlType::kNumeric) return Wire::kNumeric;
    return std::nullopt;
}

std::optional<Wire> text_wire(PostgresqlType type) {
    if (is_text_type(type)) return Wire::kText;
    if (type == PostgresqlType::kJsonb) return Wire::kJsonb;
    return std::nullopt;
}

// As the network has it. A loop over the bytes, which the compiler keeps, takes a tenth of a load.
template <std::integral Integer>
Integer big_endian(Integer number) {
    if constexpr (sizeof number == 8) return static_cast<Integer>(htobe64(number));
    if constexpr (sizeof number == 4) return static_cast<Integer>(htobe32(number));
    if constexpr (sizeof number == 2) return static_cast<Integer>(htobe16(number));
    return number;
}

template <std::integral Integer>
void write_number(char* place, Integer number) {
    const Integer bytes = big_endian(number);
    std::memcpy(place, &bytes, sizeof bytes);
}

template <std::integral Integer>
void append_number(std::string& bytes, Integer number) {
    char buffer[sizeof number];
    write_number(buffer, number);
    bytes.append(buffer, sizeof buffer);
}

template <std::integral Integer>
void append_field(std::string& bytes, Integer number) {
    char buffer[sizeof(int32_t) + sizeof number];
    write_number(buffer, static_cast<int32_t>(sizeof number));
    write_number(buffer + sizeof(int32_t), number);
    bytes.append(buffer, sizeof buffer);
}

void append_field(std::string& bytes, std::string_view text) {
    append_number(bytes, static_cast<int32_t>(text.size()));
    bytes += text;
}

// PostgreSQL's text has no NUL characters.
std::string_view without_nul(std::string_view text, std::string& scratch) {
    if (text.find('\0') == text.npos) return text;
    scratch.clear();
    std::ranges::copy_if(text, std::back_inserter(scratch),
                         [](char letter) { return letter != '\0'; });
    return scratch;
}

// What the server cannot hold becomes a number that it refuses, not one that means "infinity".
int64_t microseconds(int64_t seconds, int nanosecond) {
    constexpr int64_t kSecondsMax = 9'223'371'331'199;  // the last one of the year 294276
    const int64_t since = seconds - kEpochSeconds;
    if (since > kSecondsMax) return INT64_MAX - 1;
    if (since < -kSecondsMax) return INT64_MIN + 1;
    return since * 1'000'000 + nanosecond / 1000;
}

int64_t microseconds_of_day(const base::LocalTime& local) {
    return (int64_t{local.hour} * 3600 + local.minute * 60 + local.second) * 1'000'000 +
           local.nanosecond / 1000;
}

std::string number_text(const Cell& cell) {
    if (cell.kind == Kind::kDecimal) return std::string(cell.text);
    char buffer[32];
    const auto written = cell.kind == Kind::kInteger
                             ? std::to_chars(buffer, buffer + sizeof buffer, cell.integer)
                             : std::to_chars(buffer, buffer + sizeof buffer, cell.floating);
    return {buffer, written.ptr};
}

void append_floating(std::string& text, double number, bool is_float) {
    if (std::isnan(number)) {
        text += "NaN";
        return;
    }
    if (std::isinf(number)) {
        text += number > 0 ? "Infinity" : "-Infinity";
        return;
    }
    char buffer[32];
    const auto written =
        is_float ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<float>(number))
                 : std::to_chars(buffer, buffer + sizeof buffer, number);
    text.append(buffer, written.ptr);
}

void append_escaped(std::string& row, std::string_view text) {
    for (char letter : text) {
        switch (letter) {
            case '\0':
                break;
            case '\t':
                row += "\\t";
                break;
            case '\n':
                row += "\\n";
                break;
            case '\r':
                row += "\\r";
                break;
            case '\\':
                row += "\\\\";
                break;
            default:
                row += letter;
        }
    }
}

// The server writes years before 1 as "0001-01-01 BC".
void append_moment(std::string& text, base::LocalTime local, bool has_time,
                   std::string_view offset) {
    const bool is_before_christ = local.year < 1;
    if (is_before_christ) local.year = 1 - local.year;
    table::append_date(text, local);
    if (has_time) {
        text += ' ';
        table::append_time(text, local, table::Fraction::kAlways);
        text += offset;
    }
    if (is_before_christ) text += " BC";
}

}  // namespace

std::optional<Wire> binary_wire(const table::Coercion& coercion, PostgresqlType type) {
    const ColumnKind& kind = coercion.kind();
    switch (kind.value) {
        case ValueKind::kNull:
            return Wire::kNull;
        case ValueKind::kBoolean:
            if (type == PostgresqlType::kBoolean) return Wire::kBoolean;
            return std::nullopt;
        case ValueKind::kInteger:
            return integer_wire(kind, type);
        case ValueKind::kFloat:
            if (type == PostgresqlType::kReal) return Wire::kReal;
            [[fallthrough]];
        case ValueKind::kDouble:
            if (type == PostgresqlType::kDouble) return Wire::kDouble;
            return std::nullopt;
        case ValueKind::kDecimal:
            if (type == PostgresqlType::kNumeric) return Wire::kNumeric;
            return std::nullopt;
        case ValueKind::kString:
        case ValueKind::kJson:
            return text_wire(type);
        case ValueKind::kPass: {
            const bool is_text =
                coercion.type() == page::Type::kString || coercion.type() == page::Type::kJson;
            return is_text ? text_wire(type) : std::nullopt;
        }
        case ValueKind::kDate:
            if (type == PostgresqlType::kDate) return Wire::kDate;
            return std::nullopt;
        case ValueKind::kTime:
            if (type == PostgresqlType::kTime) return Wire::kTime;
            return std::nullopt;
        case ValueKind::kTimestamp:
            if (type == PostgresqlType::kTimestamp) return Wire::kLocalTimestamp;
            if (type == PostgresqlType::kTimestampWithZone) return Wire::kInstant;
            return std::nullopt;
    }
    return std::nullopt;
}

void append_binary(std::string& bytes, const Cell& cell, Wire wire) {
    std::string scratch;
    if (cell.kind == Kind::kNull || wire == Wire::kNull) {
        append_number(bytes, int32_t{-1});
        return;
    }
    switch (wire) {
        case Wire::kNull:
            return;
        case Wire::kBoolean:
            return append_field(bytes, static_cast<int8_t>(cell.boolean));
        case Wire::kSmallint:
            return append_field(bytes, static_cast<int16_t>(cell.integer));
        case Wire::kInteger:
            return append_field(bytes, static_cast<int32_t>(cell.integer));
        case Wire::kBigint:
            return append_field(bytes, cell.integer);
        case Wire::kReal:
            return append_field(bytes, std::bit_cast<int32_t>(static_cast<float>(cell.floating)));
        case Wire::kDouble:
            return append_field(bytes, std::bit_cast<int64_t>(cell.floating));
        case Wire::kText:
            return append_field(bytes, without_nul(cell.text, scratch));
        case Wire::kJsonb: {
            const std::string_view text = without_nul(cell.text, scratch);
            append_number(bytes, static_cast<int32_t>(text.size() + 1));
            bytes += '\1';  // the version of the form
            bytes += text;
            return;
        }
        case Wire::kNumeric:
            return append_field(bytes, numeric_bytes(number_text(cell)));
        case Wire::kDate: {
            const int64_t days =
                base::days_from_civil(cell.local.year, cell.local.month, cell.local.day);
            const int64_t since =
                std::clamp<int64_t>(days - kEpochDays, INT32_MIN + 1, INT32_MAX - 1);
            return append_field(bytes, static_cast<int32_t>(since));
        }
        case Wire::kTime:
            return append_field(bytes, microseconds_of_day(cell.local));
        case Wire::kLocalTimestamp:
            return append_field(bytes,
                                microseconds(base::seconds_of(cell.local), cell.local.nanosecond));
        case Wire::kInstant:
            return append_field(bytes,
                                microseconds(cell.instant.seconds, cell.instant.nanoseconds));
    }
}

void append_text(std::string& text, const Cell& cell, const ColumnKind& kind) {
    switch (cell.kind) {
        case Kind::kNull:
            text += "\\N";
            return;
        case Kind::kBoolean:
            text += cell.boolean ? (kind.is_bit ? '1' : 't') : (kind.is_bit ? '0' : 'f');
            return;
        case Kind::kInteger:
            text += std::to_string(cell.integer);
            return;
        case Kind::kFloating:
            return append_floating(text, cell.floating, kind.value == ValueKind::kFloat);
        case Kind::kDecimal:
        case Kind::kText:
            return append_escaped(text, cell.text);
        case Kind::kDate:
            return append_moment(text, cell.local, false, "");
        case Kind::kTime:
            return table::append_time(text, cell.local, table::Fraction::kAlways);
        case Kind::kTimestamp:
            return append_moment(text, cell.local, true, kind.is_instant ? "+00" : "");
    }
}

// Digits of base 10000: how many, the weight of the first, sign, digits behind the point.
std::string numeric_bytes(std::string_view digits) {
    constexpr int kGroup = 4;
    const bool is_negative = digits.starts_with('-');
    if (is_negative || digits.starts_with('+')) digits.remove_prefix(1);
    int exponent = 0;
    const size_t mark = digits.find_first_of("eE");
    if (mark != digits.npos) {
        std::string_view power = digits.substr(mark + 1);
        if (power.starts_with('+')) power.remove_prefix(1);
        std::from_chars(power.data(), power.data() + power.size(), exponent);
        digits = digits.substr(0, mark);
    }
    std::string all;
    int behind = 0;  // digits behind the point
    for (const char letter : digits) {
        if (letter != '.') all += letter;
    }
    if (all.find_first_not_of('0') == all.npos) exponent = 0;  // "0e999999999" is short
    const size_t point = digits.find('.');
    if (point != digits.npos) behind = static_cast<int>(digits.size() - point) - 1;
    behind -= exponent;
    if (behind < 0) {
        all.append(static_cast<size_t>(-behind), '0');
        behind = 0;
    }
    const auto size = static_cast<int>(all.size());
    if (size < behind) all.insert(0, static_cast<size_t>(behind - size), '0');
    // Whole groups on both sides of the point.
    const int ahead = static_cast<int>(all.size()) - behind;
    all.insert(0, static_cast<size_t>((kGroup - ahead % kGroup) % kGroup), '0');
    all.append(static_cast<size_t>((kGroup - behind % kGroup) % kGroup), '0');
    int weight = (ahead + kGroup - 1) / kGroup - 1;
    std::string_view groups = all;
    while (groups.starts_with("0000")) {
        groups.remove_prefix(kGroup);
        --weight;
    }
    while (groups.ends_with("0000")) groups.remove_suffix(kGroup);
    if (groups.empty()) weight = 0;
    std::string bytes;
    append_number(bytes, static_cast<int16_t>(groups.size() / kGroup));
    append_number(bytes, static_cast<int16_t>(weight));
    append_number(bytes, static_cast<int16_t>(is_negative && !groups.empty() ? 0x4000 : 0));
    append_number(bytes, static_cast<int16_t>(behind));
    for (; !groups.empty(); groups.remove_prefix(kGroup)) {
        int16_t group = 0;
        for (const char digit : groups.substr(0, kGroup)) {
            group = static_cast<int16_t>(group * 10 + (digit - '0'));
        }
        append_number(bytes, group);
    }
    return bytes;
}

}  // namespace mogura::plugins::postgresql
