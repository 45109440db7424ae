#include "load/load.h"
#include "plugins/filter/timestamp_format/joda_elements.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr std::string_view kReadable = "yYMdDeEahHkKmsSzZ";

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}
char upper(char byte) {
    return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 32) : byte;
}

struct Fields {
    std::optional<int64_t> year;
    std::optional<int> month;
    std::optional<int> day_of_year;
    std::optional<int> day;
    std::optional<int> weekday;  // from 0, which is Monday
    std::optional<int> hour;
    int half_day = 0;
    int hour_of_half_day = 0;
    int minute = 0;
    int second = 0;
    int32_t nanoseconds = 0;
    std::optional<int64_t> offset;
    std::optional<base::TimeZone> zone;
};

class Reader {
  public:
    Reader(std::string_view text, int64_t current_year)
        : text_(text), current_year_(current_year) {}

    bool run(const std::vector<JodaElement>& elements, Fields& fields);
    size_t position() const { return at_; }

  private:
    std::string_view rest() const { return text_.substr(at_); }
    bool read(const JodaElement& element, Fields& fields);
    bool read_literal(std::string_view literal);
    bool read_year(const JodaElement& element, int64_t& year);
    bool read_two_digit_year(bool is_lenient, int64_t& year);
    bool read_number(size_t digits_max, bool is_signed, int64_t& number);
    bool read_two(int& number, int most);
    bool read_fraction(size_t digits_max, int32_t& nanoseconds);
    bool read_name(std::span<const std::string_view> names, std::optional<int>& index);
    bool read_half_day(int& half_day);
    bool read_offset(int64_t& offset);
    bool read_zone_name(std::optional<base::TimeZone>& zone);
    bool read_zone_id(std::optional<base::TimeZone>& zone);

    std::string_view text_;
    int64_t current_year_;
    size_t at_ = 0;
};

bool Reader::run(const std::vector<JodaElement>& elements, Fields& fields) {
    for (const JodaElement& element : elements) {
        if (!read(element, fields)) return false;
    }
    return at_ == text_.size();
}

bool Reader::read_literal(std::string_view literal) {
    for (size_t index = 0; index < literal.size(); ++index) {
        if (at_ + index >= text_.size()) return false;
        if (upper(text_[at_ + index]) != upper(literal[index])) return false;
    }
    at_ += literal.size();
    return true;
}

// A sign does not count as a digit.
bool Reader::read_number(size_t digits_max, bool is_signed, int64_t& number) {
    size_t begin = at_;
    const bool has_sign =
        is_signed && begin < text_.size() && (text_[begin] == '-' || text_[begin] == '+');
    if (has_sign) ++begin;
    size_t end = begin;
    while (end < text_.size() && end - begin < digits_max && is_digit(text_[end])) ++end;
    int32_t value = 0;
    const auto read = std::from_chars(text_.data() + begin, text_.data() + end, value);
    if (begin == end || read.ec != std::errc()) return false;
    number = has_sign && text_[at_] == '-' ? -int64_t{value} : value;
    at_ = end;
    return true;
}

bool Reader::read_two_digit_year(bool is_lenient, int64_t& year) {
    const size_t begin = at_;
    const size_t digits_max = is_lenient ? text_.size() : 2;
    if (!read_number(digits_max, is_lenient, year)) return false;
    const bool is_two_digits = at_ - begin == 2 && is_digit(text_[begin]);
    if (!is_two_digits) return is_lenient;
    const int64_t lowest = current_year_ - 80;
    const int64_t in_century = (lowest % 100 + 100) % 100;
    year += lowest - in_century + (year < in_century ? 100 : 0);
    return true;
}

bool Reader::read_year(const JodaElement& element, int64_t& year) {
    if (element.count == 2) return read_two_digit_year(!element.is_before_number, year);
    const auto count = static_cast<size_t>(element.count);
    const size_t digits_max = element.is_before_number ? count : std::max<size_t>(count, 9);
    const bool is_of_era = element.letter == 'Y';
    if (!read_number(digits_max, !is_of_era, year)) return false;
    return !is_of_era || year > 0;
}

bool Reader::read_two(int& number, int most) {
    if (rest().size() < 2 || !is_digit(rest()[0]) || !is_digit(rest()[1])) return false;
    number = (rest()[0] - '0') * 10 + (rest()[1] - '0');
    at_ += 2;
    return number <= most;
}

