#include "script/plain_path.h"

#include "script/javascript_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace mogura::script {
namespace {

using config::Value;

// Words that mean something else than the parameter of that name.
constexpr std::array<std::string_view, 45> kReservedWords = {
    "await",   "break",  "case",     "catch",   "class",   "const",     "continue",   "debugger",
    "default", "delete", "do",       "else",    "enum",    "export",    "extends",    "false",
    "finally", "for",    "function", "if",      "import",  "in",        "instanceof", "interface",
    "let",     "new",    "null",     "package", "private", "protected", "public",     "return",
    "static",  "super",  "switch",   "this",    "throw",   "true",      "try",        "typeof",
    "var",     "void",   "while",    "with",    "yield"};

// What every object inherits.
constexpr std::array<std::string_view, 12> kInherited = {
    "__defineGetter__", "__defineSetter__", "__lookupGetter__",     "__lookupSetter__",
    "__proto__",        "constructor",      "hasOwnProperty",       "isPrototypeOf",
    "toLocaleString",   "toString",         "propertyIsEnumerable", "valueOf"};

template <size_t size>
bool contains(const std::array<std::string_view, size>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_blank(char character) {
    return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) { skip_blanks(); }

    bool done() const { return text_.empty(); }

    std::string_view name() {
        if (text_.empty() || !is_name_start(text_[0])) return {};
        size_t length = 1;
        while (length < text_.size() && is_name_part(text_[length])) ++length;
        return take(length);
    }
    std::string_view digits() {
        size_t length = 0;
        while (length < text_.size() && std::isdigit(static_cast<unsigned char>(text_[length]))) {
            ++length;
        }
        return take(length);
    }
    bool accept(char character) {
        if (text_.empty() || text_[0] != character) return false;
        take(1);
        return true;
    }

  private:
    std::string_view take(size_t length) {
        std::string_view taken = text_.substr(0, length);
        text_.remove_prefix(length);
        skip_blanks();
        return taken;
    }
    void skip_blanks() {
        while (!text_.empty() && is_blank(text_[0])) text_.remove_prefix(1);
    }

    std::string_view text_;
};

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

// What a property of a value is. JavaScript's undefined is `found` without a value.
struct Property {
    bool known = false;
    std::optional<Value> value = {};
};

constexpr Property kOnlyJavaScriptKnows = {};

Property property_of_string(const std::string& text, const PlainPath::Step& step) {
    if (!is_ascii(text)) return kOnlyJavaScriptKnows;  // JavaScript counts in UTF-16
    if (step.name == "length") return {true, Value(static_cast<int64_t>(text.size()))};
    if (!step.is_index) return kOnlyJavaScriptKnows;
    size_t index = 0;
    std::from_chars(step.name.data(), step.name.data() + step.name.size(), index);
    if (index >= text.size()) return {true, std::nullopt};
    return {true, Value(std::string(1, text[index]))};
}

Property property_of_list(const config::List& list, const PlainPath::Step& step) {
    if (step.name == "length") return {true, Value(static_cast<int64_t>(list.size()))};
    if (!step.is_index) return kOnlyJavaScriptKnows;
    size_t index = 0;
    std::from_chars(step.name.data(), step.name.data() + step.name.size(), index);
    if (index >= list.size()) return {true, std::nullopt};
    return {true, list[index]};
}

}  // namespace

bool is_name_start(char character) {
    return std::isalpha(static_cast<unsigned char>(character)) || character == '_' ||
           character == '$';
}

bool is_name_part(char character) {
    return is_name_start(character) || std::isdigit(static_cast<unsigned char>(character));
}

std::optional<PlainPath> parse_plain_path(std::string_view expression) {
    Scanner scanner(expression);
    PlainPath path;
    path.name = scanner.name();
    if (path.name.empty() || contains(kReservedWords, path.name)) return std::nullopt;
    while (!scanner.done()) {
        PlainPath::Step step;
        if (scanner.accept('.')) {
            step.name = scanner.name();
        } else if (scanner.accept('[')) {
            step.name = scanner.digits();
            step.is_index = true;
            const bool canonical =
                step.name.size() <= 9 && (step.name == "0" || step.name[0] != '0');
            if (!canonical || !scanner.accept(']')) return std::nullopt;
        }
        if (step.name.empty()) return std::nullopt;
        path.steps.push_back(std::move(step));
    }
    return path;
}

std::optional<std::string> follow(const PlainPath& path, const Value& value) {
    const Value* current = &value;
    Value made;  // characters and lengths
    for (size_t index = 0; index < path.steps.size(); ++index) {
        const PlainPath::Step& step = path.steps[index];
        const bool is_last = index + 1 == path.steps.size();
        if (current->is_map()) {
            const Value* member = current->find(step.name);
            if (member) {
                current = member;
                continue;
            }
            if (!is_last || contains(kInherited, step.name)) return std::nullopt;
            return "";
        }
        Property property;
        if (current->is_string()) property = property_of_string(current->string(), step);
        if (current->is_list()) property = property_of_list(current->list(), step);
        if (!property.known) return std::nullopt;
        if (!property.value) {
            if (!is_last) return std::nullopt;
            return "";
        }
        made = *std::move(property.value);
        current = &made;
    }
    return text_of(*current);
}

}  // namespace mogura::script
