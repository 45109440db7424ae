// The filters of Liquid.

#include "base/text.h"
#include "load/liquid/expression.h"
#include "load/timestamp.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace mogura::load::liquid {
namespace {

using Values = std::vector<Value>;

// What a filter is called with.
struct Call {
    const Value& input;
    const Values& arguments;
    const LiquidOptions& options;

    std::string text() const { return text_of(input); }
    std::string argument(size_t index) const {
        return index < arguments.size() ? text_of(arguments[index]) : "";
    }
};
using Filter = Result<Value> (*)(const Call&);

struct Number {
    bool is_integer = true;
    int64_t integer = 0;
    double real = 0;

    double as_double() const { return is_integer ? static_cast<double>(integer) : real; }
};

// Text counts as the number that it is; anything else is 0.
Number number_of(const Value& value) {
    if (value.is_float()) return {false, 0, value.floating()};
    std::string text = text_of(value);
    std::string_view trimmed = base::trim(text);
    if (auto integer = base::parse_integer(trimmed)) return {true, *integer, 0};
    double real = 0;
    auto [end, failure] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), real);
    if (failure != std::errc() || end != trimmed.data() + trimmed.size()) return {};
    return {false, 0, real};
}

int64_t integer_of(const Value& value) {
    Number number = number_of(value);
    return number.is_integer ? number.integer : static_cast<int64_t>(number.real);
}

config::List list_of(const Value& value) {
    if (value.is_list()) return value.list();
    if (value.is_null()) return {};
    return {value};
}

char upper(char byte) {
    return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte;
}

std::string upper(std::string text) {
    for (char& byte : text) byte = upper(byte);
    return text;
}

constexpr std::string_view kBlanks = " \t\r\n\f\v";

std::string left_stripped(const std::string& text) {
    size_t begin = text.find_first_not_of(kBlanks);
    return begin == std::string::npos ? "" : text.substr(begin);
}

std::string right_stripped(const std::string& text) {
    size_t end = text.find_last_not_of(kBlanks);
    return end == std::string::npos ? "" : text.substr(0, end + 1);
}

