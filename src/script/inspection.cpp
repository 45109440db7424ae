#include "script/inspection.h"

#include "script/template.h"
#include "script/tokens.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace mogura::script {
namespace {

// What every expression may name without a parameter behind it.
constexpr std::array<std::string_view, 38> kGlobals = {"Math",
                                                       "JSON",
                                                       "Date",
                                                       "RegExp",
                                                       "String",
                                                       "Number",
                                                       "Boolean",
                                                       "Array",
                                                       "Object",
                                                       "Error",
                                                       "TypeError",
                                                       "RangeError",
                                                       "SyntaxError",
                                                       "Symbol",
                                                       "Map",
                                                       "Set",
                                                       "WeakMap",
                                                       "WeakSet",
                                                       "Promise",
                                                       "Proxy",
                                                       "Reflect",
                                                       "BigInt",
                                                       "Intl",
                                                       "parseInt",
                                                       "parseFloat",
                                                       "isNaN",
                                                       "isFinite",
                                                       "undefined",
                                                       "NaN",
                                                       "Infinity",
                                                       "encodeURIComponent",
                                                       "decodeURIComponent",
                                                       "encodeURI",
                                                       "decodeURI",
                                                       "escape",
                                                       "unescape",
                                                       "moment",
                                                       "arguments"};
constexpr std::array<std::string_view, 4> kGlobalsToo = {"eval", "Function", "globalThis",
                                                         "__proto__"};
// Words behind which the grammar is not followed any further.
constexpr std::array<std::string_view, 9> kStatements = {
    "function", "class", "var", "let", "const", "return", "if", "for", "while"};

template <size_t kSize>
bool has(const std::array<std::string_view, kSize>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_sign(const Token& token, std::string_view text) {
    return token.kind == TokenKind::kSign && token.text == text;
}

// Each bracket has its partner.
std::string bracket_problem(const std::vector<Token>& tokens) {
    std::vector<char> open;
    for (const Token& token : tokens) {
        if (token.kind != TokenKind::kSign || token.text.size() != 1) continue;
        char c = token.text[0];
        if (c == '(' || c == '[' || c == '{') open.push_back(c);
        if (c != ')' && c != ']' && c != '}') continue;
        char partner = c == ')' ? '(' : c == ']' ? '[' : '{';
        if (open.empty()) return std::string("'") + c + "' closes nothing";
        if (open.back() != partner) {
            return std::string("'") + open.back() + "' is closed by '" + c + "'";
        }
        open.pop_back();
    }
    return open.empty() ? "" : std::string("'") + open.back() + "' is never closed";
}

// Operands and operators take turns. Follows expressions without functions and object literals.
class Grammar {
  public:
    std::string check(const std::vector<Token>& tokens) {
        for (const Token& token : tokens) {
            take(token);
            if (!problem_.empty()) return problem_;
            last_ = token.text;
        }
        if (wants_operand_) return "something is missing at the end";
        return questions() > 0 ? kNoColon : "";
    }

  private:
    static constexpr const char* kNoColon = "'?' has no ':' (write CONDITION ? YES : NO)";

    void take(const Token& token) {
        if (token.kind == TokenKind::kName) return take_name(token.text);
        if (token.kind == TokenKind::kTemplate && !wants_operand_) return;  // a tagged one
        if (token.kind != TokenKind::kSign) return take_operand(token.text);
        take_sign(token.text);
    }

    void take_name(std::string_view name) {
        if (last_ == "." || last_ == "?.") {
            wants_operand_ = false;
        } else if (name == "in" || name == "instanceof") {
            take_operator(name);
        } else if (name == "typeof" || name == "void" || name == "delete" || name == "new") {
            if (!wants_operand_) unexpected(name);
        } else {
            take_operand(name);
        }
    }

    void take_operand(std::string_view text) {
        if (!wants_operand_) return unexpected(text);
        wants_operand_ = false;
    }

    void take_operator(std::string_view text) {
        if (wants_operand_) return missing(text);
        wants_operand_ = true;
    }

    void take_sign(std::string_view sign) {
        if (sign == "(" || sign == "[") {
            open_.push_back({.is_empty_allowed = !wants_operand_ || sign == "["});
            wants_operand_ = true;
        } else if (sign == ")" || sign == "]") {
            close(sign);
        } else if (sign == "++" || sign == "--" || sign == "...") {
            return;
        } else if (sign == "!" || sign == "~") {
            if (!wants_operand_) unexpected(sign);
        } else if (sign == "+" || sign == "-") {
            wants_operand_ = true;
        } else if (sign == "?") {
            take_operator(sign);
            ++questions();
        } else if (sign == ":") {
            if (questions() == 0) return unexpected(sign);
            --questions();
            take_operator(sign);
        } else if (sign == "," && questions() > 0) {
            problem_ = kNoColon;
        } else if (sign == "," && !open_.empty()) {
            wants_operand_ = true;  // holes and trailing commas are the evaluator's business
        } else if (sign == ";") {
            problem_ = "';' ends a statement; a template is one expression";
        } else if (sign == "#" || sign == "@" || sign == "\\") {
            unexpected(sign);
        } else {
            take_operator(sign);
        }
    }

    void close(std::string_view sign) {
        bool is_empty = last_ == "(" || last_ == "[" || last_ == ",";
        if (wants_operand_ && !(is_empty && open_.back().is_empty_allowed)) return missing(sign);
        if (open_.back().questions > 0) {
            problem_ = kNoColon;
            return;
        }
        open_.pop_back();
        wants_operand_ = false;
    }

    void unexpected(std::string_view text) {
        problem_ = "unexpected " + quoted(text);
        if (!last_.empty()) problem_ += " behind " + quoted(last_);
    }
    void missing(std::string_view text) {
        problem_ = "something is missing before " + quoted(text);
    }
    static std::string quoted(std::string_view text) {
        return "'" + std::string(text.substr(0, 40)) + "'";
    }
    int& questions() { return open_.empty() ? questions_ : open_.back().questions; }

    struct Open {
        bool is_empty_allowed = false;
        int questions = 0;
    };
    std::vector<Open> open_;
    int questions_ = 0;
    bool wants_operand_ = true;
    std::string_view last_;
    std::string problem_;
};

// What is wrong whatever stands around it, also where the grammar is not followed.
std::string plain_problem(const std::vector<Token>& tokens) {
    constexpr std::array<std::string_view, 6> kNoExpressions = {"var", "const", "return",
                                                                "if",  "for",   "while"};
    const Token& first = tokens.front();
    bool is_let = first.text == "let" && tokens.size() > 1 && tokens[1].kind == TokenKind::kName;
    if (first.kind == TokenKind::kName && (is_let || has(kNoExpressions, first.text))) {
        return "'" + std::string(first.text) + "' begins a statement; a template is one expression";
    }
    if (is_sign(first, "...")) return "unexpected '...'";
    for (size_t index = 0; index < tokens.size(); ++index) {
        if (!is_sign(tokens[index], "=>")) continue;
        bool takes = index > 0 && (is_sign(tokens[index - 1], ")") ||
                                   tokens[index - 1].kind == TokenKind::kName);
        bool is_member = index > 1 && tokens[index - 1].kind == TokenKind::kName &&
                         (is_sign(tokens[index - 2], ".") || is_sign(tokens[index - 2], "?."));
        if (!takes || is_member) return "unexpected '=>' (at least as much is written >=)";
    }
    return "";
}

bool follows_grammar(const std::vector<Token>& tokens) {
    return std::none_of(tokens.begin(), tokens.end(), [](const Token& token) {
        return is_sign(token, "{") || is_sign(token, "=>") ||
               (token.kind == TokenKind::kName && has(kStatements, token.text));
    });
}

// Names that the expression declares itself: var x, function f(a, b), (a, b) => and a =>.
std::set<std::string_view> declared_names(const std::vector<Token>& tokens) {
    std::set<std::string_view> declared;
    auto add_until = [&](size_t index, std::string_view end) {
        for (; index < tokens.size() && !is_sign(tokens[index], end); ++index) {
            if (tokens[index].kind == TokenKind::kName) declared.insert(tokens[index].text);
        }
    };
    for (size_t index = 0; index < tokens.size(); ++index) {
        std::string_view text = tokens[index].text;
        if (tokens[index].kind == TokenKind::kName) {
            if (text == "function" || text == "catch") add_until(index + 1, ")");
            bool declares = text == "var" || text == "let" || text == "const" || text == "class";
            if (declares && index + 1 < tokens.size()) declared.insert(tokens[index + 1].text);
        } else if (is_sign(tokens[index], "=>") && index > 0) {
            size_t start = index - 1;
            if (is_sign(tokens[start], ")")) {
                while (start > 0 && !is_sign(tokens[start], "(")) --start;
                add_until(start, ")");
            } else {
                declared.insert(tokens[start].text);
            }
        }
    }
    return declared;
}

// Names that the expression asks about before it uses them, as in typeof x != 'undefined' ? x : 1.
void add_guarded_names(const std::vector<Token>& tokens, std::set<std::string_view>& names) {
    for (size_t index = 1; index < tokens.size(); ++index) {
        if (tokens[index - 1].text != "typeof") continue;
        size_t name = index;
        while (name + 1 < tokens.size() && is_sign(tokens[name], "(")) ++name;
        names.insert(tokens[name].text);
    }
}

std::vector<std::string> free_names(const std::vector<Token>& tokens) {
    std::set<std::string_view> declared = declared_names(tokens);
    add_guarded_names(tokens, declared);
    std::vector<std::string> names;
    for (size_t index = 0; index < tokens.size(); ++index) {
        const Token& token = tokens[index];
        if (token.kind != TokenKind::kName || is_keyword(token.text) || is_value_word(token.text) ||
            has(kGlobals, token.text) || has(kGlobalsToo, token.text) ||
            declared.contains(token.text)) {
            continue;
        }
        if (index > 0) {
            const Token& before = tokens[index - 1];
            if (is_sign(before, ".") || is_sign(before, "?.")) continue;  // a property
            bool is_key = (is_sign(before, "{") || is_sign(before, ",")) &&
                          index + 1 < tokens.size() && is_sign(tokens[index + 1], ":");
            if (is_key) continue;
        }
        if (std::find(names.begin(), names.end(), token.text) == names.end()) {
            names.emplace_back(token.text);
        }
    }
    return names;
}

InspectedExpression inspect(const std::string& text, size_t offset) {
    InspectedExpression expression{.text = text, .offset = offset};
    Tokens read = tokenize(text);
    expression.problem = read.problem;
    if (expression.problem.empty() && read.tokens.empty()) {
        expression.problem = "the expression is empty";
    }
    if (expression.problem.empty()) expression.problem = bracket_problem(read.tokens);
    if (expression.problem.empty()) expression.problem = plain_problem(read.tokens);
    if (expression.problem.empty() && follows_grammar(read.tokens)) {
        expression.problem = Grammar().check(read.tokens);
    }
    if (expression.problem.empty()) expression.names = free_names(read.tokens);
    return expression;
}

// The first "${" at `from` or behind it that is neither empty nor left to operators (3.3.3).
std::optional<size_t> find_open(std::string_view text, size_t from) {
    for (size_t start = text.find("${", from); start != text.npos;
         start = text.find("${", start + 2)) {
        size_t end = start + 2;
        while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
        bool is_operators = end > start + 2 && end < text.size() && text[end] == ':';
        bool is_empty = start + 2 < text.size() && text[start + 2] == '}';
        if (!is_operators && !is_empty) return start;
    }
    return std::nullopt;
}

// Each "${word:...}" as operators read it: to the first brace.
std::vector<InspectedForm> find_forms(std::string_view text) {
    std::vector<InspectedForm> forms;
    for (size_t start = text.find("${"); start != text.npos; start = text.find("${", start + 2)) {
        size_t end = start + 2;
        while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
        size_t close = text.find('}', end);
        if (end == start + 2 || end == text.size() || text[end] != ':' || close == text.npos) {
            continue;
        }
        forms.push_back({.word = std::string(text.substr(start + 2, end - start - 2)),
                         .text = std::string(text.substr(start, close + 1 - start)),
                         .offset = start});
    }
    return forms;
}

}  // namespace

Inspection inspect_template(std::string_view text) {
    Inspection inspection;
    if (text.find("${") == text.npos) return inspection;
    size_t place = 0;
    for (const Part& part : parse_template(text)) {
        if (!part.is_expression) continue;
        size_t offset = text.find("${" + part.text + "}", place);
        if (offset == text.npos) break;
        inspection.expressions.push_back(inspect(part.text, offset));
        place = offset + part.text.size() + 3;
    }
    inspection.forms = find_forms(text);
    inspection.unclosed = find_open(text, place);
    return inspection;
}

}  // namespace mogura::script
