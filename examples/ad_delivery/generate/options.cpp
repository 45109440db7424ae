#include "options.h"

#include "calendar.h"

#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ad_delivery {
namespace {

constexpr const char* kUsage =
    "usage: ad_delivery_generate --events N --seed S --out DIR [--date YYYY-MM-DD]";

int64_t number(std::string_view option, std::string_view text, int64_t least) {
    int64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size() || value < least) {
        throw std::invalid_argument(std::string(option) + ": a number from " +
                                    std::to_string(least) +
                                    " is needed, not: " + std::string(text));
    }
    return value;
}

int64_t date(std::string_view text) {
    const auto day = parse_date(text);
    if (!day) throw std::invalid_argument("--date: not a date (YYYY-MM-DD): " + std::string(text));
    return *day;
}

}  // namespace

Options read_options(int count, char** words) {
    Options options;
    options.day = date("2026-03-10");
    for (int i = 1; i < count; i += 2) {
        const std::string_view option = words[i];
        if (i + 1 == count) throw std::invalid_argument(kUsage);
        const std::string_view value = words[i + 1];
        if (option == "--events") {
            options.events = number(option, value, 1000);
        } else if (option == "--seed") {
            options.seed = static_cast<uint64_t>(number(option, value, 0));
        } else if (option == "--date") {
            options.day = date(value);
        } else if (option == "--out") {
            options.out = value;
        } else {
            throw std::invalid_argument(kUsage);
        }
    }
    if (options.out.empty()) throw std::invalid_argument(kUsage);
    return options;
}

}  // namespace ad_delivery
