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

}  // namespace mogura::plugins
