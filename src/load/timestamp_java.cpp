#include "load/timestamp_java.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace mogura::load {
namespace {

constexpr std::string_view kNumbers = "uyMLdDHhKkmsSn";
constexpr std::string_view kOthers = "aEXxZOG";

bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}
bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}
char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
}

bool is_month_text(const JavaElement& element) {
    return (element.letter == 'M' || element.letter == 'L') && element.count >= 3;
}

bool is_number(const JavaElement& element) {
    return kNumbers.find(element.letter) != std::string_view::npos && !is_month_text(element);
}

bool is_year(const JavaElement& element) {
    return element.letter == 'u' || element.letter == 'y';
}

// The number of digits of a fixed-width number; 0 when its width varies.
size_t fixed_width(const JavaElement& element) {
    if (!is_number(element)) return 0;
    size_t count = static_cast<size_t>(element.count);
    if (element.letter == 'S') return count;
    if (is_year(element)) return count == 2 ? 2 : 0;
    if (element.letter == 'n') return 0;
    if (element.letter == 'D') return count == 3 ? 3 : 0;
    return count == 2 ? 2 : 0;
}

Result<> check(const JavaElement& element) {
    std::string run(static_cast<size_t>(element.count), element.letter);
    int most = 2;
    if (is_year(element) || element.letter == 'n') {
        most = 19;
    } else if (element.letter == 'S') {
        most = 9;
    } else if (element.letter == 'X' || element.letter == 'x' || element.letter == 'Z') {
        most = 5;
    } else if (element.letter == 'M' || element.letter == 'L' || element.letter == 'E' ||
               element.letter == 'O' || element.letter == 'G') {
        most = 4;
    } else if (element.letter == 'D') {
        most = 3;
    } else if (element.letter == 'a') {
        most = 1;
    }
    if (kNumbers.find(element.letter) == std::string_view::npos &&
        kOthers.find(element.letter) == std::string_view::npos) {
        return Error(Code::kUnsupported, "java pattern letter is not supported: " + run);
    }
    if (element.count > most) {
        return Error(Code::kInvalid, "too many letters in the java pattern: " + run);
    }
    return {};
}

void reserve_digits(std::vector<JavaElement>& elements) {
    for (size_t index = 0; index < elements.size(); ++index) {
        if (!is_number(elements[index]) || fixed_width(elements[index]) > 0) continue;
        for (size_t next = index + 1; next < elements.size(); ++next) {
            size_t width = fixed_width(elements[next]);
            if (width == 0) break;
            elements[index].reserved += width;
        }
    }
}

void add_literal(std::vector<JavaElement>& elements, std::string_view text) {
    if (elements.empty() || elements.back().letter != JavaElement::kLiteral)
        elements.emplace_back();
    elements.back().text.append(text);
}

// Reads quoted text from the quote at `at`; leaves `at` behind the closing one.
Result<> read_quoted(std::string_view pattern, size_t& at, std::vector<JavaElement>& elements) {
    size_t begin = at++;
    if (at < pattern.size() && pattern[at] == '\'') {
        ++at;
        add_literal(elements, "'");
        return {};
    }
    while (at < pattern.size()) {
        if (pattern[at] != '\'') {
            add_literal(elements, pattern.substr(at++, 1));
        } else if (at + 1 < pattern.size() && pattern[at + 1] == '\'') {
            add_literal(elements, "'");
            at += 2;
        } else {
            ++at;
            return {};
        }
    }
    return Error(Code::kInvalid,
                 "java pattern ends inside a quote: " + std::string(pattern.substr(begin)));
}

class Reader {
  public:
    Reader(const std::vector<JavaElement>& elements, std::string_view text)
        : elements_(elements), text_(text) {}

    bool run(size_t begin, size_t end, TimestampFields& fields);
    size_t position() const { return at_; }
    bool fits_weekday(const TimestampFields& fields) const;

  private:
    bool read(const JavaElement& element, TimestampFields& fields);
    bool read_literal(std::string_view literal);
    bool read_number(const JavaElement& element, int64_t& number);
    bool store(const JavaElement& element, int64_t number, TimestampFields& fields) const;
    bool read_offset(const JavaElement& element, TimestampFields& fields);
    bool read_two(int64_t& number);

    const std::vector<JavaElement>& elements_;
    std::string_view text_;
    size_t at_ = 0;
    int weekday_ = -1;
};

