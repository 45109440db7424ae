#include "load/guess_schema.h"

#include "base/text.h"
#include "load/guess_time_format.h"
#include "load/json_value.h"

#include <algorithm>
#include <string_view>

namespace mogura::load {
namespace {

constexpr std::string_view kBooleanWords[] = {
    "true",  "True",  "TRUE",  "yes", "Yes", "YES", "t", "T", "y", "Y", "on",  "On",  "ON",
    "false", "False", "FALSE", "no",  "No",  "NO",  "f", "F", "n", "N", "off", "Off", "OFF"};

bool is_boolean(std::string_view text) {
    return std::find(std::begin(kBooleanWords), std::end(kBooleanWords), text) !=
           std::end(kBooleanWords);
}

// A number of 64 bits that prints as it is written.
bool is_long(std::string_view text) {
    auto number = base::parse_integer(text);
    return number && std::to_string(*number) == text;
}

size_t skip_digits(std::string_view text, size_t at) {
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at;
}

// A fraction is mandatory: 1.5 and 0.5e3f, but not 1e5, .5 or 01.0.
bool is_double(std::string_view text) {
    size_t at = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
    if (text.substr(at) == "NaN" || text.substr(at) == "Infinity") return true;
    size_t whole_end = skip_digits(text, at);
    if (whole_end == at || (text[at] == '0' && whole_end > at + 1)) return false;
    if (whole_end >= text.size() || text[whole_end] != '.') return false;
    size_t end = skip_digits(text, whole_end + 1);
    if (end == whole_end + 1) return false;
    if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
        size_t digits = end + 1;
        if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
        size_t exponent_end = skip_digits(text, digits);
        if (exponent_end == digits) return false;
        end = exponent_end;
    }
    bool has_suffix =
        end < text.size() && std::string_view("fFdD").find(text[end]) != std::string_view::npos;
    return end + (has_suffix ? 1 : 0) == text.size();
}

bool is_json(std::string_view text) {
    if (text[0] != '{' && text[0] != '[') return false;
    size_t used = 0;
    auto value = parse_json_value(text, used);
    return value.ok() && base::trim(text.substr(used)).empty();
}

// Nothing when the text says nothing about its type.
std::optional<page::Type> type_of(const std::string& text) {
    if (is_boolean(text)) return page::Type::kBoolean;
    if (guess_time_format(text)) return page::Type::kTimestamp;
    if (is_long(text)) return page::Type::kLong;
    if (is_double(text)) return page::Type::kDouble;
    if (text.empty()) return std::nullopt;
    return is_json(text) ? page::Type::kJson : page::Type::kString;
}

page::Type merged(page::Type one, page::Type other) {
    using enum page::Type;
    if (one == other) return one;
    auto are = [&](page::Type left, page::Type right) {
        return (one == left && other == right) || (one == right && other == left);
    };
    if (are(kDouble, kLong)) return kDouble;
    if (are(kBoolean, kLong) || are(kLong, kTimestamp)) return kLong;
    return kString;
}

}  // namespace

std::vector<GuessedType> guess_types(std::span<const GuessRecord> records, Compat compat) {
    size_t columns = 0;
    for (const GuessRecord& record : records) columns = std::max(columns, record.size());
    std::vector<GuessedType> types(columns);
    for (size_t column = 0; column < columns; ++column) {
        std::optional<page::Type> type;
        std::vector<std::string> times;
        for (const GuessRecord& record : records) {
            if (column >= record.size() || !record[column]) continue;
            auto next = type_of(*record[column]);
            if (!next) continue;
            type = type ? merged(*type, *next) : *next;
            if (*next == page::Type::kTimestamp) times.push_back(*record[column]);
        }
        types[column].type = type.value_or(page::Type::kString);
        if (types[column].type == page::Type::kTimestamp) {
            types[column].format = guess_time_format(times, compat).value_or("");
        }
    }
    return types;
}

}  // namespace mogura::load
