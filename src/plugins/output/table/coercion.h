// What a value becomes for the column that takes it (spec embulk 9.7). What does not fit by those
// rules becomes null, as the original has it. Products turn the cells into their own text or bytes.

#pragma once

#include "base/result.h"
#include "base/time_zone.h"
#include "load/load.h"
#include "page/page.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins::table {

// What a value becomes before it is sent (value_type).
enum class ValueKind {
    kInteger,
    kDouble,
    kFloat,
    kBoolean,
    kString,
    kDate,
    kTime,
    kTimestamp,
    kDecimal,
    kJson,
    kNull,
    kPass,
};

// A column of a database, as far as values care.
struct ColumnKind {
    ValueKind value = ValueKind::kString;
    // Of a kInteger: what lies outside is null, as the original has it.
    int64_t least = INT64_MIN;
    int64_t most = INT64_MAX;
    bool is_bit = false;      // MySQL's BIT: LOAD DATA would read "1" as the bits of the character
    int fraction_digits = 6;  // of a second, that the column holds
    bool is_instant = false;  // kept as an instant, so it is sent in UTC
    bool takes_digits = false;  // 20250620160124 is a time to it
};

ColumnKind integer_kind(int bits, bool is_unsigned = false);
// From value_type, which is known to be a word of the list; nothing for "coerce".
std::optional<ColumnKind> kind_of_word(std::string_view word);

// A value on its way. Which members mean something depends on the kind.
struct Cell {
    enum class Kind {
        kNull,
        kBoolean,
        kInteger,
        kFloating,
        kDecimal,  // a number as text, in `text`
        kText,
        kDate,  // in `local`, as the next two
        kTime,
        kTimestamp,  // in `instant` too
    };
    Kind kind = Kind::kNull;
    bool boolean = false;
    int64_t integer = 0;
    double floating = 0;
    std::string_view text = {};
    base::LocalTime local = {};
    page::Timestamp instant = {};
};

class Coercion {
  public:
    struct Options {
        page::Type type;
        ColumnKind kind;
        base::TimeZone zone;
        std::string timestamp_format;   // for text columns
        bool keeps_not_finite = false;  // NaN and infinity in floating columns; else null
    };
    static Result<Coercion> create(const Options& options);

    // Texts stand in the page or in `scratch`. Any thread.
    Cell cell(const page::ColumnData& data, size_t row, std::string& scratch) const;
    const ColumnKind& kind() const { return kind_; }
    page::Type type() const { return type_; }

  private:
    Coercion(const Options& options, std::shared_ptr<const load::TimestampFormatter> formatter)
        : type_(options.type),
          kind_(options.kind),
          zone_(options.kind.is_instant && sends_timestamps() ? base::TimeZone() : options.zone),
          keeps_not_finite_(options.keeps_not_finite),
          formatter_(std::move(formatter)) {}

    bool sends_timestamps() const {
        return kind_.value == ValueKind::kTimestamp || kind_.value == ValueKind::kPass;
    }
    Cell from_boolean(bool value, std::string& scratch) const;
    Cell from_long(int64_t value, std::string& scratch) const;
    Cell from_double(double value, std::string& scratch) const;
    Cell from_string(std::string_view value, std::string& scratch) const;
    Cell from_timestamp(page::Timestamp value, std::string& scratch) const;
    Cell from_json(std::string_view value) const;
    Cell floating(double value) const;

    page::Type type_;
    ColumnKind kind_;
    base::TimeZone zone_;
    bool keeps_not_finite_;
    std::shared_ptr<const load::TimestampFormatter> formatter_;  // immutable
};

}  // namespace mogura::plugins::table