bool Reader::read_literal(std::string_view literal) {
    for (char byte : literal) {
        if (at_ >= text_.size() || lower(text_[at_]) != lower(byte)) return false;
        ++at_;
    }
    return true;
}

bool Reader::read_number(const JavaElement& element, int64_t& number) {
    size_t width = fixed_width(element);
    size_t least = width > 0 ? width : 1;
    size_t most = width > 0 ? width : 19;
    bool is_padded_year = is_year(element) && element.count >= 4;
    if (is_padded_year) least = static_cast<size_t>(element.count);
    bool has_plus = false;
    bool is_negative = false;
    size_t begin = at_;
    if (width == 0 && at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) {
        is_negative = text_[at_] == '-';
        has_plus = !is_negative;
        if (has_plus && !is_padded_year) return false;
        ++at_;
    }
    size_t digits = 0;
    while (at_ + digits < text_.size() && digits < most && is_digit(text_[at_ + digits])) ++digits;
    if (element.reserved > 0) {
        digits = digits > element.reserved ? std::max(least, digits - element.reserved) : 0;
    }
    if (digits < least || digits > 18 ||
        (is_padded_year && has_plus != (digits > least && !is_negative))) {
        at_ = begin;
        return false;
    }
    number = 0;
    for (size_t index = 0; index < digits; ++index) number = number * 10 + (text_[at_++] - '0');
    if (is_negative) number = -number;
    return true;
}

bool Reader::store(const JavaElement& element, int64_t number, TimestampFields& fields) const {
    auto put = [&](int64_t low, int64_t high, int& field, uint32_t mark) {
        if (number < low || number > high) return false;
        field = static_cast<int>(number);
        fields.present |= mark;
        return true;
    };
    switch (element.letter) {
        case 'u':
        case 'y':
            if (number < -999'999'999 || number > 999'999'999) return false;
            fields.year = element.count == 2 ? 2000 + number : number;
            fields.present |= TimestampFields::kYear;
            return true;
        case 'M':
        case 'L':
            return put(1, 12, fields.month, TimestampFields::kMonth);
        case 'd':
            return put(1, 31, fields.day, TimestampFields::kDay);
        case 'D':
            return put(1, 366, fields.day_of_year, TimestampFields::kDayOfYear);
        case 'H':
            return put(0, 23, fields.hour, 0);
        case 'k':
            if (number == 0) return false;
            if (number == 24) number = 0;
            return put(0, 23, fields.hour, 0);
        case 'h':
            return number >= 1 && put(1, 12, fields.hour, 0);
        case 'K':
            return put(0, 11, fields.hour, 0);
        case 'm':
            return put(0, 59, fields.minute, 0);
        case 's':
            return put(0, 59, fields.second, 0);
        case 'n':
            fields.nanoseconds = number;
            return number >= 0 && number <= 999'999'999;
        case 'S':
            for (int digit = element.count; digit < 9; ++digit) number *= 10;
            fields.nanoseconds = number;
            return true;
        default:
            return false;
    }
}

bool Reader::read_two(int64_t& number) {
    if (at_ + 2 > text_.size() || !is_digit(text_[at_]) || !is_digit(text_[at_ + 1])) return false;
    number = (text_[at_] - '0') * 10 + (text_[at_ + 1] - '0');
    at_ += 2;
    return true;
}

bool Reader::read_offset(const JavaElement& element, TimestampFields& fields) {
    fields.present |= TimestampFields::kZone;
    fields.zone = {};
    bool is_localized = element.letter == 'O' || (element.letter == 'Z' && element.count == 4);
    if (is_localized && !read_literal("GMT")) return false;
    bool takes_z = element.letter == 'X' || (element.letter == 'Z' && element.count == 5);
    if (takes_z && at_ < text_.size() && lower(text_[at_]) == 'z') {
        ++at_;
        return true;
    }
    if (at_ >= text_.size() || (text_[at_] != '+' && text_[at_] != '-')) return is_localized;
    bool is_west = text_[at_++] == '-';
    int64_t hours = 0, minutes = 0, seconds = 0;
    if (!read_two(hours)) return false;
    bool colon = is_localized || (element.letter == 'Z' ? element.count == 5
                                                        : element.count == 3 || element.count == 5);
    bool optional_minutes = is_localized || (element.letter != 'Z' && element.count == 1);
    bool optional_seconds = element.count >= 4;
    size_t before = at_;
    if ((colon && !read_literal(":")) || !read_two(minutes)) {
        if (!optional_minutes) return false;
        at_ = before;
        optional_seconds = false;
    }
    before = at_;
    if (optional_seconds && ((colon && !read_literal(":")) || !read_two(seconds))) at_ = before;
    int64_t total = hours * 3600 + minutes * 60 + seconds;
    if (minutes > 59 || seconds > 59 || total > 18 * 3600) return false;
    fields.zone.offset_seconds = static_cast<int32_t>(is_west ? -total : total);
    return true;
}

