#include "config/yaml_resolve.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>

namespace mogura::config {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
}

// Takes the characters of `set` off the front; returns how many there were.
size_t skip(std::string_view& text, std::string_view set) {
    size_t count = std::min(text.find_first_not_of(set), text.size());
    text.remove_prefix(count);
    return count;
}

bool skip_sign(std::string_view& text) {
    if (!text.starts_with('-') && !text.starts_with('+')) return false;
    text.remove_prefix(1);
    return true;
}

// (:[0-5]?[0-9])+
bool skip_sixtieths(std::string_view& text) {
    bool any = false;
    while (text.starts_with(':')) {
        std::string_view rest = text.substr(1);
        const size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        if (digits == 0 || digits > 2 || (digits == 2 && rest[0] > '5')) return false;
        text = rest.substr(digits);
        any = true;
    }
    return any;
}

// [1-9][0-9_]*
bool skip_decimal(std::string_view& text) {
    if (text.empty() || text[0] < '1' || text[0] > '9') return false;
    skip(text, "0123456789_");
    return true;
}

std::string without_underscores(std::string_view text) {
    std::string result(text);
    std::erase(result, '_');
    return result;
}

// Digits of a base up to 16, of any length, as decimal digits.
std::string decimal_digits(std::string_view digits, int base) {
    std::string decimal = "0";
    for (char digit : digits) {
        int carry = digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
        for (auto place = decimal.rbegin(); place != decimal.rend(); ++place) {
            carry += (*place - '0') * base;
            *place = static_cast<char>('0' + carry % 10);
            carry /= 10;
        }
        for (; carry > 0; carry /= 10) decimal.insert(decimal.begin(), char('0' + carry % 10));
    }
    return decimal;
}

std::optional<Value> integer_value(bool negative, const std::string& digits, int base) {
    constexpr size_t kDigitsMax = 4000;  // decimal_digits takes the square of it
    if (digits.empty() || digits.size() > kDigitsMax) return std::nullopt;
    const std::string signed_digits = (negative ? "-" : "") + digits;
    int64_t number = 0;
    auto [end, failure] = std::from_chars(
        signed_digits.data(), signed_digits.data() + signed_digits.size(), number, base);
    if (failure == std::errc()) return number;
    return Value::big_integer((negative ? "-" : "") +
                              (base == 10 ? digits : decimal_digits(digits, base)));
}

// 12:30:45 counts in sixtieths; nothing when it leaves 64 bits.
std::optional<double> sixtieths(const std::string& text) {
    double total = 0;
    size_t start = 0;
    while (start <= text.size()) {
        const size_t end = std::min(text.find(':', start), text.size());
        total = total * 60 + std::strtod(text.substr(start, end - start).c_str(), nullptr);
        start = end + 1;
    }
    constexpr double kExactMax = 0x1p53;
    if (total > kExactMax) return std::nullopt;
    return total;
}

std::optional<Value> integer(std::string_view text, Dialect dialect) {
    const bool negative = text.starts_with('-');
    skip_sign(text);
    std::string_view rest = text;
    if (text == "0") return Value(0);
    if (text.starts_with("0b")) {
        rest.remove_prefix(2);
        if (skip(rest, "01_") == 0 || !rest.empty()) return std::nullopt;
        return integer_value(negative, without_underscores(text.substr(2)), 2);
    }
    if (text.starts_with("0x")) {
        rest.remove_prefix(2);
        if (skip(rest, "0123456789abcdefABCDEF_") == 0 || !rest.empty()) return std::nullopt;
        return integer_value(negative, without_underscores(text.substr(2)), 16);
    }
    if (text.starts_with('0')) {
        skip(rest, "01234567_");
        if (!rest.empty()) return std::nullopt;
        return integer_value(negative, without_underscores(text), 8);
    }
    if (!skip_decimal(rest)) return std::nullopt;
    const std::string digits = without_underscores(text);
    if (rest.empty()) return integer_value(negative, digits, 10);
    if (dialect != Dialect::kEmbulk || !skip_sixtieths(rest) || !rest.empty()) return std::nullopt;
    auto total = sixtieths(digits);
    if (!total) return std::nullopt;
    return Value(static_cast<int64_t>(negative ? -*total : *total));
}

// In both dialects a plain float does not start with 0: "0.5" is a string.
enum class Zero { kMayNotLead, kMayLead };