std::string replaced_first(std::string text, const std::string& from, const std::string& to) {
    size_t at = text.find(from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

Result<Value> calculate(const Call& call, char sign) {
    Number left = number_of(call.input);
    Number right = call.arguments.empty() ? Number{} : number_of(call.arguments[0]);
    bool divides = sign == '/' || sign == '%';
    if (left.is_integer && right.is_integer) {
        int64_t result = 0;
        bool overflows = false;
        if (divides) {
            if (right.integer == 0) return Error(Code::kInvalid, "divided by 0");
            overflows = right.integer == -1 && left.integer == INT64_MIN;
            if (!overflows) {
                // Rounded down, as Ruby does.
                int64_t rest = left.integer % right.integer;
                bool moves = rest != 0 && (rest < 0) != (right.integer < 0);
                result = sign == '/' ? left.integer / right.integer - (moves ? 1 : 0)
                                     : rest + (moves ? right.integer : 0);
            }
        } else if (sign == '+') {
            overflows = __builtin_add_overflow(left.integer, right.integer, &result);
        } else if (sign == '-') {
            overflows = __builtin_sub_overflow(left.integer, right.integer, &result);
        } else {
            overflows = __builtin_mul_overflow(left.integer, right.integer, &result);
        }
        if (overflows) return Error(Code::kLimit, "the result does not fit into 64 bits");
        return Value(result);
    }
    double one = left.as_double();
    double other = right.as_double();
    if (sign == '+') return Value(one + other);
    if (sign == '-') return Value(one - other);
    if (sign == '*') return Value(one * other);
    if (sign == '/') return Value(one / other);
    return Value(one - other * std::floor(one / other));
}

Result<Value> rounded(const Call& call, double (*how)(double)) {
    Number number = number_of(call.input);
    int64_t digits = call.arguments.empty() ? 0 : integer_of(call.arguments[0]);
    if (number.is_integer) return Value(number.integer);
    double factor = std::pow(10.0, static_cast<double>(digits));
    double result = how(number.real * factor) / factor;
    if (digits > 0) return Value(result);
    if (std::abs(result) >= 9e18) return Error(Code::kLimit, "the number does not fit");
    return Value(static_cast<int64_t>(result));
}

Result<Value> extreme(const Call& call, bool is_least) {
    Number input = number_of(call.input);
    Number bound = call.arguments.empty() ? Number{} : number_of(call.arguments[0]);
    bool keeps =
        is_least ? input.as_double() >= bound.as_double() : input.as_double() <= bound.as_double();
    const Number& chosen = keeps ? input : bound;
    return chosen.is_integer ? Value(chosen.integer) : Value(chosen.real);
}

// The bytes at which characters begin, and the end.
std::vector<size_t> characters_of(std::string_view text) {
    std::vector<size_t> begins;
    for (size_t at = 0; at < text.size(); ++at) {
        if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) begins.push_back(at);
    }
    begins.push_back(text.size());
    return begins;
}

Result<Value> slice(const Call& call) {
    if (call.arguments.empty()) return Error(Code::kInvalid, "slice needs where to begin");
    bool is_list = call.input.is_list();
    std::string text = is_list ? "" : call.text();
    std::vector<size_t> begins = characters_of(text);
    auto size = static_cast<int64_t>(is_list ? call.input.list().size() : begins.size() - 1);
    int64_t begin = integer_of(call.arguments[0]);
    int64_t count = call.arguments.size() > 1 ? integer_of(call.arguments[1]) : 1;
    if (begin < 0) begin += size;
    if (begin < 0 || begin > size || count < 0) return is_list ? Value(config::List()) : Value("");
    int64_t end = begin + std::min(count, size - begin);
    if (is_list) {
        const config::List& list = call.input.list();
        return Value(config::List(list.begin() + begin, list.begin() + end));
    }
    size_t from = begins[static_cast<size_t>(begin)];
    return Value(text.substr(from, begins[static_cast<size_t>(end)] - from));
}

Result<Value> truncate(const Call& call) {
    std::string text = call.text();
    int64_t length = call.arguments.empty() ? 50 : integer_of(call.arguments[0]);
    std::string tail = call.arguments.size() > 1 ? call.argument(1) : "...";
    std::vector<size_t> begins = characters_of(text);
    auto size = static_cast<int64_t>(begins.size()) - 1;
    if (size <= length) return Value(text);
    int64_t kept = std::max<int64_t>(length - static_cast<int64_t>(tail.size()), 0);
    return Value(text.substr(0, begins[static_cast<size_t>(kept)]) + tail);
}

std::string escaped(const std::string& text) {
    std::string result;
    for (char byte : text) {
        switch (byte) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            case '\'':
                result += "&#39;";
                break;
            default:
                result += byte;
        }
    }
    return result;
}

std::string url_encoded(const std::string& text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-*";
    std::string result;
    for (char byte : text) {
        auto value = static_cast<unsigned char>(byte);
        if (kPlain.find(byte) != std::string_view::npos) {
            result += byte;
        } else if (byte == ' ') {
            result += '+';
        } else {
            result += '%';
            result += kHex[value >> 4];
            result += kHex[value & 15];
        }
    }
    return result;
}

std::string url_decoded(const std::string& text) {
    std::string result;
    for (size_t at = 0; at < text.size(); ++at) {
        unsigned value = 0;
        bool is_escape =
            text[at] == '%' && at + 2 < text.size() &&
            std::from_chars(text.data() + at + 1, text.data() + at + 3, value, 16).ptr ==
                text.data() + at + 3;
        if (is_escape) {
            result += static_cast<char>(value);
            at += 2;
        } else {
            result += text[at] == '+' ? ' ' : text[at];
        }
    }
    return result;
}

// 'now', 'today', epoch seconds, or a date as people write it.
std::optional<page::Timestamp> moment_of(const Value& value, const LiquidOptions& options) {
    std::string text = text_of(value);
    if (text == "now" || text == "today") {
        auto seconds = std::chrono::floor<std::chrono::seconds>(options.now);
        return page::Timestamp{seconds.time_since_epoch().count(), 0};
    }
    if (auto seconds = base::parse_integer(text); seconds && text.size() != 8) {
        return page::Timestamp{*seconds, 0};
    }
    for (const char* format :
         {"%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S",
          "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y%m%d",
          "%d %b %Y", "%b %d, %Y"}) {
        auto parser = TimestampParser::compile({.format = format, .time_zone = options.time_zone});
        page::Timestamp timestamp;
        if (parser.ok() && parser->parse(text, timestamp)) return timestamp;
    }
    return std::nullopt;
}