bool Reader::read(const JavaElement& element, TimestampFields& fields) {
    if (element.letter == JavaElement::kLiteral) return read_literal(element.text);
    if (is_number(element)) {
        int64_t number = 0;
        return read_number(element, number) && store(element, number, fields);
    }
    std::string_view rest = text_.substr(at_);
    if (element.letter == 'a') {
        if (rest.size() < 2 || lower(rest[1]) != 'm') return false;
        if (lower(rest[0]) != 'a' && lower(rest[0]) != 'p') return false;
        fields.half_day_hours = lower(rest[0]) == 'p' ? 12 : 0;
        fields.present |= TimestampFields::kHalfDay;
        at_ += 2;
        return true;
    }
    if (is_month_text(element) || element.letter == 'E') {
        NameMatch match = element.letter == 'E' ? match_weekday(rest) : match_month(rest);
        if (match.length == 0) return false;
        bool wants_full = element.count == 4;
        std::string_view full =
            element.letter == 'E' ? weekday_name(match.index) : month_name(match.index + 1);
        if (wants_full && match.length != full.size()) return false;
        at_ += wants_full ? full.size() : 3;
        if (element.letter == 'E') {
            weekday_ = match.index;
        } else {
            fields.month = match.index + 1;
            fields.present |= TimestampFields::kMonth;
        }
        return true;
    }
    return element.letter != 'G' && read_offset(element, fields);
}

bool Reader::run(size_t begin, size_t end, TimestampFields& fields) {
    for (size_t index = begin; index < end; ++index) {
        const JavaElement& element = elements_[index];
        if (element.letter == JavaElement::kOptional) {
            TimestampFields saved = fields;
            size_t before = at_;
            if (!run(index + 1, element.end, fields)) {
                fields = saved;
                at_ = before;
            }
            index = element.end;
        } else if (!read(element, fields)) {
            return false;
        }
    }
    return true;
}

bool Reader::fits_weekday(const TimestampFields& fields) const {
    constexpr uint32_t kDate =
        TimestampFields::kYear | TimestampFields::kMonth | TimestampFields::kDay;
    if (weekday_ < 0 || (fields.present & kDate) != kDate) return true;
    return base::weekday_of(base::days_from_civil(fields.year, fields.month, fields.day)) ==
           weekday_;
}

void append_padded(std::string& text, int64_t number, size_t width) {
    std::string digits = std::to_string(std::abs(number));
    if (number < 0) text += '-';
    if (digits.size() < width) text.append(width - digits.size(), '0');
    text += digits;
}

void append_offset(std::string& text, const JavaElement& element, int64_t offset) {
    bool is_localized = element.letter == 'O' || (element.letter == 'Z' && element.count == 4);
    bool prints_z = element.letter == 'X' || (element.letter == 'Z' && element.count == 5);
    if (is_localized) text += "GMT";
    if (offset == 0 && (prints_z || is_localized)) {
        if (prints_z) text += 'Z';
        return;
    }
    int64_t total = std::abs(offset);
    text += offset < 0 ? '-' : '+';
    bool is_short = element.letter == 'O' && element.count == 1;
    append_padded(text, total / 3600, is_short ? 1 : 2);
    bool colon = is_localized || (element.letter == 'Z' ? element.count == 5
                                                        : element.count == 3 || element.count == 5);
    bool may_stop = is_short || (element.letter != 'Z' && element.count == 1);
    if (may_stop && total % 3600 == 0) return;
    if (colon) text += ':';
    append_padded(text, total / 60 % 60, 2);
    if (element.count < 4 || total % 60 == 0) return;
    if (colon) text += ':';
    append_padded(text, total % 60, 2);
}

// Numbers of an instant in its zone, by pattern letter.
struct Moment {
    base::LocalTime local;
    int64_t day_of_year = 0;
    int weekday = 0;
    int64_t offset = 0;
};

