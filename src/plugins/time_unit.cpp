#include "plugins/time_unit.h"

#include "plugins/cell.h"

#include <algorithm>
#include <cmath>

namespace mogura::plugins {
namespace {

constexpr int64_t kSecondNanoseconds = 1'000'000'000;

struct Spelling {
    std::string_view word;
    TimeUnit unit;
};

constexpr Spelling kSpellings[] = {
    {"Second", TimeUnit::kSecond},
    {"second", TimeUnit::kSecond},
    {"sec", TimeUnit::kSecond},
    {"MilliSecond", TimeUnit::kMillisecond},
    {"millisecond", TimeUnit::kMillisecond},
    {"milli_second", TimeUnit::kMillisecond},
    {"milli", TimeUnit::kMillisecond},
    {"msec", TimeUnit::kMillisecond},
    {"ms", TimeUnit::kMillisecond},
    {"MicroSecond", TimeUnit::kMicrosecond},
    {"microsecond", TimeUnit::kMicrosecond},
    {"micro_second", TimeUnit::kMicrosecond},
    {"micro", TimeUnit::kMicrosecond},
    {"usec", TimeUnit::kMicrosecond},
    {"us", TimeUnit::kMicrosecond},
    {"NanoSecond", TimeUnit::kNanosecond},
    {"nanosecond", TimeUnit::kNanosecond},
    {"nano_second", TimeUnit::kNanosecond},
    {"nano", TimeUnit::kNanosecond},
    {"nsec", TimeUnit::kNanosecond},
    {"ns", TimeUnit::kNanosecond},
};

page::Timestamp of_nanoseconds(int64_t nanoseconds) {
    int64_t seconds = nanoseconds / kSecondNanoseconds;
    int64_t rest = nanoseconds % kSecondNanoseconds;
    if (rest < 0) {
        rest += kSecondNanoseconds;
        --seconds;
    }
    return {seconds, static_cast<int32_t>(rest)};
}

}  // namespace

std::optional<TimeUnit> find_time_unit(std::string_view word) {
    const auto* found = std::ranges::find(kSpellings, word, &Spelling::word);
    if (found == std::end(kSpellings)) return std::nullopt;
    return found->unit;
}

std::string time_unit_words() {
    std::string words;
    for (const Spelling& spelling : kSpellings) {
        if (!words.empty()) words += ", ";
        words += spelling.word;
    }
    return words;
}

int64_t nanoseconds_of(TimeUnit unit) {
    switch (unit) {
        case TimeUnit::kSecond:
            return kSecondNanoseconds;
        case TimeUnit::kMillisecond:
            return 1'000'000;
        case TimeUnit::kMicrosecond:
            return 1000;
        default:
            return 1;
    }
}

page::Timestamp timestamp_of(int64_t number, TimeUnit unit) {
    if (unit == TimeUnit::kSecond) return {number, 0};
    auto wrapped = static_cast<uint64_t>(number) * static_cast<uint64_t>(nanoseconds_of(unit));
    return of_nanoseconds(static_cast<int64_t>(wrapped));
}

page::Timestamp timestamp_of(double number, TimeUnit unit) {
    return of_nanoseconds(truncated(number * static_cast<double>(nanoseconds_of(unit))));
}

int64_t number_of(page::Timestamp timestamp, TimeUnit unit) {
    int64_t per_second = kSecondNanoseconds / nanoseconds_of(unit);
    auto whole = static_cast<uint64_t>(timestamp.seconds) * static_cast<uint64_t>(per_second);
    return static_cast<int64_t>(whole) + timestamp.nanoseconds / nanoseconds_of(unit);
}

std::optional<page::Timestamp> exact_timestamp_of(int64_t number, TimeUnit unit) {
    const int64_t per_second = kSecondNanoseconds / nanoseconds_of(unit);
    page::Timestamp timestamp{number / per_second, 0};
    int64_t rest = number % per_second;
    if (rest < 0) {
        rest += per_second;
        --timestamp.seconds;
    }
    timestamp.nanoseconds = static_cast<int32_t>(rest * nanoseconds_of(unit));
    if (is_time(timestamp.seconds)) return timestamp;
    return std::nullopt;
}

std::optional<page::Timestamp> exact_timestamp_of(double number, TimeUnit unit) {
    const double nanoseconds = number * static_cast<double>(nanoseconds_of(unit));
    if (std::abs(nanoseconds) < 0x1p63) return timestamp_of(number, unit);
    // A double of this size has no digits below the second.
    auto seconds = long_of(std::floor(nanoseconds / kSecondNanoseconds), /*saturates=*/false);
    if (seconds && is_time(*seconds)) return page::Timestamp{*seconds, 0};
    return std::nullopt;
}

std::optional<int64_t> exact_number_of(page::Timestamp timestamp, TimeUnit unit) {
    int64_t number = 0;
    const int64_t per_second = kSecondNanoseconds / nanoseconds_of(unit);
    const int64_t rest = timestamp.nanoseconds / nanoseconds_of(unit);
    if (__builtin_mul_overflow(timestamp.seconds, per_second, &number) ||
        __builtin_add_overflow(number, rest, &number)) {
        return std::nullopt;
    }
    return number;
}

std::optional<int64_t> exact_number_of(int64_t number, TimeUnit from, TimeUnit to) {
    const int64_t mine = nanoseconds_of(from);
    const int64_t other = nanoseconds_of(to);
    int64_t result = 0;
    if (mine <= other) return number / (other / mine);
    if (__builtin_mul_overflow(number, mine / other, &result)) return std::nullopt;
    return result;
}

}  // namespace mogura::plugins