bool Reader::read_fraction(size_t digits_max, int32_t& nanoseconds) {
    int32_t unit = 100'000'000;
    size_t digits = 0;
    for (nanoseconds = 0; digits < digits_max && !rest().empty() && is_digit(rest()[0]); ++digits) {
        nanoseconds += unit * (text_[at_++] - '0');
        unit /= 10;
    }
    return digits > 0;
}

// As written in `name`, or all of it in one case.
size_t length_of_name(std::string_view text, std::string_view name) {
    if (text.size() < name.size()) return 0;
    text = text.substr(0, name.size());
    const bool is_upper = std::ranges::equal(text, name, {}, {}, upper);
    const bool is_lower = std::ranges::equal(text, name, [](char byte, char of_name) {
        return byte ==
               (of_name >= 'A' && of_name <= 'Z' ? static_cast<char>(of_name + 32) : of_name);
    });
    return text == name || is_upper || is_lower ? name.size() : 0;
}

// The full name or its first three letters, whatever the pattern's count.
bool Reader::read_name(std::span<const std::string_view> names, std::optional<int>& index) {
    size_t longest = 0;
    for (size_t candidate = 0; candidate < names.size(); ++candidate) {
        const std::string_view name = names[candidate];
        const size_t length =
            std::max(length_of_name(rest(), name), length_of_name(rest(), name.substr(0, 3)));
        if (length <= longest) continue;
        longest = length;
        index = static_cast<int>(candidate);
    }
    at_ += longest;
    return longest > 0;
}

bool Reader::read_half_day(int& half_day) {
    for (int index = 0; index < 2; ++index) {
        const size_t length = length_of_name(rest(), index == 0 ? "AM" : "PM");
        if (length == 0) continue;
        at_ += length;
        half_day = index;
        return true;
    }
    return false;
}

// Z, +hh, +hhmm, +hh:mm, and seconds in the same manner.
bool Reader::read_offset(int64_t& offset) {
    if (!rest().empty() && upper(rest()[0]) == 'Z') {
        ++at_;
        offset = 0;
        return true;
    }
    if (rest().empty() || (rest()[0] != '+' && rest()[0] != '-')) return false;
    const bool is_west = text_[at_++] == '-';
    int part = 0;
    if (!read_two(part, 23)) return false;
    offset = part * 3600;
    const bool has_colons = rest().starts_with(':');
    for (int unit : {60, 1}) {
        const bool goes_on =
            !rest().empty() && (has_colons ? rest()[0] == ':' : is_digit(rest()[0]));
        if (!goes_on) break;
        if (has_colons) ++at_;
        if (!read_two(part, 59)) return false;
        offset += part * unit;
    }
    if (is_west) offset = -offset;
    return true;
}

bool Reader::read_zone_name(std::optional<base::TimeZone>& zone) {
    struct Name {
        std::string_view word;
        std::string_view zone;
    };
    constexpr Name kNames[] = {
        {"UTC", "UTC"},
        {"GMT", "UTC"},
        {"UT", "UTC"},
        {"EST", "America/New_York"},
        {"EDT", "America/New_York"},
        {"CST", "America/Chicago"},
        {"CDT", "America/Chicago"},
        {"MST", "America/Denver"},
        {"MDT", "America/Denver"},
        {"PST", "America/Los_Angeles"},
        {"PDT", "America/Los_Angeles"},
    };
    for (const Name& name : kNames) {
        if (!rest().starts_with(name.word)) continue;
        auto found = base::TimeZone::find(name.zone);
        if (!found.ok()) return false;
        zone = *std::move(found);
        at_ += name.word.size();
        return true;
    }
    return false;
}

// The longest beginning that names a zone.
bool Reader::read_zone_id(std::optional<base::TimeZone>& zone) {
    const auto is_of_id = [](char byte) {
        return is_digit(byte) || (upper(byte) >= 'A' && upper(byte) <= 'Z') || byte == '_' ||
               byte == '/' || byte == '+' || byte == '-';
    };
    size_t length = 0;
    while (length < rest().size() && is_of_id(rest()[length])) ++length;
    if (length == 0 || rest()[0] == '+' || rest()[0] == '-') return false;
    for (; length > 0; --length) {
        auto found = base::TimeZone::find(rest().substr(0, length));
        if (!found.ok()) continue;
        zone = *std::move(found);
        at_ += length;
        return true;
    }
    return false;
}

