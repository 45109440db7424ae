#include "load/timestamp.h"
#include "load/timestamp_java.h"
#include "load/timestamp_pattern.h"
#include "load/timestamp_strptime.h"
#include "load/timestamp_zone.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace mogura::load {
namespace {

constexpr char kCenturyOfWeekYear = 1;  // what %g is in the original; no pattern can ask for it

// An instant as its zone sees it.
struct Moment {
    page::Timestamp instant;
    int64_t offset = 0;
    base::LocalTime local;
    const base::TimeZone& zone;

    int64_t days() const { return base::days_from_civil(local.year, local.month, local.day); }
    int weekday() const { return base::weekday_of(days()); }
    int day_of_year() const {
        return static_cast<int>(days() - base::days_from_civil(local.year, 1, 1)) + 1;
    }
    int hour12() const { return local.hour % 12 == 0 ? 12 : local.hour % 12; }
    // Weeks that begin on `first` (0 is Sunday); days before the first one are week 0.
    int week(int first) const { return (day_of_year() + 6 - (weekday() - first + 7) % 7) / 7; }
};

struct IsoWeek {
    int64_t year = 0;
    int week = 0;
};

// The week belongs to the year that its Thursday is in.
IsoWeek iso_week(const Moment& moment) {
    int64_t thursday = moment.days() - (moment.weekday() + 6) % 7 + 3;
    base::LocalTime local = base::civil_from_days(thursday);
    int64_t first = base::days_from_civil(local.year, 1, 1);
    return {local.year, static_cast<int>((thursday - first) / 7) + 1};
}

// A number is padded to its directive's own width and with its own padding, unless flags say else.
void append_number(std::string& text, const PatternToken& token, int64_t number, int own_width,
                   char own_padding) {
    char digits[24];
    auto end = std::to_chars(digits, digits + sizeof digits, std::abs(number)).ptr;
    size_t size = static_cast<size_t>(end - digits);
    char padding = token.padding != 0 ? token.padding : own_padding;
    size_t width = static_cast<size_t>(token.width > 0 ? token.width : own_width);
    if (padding == '-') width = 0;
    size_t used = size + (number < 0 ? 1 : 0);
    size_t missing = width > used ? width - used : 0;
    if (padding == '_') text.append(missing, ' ');
    if (number < 0) text += '-';
    if (padding != '_') text.append(missing, '0');
    text.append(digits, size);
}

enum class Changed { kUpper, kLower };

void append_word(std::string& text, const PatternToken& token, std::string_view word,
                 Changed changed = Changed::kUpper) {
    size_t width = token.padding == '-' ? 0 : static_cast<size_t>(token.width);
    if (width > word.size()) text.append(width - word.size(), token.padding == '0' ? '0' : ' ');
    bool lower = token.change_case && changed == Changed::kLower;
    bool upper = !lower && (token.upper || token.change_case);
    for (char byte : word) {
        if (upper && byte >= 'a' && byte <= 'z') byte = static_cast<char>(byte - 32);
        if (lower && byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + 32);
        text += byte;
    }
}

// The width counts fraction digits; beyond nanoseconds there are zeros.
void append_fraction(std::string& text, int width, int32_t nanoseconds) {
    char digits[9];
    for (int place = 8; place >= 0; --place) {
        digits[place] = static_cast<char>('0' + nanoseconds % 10);
        nanoseconds /= 10;
    }
    text.append(digits, static_cast<size_t>(std::min(width, 9)));
    if (width > 9) text.append(static_cast<size_t>(width) - 9, '0');
}

void append_offset(std::string& text, const PatternToken& token, int64_t offset) {
    int64_t total = std::abs(offset);
    std::string rest;
    auto add = [&](int64_t number, bool colon) {
        if (colon) rest += ':';
        rest += static_cast<char>('0' + number / 10);
        rest += static_cast<char>('0' + number % 10);
    };
    bool shortest = token.colons == 3;
    bool has_seconds = token.colons == 2 || (shortest && total % 60 != 0);
    bool has_minutes = !shortest || total % 3600 != 0;
    if (has_minutes) add(total / 60 % 60, token.colons > 0);
    if (has_seconds) add(total % 60, true);

    std::string hours = std::to_string(total / 3600);
    size_t width = static_cast<size_t>(token.width);
    width = std::max<size_t>(width > rest.size() ? width - rest.size() : 0, 3) - 1;  // without sign
    size_t missing = width > hours.size() && token.padding != '-' ? width - hours.size() : 0;
    if (token.padding == '_') text.append(missing, ' ');
    text += offset < 0 ? '-' : '+';
    if (token.padding != '_') text.append(missing, '0');
    text += hours;
    text += rest;
}

void append_zone_name(std::string& text, const PatternToken& token, const Moment& moment) {
    if (moment.zone.is_fixed() && moment.offset == 0) {
        append_word(text, token, "UTC", Changed::kLower);
    } else {
        append_word(text, token, moment.zone.abbreviation_at(moment.instant.seconds),
                    Changed::kLower);
    }
}

void append_tokens(std::string& text, const std::vector<PatternToken>& tokens,
                   const Moment& moment);

// A directive that is a number, with its usual width and padding.
struct Number {
    int64_t value = 0;
    int width = 0;
    char padding = '0';
};

Number number_of_year(int64_t year) {
    return {.value = year, .width = year < 0 ? 5 : 4};
}

std::optional<Number> time_number(char letter, const Moment& moment) {
    const base::LocalTime& local = moment.local;
    switch (letter) {
        case 'H':
            return Number{.value = local.hour, .width = 2};
        case 'k':
            return Number{.value = local.hour, .width = 2, .padding = '_'};
        case 'I':
            return Number{.value = moment.hour12(), .width = 2};
        case 'l':
            return Number{.value = moment.hour12(), .width = 2, .padding = '_'};
        case 'M':
            return Number{.value = local.minute, .width = 2};
        case 'S':
            return Number{.value = local.second, .width = 2};
        case 's':
            return Number{.value = moment.instant.seconds, .width = 1};
        default:
            return std::nullopt;
    }
}

std::optional<Number> week_number(char letter, const Moment& moment) {
    switch (letter) {
        case 'U':
            return Number{.value = moment.week(0), .width = 2};
        case 'W':
            return Number{.value = moment.week(1), .width = 2};
        case 'V':
            return Number{.value = iso_week(moment).week, .width = 2};
        case 'G':
            return number_of_year(iso_week(moment).year);
        case 'g':
            return Number{.value = iso_week(moment).year % 100, .width = 2};
        case kCenturyOfWeekYear:
            return Number{.value = iso_week(moment).year / 100, .width = 2};
        case 'u':
            return Number{.value = moment.weekday() == 0 ? 7 : moment.weekday(), .width = 1};
        case 'w':
            return Number{.value = moment.weekday(), .width = 1};
        default:
            return std::nullopt;
    }
}

std::optional<Number> number_of(char letter, const Moment& moment) {
    const base::LocalTime& local = moment.local;
    switch (letter) {
        case 'Y':
            return number_of_year(local.year);
        case 'C':
            return Number{.value = local.year / 100, .width = 2};
        case 'y':
            return Number{.value = local.year % 100, .width = 2};
        case 'm':
            return Number{.value = local.month, .width = 2};
        case 'd':
            return Number{.value = local.day, .width = 2};
        case 'e':
            return Number{.value = local.day, .width = 2, .padding = '_'};
        case 'j':
            return Number{.value = moment.day_of_year(), .width = 3};
        default:
            break;
    }
    auto time = time_number(letter, moment);
    return time ? time : week_number(letter, moment);
}

// Directives that are neither numbers nor made of others; false for those.
bool append_text(std::string& text, const PatternToken& token, const Moment& moment) {
    const base::LocalTime& local = moment.local;
    switch (token.letter) {
        case 'L':
            append_fraction(text, token.width > 0 ? token.width : 3, local.nanosecond);
            return true;
        case 'N':
            append_fraction(text, token.width > 0 ? token.width : 9, local.nanosecond);
            return true;
        case 'A':
            append_word(text, token, weekday_name(moment.weekday()));
            return true;
        case 'a':
            append_word(text, token, weekday_name(moment.weekday()).substr(0, 3));
            return true;
        case 'B':
            append_word(text, token, month_name(local.month));
            return true;
        case 'b':
        case 'h':
            append_word(text, token, month_name(local.month).substr(0, 3));
            return true;
        case 'p':
            append_word(text, token, local.hour < 12 ? "AM" : "PM", Changed::kLower);
            return true;
        case 'P':
            append_word(text, token, local.hour < 12 ? "am" : "pm");
            return true;
        case 'z':
            append_offset(text, token, moment.offset);
            return true;
        case 'Z':
            append_zone_name(text, token, moment);
            return true;
        case '%':
        case 'n':
        case 't':
            text += token.letter == 'n' ? '\n' : token.letter == 't' ? '\t' : '%';
            return true;
        default:
            return false;
    }
}

void append_token(std::string& text, const PatternToken& token, const Moment& moment) {
    if (auto number = number_of(token.letter, moment)) {
        append_number(text, token, number->value, number->width, number->padding);
        return;
    }
    if (append_text(text, token, moment)) return;
    std::string_view composite =
        token.letter == '+' ? std::string_view() : composite_pattern(token.letter);
    if (composite.empty()) {
        text += token.text;
        return;
    }
    std::string inner;
    append_tokens(inner, tokenize_pattern(composite), moment);
    append_word(text, token, inner);
}

void append_tokens(std::string& text, const std::vector<PatternToken>& tokens,
                   const Moment& moment) {
    for (const PatternToken& token : tokens) {
        if (token.letter == 0) {
            text += token.text;
        } else {
            append_token(text, token, moment);
        }
    }
}

// Composites without flags are written out, so that the usual patterns become plain fields.
std::string_view composite_of(char letter, Compat compat) {
    if (letter == 'v' && prints_odd_dates(compat)) return "%e:%b:%Y";
    return letter == '+' ? std::string_view() : composite_pattern(letter);
}

std::vector<PatternToken> expand(const std::vector<PatternToken>& tokens, Compat compat) {
    std::vector<PatternToken> expanded;
    for (const PatternToken& token : tokens) {
        std::string_view composite =
            token.letter != 0 && token.is_plain() ? composite_of(token.letter, compat) : "";
        if (!composite.empty()) {
            for (PatternToken& inner : tokenize_pattern(composite)) {
                expanded.push_back(std::move(inner));
            }
        } else {
            expanded.push_back(token);
            bool is_odd = token.letter == 'g' && prints_odd_dates(compat);
            if (is_odd) expanded.back().letter = kCenturyOfWeekYear;
        }
    }
    return expanded;
}

// Patterns of plain numeric fields and literals: a text of known length, in which the fields are
// filled in.
struct FastField {
    char letter = 0;  // of "YmdHMSNz"
    uint8_t at = 0;   // in the text
    uint8_t width = 0;
};
struct FastText {
    std::string text;  // with zeros where the fields stand
    std::vector<FastField> fields;
};

constexpr size_t kFastBytesMax = 120;

size_t width_of(const PatternToken& token) {
    switch (token.letter) {
        case 'Y':
            return 4;
        case 'L':
        case 'N':
            return token.width > 0 ? static_cast<size_t>(token.width) : token.letter == 'L' ? 3 : 9;
        case 'z':
            return 5;
        default:
            return 2;
    }
}

std::optional<FastText> fast_text(const std::vector<PatternToken>& tokens) {
    FastText fast;
    for (const PatternToken& token : tokens) {
        if (fast.text.size() + 9 > kFastBytesMax) return std::nullopt;
        if (token.letter == 0) {
            fast.text += token.text;
            continue;
        }
        bool is_fraction = token.letter == 'L' || token.letter == 'N';
        bool is_plain = token.is_plain() || (is_fraction && token.width <= 9);
        bool is_known = std::string_view("YmdHMSLNz").find(token.letter) != std::string_view::npos;
        if (!is_plain || !is_known || token.colons > 0) return std::nullopt;
        const size_t width = width_of(token);
        fast.fields.push_back({.letter = is_fraction ? 'N' : token.letter,
                               .at = static_cast<uint8_t>(fast.text.size()),
                               .width = static_cast<uint8_t>(width)});
        fast.text.append(width, '0');
    }
    if (fast.text.size() > kFastBytesMax) return std::nullopt;
    return fast;
}

// "00" to "99".
constexpr std::array<char, 200> kPairs = [] {
    std::array<char, 200> pairs{};
    for (size_t number = 0; number < 100; ++number) {
        pairs[2 * number] = static_cast<char>('0' + number / 10);
        pairs[2 * number + 1] = static_cast<char>('0' + number % 10);
    }
    return pairs;
}();

void put_two(char* out, int number) {
    std::memcpy(out, &kPairs[static_cast<size_t>(2 * number)], 2);
}

void put_fraction(char* out, int32_t nanoseconds, int width) {
    for (int place = 9; place > width; --place) nanoseconds /= 10;
    for (int place = width - 1; place >= 0; --place) {
        out[place] = static_cast<char>('0' + nanoseconds % 10);
        nanoseconds /= 10;
    }
}

void put_field(char* out, const FastField& field, const Moment& moment) {
    const base::LocalTime& local = moment.local;
    switch (field.letter) {
        case 'Y':
            put_two(out, static_cast<int>(local.year) / 100);
            put_two(out + 2, static_cast<int>(local.year) % 100);
            return;
        case 'm':
            return put_two(out, local.month);
        case 'd':
            return put_two(out, local.day);
        case 'H':
            return put_two(out, local.hour);
        case 'M':
            return put_two(out, local.minute);
        case 'S':
            return put_two(out, local.second);
        case 'N':
            return put_fraction(out, local.nanosecond, field.width);
        default: {
            int minutes = static_cast<int>(std::abs(moment.offset) / 60);
            *out = moment.offset < 0 ? '-' : '+';
            put_two(out + 1, minutes / 60);
            put_two(out + 3, minutes % 60);
        }
    }
}

}  // namespace

