#include "plugins/output/table/names.h"

#include <algorithm>

namespace mogura::plugins::table {
namespace {

constexpr size_t kDigitsLeast = 8;
constexpr size_t kDigitsMost = 16;

std::string hex(int64_t number) {
    std::string digits(kDigitsMost, '0');
    for (size_t place = kDigitsMost; place-- > 0; number >>= 4) {
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
                                      std::optional<TaskNumber> number, size_t bytes_max) {
    std::string digits = hex(milliseconds);
    const std::string suffix = suffix_of(number);
    const size_t fixed = 1 + suffix.size();
    size_t size = table.size() + digits.size() + fixed;
    if (size > bytes_max) {
        const size_t dropped = std::min(size - bytes_max, digits.size() - kDigitsLeast);
        digits.erase(0, dropped);
        size -= dropped;
    }
    std::string kept = table;
    if (size > bytes_max) {
        size_t length = table.size() - std::min(table.size(), size - bytes_max);
        while (length > 0 && (static_cast<unsigned char>(table[length]) & 0xC0) == 0x80) --length;
        kept.resize(length);
    }
    if (kept.empty()) return Error(Code::kInvalid, "the table's name is too long: " + table);
    return kept + "_" + digits + suffix;
}

bool is_intermediate_of(std::string_view name, std::string_view table, size_t bytes_max) {
    constexpr std::string_view kEnd = "_embulk";
    const size_t end = name.rfind(kEnd);
    if (end == name.npos) return false;
    const std::string_view number = name.substr(end + kEnd.size());
    if (number.find_first_not_of("0123456789") != number.npos) return false;
    const size_t line = name.substr(0, end).rfind('_');
    if (line == name.npos) return false;
    const std::string_view digits = name.substr(line + 1, end - line - 1);
    if (digits.size() < kDigitsLeast || digits.size() > kDigitsMost ||
        digits.find_first_not_of("0123456789abcdef") != digits.npos) {
        return false;
    }
    const std::string_view kept = name.substr(0, line);
    // A cut name lost the end of a character too, at most.
    const bool is_cut = name.size() + 3 >= bytes_max && digits.size() == kDigitsLeast;
    return kept == table || (is_cut && !kept.empty() && table.starts_with(kept));
}

std::string swap_name(int64_t milliseconds) {
    return hex(milliseconds) + "_embulk_swap_tmp";
}

}  // namespace mogura::plugins::table
