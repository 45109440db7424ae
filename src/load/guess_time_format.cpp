#include "load/guess_time_format.h"

#include "load/timestamp_strptime.h"

#include <algorithm>
#include <vector>

namespace mogura::load {
namespace {

enum class Order { kYearFirst, kMonthFirst, kDayFirst };

// A date, perhaps with a time and a zone, taken apart.
struct GenericTime {
    Order order = Order::kYearFirst;
    std::string date_separator;
    bool has_blank_day = false;
    std::string middle;  // between date and time; meaningless without a time
    int time_parts = 0;  // 0 to 3: hour, minute, second
    std::string time_separator;
    bool has_short_hour = false;  // one digit, or a blank and one
    std::string fraction_separator;
    size_t fraction_digits = 0;
    std::string zone_blank;
    std::string zone;  // the directive; "%p" for AM and PM

    // Members of a group differ only in padding, and in whether the day or the month comes first.
    bool is_like(const GenericTime& other) const {
        return (order == Order::kYearFirst) == (other.order == Order::kYearFirst) &&
               date_separator == other.date_separator && middle == other.middle &&
               time_parts == other.time_parts && time_separator == other.time_separator &&
               fraction_separator == other.fraction_separator && zone_blank == other.zone_blank &&
               zone == other.zone;
    }
    void absorb(const GenericTime& other) {
        if (other.order == Order::kDayFirst) order = Order::kDayFirst;
        has_blank_day |= other.has_blank_day;
        has_short_hour |= other.has_short_hour;
        fraction_digits = std::max(fraction_digits, other.fraction_digits);
    }
    std::string format(Compat compat = Compat::kFixed) const;
};

std::string GenericTime::format(Compat compat) const {
    bool has_half_days = zone == "%p" && !guesses_half_days_as_zones(compat);
    std::string day = has_blank_day ? "%e" : "%d";
    std::string first = order == Order::kYearFirst    ? "%Y"
                        : order == Order::kMonthFirst ? "%m"
                                                      : day;
    std::string second = order == Order::kDayFirst || order == Order::kYearFirst ? "%m" : day;
    std::string third = order == Order::kYearFirst ? day : "%Y";
    std::string format = first + date_separator + second + date_separator + third;
    if (time_parts > 0) {
        format += middle;
        format += has_half_days ? "%I" : has_short_hour ? "%k" : "%H";
    }
    if (time_parts > 1) format += time_separator + "%M";
    if (time_parts > 2) format += time_separator + "%S";
    if (fraction_digits > 0) format += fraction_separator + (fraction_digits > 3 ? "%N" : "%L");
    if (zone.empty()) return format;
    return format + zone_blank + (zone == "%p" && !has_half_days ? "%z" : zone);
}

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}
bool is_upper(char byte) {
    return byte >= 'A' && byte <= 'Z';
}

// Walks through one text; the read functions leave the position alone when they fail.
class Cursor {
  public:
    explicit Cursor(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ == text_.size(); }
    bool only_blanks_left() const {
        return text_.find_first_not_of(" \t\r\n", at_) == std::string_view::npos;
    }
    std::string_view rest() const { return text_.substr(at_); }
    void skip(size_t size) { at_ += size; }
    bool take(char wanted) {
        if (at_end() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    char take_one_of(std::string_view wanted) {
        if (at_end() || wanted.find(text_[at_]) == std::string_view::npos) return 0;
        return text_[at_++];
    }
    bool take_blanks() {
        size_t begin = at_;
        while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
        return at_ > begin;
    }
    // Exactly `size` digits within the bounds; -1 when they are not there.
    int digits(size_t size, int low, int high) {
        if (at_ + size > text_.size()) return -1;
        int number = 0;
        for (size_t index = 0; index < size; ++index) {
            if (!is_digit(text_[at_ + index])) return -1;
            number = number * 10 + (text_[at_ + index] - '0');
        }
        if (number < low || number > high) return -1;
        at_ += size;
        return number;
    }
    // Two digits, or a blank or nothing and one.
    int padded(int low, int high) {
        int number = digits(2, low, high);
        if (number >= 0) return number;
        size_t begin = at_;
        take(' ');
        number = digits(1, low, std::min(high, 9));
        if (number < 0) at_ = begin;
        return number;
    }

  private:
    std::string_view text_;
    size_t at_ = 0;
};

bool read_part(Cursor& cursor, char part, bool is_delimited, GenericTime& time) {
    if (part == 'Y') return cursor.digits(4, 1000, 4999) >= 0;
    int most = part == 'm' ? 12 : 31;
    if (!is_delimited) return cursor.digits(2, 1, most) >= 0;
    bool is_blank = !cursor.at_end() && cursor.rest()[0] == ' ';
    if (cursor.padded(1, most) < 0) return false;
    if (part == 'd') time.has_blank_day = is_blank;
    return true;
}

bool read_date(Cursor& cursor, std::string_view parts, bool is_delimited, GenericTime& time) {
    if (!read_part(cursor, parts[0], is_delimited, time)) return false;
    if (is_delimited) {
        char separator = cursor.take_one_of("/-.");
        if (separator == 0) return false;
        time.date_separator = separator;
    }
    if (!read_part(cursor, parts[1], is_delimited, time)) return false;
    if (is_delimited && !cursor.take(time.date_separator[0])) return false;
    return read_part(cursor, parts[2], is_delimited, time);
}

bool read_middle(Cursor& cursor, GenericTime& time) {
    for (std::string_view middle : {": ", " ", "_", "T", ". ", "."}) {
        if (!cursor.rest().starts_with(middle)) continue;
        cursor.skip(middle.size());
        time.middle = middle;
        return true;
    }
    return false;
}

void read_fraction(Cursor& cursor, GenericTime& time) {
    Cursor ahead = cursor;
    char separator = ahead.take_one_of(".,");
    if (separator == 0) return;
    size_t digits = 0;
    while (digits < 9 && ahead.digits(1, 0, 9) >= 0) ++digits;
    if (digits == 0) return;
    time.fraction_separator = separator;
    time.fraction_digits = digits;
    cursor = ahead;
}

// hh[:mm[:ss[.frac]]] with one separator.
bool read_delimited_time(Cursor& cursor, GenericTime& time) {
    std::string_view before = cursor.rest();
    if (cursor.padded(0, 24) < 0) return false;
    time.has_short_hour = before.size() - cursor.rest().size() == 1 || before[0] == ' ';
    time.time_parts = 1;
    char separator = 0;
    while (time.time_parts < 3) {
        Cursor ahead = cursor;
        separator = separator == 0          ? ahead.take_one_of(":-")
                    : ahead.take(separator) ? separator
                                            : '\0';
        if (separator == 0 || ahead.padded(0, 60) < 0) break;
        time.time_separator = separator;
        ++time.time_parts;
        cursor = ahead;
    }
    if (time.time_parts == 3) read_fraction(cursor, time);
    return true;
}

// hhmm[ss[.frac]].
bool read_plain_time(Cursor& cursor, GenericTime& time) {
    if (cursor.digits(2, 0, 24) < 0 || cursor.digits(2, 0, 60) < 0) return false;
    time.time_parts = cursor.digits(2, 0, 60) >= 0 ? 3 : 2;
    if (time.time_parts == 3) read_fraction(cursor, time);
    return true;
}

bool read_zone(Cursor& cursor, GenericTime& time) {
    if (cursor.only_blanks_left()) return true;
    if (cursor.take(' ')) time.zone_blank = " ";
    if (cursor.take_one_of("+-") != 0) {
        if (cursor.digits(2, 0, 99) < 0) return false;
        bool has_colon = cursor.take(':');
        if (cursor.digits(2, 0, 99) < 0 && has_colon) return false;
        time.zone = has_colon ? "%:z" : "%z";
        return cursor.only_blanks_left();
    }
    std::string letters;
    while (letters.size() < 3 && !cursor.at_end() && is_upper(cursor.rest()[0])) {
        letters += cursor.rest()[0];
        cursor.skip(1);
    }
    // The original takes AM and PM for zones, too.
    time.zone = letters == "AM" || letters == "PM" ? "%p" : "%z";
    return !letters.empty() && cursor.only_blanks_left();
}

std::optional<GenericTime> match_times(Cursor cursor, GenericTime time, bool is_plain_date) {
    if (cursor.only_blanks_left()) return time;
    auto attempt = [&](bool with_middle, auto read_time) -> std::optional<GenericTime> {
        Cursor ahead = cursor;
        GenericTime result = time;
        if (with_middle && !read_middle(ahead, result)) return std::nullopt;
        if (!read_time(ahead, result) || !read_zone(ahead, result)) return std::nullopt;
        return result;
    };
    if (auto result = attempt(true, read_delimited_time)) return result;
    if (auto result = attempt(true, read_plain_time)) return result;
    if (is_plain_date) return attempt(false, read_plain_time);
    return std::nullopt;
}

std::optional<GenericTime> match_generic(std::string_view text) {
    struct Shape {
        std::string_view parts;
        Order order;
        bool is_delimited;
    };
    constexpr Shape kShapes[] = {
        {"Ymd", Order::kYearFirst, true},  {"Ymd", Order::kYearFirst, false},
        {"mdY", Order::kMonthFirst, true}, {"mdY", Order::kMonthFirst, false},
        {"dmY", Order::kDayFirst, true},   {"dmY", Order::kDayFirst, false},
    };
    for (const Shape& shape : kShapes) {
        Cursor cursor(text);
        GenericTime time;
        time.order = shape.order;
        if (!read_date(cursor, shape.parts, shape.is_delimited, time)) continue;
        if (auto result = match_times(cursor, time, !shape.is_delimited)) return result;
    }
    return std::nullopt;
}

// A month or weekday of exactly three letters, spelled as in English.
bool take_name(Cursor& cursor, NameMatch (*match)(std::string_view)) {
    std::string_view rest = cursor.rest();
    if (rest.size() < 3 || !is_upper(rest[0])) return false;
    if (match(rest.substr(0, 3)).length != 3) return false;
    cursor.skip(3);
    return true;
}

// An offset or letters; the directive for it, empty when there is none.
std::string take_zone(Cursor& cursor) {
    if (cursor.take_one_of("+-") != 0) {
        if (cursor.digits(2, 0, 99) < 0) return {};
        bool has_colon = cursor.take(':');
        if (cursor.digits(2, 0, 99) < 0) return {};
        return has_colon ? "%:z" : "%z";
    }
    size_t letters = 0;
    while (letters < 3 && !cursor.at_end() && is_upper(cursor.rest()[0])) {
        cursor.skip(1);
        ++letters;
    }
    return letters > 0 ? "%z" : "";
}

bool take_clock(Cursor& cursor) {
    return cursor.digits(2, 0, 24) >= 0 && cursor.take(':') && cursor.digits(2, 0, 60) >= 0;
}

// [Ddd, ]DD Mon YYYY[ hh:mm[:ss] zone]
std::optional<std::string> match_rfc2822(std::string_view text) {
    Cursor cursor(text);
    std::string format;
    if (take_name(cursor, match_weekday)) {
        if (!cursor.take(',') || !cursor.take_blanks()) return std::nullopt;
        format = "%a, ";
    }
    if (cursor.padded(1, 31) < 0 || !cursor.take_blanks() || !take_name(cursor, match_month) ||
        !cursor.take_blanks() || cursor.digits(4, 1000, 4999) < 0) {
        return std::nullopt;
    }
    format += "%d %b %Y";
    if (cursor.only_blanks_left()) return format;
    if (!cursor.take_blanks() || !take_clock(cursor)) return std::nullopt;
    format += " %H:%M";
    if (cursor.take(':')) {
        if (cursor.digits(2, 0, 60) < 0) return std::nullopt;
        format += ":%S";
    }
    if (!cursor.take_blanks()) return std::nullopt;
    std::string zone = take_zone(cursor);
    if (zone.empty() || !cursor.only_blanks_left()) return std::nullopt;
    return format + " " + zone;
}

// DD/Mon/YYYY:hh:mm:ss [zone]
std::optional<std::string> match_apache(std::string_view text) {
    Cursor cursor(text);
    if (cursor.padded(1, 31) < 0 || !cursor.take('/') || !take_name(cursor, match_month) ||
        !cursor.take('/') || cursor.digits(4, 1000, 4999) < 0 || !cursor.take(':') ||
        !take_clock(cursor) || !cursor.take(':') || cursor.digits(2, 0, 60) < 0) {
        return std::nullopt;
    }
    if (cursor.only_blanks_left()) return "%d/%b/%Y:%H:%M:%S";
    if (!cursor.take_blanks()) return std::nullopt;
    std::string zone = take_zone(cursor);
    if (zone.empty() || !cursor.only_blanks_left()) return std::nullopt;
    return "%d/%b/%Y:%H:%M:%S " + zone;
}

// Ddd Mon D hh:mm:ss YYYY
std::optional<std::string> match_asctime(std::string_view text) {
    Cursor cursor(text);
    bool fits = take_name(cursor, match_weekday) && cursor.take(' ') &&
                take_name(cursor, match_month) && cursor.take(' ') && cursor.padded(1, 31) >= 0 &&
                cursor.take(' ') && take_clock(cursor) && cursor.take(':') &&
                cursor.digits(2, 0, 60) >= 0 && cursor.take(' ') &&
                cursor.digits(4, 1000, 4999) >= 0 && cursor.only_blanks_left();
    if (!fits) return std::nullopt;
    return "%a %b %e %H:%M:%S %Y";
}

std::optional<std::string> match_named(std::string_view text) {
    if (auto format = match_rfc2822(text)) return format;
    if (auto format = match_apache(text)) return format;
    return match_asctime(text);
}

struct Group {
    std::optional<GenericTime> generic;
    std::string named;
    size_t members = 1;
};

void add_to_groups(std::vector<Group>& groups, std::string_view text) {
    auto generic = match_generic(text);
    auto named = generic ? std::nullopt : match_named(text);
    if (!generic && !named) return;
    for (Group& group : groups) {
        if (group.generic.has_value() != generic.has_value()) continue;
        if (generic ? !group.generic->is_like(*generic) : group.named != *named) continue;
        if (generic) group.generic->absorb(*generic);
        ++group.members;
        return;
    }
    groups.push_back({.generic = generic, .named = named.value_or("")});
}

}  // namespace

std::optional<std::string> guess_time_format(std::string_view text) {
    if (auto generic = match_generic(text)) return generic->format();
    return match_named(text);
}

std::optional<std::string> guess_time_format(std::span<const std::string> texts, Compat compat) {
    std::vector<Group> groups;
    for (const std::string& text : texts) add_to_groups(groups, text);
    if (groups.empty()) return std::nullopt;
    auto largest = std::max_element(
        groups.begin(), groups.end(),
        [](const Group& one, const Group& other) { return one.members < other.members; });
    return largest->generic ? largest->generic->format(compat) : largest->named;
}

}  // namespace mogura::load