bool is_float(std::string_view rest, Dialect dialect, Zero zero) {
    skip_sign(rest);
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        if (skip(rest, "0123456789") == 0) return false;
    } else {
        if (zero == Zero::kMayLead && rest.starts_with('0'))
            skip(rest, "0123456789_");
        else if (!skip_decimal(rest))
            return false;
        if (dialect == Dialect::kEmbulk && skip_sixtieths(rest)) {
            if (!rest.starts_with('.')) return false;
            rest.remove_prefix(1);
            skip(rest, "0123456789_");
            return rest.empty();
        }
        if (rest.starts_with('.')) {
            rest.remove_prefix(1);
            skip(rest, "0123456789_");
        }
    }
    if (rest.starts_with('e') || rest.starts_with('E')) {
        rest.remove_prefix(1);
        skip_sign(rest);
        if (skip(rest, "0123456789") == 0) return false;
    }
    return rest.empty();
}

double float_value(std::string_view text) {
    const bool negative = text.starts_with('-');
    skip_sign(text);
    const std::string digits = without_underscores(text);
    double number = 0;
    if (digits.find(':') != std::string::npos) {
        number = sixtieths(digits).value_or(std::numeric_limits<double>::infinity());
    } else {
        auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        // Beyond the range: infinity, or zero for the tiniest.
        if (failure == std::errc::result_out_of_range) {
            number = std::strtod(digits.c_str(), nullptr);
        }
    }
    return negative ? -number : number;
}

std::optional<Value> floating(std::string_view text, Dialect dialect, Zero zero) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (is_one_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return kInfinity;
    if (is_one_of(text, {"-.inf", "-.Inf", "-.INF"})) return -kInfinity;
    if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return std::numeric_limits<double>::quiet_NaN();
    if (!is_float(text, dialect, zero)) return std::nullopt;
    return float_value(text);
}

std::optional<Value> boolean(std::string_view text, Dialect dialect) {
    if (is_one_of(text, {"true", "True"})) return true;
    if (is_one_of(text, {"false", "False"})) return false;
    if (dialect == Dialect::kDigdag) return std::nullopt;
    if (is_one_of(text, {"TRUE", "yes", "Yes", "YES", "on", "On", "ON"})) return true;
    if (is_one_of(text, {"FALSE", "no", "No", "NO", "off", "Off", "OFF"})) return false;
    return std::nullopt;
}

bool is_null(std::string_view text) {
    return is_one_of(text, {"", "~", "null", "Null", "NULL"});
}

// Bytes arrive as base64, blanks aside.
Result<Value> binary(std::string_view text) {
    std::string base64(text);
    std::erase_if(base64, [](char character) { return character == ' ' || character == '\n'; });
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string_view rest = base64;
    skip(rest, kAlphabet);
    if (base64.size() % 4 != 0 || rest.size() > 2 || rest.find_first_not_of('=') != rest.npos) {
        return Error(Code::kInvalid, "!!binary: this is not base64");
    }
    return Value(std::move(base64));
}

}  // namespace

Value resolve_plain(std::string_view text, Dialect dialect) {
    if (is_null(text)) return nullptr;
    std::optional<Value> value = boolean(text, dialect);
    if (!value) value = integer(text, dialect);
    if (!value) value = floating(text, dialect, Zero::kMayNotLead);
    if (!value) return text;
    // Digdag reads an integer or boolean as text in its usual form (010 is "8"), Embulk as written.
    if (dialect == Dialect::kEmbulk || value->is_float()) value->set_written(std::string(text));
    return *std::move(value);
}

Result<Value> resolve_tagged(std::string_view text, std::string_view tag, Dialect dialect) {
    constexpr std::string_view kStandard = "tag:yaml.org,2002:";
    if (tag.starts_with(kStandard)) {
        const std::string_view type = tag.substr(kStandard.size());
        if (type == "str") return Value(text);
        if (type == "binary") return binary(text);
        if (type == "null" && is_null(text)) return Value(nullptr);
        std::optional<Value> value;
        if (type == "bool") value = boolean(text, Dialect::kEmbulk);
        if (type == "int") value = integer(text, dialect);
        if (type == "float") value = floating(text, dialect, Zero::kMayLead);
        if (value) return *std::move(value);
        if (is_one_of(type, {"null", "bool", "int", "float"})) {
            return Error(Code::kInvalid, "this is no !!" + std::string(type));
        }
    }
    return Error(Code::kInvalid,
                 "could not determine a constructor for the tag " + std::string(tag));
}

}  // namespace mogura::config