int64_t number_of(const JavaElement& element, const Moment& moment) {
    const base::LocalTime& local = moment.local;
    switch (element.letter) {
        case 'y':
            return local.year > 0 ? local.year : 1 - local.year;
        case 'u':
            return local.year;
        case 'M':
        case 'L':
            return local.month;
        case 'd':
            return local.day;
        case 'D':
            return moment.day_of_year;
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
        case 's':
            return local.second;
        default:
            return local.nanosecond;
    }
}

void append_number(std::string& text, const JavaElement& element, const Moment& moment) {
    int64_t number = number_of(element, moment);
    if (element.letter == 'S') {
        for (int digit = element.count; digit < 9; ++digit) number /= 10;
    } else if (is_year(element) && element.count == 2) {
        number = (number % 100 + 100) % 100;
    } else if (is_year(element) && element.count >= 4 &&
               std::to_string(number).size() > static_cast<size_t>(element.count) && number > 0) {
        text += '+';
    }
    append_padded(text, number, static_cast<size_t>(element.count));
}

void append_element(std::string& text, const JavaElement& element, const Moment& moment) {
    if (element.letter == JavaElement::kLiteral) {
        text += element.text;
    } else if (is_number(element)) {
        append_number(text, element, moment);
    } else if (is_month_text(element)) {
        std::string_view name = month_name(moment.local.month);
        text += element.count == 3 ? name.substr(0, 3) : name;
    } else if (element.letter == 'E') {
        std::string_view name = weekday_name(moment.weekday);
        text += element.count < 4 ? name.substr(0, 3) : name;
    } else if (element.letter == 'a') {
        text += moment.local.hour < 12 ? "AM" : "PM";
    } else if (element.letter == 'G') {
        bool is_full = element.count == 4;
        text += moment.local.year > 0 ? (is_full ? "Anno Domini" : "AD")
                                      : (is_full ? "Before Christ" : "BC");
    } else if (element.letter != JavaElement::kOptional && element.letter != JavaElement::kEnd) {
        append_offset(text, element, moment.offset);
    }
}

}  // namespace

Result<std::vector<JavaElement>> compile_java(std::string_view pattern) {
    std::vector<JavaElement> elements;
    std::vector<size_t> open;
    size_t at = 0;
    while (at < pattern.size()) {
        char byte = pattern[at];
        if (byte == '\'') {
            TRY(read_quoted(pattern, at, elements));
        } else if (byte == '[') {
            open.push_back(elements.size());
            elements.push_back({.letter = JavaElement::kOptional});
            ++at;
        } else if (byte == ']') {
            if (open.empty()) {
                return Error(Code::kInvalid, "java pattern closes what it did not open: ]");
            }
            elements[open.back()].end = elements.size();
            open.pop_back();
            elements.push_back({.letter = JavaElement::kEnd});
            ++at;
        } else if (is_letter(byte)) {
            size_t end = pattern.find_first_not_of(byte, at);
            if (end == std::string_view::npos) end = pattern.size();
            JavaElement element{.letter = byte, .count = static_cast<int>(end - at)};
            TRY(check(element));
            elements.push_back(std::move(element));
            at = end;
        } else {
            add_literal(elements, pattern.substr(at, 1));
            ++at;
        }
    }
    while (!open.empty()) {
        elements[open.back()].end = elements.size();
        open.pop_back();
        elements.push_back({.letter = JavaElement::kEnd});
    }
    reserve_digits(elements);
    return elements;
}

bool run_java(const std::vector<JavaElement>& elements, std::string_view text,
              TimestampFields& fields, ParseFailure* failure) {
    Reader reader(elements, text);
    if (reader.run(0, elements.size(), fields) && reader.position() == text.size() &&
        reader.fits_weekday(fields)) {
        return true;
    }
    if (failure) failure->index = reader.position();
    return false;
}

void format_java(const std::vector<JavaElement>& elements, page::Timestamp timestamp,
                 const base::TimeZone& zone, std::string& text) {
    Moment moment;
    moment.offset = zone.offset_at(timestamp.seconds).count();
    moment.local = base::local_of_seconds(timestamp.seconds + moment.offset);
    moment.local.nanosecond = timestamp.nanoseconds;
    int64_t days = base::days_from_civil(moment.local.year, moment.local.month, moment.local.day);
    moment.day_of_year = days - base::days_from_civil(moment.local.year, 1, 1) + 1;
    moment.weekday = base::weekday_of(days);
    for (const JavaElement& element : elements) append_element(text, element, moment);
}

}  // namespace mogura::load
