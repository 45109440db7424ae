#include "cli/check/stored_names.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace mogura::cli::check {
namespace {

bool belongs_to_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

bool is_blank(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

// Goes over the arguments of one call.
class Arguments {
  public:
    Arguments(std::string_view text, ScriptLanguage language) : text_(text), language_(language) {}

    // `text` begins behind the word "store".
    bool are_literal() {
        skip_blanks(/*over_lines=*/false);
        bool has_parenthesis = take("(");
        if (!has_parenthesis && language_ == ScriptLanguage::kPython) return true;  // no call
        skip_blanks(has_parenthesis);
        take("dict(");
        if (take("{")) {
            if (!entries_are_literal('}')) return false;
            take("}");
            skip_blanks(has_parenthesis);
            if (!take(",")) return true;  // else more by name: store({...}, b=2)
        }
        return entries_are_literal(has_parenthesis ? ')' : '\n');
    }

  private:
    bool entries_are_literal(char end) {
        while (true) {
            skip_blanks(end != '\n');
            if (text_.empty() || text_[0] == end || text_[0] == ')') return true;
            if (!take_key()) return false;
            skip_value(end);
            if (!text_.empty() && text_[0] == ',')
                text_.remove_prefix(1);
            else if (end == '\n')
                return true;
            skip_blanks(/*over_lines=*/true);
        }
    }

    // "name": in Python, name: or :name => in Ruby, name= of both.
    bool take_key() {
        if (text_[0] == '"' || text_[0] == '\'') return take_quoted_key();
        bool is_symbol = language_ == ScriptLanguage::kRuby && take(":");
        size_t length = 0;
        while (length < text_.size() && belongs_to_name(text_[length])) ++length;
        if (length == 0) return false;
        text_.remove_prefix(length);
        if (language_ == ScriptLanguage::kRuby && !is_symbol && take(":")) return true;
        skip_blanks(/*over_lines=*/true);
        if (language_ == ScriptLanguage::kRuby) return is_symbol && take("=>");
        return !text_.starts_with("==") && take("=");
    }

    bool take_quoted_key() {
        const char quote = text_[0];
        size_t end = text_.find(quote, 1);
        if (end == text_.npos || text_.substr(0, end).find("#{") != text_.npos) return false;
        text_.remove_prefix(end + 1);
        skip_blanks(/*over_lines=*/true);
        return take("=>") || take(":");
    }

    void skip_value(char end) {
        int depth = 0;
        while (!text_.empty()) {
            const char c = text_[0];
            if (c == '"' || c == '\'') {
                skip_quoted();
                continue;
            }
            if (c == '#') {
                text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
                continue;
            }
            if (depth == 0 && (c == ',' || c == end || c == '}' || c == ')')) return;
            if (c == '(' || c == '[' || c == '{') ++depth;
            if (c == ')' || c == ']' || c == '}') --depth;
            text_.remove_prefix(1);
        }
    }

    void skip_quoted() {
        const char quote = text_[0];
        size_t at = 1;
        while (at < text_.size() && text_[at] != quote) at += text_[at] == '\\' ? 2 : 1;
        text_.remove_prefix(std::min(at + 1, text_.size()));
    }

    void skip_blanks(bool over_lines) {
        while (!text_.empty()) {
            if (text_[0] == '#' && over_lines) {
                text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
            } else if (is_blank(text_[0]) && (over_lines || text_[0] != '\n')) {
                text_.remove_prefix(1);
            } else {
                return;
            }
        }
    }

    bool take(std::string_view word) {
        if (!text_.starts_with(word)) return false;
        text_.remove_prefix(word.size());
        return true;
    }

    std::string_view text_;
    const ScriptLanguage language_;
};

// store_params["name"] = ... names it; store_params.update(...) and the like do not.
bool is_literal_item(std::string_view text) {
    return text.starts_with("[\"") || text.starts_with("['") || text.starts_with("[:");
}

}  // namespace

bool stores_computed_names(std::string_view script, ScriptLanguage language) {
    constexpr std::string_view kStore = "store";
    constexpr std::string_view kAll = "store_params";
    if (script.find("igdag") == script.npos) return false;  // digdag or Digdag
    for (size_t at = script.find(kStore); at != script.npos; at = script.find(kStore, at + 1)) {
        if (at == 0 || script[at - 1] != '.') continue;
        std::string_view rest = script.substr(at);
        if (rest.starts_with(kAll)) {
            if (!is_literal_item(rest.substr(kAll.size()))) return true;
            continue;
        }
        rest.remove_prefix(kStore.size());
        if (!rest.empty() && belongs_to_name(rest[0])) continue;
        if (!Arguments(rest, language).are_literal()) return true;
    }
    return false;
}

}  // namespace mogura::cli::check
