// The text of a cron pattern (spec digdag 5.2.4).

#include "base/text.h"
#include "schedule/cron.h"

#include <array>
#include <optional>
#include <utility>

namespace mogura::schedule {
namespace {

// One of the five fields.
struct Field {
    const char* name;
    int least;
    int most;
    std::vector<std::string> words;  // for least, least + 1, ...
    bool seven_is_zero = false;
    bool may_be_last = false;
};

const std::array<Field, 5>& fields() {
    static const std::array<Field, 5> kFields = {
        {{"minute", 0, 59, {}},
         {"hour", 0, 23, {}},
         {.name = "day of month", .least = 1, .most = 31, .words = {}, .may_be_last = true},
         {"month",
          1,
          12,
          {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
         {.name = "day of week",
          .least = 0,
          .most = 6,
          .words = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"},
          .seven_is_zero = true}}};
    return kFields;
}

struct Values {
    std::vector<bool> on;
    bool last = false;
};

Error wrong(const Field& field, std::string_view part) {
    std::string known =
        field.words.empty() ? "" : " or " + field.words.front() + " to " + field.words.back();
    return {Code::kInvalid, "invalid " + std::string(field.name) + " in a cron pattern: \"" +
                                std::string(part) + "\" (" + std::to_string(field.least) + " to " +
                                std::to_string(field.most) + known + ")"};
}

std::optional<int> value_of(const Field& field, std::string_view text) {
    std::string word = base::lower(text);
    for (size_t index = 0; index < field.words.size(); ++index) {
        if (word == field.words[index]) return field.least + static_cast<int>(index);
    }
    if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
    auto number = base::parse_integer(text);
    if (number && field.seven_is_zero && *number == 7) return 0;
    if (!number || *number < field.least || *number > field.most) return std::nullopt;
    return static_cast<int>(*number);
}

// "*", "5", "a-b", each with "/n" behind it.
Result<> add_part(const Field& field, std::string_view part, Values& values) {
    size_t slash = part.find('/');
    std::string_view range = part.substr(0, slash);
    int64_t step = 1;
    if (slash != part.npos) {
        auto number = base::parse_integer(part.substr(slash + 1));
        if (!number || *number < 1) return wrong(field, part);
        step = *number;
    }
    if (field.may_be_last && slash == part.npos && base::lower(range) == "l") {
        values.last = true;
        return {};
    }
    int from = field.least;
    int to = field.most;
    if (range != "*") {
        size_t dash = range.find('-');
        auto first = value_of(field, range.substr(0, dash));
        auto last = dash == range.npos ? first : value_of(field, range.substr(dash + 1));
        if (!first || !last) return wrong(field, part);
        from = *first;
        to = *last;
    }
    int count = field.most - field.least + 1;
    int length = to >= from ? to - from : to - from + count;
    for (int64_t offset = 0; offset <= length; offset += step) {
        int value = from + static_cast<int>(offset);
        if (value > field.most) value -= count;
        values.on[static_cast<size_t>(value)] = true;
    }
    return {};
}

Result<Values> parse_field(const Field& field, std::string_view text) {
    Values values{.on = std::vector<bool>(static_cast<size_t>(field.most) + 1)};
    for (const std::string& part : base::split(text, ',')) TRY(add_part(field, part, values));
    return values;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (size_t place = 0; (place = text.find_first_not_of(" \t", place)) != text.npos;) {
        size_t end = std::min(text.find_first_of(" \t", place), text.size());
        words.emplace_back(text.substr(place, end - place));
        place = end;
    }
    return words;
}

template <size_t kSize>
std::bitset<kSize> bits(const Values& values) {
    std::bitset<kSize> set;
    for (size_t index = 0; index < values.on.size(); ++index) set[index] = values.on[index];
    return set;
}

Result<CronPattern> parse_one(std::string_view text) {
    std::vector<std::string> words = words_of(text);
    if (words.size() != fields().size()) {
        return Error(Code::kInvalid, "invalid cron pattern: \"" + std::string(text) +
                                         "\" (five fields: minute, hour, day of month, month, "
                                         "day of week)");
    }
    std::array<Values, 5> values;
    for (size_t index = 0; index < words.size(); ++index) {
        values[index] = TRY(parse_field(fields()[index], words[index]));
    }
    return CronPattern{.minutes = bits<60>(values[0]),
                       .hours = bits<24>(values[1]),
                       .days = bits<32>(values[2]),
                       .last_day = values[2].last,
                       .months = bits<13>(values[3]),
                       .weekdays = bits<7>(values[4])};
}

}  // namespace

Result<std::vector<CronPattern>> parse_cron(std::string_view text) {
    std::vector<CronPattern> patterns;
    for (const std::string& part : base::split(text, '|')) {
        CronPattern pattern = TRY(parse_one(part));
        patterns.push_back(pattern);
    }
    return patterns;
}

}  // namespace mogura::schedule
