#include "plugins/filter/expand_json/lenient_json.h"

#include "base/text.h"

#include <charconv>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

using load::Json;

class LenientParser {
  public:
    explicit LenientParser(std::string_view text) : text_(text) {}

    Result<Json> run() {
        Json value = TRY(value_at(0));
        skip_blanks();
        if (at_ != text_.size()) return broken("something follows the value");
        return value;
    }

  private:
    Error broken(const std::string& what) const {
        return {Code::kInvalid, "not JSON: " + what + " at byte " + std::to_string(at_)};
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' ||
                                      text_[at_] == '\n' || text_[at_] == '\r')) {
            ++at_;
        }
    }
    bool take(char wanted) {
        skip_blanks();
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }

    Result<Json> value_at(int depth) {
        if (depth > load::kJsonNestingMax) return broken("nested too deeply");
        skip_blanks();
        if (at_ == text_.size()) return broken("the value is missing");
        if (take('{')) return object(depth);
        if (take('[')) return array(depth);
        char byte = text_[at_];
        if (byte == '"' || byte == '\'') {
            std::string content = TRY(quoted());
            Json value;
            value.type = Json::Type::kString;
            value.text = std::move(content);
            return value;
        }
        return word(depth == 0 ? "" : ",]}");
    }

    Result<Json> object(int depth) {
        Json value;
        value.type = Json::Type::kObject;
        if (take('}')) return value;
        do {
            skip_blanks();
            if (at_ == text_.size()) return broken("an object has no end");
            std::string key;
            if (text_[at_] == '"' || text_[at_] == '\'') {
                key = TRY(quoted());
            } else {
                size_t end = std::min(text_.find_first_of(":,}]", at_), text_.size());
                key = base::trim(text_.substr(at_, end - at_));
                at_ = end;
            }
            if (!take(':')) return broken("a colon is missing");
            Json item = TRY(value_at(depth + 1));
            value.keys.push_back(std::move(key));
            value.items.push_back(std::move(item));
        } while (take(','));
        if (!take('}')) return broken("an object has no end");
        return value;
    }

    Result<Json> array(int depth) {
        Json value;
        value.type = Json::Type::kArray;
        if (take(']')) return value;
        do {
            Json item = TRY(value_at(depth + 1));
            value.items.push_back(std::move(item));
        } while (take(','));
        if (!take(']')) return broken("an array has no end");
        return value;
    }

    Result<std::string> quoted() {
        const char quote = text_[at_++];
        std::string content;
        while (at_ < text_.size() && text_[at_] != quote) {
            if (text_[at_] != '\\') {
                content += text_[at_++];
                continue;
            }
            if (++at_ == text_.size()) break;
            TRY(escape(content));
        }
        if (at_ == text_.size()) return broken("a string has no end");
        ++at_;
        return content;
    }

    Result<> escape(std::string& content) {
        char byte = text_[at_++];
        switch (byte) {
            case 'b':
                content += '\b';
                return {};
            case 'f':
                content += '\f';
                return {};
            case 'n':
                content += '\n';
                return {};
            case 'r':
                content += '\r';
                return {};
            case 't':
                content += '\t';
                return {};
            case 'u':
                break;
            default:
                content += byte;
                return {};
        }
        // The strict parser knows \u and its pairs: it gets all that follow one another.
        std::string literal = "\"\\u";
        auto take_digits = [&] {
            literal += text_.substr(at_, 4);
            at_ = std::min(at_ + 4, text_.size());
        };
        take_digits();
        while (text_.substr(at_).starts_with("\\u")) {
            literal += "\\u";
            at_ += 2;
            take_digits();
        }
        size_t used = 0;
        auto value = load::parse_json_value(literal + "\"", used);
        if (!value.ok() || used != literal.size() + 1) return broken("a \\u escape is none");
        content += value->text;
        return {};
    }

    Result<Json> word(std::string_view ends) {
        size_t end =
            ends.empty() ? text_.size() : std::min(text_.find_first_of(ends, at_), text_.size());
        std::string content(base::trim(text_.substr(at_, end - at_)));
        at_ = end;
        if (content.empty()) return broken("the value is missing");
        size_t used = 0;
        auto strict = load::parse_json_value(content, used);
        if (strict.ok() && used == content.size()) return *std::move(strict);
        Json value;
        value.type = Json::Type::kString;
        value.text = std::move(content);
        return value;
    }

    const std::string_view text_;
    size_t at_ = 0;
};

}  // namespace

Result<Json> parse_lenient_json(std::string_view text) {
    return LenientParser(text).run();
}

}  // namespace mogura::plugins
