// The conversions of reader.h, and how each type stands in the manual.

#include "base/text.h"
#include "config/json.h"
#include "config/reader.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace mogura::config {
namespace {

constexpr size_t kSampleMax = 60;  // bytes of a wrong value that a message shows

Error expected(std::string_view what, const Value& value) {
    std::string message = "expected ";
    message.append(what).append(", not ");
    if (value.is_null()) {
        message += "null (leave the option out for its default)";
    } else if (value.is_map() || value.is_list()) {
        message.append("a ").append(value.kind_name());
    } else {
        std::string sample = to_json(Value(*value.scalar_text()));
        if (sample.size() > kSampleMax) sample = sample.substr(0, kSampleMax) + "...";
        message += sample;
    }
    return {Code::kInvalid, std::move(message)};
}

std::optional<double> parse_double(std::string_view text) {
    text = base::trim(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    // from_chars also knows "inf" and "nan", which are words here.
    if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
    double number = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || failure != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

template <typename T>
Result<std::vector<T>> convert_items(const Value& value, std::string_view what) {
    if (!value.is_list()) return expected(what, value);
    std::vector<T> items;
    for (size_t place = 0; place < value.list().size(); ++place) {
        auto item = convert<T>(value.list()[place]);
        if (!item.ok()) return item.error().at("[" + std::to_string(place) + "]");
        items.push_back(*std::move(item));
    }
    return items;
}

}  // namespace

template <>
Result<bool> convert<bool>(const Value& value) {
    if (value.is_boolean()) return value.boolean();
    if (value.is_integer()) return value.integer() != 0;
    if (value.is_string()) {
        const std::string_view text = base::trim(value.string());
        for (std::string_view word :
             {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}) {
            if (text == word) return true;
        }
        for (std::string_view word :
             {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", ""}) {
            if (text == word) return false;
        }
    }
    return expected("true or false", value);
}

template <>
Result<int64_t> convert<int64_t>(const Value& value) {
    if (value.is_integer()) return value.integer();
    if (value.is_float()) {  // cut, as the originals do
        const double number = std::trunc(value.floating());
        if (number >= -0x1p63 && number < 0x1p63) return static_cast<int64_t>(number);
    }
    if (value.is_string()) {
        const std::string_view text = base::trim(value.string());
        if (text.empty()) return int64_t{0};
        if (auto number = base::parse_integer(text)) return *number;
    }
    return expected("an integer", value);
}

template <>
Result<int> convert<int>(const Value& value) {
    const int64_t number = TRY(convert<int64_t>(value));
    if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max()) {
        return expected("an integer of 32 bits", value);
    }
    return static_cast<int>(number);
}

template <>
Result<double> convert<double>(const Value& value) {
    if (value.is_float()) return value.floating();
    if (value.is_integer()) return static_cast<double>(value.integer());
    if (value.is_string() && base::trim(value.string()).empty()) return 0.0;
    if (value.is_string() || value.kind() == Value::Kind::kBigInteger) {
        if (auto number = parse_double(*value.scalar_text())) return *number;
    }
    return expected("a number", value);
}

template <>
Result<std::string> convert<std::string>(const Value& value) {
    if (auto text = value.scalar_text()) return *std::move(text);
    return expected("a string", value);
}

template <>
Result<Value> convert<Value>(const Value& value) {
    return value;
}

template <>
Result<std::vector<std::string>> convert<std::vector<std::string>>(const Value& value) {
    return convert_items<std::string>(value, "a list of strings");
}

template <>
Result<std::vector<Value>> convert<std::vector<Value>>(const Value& value) {
    return convert_items<Value>(value, "a list");
}

template <>
Result<Map> convert<Map>(const Value& value) {
    if (value.is_map()) return value.map();
    return expected("a mapping", value);
}

template <>
std::string Reader::type_name<bool>() {
    return "boolean";
}
template <>
std::string Reader::type_name<int>() {
    return "integer";
}
template <>
std::string Reader::type_name<int64_t>() {
    return "long";
}
template <>
std::string Reader::type_name<double>() {
    return "double";
}
template <>
std::string Reader::type_name<std::string>() {
    return "string";
}
template <>
std::string Reader::type_name<Value>() {
    return "any";
}
template <>
std::string Reader::type_name<std::vector<std::string>>() {
    return "list of string";
}
template <>
std::string Reader::type_name<std::vector<Value>>() {
    return "list";
}
template <>
std::string Reader::type_name<Map>() {
    return "mapping";
}

template <>
std::string Reader::default_json<bool>(const bool& value) {
    return to_json(value);
}
template <>
std::string Reader::default_json<int>(const int& value) {
    return to_json(value);
}
template <>
std::string Reader::default_json<int64_t>(const int64_t& value) {
    return to_json(value);
}
template <>
std::string Reader::default_json<double>(const double& value) {
    return to_json(value);
}
template <>
std::string Reader::default_json<std::string>(const std::string& value) {
    return to_json(value);
}
template <>
std::string Reader::default_json<Value>(const Value& value) {
    return to_json(value);
}
template <>
std::string Reader::default_json<std::vector<std::string>>(const std::vector<std::string>& value) {
    return to_json(List(value.begin(), value.end()));
}
template <>
std::string Reader::default_json<std::vector<Value>>(const std::vector<Value>& value) {
    return to_json(value);
}
template <>
std::string Reader::default_json<Map>(const Map& value) {
    return to_json(value);
}

}  // namespace mogura::config