struct TimestampFormatter::Plan {
    base::TimeZone zone;
    std::vector<PatternToken> tokens;
    std::vector<JavaElement> java;
    bool is_java = false;
    std::optional<FastText> fast;
    bool is_zone_fixed = true;
    int64_t fixed_offset = 0;
};

TimestampFormatter::TimestampFormatter(std::unique_ptr<const Plan> plan) : plan_(std::move(plan)) {}
TimestampFormatter::TimestampFormatter(TimestampFormatter&&) noexcept = default;
TimestampFormatter& TimestampFormatter::operator=(TimestampFormatter&&) noexcept = default;
TimestampFormatter::~TimestampFormatter() = default;

Result<TimestampFormatter> TimestampFormatter::compile(std::string_view format,
                                                       std::string_view time_zone, Compat compat) {
    auto plan = std::make_unique<Plan>();
    bool is_ruby = format.starts_with("ruby:");
    plan->is_java = format.starts_with("java:");
    plan->zone = TRY(find_configured_zone(time_zone));
    plan->is_zone_fixed = plan->zone.is_fixed();
    if ((is_ruby || plan->is_java) && !plan->is_zone_fixed) {
        return Error(Code::kInvalid,
                     "a java: or ruby: format needs a time zone with a fixed offset "
                     "such as +09:00, not: " +
                         std::string(time_zone));
    }
    if (plan->is_zone_fixed) plan->fixed_offset = plan->zone.offset_at(0).count();
    if (plan->is_java) {
        plan->java = TRY(compile_java(format.substr(5)));
    } else {
        plan->tokens = expand(tokenize_pattern(is_ruby ? format.substr(5) : format), compat);
        plan->fast = fast_text(plan->tokens);
    }
    return TimestampFormatter(std::move(plan));
}

void TimestampFormatter::format(page::Timestamp timestamp, std::string& text) const {
    const Plan& plan = *plan_;
    if (plan.is_java) {
        format_java(plan.java, timestamp, plan.zone, text);
        return;
    }
    int64_t offset =
        plan.is_zone_fixed ? plan.fixed_offset : plan.zone.offset_at(timestamp.seconds).count();
    Moment moment{timestamp, offset, base::local_of_seconds(timestamp.seconds + offset), plan.zone};
    moment.local.nanosecond = timestamp.nanoseconds;
    if (plan.fast && moment.local.year >= 0 && moment.local.year <= 9999) {
        const size_t begin = text.size();
        text += plan.fast->text;
        char* out = text.data() + begin;
        for (const FastField& field : plan.fast->fields) put_field(out + field.at, field, moment);
    } else {
        append_tokens(text, plan.tokens, moment);
    }
}

}  // namespace mogura::load
