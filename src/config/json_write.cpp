#include "config/json.h"

#include "base/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace mogura::config {
namespace {

// Compact, or pretty with each level indented by two blanks.
class Writer {
  public:
    explicit Writer(bool pretty) : pretty_(pretty) {}

    void write(const Value& value) {
        switch (value.kind()) {
            case Value::Kind::kNull:
                json_ += "null";
                break;
            case Value::Kind::kBoolean:
                json_ += value.boolean() ? "true" : "false";
                break;
            case Value::Kind::kInteger:
                json_ += std::to_string(value.integer());
                break;
            case Value::Kind::kBigInteger:
                json_ += *value.scalar_text();
                break;
            case Value::Kind::kFloat:
                append_json_number(json_, value.floating());
                break;
            case Value::Kind::kString:
                append_json_string(json_, value.string());
                break;
            case Value::Kind::kList:
                write_list(value.list());
                break;
            case Value::Kind::kMap:
                write_map(value.map());
                break;
        }
    }

    std::string take() { return std::move(json_); }

  private:
    void write_list(const List& items) {
        json_ += '[';
        ++level_;
        for (const Value& item : items) {
            if (&item != items.data()) json_ += ',';
            new_line();
            write(item);
        }
        close(']', items.empty());
    }

    void write_map(const Map& members) {
        json_ += '{';
        ++level_;
        for (const Map::Entry& member : members) {
            if (&member != &*members.begin()) json_ += ',';
            new_line();
            append_json_string(json_, member.key);
            json_ += pretty_ ? ": " : ":";
            write(member.value);
        }
        close('}', members.empty());
    }

    void close(char bracket, bool empty) {
        --level_;
        if (!empty) new_line();
        json_ += bracket;
    }

    void new_line() {
        if (pretty_) json_.append("\n").append(level_ * 2, ' ');
    }

    std::string json_;
    const bool pretty_;
    size_t level_ = 0;
};

}  // namespace

std::string to_json(const Value& value) {
    Writer writer(/*pretty=*/false);
    writer.write(value);
    return writer.take();
}

std::string to_pretty_json(const Value& value) {
    Writer writer(/*pretty=*/true);
    writer.write(value);
    return writer.take();
}

void append_json_string(std::string& json, std::string_view text) {
    constexpr std::string_view kHexadecimal = "0123456789abcdef";
    constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
    json += '"';
    for (size_t at = 0; at < text.size(); ++at) {
        const char character = text[at];
        const auto byte = static_cast<unsigned char>(character);
        if (byte >= 0x80) {
            const size_t length = base::utf8_length(text.substr(at));
            json += length > 0 ? text.substr(at, length) : kReplacement;
            at += std::max<size_t>(length, 1) - 1;
            continue;
        }
        switch (character) {
            case '"':
                json += "\\\"";
                break;
            case '\\':
                json += "\\\\";
                break;
            case '\b':
                json += "\\b";
                break;
            case '\f':
                json += "\\f";
                break;
            case '\n':
                json += "\\n";
                break;
            case '\r':
                json += "\\r";
                break;
            case '\t':
                json += "\\t";
                break;
            default:
                if (byte < 0x20) {
                    json += "\\u00";
                    json += kHexadecimal[byte >> 4];
                    json += kHexadecimal[byte & 15];
                } else {
                    json += character;
                }
        }
    }
    json += '"';
}

void append_json_number(std::string& json, double number) {
    if (!std::isfinite(number)) {  // JSON has no word for these
        json += "null";
        return;
    }
    if (number == 0) {
        json += '0';
        return;
    }
    std::array<char, 32> buffer;
    auto [end, failure] = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                        std::abs(number), std::chars_format::scientific);
    std::string_view text(buffer.data(), static_cast<size_t>(end - buffer.data()));
    const size_t letter = text.find('e');
    int exponent = 0;
    size_t sign = text[letter + 1] == '+' ? 1 : 0;
    std::from_chars(text.data() + letter + 1 + sign, end, exponent);
    std::string digits(text.substr(0, letter));
    if (digits.size() > 1) digits.erase(1, 1);  // the point

    if (number < 0) json += '-';
    const int count = static_cast<int>(digits.size());
    const int before_point = exponent + 1;
    if (before_point > 21 || before_point <= -6) {
        json += digits[0];
        if (count > 1) json.append(".").append(digits, 1);
        json += exponent < 0 ? "e-" : "e+";
        json += std::to_string(std::abs(exponent));
    } else if (before_point <= 0) {
        json.append("0.").append(static_cast<size_t>(-before_point), '0').append(digits);
    } else if (count <= before_point) {
        json.append(digits).append(static_cast<size_t>(before_point - count), '0');
    } else {
        auto point = static_cast<size_t>(before_point);
        json.append(digits, 0, point).append(".").append(digits, point);
    }
}

}  // namespace mogura::config
