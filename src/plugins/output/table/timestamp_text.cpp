#include "plugins/output/table/timestamp_text.h"

namespace mogura::plugins::table {
namespace {

void append_digits(std::string& text, int64_t number, size_t digits) {
    char buffer[20];
    size_t place = sizeof buffer;
    for (; digits > 0 || number > 0; number /= 10) {
        buffer[--place] = static_cast<char>('0' + number % 10);
        if (digits > 0) --digits;
    }
    text.append(buffer + place, sizeof buffer - place);
}

}  // namespace

base::LocalTime local_of(page::Timestamp timestamp, const base::TimeZone& zone) {
    base::LocalTime local =
        base::local_of_seconds(timestamp.seconds + zone.offset_at(timestamp.seconds).count());
    local.nanosecond = timestamp.nanoseconds;
    return local;
}

void append_date(std::string& text, const base::LocalTime& local) {
    if (local.year < 0) text += '-';
    append_digits(text, local.year < 0 ? -local.year : local.year, 4);
    text += '-';
    append_digits(text, local.month, 2);
    text += '-';
    append_digits(text, local.day, 2);
}

void append_time(std::string& text, const base::LocalTime& local, Fraction fraction) {
    append_digits(text, local.hour, 2);
    text += ':';
    append_digits(text, local.minute, 2);
    text += ':';
    append_digits(text, local.second, 2);
    const int microseconds = local.nanosecond / 1000;
    if (fraction == Fraction::kWhenNotZero && microseconds == 0) return;
    text += '.';
    append_digits(text, microseconds, 6);
}

void append_timestamp(std::string& text, page::Timestamp timestamp, Fraction fraction,
                      const base::TimeZone& zone) {
    const base::LocalTime local = local_of(timestamp, zone);
    append_date(text, local);
    text += ' ';
    append_time(text, local, fraction);
}

}  // namespace mogura::plugins::table
