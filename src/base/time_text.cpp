#include "base/time_text.h"

#include <array>
#include <cctype>
#include <string>
#include <utility>

namespace mogura::base {
namespace {

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

// `pattern` has a d for each digit.
bool has_form(std::string_view text, std::string_view pattern) {
    if (text.size() != pattern.size()) return false;
    for (size_t place = 0; place < text.size(); ++place) {
        if (pattern[place] == 'd' ? !is_digit(text[place]) : text[place] != pattern[place]) {
            return false;
        }
    }
    return true;
}

int number_of(std::string_view digits) {
    int number = 0;
    for (char digit : digits) number = number * 10 + (digit - '0');
    return number;
}

}  // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text) {
    constexpr std::array<std::pair<char, int64_t>, 4> kUnits = {
        {{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}}};
    constexpr int64_t kNumberMax = 1'000'000'000;
    // 31,700 years: such a time after now still is an instant.
    constexpr int64_t kSecondsMax = 1'000'000'000'000;
    Error invalid(Code::kInvalid, "Invalid duration: " + std::string(text) +
                                      " (write it like 1d 2h 3m 4s, with at least one of them)");
    int64_t seconds = 0;
    size_t place = 0;
    size_t next_unit = 0;
    bool any = false;
    auto skip_blanks = [&] {
        while (place < text.size() && std::isspace(static_cast<unsigned char>(text[place])))
            ++place;
    };
    for (skip_blanks(); place < text.size(); skip_blanks()) {
        int64_t number = 0;
        size_t digits = place;
        while (place < text.size() && is_digit(text[place])) {
            number = number * 10 + (text[place++] - '0');
            if (number > kNumberMax) return invalid;
        }
        if (place == digits) return invalid;
        skip_blanks();
        if (place == text.size()) return invalid;
        char unit = static_cast<char>(std::tolower(static_cast<unsigned char>(text[place++])));
        while (next_unit < kUnits.size() && kUnits[next_unit].first != unit) ++next_unit;
        if (next_unit == kUnits.size()) return invalid;
        seconds += number * kUnits[next_unit++].second;
        any = true;
    }
    if (!any || seconds > kSecondsMax) return invalid;
    return std::chrono::seconds(seconds);
}

std::optional<LocalTime> parse_local_time(std::string_view text) {
    LocalTime local;
    const bool has_clock = has_form(text, "dddd-dd-dd dd:dd:dd");
    if (!has_clock && !has_form(text, "dddd-dd-dd")) return std::nullopt;
    local.year = number_of(text.substr(0, 4));
    local.month = number_of(text.substr(5, 2));
    local.day = number_of(text.substr(8, 2));
    if (has_clock) {
        local.hour = number_of(text.substr(11, 2));
        local.minute = number_of(text.substr(14, 2));
        local.second = number_of(text.substr(17, 2));
    }
    const bool is_valid = local.month >= 1 && local.month <= 12 && local.day >= 1 &&
                          local.day <= days_in_month(local.year, local.month) && local.hour <= 23 &&
                          local.minute <= 59 && local.second <= 59;
    if (!is_valid) return std::nullopt;
    return local;
}

}  // namespace mogura::base
