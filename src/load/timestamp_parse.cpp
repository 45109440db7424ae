#include "load/timestamp.h"
#include "load/timestamp_fields.h"
#include "load/timestamp_java.h"
#include "load/timestamp_strptime.h"

#include <optional>
#include <utility>
#include <vector>

namespace mogura::load {
namespace {

// The usual shape, read without a table: %Y-%m-%d, perhaps %H:%M:%S, perhaps a fraction, perhaps a
// zone. The separators may be other characters or none. Only four-digit years and two-digit fields
// take this way; every other text goes through the table, so the result is always the table's.
struct UsualShape {
    char dates = 0;   // between year, month and day; 0: none
    char middle = 0;  // between date and time; a blank stands for blanks; 0: none
    char times = 0;   // between hour, minute and second; 0: none
    char point = 0;   // before the fraction; 0: none
    bool has_time = false;
    bool has_zone = false;
    bool has_blank_before_zone = false;

    // Of the text up to the seconds, or the day.
    size_t size() const {
        size_t date = 8 + (dates != 0 ? 2 : 0);
        return has_time ? date + 6 + (middle != 0 ? 1 : 0) + (times != 0 ? 2 : 0) : date;
    }
};

bool is_literal(const ParseStep& step) {
    bool is_digit = step.literal >= '0' && step.literal <= '9';
    return step.kind == ParseStep::kLiteral && step.literal != 0 && !is_digit;
}

// Takes steps off the front while they are what is wanted.
class StepCursor {
  public:
    explicit StepCursor(const std::vector<ParseStep>& steps) : steps_(steps) {}

    bool at_end() const { return at_ == steps_.size(); }
    bool take(std::string_view kinds) {
        if (at_end() || kinds.find(steps_[at_].kind) == std::string_view::npos) return false;
        ++at_;
        return true;
    }
    char take_literal() {
        if (at_end() || !is_literal(steps_[at_])) return 0;
        return steps_[at_++].literal;
    }

  private:
    const std::vector<ParseStep>& steps_;
    size_t at_ = 0;
};

std::optional<UsualShape> usual_shape(const std::vector<ParseStep>& steps) {
    StepCursor cursor(steps);
    UsualShape shape;
    if (!cursor.take("Y")) return std::nullopt;
    shape.dates = cursor.take_literal();
    if (!cursor.take("m") || cursor.take_literal() != shape.dates || !cursor.take("de")) {
        return std::nullopt;
    }
    if (cursor.at_end()) return shape;
    shape.has_time = true;
    shape.middle = cursor.take(" ") ? ' ' : cursor.take_literal();
    if (!cursor.take("Hk")) return std::nullopt;
    shape.times = cursor.take_literal();
    if (!cursor.take("M") || cursor.take_literal() != shape.times || !cursor.take("S")) {
        return std::nullopt;
    }
    shape.point = cursor.take_literal();
    if (shape.point != 0 && !cursor.take("LN")) return std::nullopt;
    shape.has_blank_before_zone = cursor.take(" ");
    shape.has_zone = cursor.take("zZ");
    if (shape.has_blank_before_zone && !shape.has_zone) return std::nullopt;
    return cursor.at_end() ? std::optional(shape) : std::nullopt;
}

// 1 or 0, so that several of them join without a branch.
unsigned two_digits(const char* text, unsigned& number) {
    unsigned tens = static_cast<unsigned char>(text[0]) - unsigned{'0'};
    unsigned ones = static_cast<unsigned char>(text[1]) - unsigned{'0'};
    number = tens * 10 + ones;
    return tens <= 9 && ones <= 9 ? 1 : 0;
}

// The separator, where there is one, and two digits; the place behind them. A call for each field
// would be a tenth of reading a table.
[[gnu::always_inline]] inline const char* take_two(const char* at, char separator, unsigned& number,
                                                   unsigned& fits) {
    if (separator != 0) fits &= *at++ == separator ? 1U : 0U;
    fits &= two_digits(at, number);
    return at + 2;
}

// "+09:00", "+0900", "Z", "UTC" up to the end of the text; other zones are the table's business.
bool usual_offset(std::string_view text, int64_t& offset) {
    if (text == "Z" || text == "UTC") {
        offset = 0;
        return true;
    }
    if ((text.size() != 5 && text.size() != 6) || (text[0] != '+' && text[0] != '-')) return false;
    if (text.size() == 6 && text[3] != ':') return false;
    unsigned hours = 0, minutes = 0;
    if (two_digits(text.data() + 1, hours) == 0 ||
        two_digits(text.data() + text.size() - 2, minutes) == 0 || minutes > 59 || hours > 17) {
        return false;
    }
    offset = hours * 3600 + minutes * 60;
    if (text[0] == '-') offset = -offset;
    return true;
}

}  // namespace

struct TimestampParser::Plan {
    std::string format;
    TimestampDefaults defaults;
    std::vector<ParseStep> steps;
    std::vector<JavaElement> java;
    bool is_java = false;
    std::optional<UsualShape> usual;
    bool is_default_zone_fixed = true;
    int64_t default_offset = 0;

