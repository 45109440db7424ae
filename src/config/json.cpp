// A parser by hand rather than a library's: it keeps large integers, the place of every value, and
// says line and column of what is wrong.

#include "config/json.h"

#include "base/utf8.h"
#include "config/key_index.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace mogura::config {
namespace {

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

class Parser {
  public:
    Parser(std::string_view text, std::string_view place) : text_(text), place_(place) {}

    Result<Value> document() {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = line_start_ = 3;
        Value value = TRY(parse_value());
        skip_blanks();
        if (at_ < text_.size()) return wrong("more text follows the value");
        return value;
    }

  private:
    Error wrong(std::string_view what, Code code = Code::kInvalid) const {
        Mark place = mark();
        std::string message(place_);
        if (!message.empty()) message += ':';
        message += std::to_string(place.line) + ':' + std::to_string(place.column) + ": ";
        return {code, message.append(what)};
    }

    Mark mark() const {
        return {line_, static_cast<int32_t>(at_ - line_start_ - continuations_ + 1)};
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool take(char character) {
        if (peek() != character || at_ == text_.size()) return false;
        ++at_;
        return true;
    }

    void skip_blanks() {
        for (; at_ < text_.size(); ++at_) {
            char character = text_[at_];
            if (character == '\n') {
                ++line_;
                line_start_ = at_ + 1;
                continuations_ = 0;
            } else if (character != ' ' && character != '\t' && character != '\r') {
                return;
            }
        }
    }

    Result<Value> parse_value() {
        skip_blanks();
        Mark place = mark();
        Value value = TRY(parse_unmarked());
        value.set_mark(place);
        return value;
    }

    Result<Value> parse_unmarked() {
        if (at_ == text_.size()) return wrong("the text ends where a value should stand");
        switch (text_[at_]) {
            case '{':
                return nested(&Parser::parse_map);
            case '[':
                return nested(&Parser::parse_list);
            case '"': {
                std::string text = TRY(parse_string());
                return Value(std::move(text));
            }
            case 't':
                return parse_word("true", true);
            case 'f':
                return parse_word("false", false);
            case 'n':
                return parse_word("null", nullptr);
            default:
                return parse_number();
        }
    }

    Result<Value> parse_word(std::string_view word, Value value) {
        if (text_.substr(at_, word.size()) != word) return wrong("this is no JSON value");
        at_ += word.size();
        return value;
    }

    Result<Value> nested(Result<Value> (Parser::*parse)()) {
        if (depth_ == kNestingMax) {
            return wrong("nested too deeply: more than " + std::to_string(kNestingMax) + " levels",
                         Code::kLimit);
        }
        ++depth_;
        ++at_;
        Value value = TRY((this->*parse)());
        --depth_;
        return value;
    }

    Result<Value> parse_list() {
        List items;
        skip_blanks();
        if (take(']')) return Value(std::move(items));
        while (true) {
            Value item = TRY(parse_value());
            items.push_back(std::move(item));
            skip_blanks();
            if (take(']')) return Value(std::move(items));
            if (!take(',')) return wrong("expected , or ] in a list");
        }
    }

    Result<Value> parse_map() {
        Map members;
        KeyIndex index(members);
        skip_blanks();
        if (take('}')) return Value(std::move(members));
        while (true) {
            skip_blanks();
            if (peek() != '"') return wrong("expected a key in double quotes");
            Mark place = mark();
            std::string key = TRY(parse_string());
            skip_blanks();
            if (!take(':')) return wrong("expected : after a key");
            Value value = TRY(parse_value());
            index.set(std::move(key), std::move(value), place);
            skip_blanks();
            if (take('}')) return Value(std::move(members));
            if (!take(',')) return wrong("expected , or } in an object");
        }
    }

    Result<std::string> parse_string() {
        std::string text;
        ++at_;
        while (true) {
            size_t start = at_;
            while (at_ < text_.size() && text_[at_] >= 0x20 && text_[at_] != '"' &&
                   text_[at_] != '\\') {
                ++at_;
            }
            text.append(text_, start, at_ - start);
            if (at_ == text_.size()) return wrong("the text ends inside a string");
            char character = text_[at_];
            if (character == '"') {
                ++at_;
                return text;
            }
            if (character == '\\') {
                TRY(parse_escape(text));
            } else if (static_cast<unsigned char>(character) < 0x20) {
                return wrong("a control character inside a string must be escaped");
            } else {
                size_t length = base::utf8_length(text_.substr(at_));
                if (length == 0) return wrong("this is not UTF-8");
                text.append(text_, at_, length);
                at_ += length;
                continuations_ += length - 1;
            }
        }
    }

    Result<> parse_escape(std::string& text) {
        constexpr std::string_view kLetters = "\"\\/bfnrt";
        constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
        char letter = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        if (letter == 'u') {
            auto unit = unit_at(at_);
            if (!unit) return wrong("\\u needs four hexadecimal digits");
            at_ += 6;
            base::append_utf8(text, complete(*unit));
            return {};
        }
        size_t found = kLetters.find(letter);
        if (found == std::string_view::npos) return wrong("unknown escape in a string");
        text += kMeanings[found];
        at_ += 2;
        return {};
    }

    // The value of "\uXXXX" at a place.
    std::optional<char32_t> unit_at(size_t at) const {
        std::string_view escape = text_.substr(std::min(at, text_.size()), 6);
        if (escape.size() < 6 || !escape.starts_with("\\u")) return std::nullopt;
        uint32_t unit = 0;
        auto [end, failure] = std::from_chars(escape.data() + 2, escape.data() + 6, unit, 16);
        if (failure != std::errc() || end != escape.data() + 6) return std::nullopt;
        return unit;
    }

    // Joins a surrogate with its other half; UTF-8 cannot hold a lone one, which becomes U+FFFD.
    char32_t complete(char32_t unit) {
        if (unit < 0xD800 || unit > 0xDFFF) return unit;
        auto low = unit_at(at_);
        if (unit > 0xDBFF || !low || *low < 0xDC00 || *low > 0xDFFF) return 0xFFFD;
        at_ += 6;
        return 0x10000 + ((unit - 0xD800) << 10) + (*low - 0xDC00);
    }

    Result<Value> parse_number() {
        const size_t start = at_;
        take('-');
        if (!is_digit(peek())) {
            at_ = start;
            return wrong("this is no JSON value");
        }
        if (take('0') && is_digit(peek())) return wrong("a number must not start with 0");
        skip_digits();
        const size_t integer_end = at_;
        if (take('.') && skip_digits() == 0) return wrong("expected a digit");
        if (take('e') || take('E')) {
            if (!take('-')) take('+');
            if (skip_digits() == 0) return wrong("expected a digit");
        }
        std::string_view number = text_.substr(start, at_ - start);
        if (at_ == integer_end) return integer(number);
        double result = 0;
        auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), result);
        if (failure == std::errc::result_out_of_range) {
            // Too small is 0; too large has no meaning that could be written again.
            result = std::strtod(std::string(number).c_str(), nullptr);
            if (std::isinf(result)) return wrong("this number is too large");
        }
        return Value(result);
    }

    size_t skip_digits() {
        const size_t start = at_;
        while (is_digit(peek())) ++at_;
        return at_ - start;
    }

    static Value integer(std::string_view number) {
        int64_t result = 0;
        auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), result);
        if (failure == std::errc()) return result;
        return Value::big_integer(std::string(number));
    }

    std::string_view text_;
    std::string_view place_;
    size_t at_ = 0;
    int32_t line_ = 1;
    size_t line_start_ = 0;
    size_t continuations_ = 0;  // bytes of this line that start no character
    int depth_ = 0;
};

}  // namespace

Result<Value> parse_json(std::string_view text, std::string_view place) {
    return Parser(text, place).document();
}

}  // namespace mogura::config
