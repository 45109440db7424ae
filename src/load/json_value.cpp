#include "load/json_value.h"

#include "base/utf8.h"
#include "load/java_number.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace mogura::load {
namespace {

bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<Json> value(int depth) {
        skip_blanks();
        if (at_ == text_.size()) return fail("the text ends where a value should begin");
        if (depth > kJsonNestingMax) return Error(Code::kLimit, "JSON is nested too deeply");
        switch (text_[at_]) {
            case '{':
                return object(depth);
            case '[':
                return array(depth);
            case '"': {
                Json json{.type = Json::Type::kString};
                TRY(string(json.text));
                return json;
            }
            case 't':
                return word("true", {.type = Json::Type::kBoolean, .boolean = true});
            case 'f':
                return word("false", {.type = Json::Type::kBoolean});
            case 'n':
                return word("null", {});
            default:
                return number();
        }
    }

    size_t used() const { return at_; }

  private:
    Error fail(const std::string& what) const {
        return {Code::kInvalid, what + " at byte " + std::to_string(at_)};
    }

    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }

    bool take(char wanted) {
        skip_blanks();
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }

    Result<Json> word(std::string_view wanted, Json json) {
        if (text_.substr(at_, wanted.size()) != wanted) return fail("unknown word");
        at_ += wanted.size();
        bool runs_on =
            at_ < text_.size() &&
            (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_');
        if (runs_on) return fail("unknown word");
        return json;
    }

    Result<Json> array(int depth) {
        Json json{.type = Json::Type::kArray};
        ++at_;
        if (take(']')) return json;
        while (true) {
            Json item = TRY(value(depth + 1));
            json.items.push_back(std::move(item));
            if (take(']')) return json;
            if (!take(',')) return fail("expected ',' or ']'");
        }
    }

    Result<Json> object(int depth) {
        Json json{.type = Json::Type::kObject};
        ++at_;
        if (take('}')) return json;
        while (true) {
            skip_blanks();
            if (at_ == text_.size() || text_[at_] != '"') return fail("expected a member's name");
            std::string key;
            TRY(string(key));
            if (!take(':')) return fail("expected ':'");
            Json item = TRY(value(depth + 1));
            json.items.push_back(std::move(item));
            json.keys.push_back(std::move(key));
            if (take('}')) return json;
            if (!take(',')) return fail("expected ',' or '}'");
        }
    }

    Result<> string(std::string& result) {
        ++at_;
        while (at_ < text_.size()) {
            size_t end = at_;
            while (end < text_.size() && text_[end] != '"' && text_[end] != '\\') ++end;
            result.append(text_, at_, end - at_);
            at_ = end;
            if (at_ == text_.size()) break;
            if (text_[at_] == '"') {
                ++at_;
                return {};
            }
            TRY(escape(result));
        }
        return fail("a string has no end");
    }

    Result<> escape(std::string& result) {
        if (at_ + 1 >= text_.size()) return fail("a string has no end");
        char letter = text_[at_ + 1];
        constexpr std::string_view kLetters = "\"\\/bfnrt";
        constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
        if (size_t place = kLetters.find(letter); place != std::string_view::npos) {
            result += kMeanings[place];
            at_ += 2;
            return {};
        }
        auto unit = letter == 'u' ? unit_at(at_ + 2) : std::nullopt;
        if (!unit) return fail("unknown escape");
        at_ += 6;
        uint32_t point = *unit;
        if (point >= 0xD800 && point < 0xDC00 && text_.substr(at_, 2) == "\\u") {
            auto low = unit_at(at_ + 2);
            if (low && *low >= 0xDC00 && *low < 0xE000) {
                point = 0x10000 + ((point - 0xD800) << 10) + (*low - 0xDC00);
                at_ += 6;
            }
        }
        // Half of a pair has no UTF-8.
        base::append_utf8(result, point >= 0xD800 && point < 0xE000 ? 0xFFFD : point);
        return {};
    }

    std::optional<uint32_t> unit_at(size_t at) const {
        if (at + 4 > text_.size()) return std::nullopt;
        uint32_t unit = 0;
        auto [end, failure] = std::from_chars(text_.data() + at, text_.data() + at + 4, unit, 16);
        if (failure != std::errc() || end != text_.data() + at + 4) return std::nullopt;
        return unit;
    }

    size_t digits(size_t at) const {
        size_t end = at;
        while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
        return end - at;
    }

    Result<Json> number() {
        size_t end = at_;
        if (text_[end] == '-') ++end;
        size_t whole = digits(end);
        if (whole == 0 || (whole > 1 && text_[end] == '0')) return fail("unknown word");
        end += whole;
        bool is_double = false;
        if (end < text_.size() && text_[end] == '.') {
            size_t fraction = digits(end + 1);
            if (fraction == 0) return fail("a number lacks digits");
            end += 1 + fraction;
            is_double = true;
        }
        if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
            size_t sign =
                end + 1 < text_.size() && (text_[end + 1] == '+' || text_[end + 1] == '-');
            size_t exponent = digits(end + 1 + sign);
            if (exponent == 0) return fail("a number lacks digits");
            end += 1 + sign + exponent;
            is_double = true;
        }
        if (end < text_.size() && std::isalpha(static_cast<unsigned char>(text_[end])) != 0) {
            return fail("a number ends in letters");
        }
        std::string_view digits_text = text_.substr(at_, end - at_);
        Json json;
        if (is_double) {
            json.type = Json::Type::kDouble;
            json.number = std::strtod(std::string(digits_text).c_str(), nullptr);
            if (!std::isfinite(json.number))
                return fail("a number is out of the range of a double");
        } else {
            json.type = Json::Type::kLong;
            auto [stop, failure] = std::from_chars(
                digits_text.data(), digits_text.data() + digits_text.size(), json.integer);
            if (failure != std::errc() || stop != digits_text.data() + digits_text.size()) {
                return fail("Numeric value (" + std::string(digits_text) +
                            ") out of range of long (-9223372036854775808 - 9223372036854775807)");
            }
        }
        at_ = end;
        return json;
    }

    const std::string_view text_;
    size_t at_ = 0;
};

}  // namespace