Result<Value> date(const Call& call) {
    std::string format = call.argument(0);
    if (format.empty()) return call.input;
    auto moment = moment_of(call.input, call.options);
    if (!moment) return call.input;
    auto formatter = TRY(TimestampFormatter::compile(format, call.options.time_zone));
    std::string text;
    formatter.format(*moment, text);
    return Value(text);
}

Result<Value> split(const Call& call) {
    std::string text = call.text();
    std::string by = call.argument(0);
    config::List parts;
    if (by.empty()) {
        std::vector<size_t> begins = characters_of(text);
        for (size_t index = 0; index + 1 < begins.size(); ++index) {
            parts.emplace_back(text.substr(begins[index], begins[index + 1] - begins[index]));
        }
        return Value(std::move(parts));
    }
    for (size_t at = 0; at <= text.size();) {
        size_t end = std::min(text.find(by, at), text.size());
        std::string part = text.substr(at, end - at);
        // A single blank splits at any blanks, as Ruby's does.
        if (by != " " || !part.empty()) parts.emplace_back(std::move(part));
        at = end + by.size();
        if (end == text.size()) break;
    }
    while (!parts.empty() && parts.back() == Value("")) parts.pop_back();
    return Value(std::move(parts));
}

bool is_less(const Value& one, const Value& other) {
    bool are_numbers =
        (one.is_integer() || one.is_float()) && (other.is_integer() || other.is_float());
    if (are_numbers) return number_of(one).as_double() < number_of(other).as_double();
    return text_of(one) < text_of(other);
}

// Equal values keep their order. Mixed values have no order that a faster sort could rely on.
config::List sorted(config::List list) {
    config::List result;
    for (Value& item : list) {
        result.insert(std::ranges::upper_bound(result, item, is_less), std::move(item));
    }
    return result;
}

config::List unique(const config::List& list) {
    config::List result;
    for (const Value& item : list) {
        if (std::ranges::find(result, item) == result.end()) result.push_back(item);
    }
    return result;
}

std::string joined(const config::List& list, const std::string& by) {
    std::string text;
    for (size_t index = 0; index < list.size(); ++index) {
        if (index > 0) text += by;
        text += text_of(list[index]);
    }
    return text;
}

Result<Value> or_default(const Call& call) {
    bool is_empty = !is_true(call.input) ||
                    (call.input.is_string() && call.input.string().empty()) ||
                    (call.input.is_list() && call.input.list().empty());
    if (!is_empty) return call.input;
    return call.arguments.empty() ? Value("") : call.arguments[0];
}

Result<Value> end_of(const Call& call, bool is_first) {
    if (!call.input.is_list() || call.input.list().empty()) return Value(nullptr);
    return is_first ? call.input.list().front() : call.input.list().back();
}

Result<Value> size(const Call& call) {
    if (call.input.is_list()) return Value(static_cast<int64_t>(call.input.list().size()));
    if (call.input.is_string()) {
        return Value(static_cast<int64_t>(characters_of(call.input.string()).size()) - 1);
    }
    return Value(0);
}

Result<Value> map(const Call& call) {
    config::List result;
    for (const Value& item : list_of(call.input)) {
        const Value* found = item.find(call.argument(0));
        result.push_back(found ? *found : Value(nullptr));
    }
    return Value(std::move(result));
}

Result<Value> concat(const Call& call) {
    config::List list = list_of(call.input);
    for (const Value& more : call.arguments) {
        std::ranges::copy(list_of(more), std::back_inserter(list));
    }
    return Value(std::move(list));
}

struct Entry {
    std::string_view name;
    Filter filter;
};

