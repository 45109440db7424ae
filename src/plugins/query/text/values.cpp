#include "plugins/query/text/values.h"

#include "base/time_zone.h"

#include <charconv>
#include <cstddef>

namespace mogura::plugins {
namespace {

// Takes exactly `digits` digits off the text.
bool take_number(std::string_view& text, size_t digits, int& number) {
    if (text.size() < digits) return false;
    number = 0;
    for (char letter : text.substr(0, digits)) {
        if (letter < '0' || letter > '9') return false;
        number = number * 10 + (letter - '0');
    }
    text.remove_prefix(digits);
    return true;
}

bool take(std::string_view& text, char letter) {
    if (!text.starts_with(letter)) return false;
    text.remove_prefix(1);
    return true;
}

bool take_date(std::string_view& text, base::LocalTime& local) {
    int year = 0;
    if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, local.month) ||
        !take(text, '-') || !take_number(text, 2, local.day)) {
        return false;
    }
    local.year = year;
    return local.month >= 1 && local.month <= 12 && local.day >= 1 &&
           local.day <= base::days_in_month(year, local.month);
}

bool take_fraction(std::string_view& text, base::LocalTime& local) {
    if (text.empty() || text[0] < '0' || text[0] > '9') return false;
    int weight = 100'000'000;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        local.nanosecond += (text[0] - '0') * weight;
        weight /= 10;
        text.remove_prefix(1);
    }
    return true;
}

bool take_time(std::string_view& text, base::LocalTime& local) {
    if (!take_number(text, 2, local.hour) || !take(text, ':') ||
        !take_number(text, 2, local.minute)) {
        return false;
    }
    if (take(text, ':')) {
        if (!take_number(text, 2, local.second)) return false;
        if (take(text, '.') && !take_fraction(text, local)) return false;
    }
    return local.hour < 24 && local.minute < 60 && local.second < 60;
}

}  // namespace

std::optional<page::Timestamp> parse_timestamp(std::string_view text) {
    base::LocalTime local;
    if (!take_date(text, local)) return std::nullopt;
    if (!text.empty()) {
        if (!take(text, ' ') && !take(text, 'T')) return std::nullopt;
        if (!take_time(text, local)) return std::nullopt;
        take(text, 'Z');
        if (!text.empty()) return std::nullopt;
    }
    return page::Timestamp{.seconds = base::seconds_of(local), .nanoseconds = local.nanosecond};
}

std::optional<double> parse_double(std::string_view text) {
    double number = 0;
    const char* end = text.data() + text.size();
    auto [parsed, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc() || parsed != end) return std::nullopt;
    return number;
}

std::string hex_of(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string text;
    text.reserve(2 * bytes.size());
    for (char letter : bytes) {
        const auto byte = static_cast<unsigned char>(letter);
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

}  // namespace mogura::plugins
