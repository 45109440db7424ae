// Where Embulk is plainly odd, we decide here, and only here, whether to be as it is (embulk 13.1).
//
// kStrict is for the name `embulk`, kFixed for the name `mogura`; `exec.compat` says otherwise.
// Each difference is one function.

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <string>

namespace mogura::load {

enum class Compat { kStrict, kFixed };

// For what is our own, such as rows of a query: there is no original to be like.
constexpr Compat kOurOwn = Compat::kFixed;

// 1.9.2: an input of fewer tasks than processors is spread over as many outputs as there are
// processors; otherwise only where min_output_tasks asks for it.
constexpr bool scatters_unasked(Compat compat) {
    return compat == Compat::kStrict;
}

// 3.2.4: a byte order mark stays in front of the first field.
constexpr bool keeps_byte_order_mark(Compat compat) {
    return compat == Compat::kStrict;
}

// 4.4.7: a number that does not fit its column ends a json run, whatever the options say;
// otherwise the record is rejected.
constexpr bool stops_on_unfit_numbers(Compat compat) {
    return compat == Compat::kStrict;
}

// 4.5.2: the log names a line of JSON lines by its number alone.
constexpr bool hides_file_of_json_lines(Compat compat) {
    return compat == Compat::kStrict;
}

// 4.5.4, 7.5.3, 7.8.7, 7.9.4: a double beyond the longs becomes the nearest of them, and NaN 0;
// otherwise it does not fit.
constexpr bool saturates_longs(Compat compat) {
    return compat == Compat::kStrict;
}

// 7.6.2: times that are numbers wrap in 64 bits of nanoseconds; otherwise they do not fit.
constexpr bool wraps_times(Compat compat) {
    return compat == Compat::kStrict;
}

// 7.6: beside a Ruby format, the Java formats of the same list are not tried. A Java format takes
// the first digits behind any point for nanoseconds, and rounds times before 1970 up to seconds.
constexpr bool reads_odd_java_dates(Compat compat) {
    return compat == Compat::kStrict;
}

// 7.6.4: a text inside JSON that is no time makes all of the JSON null; otherwise only itself.
constexpr bool drops_json_around_bad_times(Compat compat) {
    return compat == Compat::kStrict;
}

// 6.6.7: %v prints colons and %g the century of the week year.
constexpr bool prints_odd_dates(Compat compat) {
    return compat == Compat::kStrict;
}

// 7.3.10: `where` compares a null number as 0.
constexpr bool compares_null_numbers_as_zero(Compat compat) {
    return compat == Compat::kStrict;
}

// 7.3.5: the row filter compares longs as doubles, so that large ones lose digits.
constexpr bool compares_longs_as_doubles(Compat compat) {
    return compat == Compat::kStrict;
}

// 7.8.6: text that is no JSON ends a run with expand_json, whatever the options say; otherwise the
// record is left out.
constexpr bool stops_on_unreadable_json(Compat compat) {
    return compat == Compat::kStrict;
}

// 4.5.7: a parser that has a guesser of its own is enough to ask for it.
constexpr bool guesses_named_parsers(Compat compat) {
    return compat == Compat::kFixed;
}

// 1.12.10: a preview fills small fractions with zeros on the wrong side.
constexpr bool shifts_small_fractions(Compat compat) {
    return compat == Compat::kStrict;
}

// 2.7.17: a record shorter than another ends guess; otherwise the usual length counts.
constexpr bool stops_guess_on_short_records(Compat compat) {
    return compat == Compat::kStrict;
}

// 2.7.15, 2.7.16: one record of several lines has no columns for guess; otherwise it has its own.
constexpr bool counts_lines_for_one_record(Compat compat) {
    return compat == Compat::kStrict;
}

// 2.11.9: guess takes AM and PM for time zones.
constexpr bool guesses_half_days_as_zones(Compat compat) {
    return compat == Compat::kStrict;
}

// 8.4.20: a database's times that become text print their date alone.
constexpr bool prints_dates_alone(Compat compat) {
    return compat == Compat::kStrict;
}

// 5.6.1: the JSON lines formatter leaves out fractions of seconds where it is told no format.
constexpr bool loses_fractions(Compat compat) {
    return compat == Compat::kStrict;
}

// 5.3.8: tasks whose files have the same name overwrite one another.
constexpr bool overwrites_files_of_one_name(Compat compat) {
    return compat == Compat::kStrict;
}

// exec: {} may be left out, but not null.
constexpr bool refuses_null_exec(Compat compat) {
    return compat == Compat::kStrict;
}

// What `exec.compat` says, else `usual`. `file` is where the configuration stands.
Result<Compat> compat_of(const config::Map& config, const std::string& file, Compat usual);

}  // namespace mogura::load
