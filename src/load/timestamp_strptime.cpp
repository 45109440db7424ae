#include "load/timestamp_strptime.h"

#include "load/timestamp_pattern.h"

#include <array>
#include <limits>
#include <span>

namespace mogura::load {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
// %Q is not among them (6.2.1).
constexpr std::string_view kNumberDirectives = "CdeGgHIjkLlMmNSsUuVWwYy";
constexpr int64_t kYearMax = 999'999'999;

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}
bool is_blank(char byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}
char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view word) {
    if (text.size() < word.size()) return false;
    for (size_t index = 0; index < word.size(); ++index) {
        if (lower(text[index]) != lower(word[index])) return false;
    }
    return true;
}

NameMatch match_name(std::string_view text, std::span<const std::string_view> names) {
    for (size_t index = 0; index < names.size(); ++index) {
        if (!starts_with_ignoring_case(text, names[index].substr(0, 3))) continue;
        bool is_full = starts_with_ignoring_case(text, names[index]);
        return {static_cast<int>(index), is_full ? names[index].size() : 3};
    }
    return {};
}

bool reads_number(const ParseStep& step) {
    if (step.kind == ParseStep::kLiteral) return is_digit(step.literal);
    return kNumberDirectives.find(step.kind) != std::string_view::npos;
}

void add_steps(std::vector<ParseStep>& steps, std::string_view pattern) {
    for (const PatternToken& token : tokenize_pattern(pattern)) {
        if (token.letter == 0) {
            for (char byte : token.text) {
                if (!is_blank(byte)) {
                    steps.push_back({.kind = ParseStep::kLiteral, .literal = byte});
                } else if (steps.empty() || steps.back().kind != ParseStep::kBlanks) {
                    steps.push_back({.kind = ParseStep::kBlanks});
                }
            }
        } else if (!token.is_plain()) {
            steps.push_back({.kind = ParseStep::kNever});
        } else if (auto composite = composite_pattern(token.letter); !composite.empty()) {
            add_steps(steps, composite);
        } else if (token.letter == '%') {
            steps.push_back({.kind = ParseStep::kLiteral, .literal = '%'});
        } else if (token.letter == 'n' || token.letter == 't') {
            steps.push_back({.kind = ParseStep::kBlanks});
        } else {
            steps.push_back({.kind = token.letter});
        }
    }
}

// Walks through one text. Each read_* returns false and leaves the position where it failed.
class Reader {
  public:
    Reader(std::string_view text, TimestampFields& fields) : text_(text), fields_(fields) {}

    bool step(const ParseStep& step);
    size_t position() const { return at_; }
    const std::string_view& unknown_zone() const { return unknown_zone_; }

  private:
    bool read_number(size_t digits_max, int64_t low, int64_t high, int64_t& number);
    bool read_int(size_t digits_max, int low, int high, int& number);
    bool read_padded(int low, int high, int& number);
    bool read_sign();  // true: minus
    bool read_date(char kind, bool bounded);
    bool read_week(char kind, bool bounded);
    bool read_year(bool next_is_number);
    bool read_fraction(size_t digits_max);
    bool read_epoch(uint32_t field);
    bool read_half_day();
    bool read_month();
    bool read_weekday();
    bool read_zone_text();
    bool ignore(size_t digits_max, int low, int high) {
        int ignored = 0;
        return read_int(digits_max, low, high, ignored);
    }
    void mark(uint32_t field) { fields_.present |= field; }

    std::string_view text_;
    TimestampFields& fields_;
    size_t at_ = 0;
    std::string_view unknown_zone_;
};

bool Reader::read_number(size_t digits_max, int64_t low, int64_t high, int64_t& number) {
    size_t begin = at_;
    int64_t value = 0;
    while (at_ < text_.size() && at_ - begin < digits_max && is_digit(text_[at_])) {
        if (value > (std::numeric_limits<int64_t>::max() - 9) / 10) return false;
        value = value * 10 + (text_[at_] - '0');
        ++at_;
    }
    if (at_ == begin || value < low || value > high) {
        at_ = begin;
        return false;
    }
    number = value;
    return true;
}

bool Reader::read_int(size_t digits_max, int low, int high, int& number) {
    int64_t value = 0;
    if (!read_number(digits_max, low, high, value)) return false;
    number = static_cast<int>(value);
    return true;
}

// Two digits, or one, or a blank and one.
bool Reader::read_padded(int low, int high, int& number) {
    if (at_ < text_.size() && text_[at_] == ' ') {
        ++at_;
        return read_int(1, low, high, number);
    }
    return read_int(2, low, high, number);
}

bool Reader::read_sign() {
    if (at_ >= text_.size() || (text_[at_] != '-' && text_[at_] != '+')) return false;
    return text_[at_++] == '-';
}

bool Reader::read_year(bool next_is_number) {
    bool is_negative = read_sign();
    if (!read_number(next_is_number ? 4 : text_.size(), 0, kYearMax, fields_.year)) return false;
    if (is_negative) fields_.year = -fields_.year;
    mark(TimestampFields::kYear);
    return true;
}

// Digits beyond nanoseconds are dropped.
bool Reader::read_fraction(size_t digits_max) {
    bool is_negative = read_sign();
    size_t begin = at_;
    int64_t nanoseconds = 0;
    int64_t unit = 100'000'000;
    while (at_ < text_.size() && at_ - begin < digits_max && is_digit(text_[at_])) {
        nanoseconds += unit * (text_[at_] - '0');
        unit /= 10;
        ++at_;
    }
    if (at_ == begin) return false;
    fields_.nanoseconds = is_negative ? -nanoseconds : nanoseconds;
    return true;
}