const Json* Json::find(std::string_view key) const {
    for (size_t index = 0; index < keys.size(); ++index) {
        if (keys[index] == key) return &items[index];
    }
    return nullptr;
}

std::string_view Json::type_name() const {
    constexpr std::array<std::string_view, 7> kNames = {"NULL",   "BOOLEAN", "LONG",  "DOUBLE",
                                                        "STRING", "ARRAY",   "OBJECT"};
    return kNames[static_cast<size_t>(type)];
}

Result<Json> parse_json_value(std::string_view text, size_t& used) {
    Parser parser(text);
    auto json = parser.value(0);
    used = parser.used();
    return json;
}

void append_json_text(std::string_view value, std::string& text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    text += '"';
    for (char letter : value) {
        auto byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            text += '\\';
            text += letter;
        } else if (byte >= 0x20) {
            text += letter;
        } else if (letter == '\n') {
            text += "\\n";
        } else if (letter == '\r') {
            text += "\\r";
        } else if (letter == '\t') {
            text += "\\t";
        } else if (letter == '\b') {
            text += "\\b";
        } else if (letter == '\f') {
            text += "\\f";
        } else {
            text += "\\u00";
            text += kHex[byte >> 4];
            text += kHex[byte & 15];
        }
    }
    text += '"';
}

void append_json(const Json& value, std::string& text) {
    switch (value.type) {
        case Json::Type::kNull:
            text += "null";
            break;
        case Json::Type::kBoolean:
            text += value.boolean ? "true" : "false";
            break;
        case Json::Type::kLong:
            append_long(text, value.integer);
            break;
        case Json::Type::kDouble:
            append_double(text, value.number);
            break;
        case Json::Type::kString:
            append_json_text(value.text, text);
            break;
        case Json::Type::kArray:
        case Json::Type::kObject: {
            bool is_object = value.type == Json::Type::kObject;
            text += is_object ? '{' : '[';
            for (size_t index = 0; index < value.items.size(); ++index) {
                if (index > 0) text += ',';
                if (is_object) {
                    append_json_text(value.keys[index], text);
                    text += ':';
                }
                append_json(value.items[index], text);
            }
            text += is_object ? '}' : ']';
        }
    }
}

Result<> first_json(std::string_view text, std::string& compact) {
    size_t used = 0;
    Json json = TRY(parse_json_value(text, used));
    append_json(json, compact);
    return {};
}

}  // namespace mogura::load