    bool run(std::string_view text, page::Timestamp& timestamp, ParseFailure* failure) const;
    bool run_usual(std::string_view text, page::Timestamp& timestamp) const;
    bool run_usual_rest(std::string_view rest, int64_t& nanoseconds, int64_t& offset) const;
};

bool TimestampParser::Plan::run(std::string_view text, page::Timestamp& timestamp,
                                ParseFailure* failure) const {
    if (text.empty()) return false;
    TimestampFields fields;
    bool fits =
        is_java ? run_java(java, text, fields, failure) : run_steps(steps, text, fields, failure);
    if (!fits) return false;
    if (resolve_timestamp(fields, defaults, timestamp)) return true;
    if (failure) failure->reason = "Invalid date";
    return false;
}

// What stands behind the seconds.
bool TimestampParser::Plan::run_usual_rest(std::string_view rest, int64_t& nanoseconds,
                                           int64_t& offset) const {
    size_t next = 0;
    if (usual->point != 0) {
        if (rest.size() < 2 || rest[0] != usual->point) return false;
        int64_t unit = 100'000'000;
        for (next = 1; next < rest.size() && rest[next] >= '0' && rest[next] <= '9'; ++next) {
            nanoseconds += unit * (rest[next] - '0');
            unit /= 10;
        }
        if (next == 1) return false;
    }
    if (!usual->has_zone) return true;
    if (usual->has_blank_before_zone && next < rest.size() && rest[next] == ' ') ++next;
    return usual_offset(rest.substr(next), offset);
}

// False also for texts that only the table can judge.
bool TimestampParser::Plan::run_usual(std::string_view text, page::Timestamp& timestamp) const {
    const UsualShape& shape = *usual;
    if (text.size() < shape.size()) return false;
    const char* at = text.data();
    unsigned century = 0, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    unsigned fits = two_digits(at, century) & two_digits(at + 2, year);
    at = take_two(take_two(at + 4, shape.dates, month, fits), shape.dates, day, fits);
    if (fits == 0 || month - 1 > 11 || day - 1 > 30) return false;
    int64_t nanoseconds = 0;
    int64_t offset = default_offset;
    if (shape.has_time) {
        at = take_two(at, shape.middle, hour, fits);
        at = take_two(take_two(at, shape.times, minute, fits), shape.times, second, fits);
        if (fits == 0 || hour > 24 || minute > 59 || second > 59) return false;
        bool has_rest = shape.point != 0 || shape.has_zone;
        if (has_rest && !run_usual_rest(text.substr(shape.size()), nanoseconds, offset)) {
            return false;
        }
    }
    int64_t local =
        base::days_from_civil(century * 100 + year, static_cast<int>(month), 1) * 86400 +
        (day - 1) * 86400 + hour * 3600 + minute * 60 + second;
    timestamp.nanoseconds = static_cast<int32_t>(nanoseconds);
    timestamp.seconds = shape.has_zone || is_default_zone_fixed
                            ? local - offset
                            : defaults.zone.to_unix_seconds(base::local_of_seconds(local));
    return true;
}

TimestampParser::TimestampParser(std::unique_ptr<const Plan> plan) : plan_(std::move(plan)) {}
TimestampParser::TimestampParser(TimestampParser&&) noexcept = default;
TimestampParser& TimestampParser::operator=(TimestampParser&&) noexcept = default;
TimestampParser::~TimestampParser() = default;

Result<TimestampParser> TimestampParser::compile(const Options& options) {
    auto plan = std::make_unique<Plan>();
    plan->format = options.format;
    std::string_view pattern = options.format;
    bool is_ruby = pattern.starts_with("ruby:");
    plan->is_java = pattern.starts_with("java:");
    plan->defaults.is_strict = is_ruby || plan->is_java;
    plan->defaults.zone = TRY(find_configured_zone(options.time_zone));
    auto date = parse_default_date(options.date);
    if (!date) {
        return Error(Code::kInvalid, "not a date (write YYYY-MM-DD): " + options.date);
    }
    plan->defaults.date = *date;
    if (plan->defaults.is_strict && !plan->defaults.zone.is_fixed()) {
        return Error(Code::kInvalid,
                     "a java: or ruby: format needs a time zone with a fixed offset "
                     "such as +09:00, not: " +
                         options.time_zone);
    }
    if (plan->defaults.is_strict && *date != base::LocalTime()) {
        return Error(Code::kInvalid,
                     "a java: or ruby: format takes no default date: " + options.date);
    }
    if (plan->is_java) {
        plan->java = TRY(compile_java(pattern.substr(5)));
    } else {
        plan->steps = compile_steps(is_ruby ? pattern.substr(5) : pattern);
        if (!is_ruby) plan->usual = usual_shape(plan->steps);
    }
    plan->is_default_zone_fixed = plan->defaults.zone.is_fixed();
    if (plan->is_default_zone_fixed) {
        plan->default_offset = plan->defaults.zone.offset_at(0).count();
    }
    return TimestampParser(std::move(plan));
}

bool TimestampParser::parse(std::string_view text, page::Timestamp& timestamp) const {
    if (plan_->usual && plan_->run_usual(text, timestamp)) return true;
    return plan_->run(text, timestamp, nullptr);
}

std::string TimestampParser::explain(std::string_view text) const {
    if (text.empty()) return "java.time.format.DateTimeParseException: text is empty.";
    ParseFailure failure;
    page::Timestamp ignored;
    plan_->run(text, ignored, &failure);
    std::string message = "java.time.format.DateTimeParseException: Text '" + std::string(text) +
                          "' could not be parsed at index " + std::to_string(failure.index);
    if (!failure.reason.empty()) message += ": " + failure.reason;
    return message;
}

}  // namespace mogura::load