size_t digits_max_of(const JodaElement& element) {
    const size_t usual = element.letter == 'D' ? 3 : element.letter == 'e' ? 1 : 2;
    return std::max(usual, static_cast<size_t>(element.count));
}

bool store(char letter, int64_t number, Fields& fields) {
    const auto put = [&](auto& field, int64_t low, int64_t high, int64_t value) {
        if (number < low || number > high) return false;
        field = static_cast<int>(value);
        return true;
    };
    switch (letter) {
        case 'M':
            return put(fields.month, 1, 12, number);
        case 'd':
            return put(fields.day, 1, 31, number);
        case 'D':
            return put(fields.day_of_year, 1, 366, number);
        case 'e':
            return put(fields.weekday, 1, 7, number - 1);
        case 'H':
            return put(fields.hour, 0, 23, number);
        case 'k':
            return put(fields.hour, 1, 24, number % 24);
        case 'K':
            return put(fields.hour_of_half_day, 0, 11, number);
        case 'h':
            return put(fields.hour_of_half_day, 1, 12, number % 12);
        case 'm':
            return put(fields.minute, 0, 59, number);
        default:
            return put(fields.second, 0, 59, number);
    }
}

bool Reader::read(const JodaElement& element, Fields& fields) {
    switch (element.letter) {
        case JodaElement::kLiteral:
            return read_literal(element.text);
        case 'y':
        case 'Y':
            return read_year(element, fields.year.emplace());
        case 'E':
            return read_name(kWeekdays, fields.weekday);
        case 'a':
            return read_half_day(fields.half_day);
        case 'S':
            return read_fraction(static_cast<size_t>(element.count), fields.nanoseconds);
        case 'z':
            return read_zone_name(fields.zone);
        case 'Z':
            return element.count >= 3 ? read_zone_id(fields.zone)
                                      : read_offset(fields.offset.emplace());
        default:
            break;
    }
    if (element.letter == 'M' && element.count >= 3) {
        if (!read_name(kMonths, fields.month)) return false;
        ++*fields.month;
        return true;
    }
    int64_t number = 0;
    return read_number(digits_max_of(element), false, number) &&
           store(element.letter, number, fields);
}

int64_t days_of(const base::LocalTime& date) {
    return base::days_from_civil(date.year, date.month, date.day);
}

// Each field changes the date that those before it made.
bool put_date(const Fields& fields, base::LocalTime& date) {
    if (fields.year) date.year = *fields.year;
    if (fields.month) date.month = *fields.month;
    const int last = base::days_in_month(date.year, date.month);
    date.day = std::min(date.day, last);
    if (fields.day_of_year) {
        const int64_t first = base::days_from_civil(date.year, 1, 1);
        if (*fields.day_of_year > base::days_from_civil(date.year + 1, 1, 1) - first) return false;
        date = base::civil_from_days(first + *fields.day_of_year - 1);
    }
    if (fields.day) {
        if (*fields.day > base::days_in_month(date.year, date.month)) return false;
        date.day = *fields.day;
    }
    if (fields.weekday) {
        const int64_t days = days_of(date);
        const int now = (base::weekday_of(days) + 6) % 7;
        date = base::civil_from_days(days - now + *fields.weekday);
    }
    return true;
}

// Seconds of the local date and time since 1970.
std::optional<int64_t> local_seconds_of(Fields fields) {
    constexpr int64_t kYearMin = -292'275'053;
    constexpr int64_t kYearMax = 292'278'992;
    constexpr int64_t kYearOfDates = 2000;  // of texts with a date, but no year
    const bool has_date = fields.month || fields.day_of_year || fields.day || fields.weekday;
    if (!fields.year && has_date) fields.year = kYearOfDates;
    if (fields.year && (*fields.year < kYearMin || *fields.year > kYearMax)) return std::nullopt;
    base::LocalTime date;
    // The second time brings back the year that a weekday may have left.
    if (!put_date(fields, date) || !put_date(fields, date)) return std::nullopt;
    const int hour = fields.hour.value_or(fields.half_day * 12 + fields.hour_of_half_day);
    return days_of(date) * 86400 + hour * 3600 + fields.minute * 60 + fields.second;
}

