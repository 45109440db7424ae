#include "plugins/output/mysql/cells.h"

#include "plugins/output/table/timestamp_text.h"

#include <charconv>

namespace mogura::plugins::mysql {
namespace {

using table::Cell;
using table::ColumnKind;
using Kind = table::Cell::Kind;

template <typename Number>
std::string_view number_text(std::string& text, Number number) {
    char buffer[32];
    auto [end, failure] = std::to_chars(buffer, buffer + sizeof buffer, number);
    text.assign(buffer, end);
    return text;
}

// MySQL would round what the column cannot hold: 23:59:59.9 would become the next day.
void cut_fraction(std::string& text, int fraction_digits) {
    constexpr int kDigits = 6;
    const int unwanted = fraction_digits == 0 ? kDigits + 1 : kDigits - fraction_digits;
    text.resize(text.size() - static_cast<size_t>(unwanted));
}

void append_pair(std::string& text, int number) {
    text += static_cast<char>('0' + number / 10);
    text += static_cast<char>('0' + number % 10);
}

// The server reads rows letter by letter: what is not sent costs it nothing.
void append_digits(std::string& text, const base::LocalTime& local) {
    append_pair(text, static_cast<int>(local.year / 100));
    append_pair(text, static_cast<int>(local.year % 100));
    append_pair(text, local.month);
    append_pair(text, local.day);
    const bool is_midnight =
        local.hour == 0 && local.minute == 0 && local.second == 0 && local.nanosecond == 0;
    if (is_midnight) return;
    append_pair(text, local.hour);
    append_pair(text, local.minute);
    append_pair(text, local.second);
}

void append_moment(std::string& text, const base::LocalTime& local, const ColumnKind& kind) {
    const bool fits = local.year >= 1 && local.year <= 9999;
    if (kind.takes_digits && fits && (local.nanosecond == 0 || kind.fraction_digits == 0)) {
        append_digits(text, local);
        return;
    }
    table::append_date(text, local);
    text += ' ';
    table::append_time(text, local, table::Fraction::kAlways);
    cut_fraction(text, kind.fraction_digits);
}

}  // namespace

bool is_number(const Cell& cell) {
    return cell.kind == Kind::kInteger || cell.kind == Kind::kFloating ||
           cell.kind == Kind::kDecimal || cell.kind == Kind::kBoolean;
}

bool is_plain(const Cell& cell) {
    return cell.kind != Kind::kText;
}

bool cell_text(const Cell& cell, const ColumnKind& kind, std::string& scratch,
               std::string_view& text) {
    switch (cell.kind) {
        case Kind::kNull:
            return false;
        case Kind::kBoolean:
            text = cell.boolean ? "1" : "0";
            return true;
        case Kind::kInteger:
            text = number_text(scratch, cell.integer);
            return true;
        case Kind::kFloating:
            text = kind.value == table::ValueKind::kFloat
                       ? number_text(scratch, static_cast<float>(cell.floating))
                       : number_text(scratch, cell.floating);
            return true;
        case Kind::kDecimal:
        case Kind::kText:
            text = cell.text;
            return true;
        case Kind::kDate:
            scratch.clear();
            table::append_date(scratch, cell.local);
            break;
        case Kind::kTimestamp:
            scratch.clear();
            append_moment(scratch, cell.local, kind);
            break;
        case Kind::kTime:
            scratch.clear();
            table::append_time(scratch, cell.local, table::Fraction::kAlways);
            cut_fraction(scratch, kind.fraction_digits);
            break;
    }
    text = scratch;
    return true;
}

}  // namespace mogura::plugins::mysql