bool Reader::read_epoch(uint32_t field) {
    // %Q wins over %s, whichever comes first.
    bool is_negative = at_ < text_.size() && text_[at_] == '-';
    if (is_negative) ++at_;
    int64_t number = 0;
    if (!read_number(text_.size(), 0, std::numeric_limits<int64_t>::max(), number)) return false;
    if (field == TimestampFields::kEpochSeconds &&
        fields_.has(TimestampFields::kEpochMilliseconds)) {
        return true;
    }
    fields_.epoch = is_negative ? -number : number;
    fields_.is_epoch_negative = is_negative;
    mark(field);
    return true;
}

bool Reader::read_half_day() {
    std::string_view rest = text_.substr(at_);
    for (std::string_view word : {"a.m.", "p.m.", "am", "pm"}) {
        if (!starts_with_ignoring_case(rest, word)) continue;
        fields_.half_day_hours = word[0] == 'p' ? 12 : 0;
        mark(TimestampFields::kHalfDay);
        at_ += word.size();
        return true;
    }
    return false;
}

bool Reader::read_month() {
    NameMatch match = match_month(text_.substr(at_));
    if (match.length == 0) return false;
    fields_.month = match.index + 1;
    mark(TimestampFields::kMonth);
    at_ += match.length;
    return true;
}

bool Reader::read_weekday() {
    NameMatch match = match_weekday(text_.substr(at_));
    at_ += match.length;
    return match.length > 0;
}

bool Reader::read_zone_text() {
    size_t length = 0;
    ZoneMatch match = read_zone(text_.substr(at_), fields_.zone, length);
    if (match == ZoneMatch::kUnknown) unknown_zone_ = text_.substr(at_, length);
    if (match != ZoneMatch::kMatch) return false;
    mark(TimestampFields::kZone);
    at_ += length;
    return true;
}

bool Reader::step(const ParseStep& step) {
    bool bounded = step.next_is_number;
    switch (step.kind) {
        case ParseStep::kLiteral:
            if (at_ >= text_.size() || text_[at_] != step.literal) return false;
            ++at_;
            return true;
        case ParseStep::kBlanks:
            while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
            return true;
        case 'H':
        case 'k':
            return read_padded(0, 24, fields_.hour);
        case 'I':
        case 'l':
            return read_padded(1, 12, fields_.hour);
        case 'p':
        case 'P':
            return read_half_day();
        case 'M':
            return read_int(2, 0, 59, fields_.minute);
        case 'S':
            return read_int(2, 0, 60, fields_.second);
        case 'L':
            return read_fraction(bounded ? 3 : text_.size());
        case 'N':
            return read_fraction(bounded ? 9 : text_.size());
        case 'z':
        case 'Z':
            return read_zone_text();
        case 's':
            return read_epoch(TimestampFields::kEpochSeconds);
        case 'Q':
            return read_epoch(TimestampFields::kEpochMilliseconds);
        default:
            return read_date(step.kind, bounded);
    }
}

bool Reader::read_date(char kind, bool bounded) {
    switch (kind) {
        case 'Y':
            return read_year(bounded);
        case 'C':
            mark(TimestampFields::kCentury);
            return read_int(bounded ? 2 : text_.size(), 0, 9'999'999, fields_.century);
        case 'y':
            mark(TimestampFields::kShortYear);
            return read_int(2, 0, 99, fields_.short_year);
        case 'm':
            mark(TimestampFields::kMonth);
            return read_int(2, 1, 12, fields_.month);
        case 'B':
        case 'b':
        case 'h':
            return read_month();
        case 'd':
        case 'e':
            mark(TimestampFields::kDay);
            return read_padded(1, 31, fields_.day);
        case 'j':
            mark(TimestampFields::kDayOfYear);
            return read_int(3, 1, 366, fields_.day_of_year);
        default:
            return read_week(kind, bounded);
    }
}

// Weekdays, and weeks, which are read and do not count.
bool Reader::read_week(char kind, bool bounded) {
    switch (kind) {
        case 'A':
        case 'a':
            return read_weekday();
        case 'u':
            return ignore(1, 1, 7);
        case 'w':
            return ignore(1, 0, 6);
        case 'U':
        case 'W':
            return ignore(2, 0, 53);
        case 'V':
            return ignore(2, 1, 53);
        case 'g':
            return ignore(2, 0, 99);
        case 'G': {
            read_sign();
            int64_t ignored = 0;
            return read_number(bounded ? 4 : text_.size(), 0, kYearMax, ignored);
        }
        default:
            return false;
    }
}

}  // namespace

std::vector<ParseStep> compile_steps(std::string_view pattern) {
    std::vector<ParseStep> steps;
    add_steps(steps, pattern);
    for (size_t index = 0; index + 1 < steps.size(); ++index) {
        steps[index].next_is_number = reads_number(steps[index + 1]);
    }
    return steps;
}

bool run_steps(const std::vector<ParseStep>& steps, std::string_view text, TimestampFields& fields,
               ParseFailure* failure) {
    Reader reader(text, fields);
    for (const ParseStep& step : steps) {
        if (reader.step(step)) continue;
        if (failure) {
            failure->index = reader.position();
            if (!reader.unknown_zone().empty()) {
                failure->reason =
                    "Invalid time zone ID '" + std::string(reader.unknown_zone()) + "'";
            }
        }
        return false;
    }
    return true;
}

NameMatch match_month(std::string_view text) {
    return match_name(text, kMonths);
}
NameMatch match_weekday(std::string_view text) {
    return match_name(text, kWeekdays);
}

std::string_view month_name(int month) {
    return kMonths[static_cast<size_t>(month - 1)];
}
std::string_view weekday_name(int weekday) {
    return kWeekdays[static_cast<size_t>(weekday)];
}

}  // namespace mogura::load