constexpr Entry kFilters[] = {
    {"abs",
     [](const Call& call) -> Result<Value> {
         Number number = number_of(call.input);
         if (!number.is_integer) return Value(std::abs(number.real));
         return Value(number.integer < 0 ? -number.integer : number.integer);
     }},
    {"append",
     [](const Call& call) -> Result<Value> { return Value(call.text() + call.argument(0)); }},
    {"at_least", [](const Call& call) { return extreme(call, true); }},
    {"at_most", [](const Call& call) { return extreme(call, false); }},
    {"capitalize",
     [](const Call& call) -> Result<Value> {
         std::string text = base::lower(call.text());
         if (!text.empty()) text[0] = upper(text[0]);
         return Value(text);
     }},
    {"ceil", [](const Call& call) { return rounded(call, std::ceil); }},
    {"compact",
     [](const Call& call) -> Result<Value> {
         config::List list = list_of(call.input);
         std::erase_if(list, [](const Value& item) { return item.is_null(); });
         return Value(std::move(list));
     }},
    {"concat", concat},
    {"date", date},
    {"default", or_default},
    {"divided_by", [](const Call& call) { return calculate(call, '/'); }},
    {"downcase", [](const Call& call) -> Result<Value> { return Value(base::lower(call.text())); }},
    {"escape", [](const Call& call) -> Result<Value> { return Value(escaped(call.text())); }},
    {"first", [](const Call& call) { return end_of(call, true); }},
    {"floor", [](const Call& call) { return rounded(call, std::floor); }},
    {"join",
     [](const Call& call) -> Result<Value> {
         return Value(joined(list_of(call.input), call.arguments.empty() ? " " : call.argument(0)));
     }},
    {"last", [](const Call& call) { return end_of(call, false); }},
    {"lstrip", [](const Call& call) -> Result<Value> { return Value(left_stripped(call.text())); }},
    {"map", map},
    {"minus", [](const Call& call) { return calculate(call, '-'); }},
    {"modulo", [](const Call& call) { return calculate(call, '%'); }},
    {"newline_to_br",
     [](const Call& call) -> Result<Value> {
         return Value(base::replace_all(call.text(), "\n", "<br />\n"));
     }},
    {"plus", [](const Call& call) { return calculate(call, '+'); }},
    {"prepend",
     [](const Call& call) -> Result<Value> { return Value(call.argument(0) + call.text()); }},
    {"remove",
     [](const Call& call) -> Result<Value> {
         if (call.argument(0).empty()) return Value(call.text());
         return Value(base::replace_all(call.text(), call.argument(0), ""));
     }},
    {"remove_first",
     [](const Call& call) -> Result<Value> {
         return Value(replaced_first(call.text(), call.argument(0), ""));
     }},
    {"replace",
     [](const Call& call) -> Result<Value> {
         if (call.argument(0).empty()) return Value(call.text());
         return Value(base::replace_all(call.text(), call.argument(0), call.argument(1)));
     }},
    {"replace_first",
     [](const Call& call) -> Result<Value> {
         return Value(replaced_first(call.text(), call.argument(0), call.argument(1)));
     }},
    {"reverse",
     [](const Call& call) -> Result<Value> {
         config::List list = list_of(call.input);
         std::ranges::reverse(list);
         return Value(std::move(list));
     }},
    {"round", [](const Call& call) { return rounded(call, std::round); }},
    {"rstrip",
     [](const Call& call) -> Result<Value> { return Value(right_stripped(call.text())); }},
    {"size", size},
    {"slice", slice},
    {"sort", [](const Call& call) -> Result<Value> { return Value(sorted(list_of(call.input))); }},
    {"split", split},
    {"strip",
     [](const Call& call) -> Result<Value> {
         return Value(left_stripped(right_stripped(call.text())));
     }},
    {"strip_newlines",
     [](const Call& call) -> Result<Value> {
         std::string text = call.text();
         std::erase_if(text, [](char byte) { return byte == '\n' || byte == '\r'; });
         return Value(text);
     }},
    {"times", [](const Call& call) { return calculate(call, '*'); }},
    {"truncate", truncate},
    {"uniq", [](const Call& call) -> Result<Value> { return Value(unique(list_of(call.input))); }},
    {"upcase", [](const Call& call) -> Result<Value> { return Value(upper(call.text())); }},
    {"url_decode",
     [](const Call& call) -> Result<Value> { return Value(url_decoded(call.text())); }},
    {"url_encode",
     [](const Call& call) -> Result<Value> { return Value(url_encoded(call.text())); }},
};

}  // namespace

bool is_filter(std::string_view name) {
    return std::ranges::find(kFilters, name, &Entry::name) != std::end(kFilters);
}

std::vector<std::string> filter_names() {
    std::vector<std::string> names;
    for (const Entry& entry : kFilters) names.emplace_back(entry.name);
    return names;
}

Result<Value> apply_filter(std::string_view name, const Value& input, const Values& arguments,
                           const LiquidOptions& options) {
    const auto* entry = std::ranges::find(kFilters, name, &Entry::name);
    auto result = entry->filter({input, arguments, options});
    if (!result.ok()) return result.error().at("filter " + std::string(name));
    return result;
}

}  // namespace mogura::load::liquid
