// One value of a row, of any type, for filters that work value by value; and the casts between the
// types (embulk 7.5.3).

#pragma once

#include "base/result.h"
#include "load/load.h"
#include "page/page.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace mogura::plugins {

// Nothing is null. Text is a string or JSON.
using Cell = std::variant<std::monostate, bool, int64_t, double, std::string, page::Timestamp>;

inline bool is_null(const Cell& cell) {
    return cell.index() == 0;
}

Cell cell_at(const page::Page& page, size_t column, size_t row);
void put_cell(page::Builder& builder, size_t column, const Cell& cell);

// The value as Java prints it: longs decimal, doubles as Double.toString, timestamps in UTC with as
// many digits as it takes.
std::string cell_text(const Cell& cell);
// "2015-01-27 19:23:49.5 UTC"-like, in groups of three digits.
std::string timestamp_text(page::Timestamp timestamp);

struct Cast {
    page::Type from = page::Type::kString;
    page::Type to = page::Type::kString;
    const load::TimestampParser* parser = nullptr;        // text to timestamp
    const load::TimestampFormatter* formatter = nullptr;  // timestamp to text
    load::Compat compat = load::Compat::kFixed;
};

// Fails with "cannot cast String to long: "x"". Null stays null.
Result<Cell> cast_cell(Cell cell, const Cast& cast);

// The long of a double as Java has it: towards zero, at the ends of the range beyond them.
int64_t truncated(double number);
// The same, but nothing for NaN and beyond the range unless it `saturates`.
std::optional<int64_t> long_of(double number, bool saturates);
// Whether these seconds are within the years that a timestamp can have.
bool is_time(int64_t seconds);
// Fails when the number is beyond the years that a timestamp can have.
Result<page::Timestamp> timestamp_of_seconds(double seconds);

}  // namespace mogura::plugins
