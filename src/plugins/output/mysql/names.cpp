#include "plugins/output/mysql/names.h"

#include <algorithm>

namespace mogura::plugins::mysql {
namespace {

std::string hex(int64_t number) {
    constexpr size_t kDigits = 16;
    std::string digits(kDigits, '0');
    for (size_t place = kDigits; place-- > 0; number >>= 4) {
        digits[place] = "0123456789abcdef"[number & 15];
    }
    return digits;
}

std::string suffix_of(std::optional<TaskNumber> number) {
    std::string suffix = "_embulk";
    if (!number) return suffix;
    const size_t last = number->tasks > 0 ? number->tasks - 1 : 0;
    const size_t width = std::max<size_t>(3, std::to_string(last).size());
    const std::string digits = std::to_string(number->task);
    return suffix + std::string(width - std::min(width, digits.size()), '0') + digits;
}

}  // namespace

Result<std::string> intermediate_name(const std::string& table, int64_t milliseconds,
                                      std::optional<TaskNumber> number) {
    constexpr size_t kDigitsLeast = 8;
    std::string digits = hex(milliseconds);
    const std::string suffix = suffix_of(number);
    const size_t fixed = 1 + suffix.size();
    size_t size = table.size() + digits.size() + fixed;
    if (size > kNameBytesMax) {
        const size_t dropped = std::min(size - kNameBytesMax, digits.size() - kDigitsLeast);
        digits.erase(0, dropped);
        size -= dropped;
    }
    std::string kept = table;
    if (size > kNameBytesMax) {
        size_t length = table.size() - std::min(table.size(), size - kNameBytesMax);
        while (length > 0 && (static_cast<unsigned char>(table[length]) & 0xC0) == 0x80) --length;
        kept.resize(length);
    }
    if (kept.empty()) return Error(Code::kInvalid, "the table's name is too long: " + table);
    return kept + "_" + digits + suffix;
}

std::string swap_name(int64_t milliseconds) {
    return hex(milliseconds) + "_embulk_swap_tmp";
}

}  // namespace mogura::plugins::mysql
