#include "load/load.h"
#include "plugins/filter/timestamp_format/joda_elements.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr std::string_view kWritable = "GCxyYMdDeEwahHkKmsSnzZ";

// An instant as its zone sees it.
struct Moment {
    page::Timestamp instant;
    int64_t offset = 0;
    base::LocalTime local;
    int64_t days = 0;

    int weekday() const { return (base::weekday_of(days) + 6) % 7; }  // 0 is Monday
    int64_t year_of_era() const { return local.year > 0 ? local.year : 1 - local.year; }
};

Moment moment_of(page::Timestamp instant, const base::TimeZone& zone) {
    Moment moment{.instant = instant, .local = {}};
    moment.offset = zone.offset_at(instant.seconds).count();
    moment.local = base::local_of_seconds(instant.seconds + moment.offset);
    moment.days = base::days_from_civil(moment.local.year, moment.local.month, moment.local.day);
    return moment;
}

void append_padded(std::string& text, int64_t number, int width) {
    const std::string digits = std::to_string(std::abs(number));
    if (number < 0) text += '-';
    const auto wanted = static_cast<size_t>(width);
    if (digits.size() < wanted) text.append(wanted - digits.size(), '0');
    text += digits;
}

// The year and the number of the week, which belong to its Thursday.
std::pair<int64_t, int64_t> week_of(const Moment& moment) {
    const int64_t thursday = moment.days - moment.weekday() + 3;
    const int64_t year = base::civil_from_days(thursday).year;
    return {year, (thursday - base::days_from_civil(year, 1, 1)) / 7 + 1};
}

int64_t number_of(char letter, const Moment& moment) {
    const base::LocalTime& local = moment.local;
    switch (letter) {
        case 'C':
            return moment.year_of_era() / 100;
        case 'x':
            return week_of(moment).first;
        case 'w':
            return week_of(moment).second;
        case 'y':
            return local.year;
        case 'Y':
            return moment.year_of_era();
        case 'M':
            return local.month;
        case 'd':
            return local.day;
        case 'D':
            return moment.days - base::days_from_civil(local.year, 1, 1) + 1;
        case 'e':
            return moment.weekday() + 1;
        case 'H':
            return local.hour;
        case 'k':
            return local.hour == 0 ? 24 : local.hour;
        case 'K':
            return local.hour % 12;
        case 'h':
            return local.hour % 12 == 0 ? 12 : local.hour % 12;
        case 'm':
            return local.minute;
        default:
            return local.second;
    }
}

// Of milliseconds; zeros follow them, up to 15 digits unless all are zeros.
void append_fraction(std::string& text, int count, int64_t milliseconds) {
    constexpr int kDigitsMax = 15;
    if (milliseconds != 0) count = std::min(count, kDigitsMax);
    std::string digits;
    append_padded(digits, milliseconds, 3);
    digits.resize(static_cast<size_t>(count), '0');
    text += digits;
}

void append_zone(std::string& text, const JodaElement& element, const base::TimeZone& zone,
                 const Moment& moment) {
    const bool is_name = element.letter == 'z' || element.count >= 3;
    if (!is_name) {
        text += base::format_offset(std::chrono::seconds(moment.offset), element.count == 2);
    } else if (zone.is_fixed()) {
        text += moment.offset == 0 ? "UTC"
                                   : base::format_offset(std::chrono::seconds(moment.offset), true);
    } else {
        text += element.letter == 'z' ? zone.abbreviation_at(moment.instant.seconds) : zone.name();
    }
}

std::string_view shortened(std::string_view name, int count) {
    return count >= 4 ? name : name.substr(0, 3);
}

void append_nanoseconds(std::string& text, int count, int32_t nanoseconds) {
    append_padded(text, count == 9 ? nanoseconds : nanoseconds / 1000, count);
}

Result<> check_nanoseconds(std::string_view pattern, const std::vector<JodaElement>& elements) {
    const int wanted = pattern.find(kNanoseconds) != std::string_view::npos ? 9 : 6;
    int runs = 0;
    for (const JodaElement& element : elements) {
        if (element.letter != 'n') continue;
        if (element.count != wanted || ++runs > 1) {
            return wrong_joda_pattern(
                pattern, "n is for nnnnnnnnn (nanoseconds) or nnnnnn (microseconds), once");
        }
    }
    return {};
}

Result<> check_zone_names(std::string_view pattern, const std::vector<JodaElement>& elements,
                          const base::TimeZone& zone) {
    constexpr int64_t kRecently = 1'500'000'000;
    for (const JodaElement& element : elements) {
        if (element.letter != 'z') continue;
        if (element.count >= 4) {
            return wrong_joda_pattern(pattern,
                                      "long zone names are not supported: zzzz (z is JST, Z "
                                      "is +0900, ZZZ is Asia/Tokyo)");
        }
        const std::string name = zone.abbreviation_at(kRecently);
        const bool is_offset = name.starts_with('+') || name.starts_with('-');
        if (is_offset && !zone.is_fixed()) {
            return wrong_joda_pattern(pattern, "there is no short name of the zone " + zone.name() +
                                                   " for z (Z is +0900, ZZZ is Asia/Tokyo)");
        }
    }
    return {};
}

}  // namespace

JodaFormatter::JodaFormatter(std::vector<JodaElement> elements, base::TimeZone zone)
    : elements_(std::move(elements)), zone_(std::move(zone)), has_nanoseconds_(false) {
    for (const JodaElement& element : elements_) {
        if (element.letter == 'n') has_nanoseconds_ = true;
    }
}

Result<JodaFormatter> JodaFormatter::compile(std::string_view pattern, std::string_view time_zone) {
    auto elements = TRY(read_joda_pattern(pattern, kWritable));
    auto zone = TRY(load::find_configured_zone(time_zone));
    TRY(check_nanoseconds(pattern, elements));
    TRY(check_zone_names(pattern, elements, zone));
    return JodaFormatter(std::move(elements), std::move(zone));
}

void JodaFormatter::format(page::Timestamp timestamp, std::string& text) const {
    const Moment moment = moment_of(timestamp, zone_);
    // Joda sees whole seconds where the nanoseconds are written beside it.
    const int64_t milliseconds = has_nanoseconds_ ? 0 : timestamp.nanoseconds / 1'000'000;
    for (const JodaElement& element : elements_) {
        const int count = element.count;
        switch (element.letter) {
            case JodaElement::kLiteral:
                text += element.text;
                break;
            case 'G':
                text += moment.local.year > 0 ? "AD" : "BC";
                break;
            case 'a':
                text += moment.local.hour < 12 ? "AM" : "PM";
                break;
            case 'E':
                text += shortened(kWeekdays[static_cast<size_t>(moment.weekday())], count);
                break;
            case 'S':
                append_fraction(text, count, milliseconds);
                break;
            case 'n':
                append_nanoseconds(text, count, timestamp.nanoseconds);
                break;
            case 'z':
            case 'Z':
                append_zone(text, element, zone_, moment);
                break;
            default: {
                const char letter = element.letter;
                const int64_t number = number_of(letter, moment);
                const bool is_year = letter == 'y' || letter == 'Y' || letter == 'x';
                if (letter == 'M' && count >= 3) {
                    text += shortened(kMonths[static_cast<size_t>(moment.local.month - 1)], count);
                } else {
                    append_padded(text, is_year && count == 2 ? std::abs(number) % 100 : number,
                                  count);
                }
            }
        }
    }
}

}  // namespace mogura::plugins