// Nothing for times that a clock change leaves out.
std::optional<int64_t> seconds_of(const Fields& fields, const base::TimeZone& usual_zone) {
    auto local = local_seconds_of(fields);
    if (!local) return std::nullopt;
    if (fields.offset) return *local - *fields.offset;
    const base::TimeZone& zone = fields.zone ? *fields.zone : usual_zone;
    const int64_t seconds = zone.to_unix_seconds(base::local_of_seconds(*local));
    if (seconds + zone.offset_at(seconds).count() != *local) return std::nullopt;
    return seconds;
}

page::Timestamp timestamp_of_nanoseconds(int64_t number) {
    constexpr int64_t kPerSecond = 1'000'000'000;
    const int64_t seconds = number / kPerSecond - (number % kPerSecond < 0 ? 1 : 0);
    return {seconds, static_cast<int32_t>(number - seconds * kPerSecond)};
}

// The first digits behind a point.
int32_t nanoseconds_behind_point(std::string_view text) {
    for (size_t at = 0; at + 1 < text.size(); ++at) {
        if (text[at] != '.' || !is_digit(text[at + 1])) continue;
        size_t end = text.find_first_not_of("0123456789", at + 1);
        if (end == std::string_view::npos) end = text.size();
        if (end - at - 1 > 9) return 0;
        int32_t nanoseconds = 0;
        for (size_t place = 1; place <= 9; ++place) {
            nanoseconds = nanoseconds * 10 + (at + place < end ? text[at + place] - '0' : 0);
        }
        return nanoseconds;
    }
    return -1;
}

page::Timestamp odd_timestamp(std::string_view text, page::Timestamp exact, bool has_nanoseconds) {
    const int64_t milliseconds = exact.seconds * 1000 + exact.nanoseconds / 1'000'000;
    if (!has_nanoseconds) {
        const auto wrapped = static_cast<int64_t>(static_cast<uint64_t>(milliseconds) * 1'000'000U);
        return timestamp_of_nanoseconds(wrapped);
    }
    const int32_t nanoseconds = nanoseconds_behind_point(text);
    const int64_t seconds = milliseconds / 1000;
    if (nanoseconds < 0) return {seconds - 1, 999'999'999};
    return {seconds, nanoseconds};
}

}  // namespace

JodaParser::JodaParser(const Options& options, std::vector<JodaElement> elements,
                       base::TimeZone zone)
    : options_(options),
      elements_(std::move(elements)),
      zone_(std::move(zone)),
      has_nanoseconds_(options.pattern.find(kNanoseconds) != std::string::npos) {}

Result<JodaParser> JodaParser::compile(const Options& options) {
    std::string pattern = options.pattern;
    if (pattern.find(kNanoseconds) != std::string::npos) std::ranges::replace(pattern, 'n', 'S');
    auto elements = TRY(read_joda_pattern(pattern, kReadable));
    for (const JodaElement& element : elements) {
        if (element.letter == 'z' && element.count >= 4) {
            return wrong_joda_pattern(options.pattern,
                                      "zzzz cannot be read; z reads UTC, GMT, EST and such");
        }
    }
    auto zone = TRY(load::find_configured_zone(options.time_zone));
    return JodaParser(options, std::move(elements), std::move(zone));
}

bool JodaParser::parse(std::string_view text, page::Timestamp& timestamp) const {
    Reader reader(text, options_.current_year);
    Fields fields;
    if (!reader.run(elements_, fields)) return false;
    const auto seconds = seconds_of(fields, zone_);
    if (!seconds) return false;
    timestamp = {*seconds, fields.nanoseconds};
    if (!has_nanoseconds_) timestamp.nanoseconds -= timestamp.nanoseconds % 1'000'000;
    if (options_.is_odd) timestamp = odd_timestamp(text, timestamp, has_nanoseconds_);
    return true;
}

std::string JodaParser::explain(std::string_view text) const {
    Reader reader(text, options_.current_year);
    Fields fields;
    std::string message = "Invalid format: \"" + std::string(text) + "\"";
    if (reader.run(elements_, fields)) return message + " is no date";
    if (reader.position() >= text.size()) return message + " is too short";
    return message + " is malformed at \"" + std::string(text.substr(reader.position())) + "\"";
}

}  // namespace mogura::plugins
